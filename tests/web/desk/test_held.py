"""Held posts at the desk, undoing a rule, and the audit log."""

import re

import pytest

from fedinote.auth import users
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.moderation import actions
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from fedinote.translation.engine import Location
from tests.moderation.staff import log, staff, user
from tests.posts.test_withdrawn import take
from tests.support.browser import Answer, Browser
from tests.web.desk.conftest import Entering, knowing
from tests.web.reading import soup, write


@pytest.fixture
async def author(app: App) -> User:
    return await user(app, "author")


@pytest.fixture
async def rule(app: App) -> int:
    by = await staff(app, "admin", "ruler")
    made = await rules.create(app, Wanted("words", {"words": ["casino"]}, "hold", "No gambling"), by=by)
    await rules.switch(app, made["id"], "on", by=by)
    return int(made["id"])


async def hold(app: App, author: User, *texts: str) -> list[int]:
    for text in texts:
        try:
            await write(app, author, f"casino {text}")
        except FediNoteError:
            continue
    return [row["id"] for row in await app.db.rows("SELECT id FROM held_posts ORDER BY id")]


async def send(who: Browser, page: Answer, action: str, **values: str) -> Answer:
    (number, *_) = [place for place, one in enumerate(page.forms) if one.action == action]
    return await who.submit(page, values, number=number)


async def several(who: Browser, page: Answer, deed: str, ids: list[int], place: int | None = None) -> Answer:
    token = page.forms[0].hidden["form_token"]
    fields = [f"form_token={token}", f"deed={deed}", f"upto={place or ''}"]
    body = "&".join([*fields, *(f"held={one}" for one in ids)]).encode()
    return await who.send("POST", "/admin/held", body, {"content_type": "application/x-www-form-urlencoded"})


async def texts(app: App) -> set[str]:
    return {re.sub("<[^>]+>", "", row["content"]) for row in await app.db.rows("SELECT content FROM posts")}


async def test_several_posts_are_released_or_dropped_at_once(
    app: App, author: User, rule: int, entering: Entering
) -> None:
    held = await hold(app, author, "one", "two", "three")
    assert len(held) == 3
    desk = await entering(await user(app, "moderator", "moderator"))
    page = await desk.get("/admin/held")
    shown = soup(page).get_text(" ")
    for there in ("casino one", "casino two", "No gambling", "@author"):
        assert there in shown, there
    assert "Take back what a rule did" not in shown
    assert (await several(desk, page, "release", held[:2])).status == 303
    assert await texts(app) == {"casino one", "casino two"}
    assert (await several(desk, page, "drop", held)).status == 303
    assert await texts(app) == {"casino one", "casino two"}
    assert await app.db.rows("SELECT id FROM held_posts") == []
    noted = [action for action, _ in await log(app)]
    assert (noted.count("held.release"), noted.count("held.drop")) == (2, 1)
    assert (await several(desk, page, "nonsense", [])).status == 400
    assert (await several(desk, page, "drop", [])).status == 422


async def test_what_cannot_be_released_stays_ticked_with_why_and_in_its_place(
    app: App, author: User, rule: int, entering: Entering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fedinote.web.desk.held.PAGE", 2)
    other = await user(app, "other")
    held = [*await hold(app, author, "one"), *(await hold(app, other, "two", "three"))[1:]]
    await app.db.execute("UPDATE accounts SET moved_to_uri = 'https://far.example/me' WHERE id = ?", author.account_id)
    desk = await entering(await user(app, "moderator", "moderator"))
    page = await desk.get(f"/admin/held?max_id={held[2]}")
    assert f'name="upto" value="{held[2]}"' in page.text
    done = await several(desk, page, "release", held[:2], place=held[2])
    assert done.status == 422
    assert "Your account has moved" in done.text
    assert "1 post was released." in done.text
    boxes = re.findall(r'name="held" type="checkbox" value="(\d+)"( checked)?', done.text)
    assert boxes == [(str(held[0]), " checked")]
    assert f'name="upto" value="{held[2]}"' in done.text
    assert (await several(desk, page, "drop", held[:1])).location.startswith("/admin/held?batch=")
    gone = await several(desk, page, "drop", held[:2])
    assert gone.status == 422
    assert "Somebody else has decided about this meanwhile." in gone.text


async def test_held_posts_are_read_in_the_moderators_language_by_this_machine_alone(
    app: App, author: User, rule: int, entering: Entering
) -> None:
    words, meaning = "todos los días con premios para cada persona", "casino every day with prizes for each person"
    recorders = knowing(app, {f"casino {words}": meaning})
    await hold(app, author, words)
    for one in recorders.values():
        one.calls = 0
    page = await (await entering(await user(app, "moderator", "moderator"))).get("/admin/held")
    assert meaning in page.text
    assert [place for place, one in recorders.items() if one.calls] == [Location.LOCAL]


async def test_a_rule_is_undone_by_an_admin_and_what_it_held_is_published(
    app: App, author: User, rule: int, entering: Entering
) -> None:
    await hold(app, author, "one", "two")
    desk = await entering(await user(app, "admin", "admin"))
    page = await desk.get("/admin/held")
    modest = await entering(await user(app, "moderator", "moderator"))
    token = (await modest.get("/admin/held")).forms[0].hidden["form_token"]
    assert (await modest.post("/admin/held/undo", {"form_token": token, "rule": str(rule)})).status == 403
    assert await texts(app) == set()
    assert (await send(desk, page, "/admin/held/undo")).status == 303
    assert await texts(app) == {"casino one", "casino two"}
    assert (await rules.get(app, rule))["state"] == "off"


async def test_the_audit_log_tells_who_did_what_in_pages(app: App, author: User, entering: Entering) -> None:
    by = await staff(app, "moderator", "judge")
    for number in range(55):
        await actions.act(app, by, author.account_id, "none", reason=f"reason {number}.")
    desk = await entering(await user(app, "reader", "moderator"))
    first = await desk.get("/admin/audit?family=account")
    words = soup(first).get_text(" ")
    assert "@judge" in words
    assert "reason 54." in words
    assert "reason 1." not in words
    more = soup(first).select_one(".pager a")
    assert more is not None
    assert "reason 1." in (await desk.get(str(more["href"]))).text
    assert "reason 54." not in (await desk.get("/admin/audit?family=report")).text
    assert "reason 54." in (await desk.get(f"/admin/audit?account={author.account_id}")).text
    assert "reason 54." not in (await desk.get("/admin/audit?account=77")).text


async def test_a_post_that_was_there_is_told_apart_and_released_as_it_was(
    app: App, author: User, entering: Entering
) -> None:
    post_id = await write(app, author, "tea for all")
    await take(app, post_id)
    desk = await entering(await user(app, "moderator", "moderator"))
    page = await desk.get("/admin/held")
    assert "was visible until a rule caught it" in page.text
    assert "a new version of a post" not in page.text
    (waits,) = await app.db.rows("SELECT id FROM held_posts")
    assert (await several(desk, page, "release", [waits["id"]])).status == 303
    assert await app.db.value("SELECT visibility AS value FROM posts WHERE id = ?", post_id) == "public"


async def test_what_was_released_or_dropped_by_mistake_is_taken_back(
    app: App, author: User, rule: int, entering: Entering
) -> None:
    held = await hold(app, author, "one", "two", "three")
    desk = await entering(await user(app, "moderator", "moderator"))
    page = await desk.get("/admin/held")
    for deed, said in (("drop", "2 posts were dropped."), ("release", "2 posts were released.")):
        done = await several(desk, page, deed, held[:2])
        after = await desk.get(done.location)
        assert said in after.text
        assert await waiting(app) == 1
        assert (await send(desk, after, "/admin/held", deed="back")).status == 303
        assert await waiting(app) == 3
        assert said not in (await desk.get(done.location)).text
        assert await seen(app) == 0


async def waiting(app: App) -> int:
    return len(await app.db.rows("SELECT id FROM held_posts"))


async def seen(app: App) -> int:
    """Count the posts that somebody could see: those that wait again are kept out of sight."""
    return len(
        await app.db.rows("SELECT id FROM posts p WHERE NOT EXISTS (SELECT 1 FROM held_posts h WHERE h.post_id = p.id)")
    )


async def test_why_a_post_waits_is_said_in_the_moderators_language(
    app: App, author: User, rule: int, entering: Entering
) -> None:
    await hold(app, author, "tonight")
    reader = await user(app, "reader", "admin")
    await users.set_defaults(app, reader.id, locale="es")
    desk = await entering(reader)
    page = soup(await desk.get("/admin/held"))
    hint = page.select_one("#many .hint")
    assert hint is not None
    assert hint.get_text() == "No gambling: la palabra «casino»"
    assert "la palabra «casino»" in (await desk.get("/admin/audit")).text


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_what_people_write_to_each_other_waits_without_its_words(
    app: App, author: User, rule: int, entering: Entering, visibility: str
) -> None:
    moderator = await entering(await user(app, "mod", "moderator"))
    draft = Draft("zqsecret casino", "zqwarning", visibility=visibility)
    with pytest.raises(FediNoteError):
        await publishing.publish(app, author.account_id, draft)
    page = await moderator.get("/admin/held")
    assert "@author" in page.text
    assert "No gambling" in page.text
    assert "not what it says" in page.text
    assert not {"zqsecret", "zqwarning"} & set(re.findall(r"zq\w+", page.text))
