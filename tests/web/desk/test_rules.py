"""The moderators' rules in the browser: written, tried, switched on from the trial, looked at, taken back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.moderation.automatic import rules, trials, trying
from fedinote.moderation.automatic.rules import Wanted
from fedinote.posts import publishing
from fedinote.posts.drafts import NewPost
from fedinote.translation.engine import Location
from fedinote.wiring import JOBS
from tests.moderation.staff import log, user
from tests.relations.people import person
from tests.support.browser import Answer, Browser
from tests.web.desk.conftest import Entering, knowing
from tests.web.reading import soup, write

PATH = "/admin/policies/rules"
CASINO = Wanted("words", {"words": ["casino"]}, "hold", "No gambling")


@pytest.fixture
async def desk(app: App, entering: Entering) -> Browser:
    return await entering(await user(app, "admin", "admin"))


async def arrive(app: App, author: int, *texts: str) -> None:
    for number, text in enumerate(texts):
        new = NewPost(
            author_id=author, visibility="public", content=f"<p>{text}</p>", created_at=app.now(),
            uri=f"https://far.example/{author}/{number}", language="es",
        )  # fmt: skip
        await publishing.store(app, new)


async def send(who: Browser, page: Answer, where: str, /, **values: str | None) -> Answer:
    """Send the form of a page whose address ends so, as a browser does: with all that is filled in, but for these."""
    form = next(one for one in posting(page) if str(one["action"]).endswith(where))
    pairs = [pair for pair in fields(form) if pair[0] not in values]
    pairs += [(name, value) for name, value in values.items() if value is not None]
    body, kind = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    return await who.send("POST", str(form["action"]), body, {"content_type": kind})


def posting(page: Answer) -> list[Any]:
    return soup(page).select('main form[method="post"]')


def fields(form: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for one in form.select("input[name], textarea[name], select[name]"):
        if one.name == "textarea":
            found.append((one["name"], one.get_text().removeprefix("\n")))
        elif one.name == "select":
            chosen = one.select_one("option[selected]") or one.select_one("option")
            found.append((one["name"], chosen["value"]))
        elif one.get("type") not in ("checkbox", "radio") or one.has_attr("checked"):
            found.append((one["name"], one.get("value", "")))
    return found


def words(page: Answer) -> str:
    return " ".join(soup(page).get_text(" ").split())


async def only(app: App) -> Any:
    [row] = await rules.listing(app)
    return row


async def test_a_rule_is_written_tried_switched_on_and_taken_back_in_the_browser(app: App, desk: Browser) -> None:
    far = await person(app, "far", "far.example")
    await arrive(app, far, "un casino nuevo", "un té", "otro té")
    member = await user(app, "member")
    page = await desk.get(f"{PATH}/new")
    assert "Letter" not in words(page)
    assert "Words and phrases, also in disguise" in words(page)
    form = await desk.get(f"{PATH}/new?kind=words")
    made = await send(desk, form, PATH, words="casino\n\nruleta ", title="No gambling", action="hold")
    assert made.status == 303
    rule = await only(app)
    assert (rule["state"], rule["terms"]) == ("draft", '{"words":["casino","ruleta"]}')
    shown = await desk.get(made.location)
    text = words(shown)
    for there in ("Draft", "33%", "1 of 3 public posts of the last 30 days", "@far@far.example", "the word “casino”"):
        assert there in text, there
    assert str(soup(shown).select_one(".written mark")) == "<mark>casino</mark>"
    assert "people 1" in text
    assert "Español" in text
    assert (await send(desk, shown, "/switch")).status == 303
    assert (await only(app))["state"] == "on"
    with pytest.raises(FediNoteError):
        await write(app, member, "a casino here")
    now = await desk.get(f"{PATH}/{rule['id']}")
    assert "In force" in words(now)
    assert "@member Hold for review" in words(now)
    caught = await desk.get(f"{PATH}/{rule['id']}/hits")
    assert "the word “casino”" in words(caught)
    for beyond in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B14:00"):
        asked = await desk.get(f"{PATH}/{rule['id']}/undo?span=moment&moment={beyond}")
        assert asked.status == 422
    undo = await desk.get(f"{PATH}/{rule['id']}/undo")
    assert "1 post that it holds is published" in words(undo)
    done = await send(desk, undo, "/undo")
    assert "Posts released: 1" in words(await desk.get(done.location))
    assert (await only(app))["state"] == "off"
    assert await app.db.value("SELECT COUNT(*) AS value FROM held_posts") == 0
    noted = [action for action, _ in await log(app)]
    assert [one for one in noted if one.startswith("rule.")] == ["rule.create", "rule.on", "rule.off", "rule.undo"]


async def test_a_draft_is_not_switched_on_but_from_its_trial(app: App, desk: Browser) -> None:
    await arrive(app, await person(app, "far", "far.example"), *(f"casino {n}" for n in range(25)))
    made = await rules.create(app, CASINO, by=None)
    path = f"{PATH}/{made['id']}"
    page = await desk.get(path)
    assert "It was not tried yet" in words(page)
    token = page.forms[0].hidden["form_token"]
    bare = {"form_token": token, "state": "on"}
    assert (await desk.post(f"{path}/switch", bare)).status == 422
    assert (await desk.post(f"{path}/try", {"form_token": token, "days": "30"})).status == 303
    assert "This is very much" in words(await desk.get(path))
    assert (await desk.post(f"{path}/switch", bare)).status == 422  # it catches everything, and nobody said so
    assert (await only(app))["state"] == "draft"
    assert (await desk.post(f"{path}/switch", {**bare, "wide": "1"})).status == 303
    assert (await only(app))["state"] == "on"
    assert (await desk.post(f"{path}/switch", {**bare, "state": "off"})).status == 303
    await rules.change(app, made["id"], Wanted("words", {"words": ["tea"]}, "hold", "No tea"), by=None)
    assert "as it was before it was changed" in words(await desk.get(path))
    assert (await desk.post(f"{path}/switch", {**bare, "wide": "1"})).status == 422
    assert (await desk.post(f"{path}/switch", {**bare, "untried": "1"})).status == 303
    assert (await only(app))["state"] == "on"
    assert (await desk.post(f"{path}/switch", {**bare, "state": "sleeping"})).status == 404


async def test_a_long_trial_shows_how_far_it_is_and_asks_to_be_looked_at_again(
    app: App, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await arrive(app, await person(app, "far", "far.example"), *(f"casino {n}" for n in range(6)))
    monkeypatch.setattr(trying, "BATCH", 2)
    monkeypatch.setattr(trials, "AT_ONCE", 0.0)
    made = await rules.create(app, CASINO, by=None)
    path = f"{PATH}/{made['id']}"
    page = await desk.get(path)
    assert (await send(desk, page, "/try", days="7")).status == 303
    waiting = await desk.get(path)
    assert "posts of the last 7 days…" in words(waiting)
    assert "2 posts so far" in words(waiting)
    assert soup(waiting).select_one("#trial progress") is not None
    switches = [dict(fields(one)) for one in posting(waiting) if one["action"].endswith("/switch")]
    assert [one["untried"] for one in switches] == ["1"]
    part = await desk.send("GET", path, b"", {"x_part": "1"})
    assert part.text.lstrip().startswith("<section")
    await jobs.run_batch(app, JOBS)
    assert "6 of 6 public posts of the last 7 days" in words(await desk.get(path))


async def test_what_would_be_caught_is_read_in_the_moderators_language(app: App, desk: Browser) -> None:
    said, meant = "un casino con premios para cada persona todos los días", "a casino with prizes for all every day"
    knowing(app, {said: meant}, Location.LOCAL)
    await arrive(app, await person(app, "far", "far.example"), said)
    made = await rules.create(app, CASINO, by=None)
    await trials.start(app, made["id"], by=None)
    page = await desk.get(f"{PATH}/{made['id']}")
    assert meant in words(page)
    assert len(soup(page).select(".passage mark")) == 2


@pytest.mark.parametrize(
    ("kind", "typed", "terms"),
    [
        ("words", {"words": "one\ntwo three"}, {"words": ["one", "two three"]}),
        ("words", {"words": "one", "translations": "1"}, {"words": ["one"], "translations": True}),
        ("pattern", {"pattern": "free .{1,9} spins"}, {"pattern": "free .{1,9} spins"}),
        ("links", {"hosts": "shop.example", "most": "3"}, {"hosts": ["shop.example"], "most": 3}),
        ("mentions", {"most": "5"}, {"most": 5}),
        ("newcomers", {"days": "3", "doing": "media"}, {"days": 3, "doing": "media"}),
        ("repeats", {"times": "4", "minutes": "30"}, {"times": 4, "minutes": 30}),
        ("languages", {"languages": "ja", "more_languages": "sw, pt-BR"}, {"languages": ["ja", "sw", "pt-BR"]}),
    ],
)
async def test_each_kind_has_its_form_which_comes_back_as_it_was_written(
    app: App, desk: Browser, kind: str, typed: Mapping[str, str], terms: Mapping[str, Any]
) -> None:
    form = await desk.get(f"{PATH}/new?kind={kind}")
    common = {"title": "A rule", "action": "note", "origin": "remote", "until": "2999-12-31", "reason": "Why"}
    assert (await send(desk, form, PATH, **common, **typed)).status == 303
    made = await only(app)
    assert msgspec.json.decode(made["terms"]) == terms
    assert (made["kind"], made["origin"], made["action"]) == (kind, "remote", "note")
    again = await desk.get(f"{PATH}/{made['id']}/edit")
    assert (await send(desk, again, "/edit", title="Another title")).status == 303
    changed = await only(app)
    assert (changed["title"], changed["terms"], changed["expires_at"]) == (
        "Another title", made["terms"], made["expires_at"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("pattern", {"pattern": "(unclosed"}, "The pattern cannot be read"),
        ("pattern", {"pattern": "a*"}, "matches a text without a word"),
        ("pattern", {"pattern": r"(a)\1"}, "The pattern cannot be read"),
        ("words", {"words": "  \n"}, "needs at least one"),
        ("mentions", {"most": "many"}, "This is not a whole number"),
        ("mentions", {"most": "3", "until": "2001-01-01"}, "The end of a rule is in the future"),
        ("mentions", {"most": "3", "until": "tomorrow"}, "This is not a day"),
        ("languages", {"more_languages": "!!"}, "valid BCP 47 tags"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_form_and_nothing_is_lost(
    app: App, desk: Browser, kind: str, typed: Mapping[str, str], said: str
) -> None:
    form = await desk.get(f"{PATH}/new?kind={kind}")
    answer = await send(desk, form, PATH, **{"title": "My own rule", "action": "reject", **typed})
    assert answer.status == 422
    assert said in answer.text
    assert "My own rule" in answer.text
    assert await rules.listing(app) == []


async def test_a_rule_in_force_that_is_changed_becomes_a_draft_unless_somebody_wants_it_on(
    app: App, desk: Browser
) -> None:
    made = await rules.create(app, CASINO, by=None)
    await rules.switch(app, made["id"], "on", by=None)
    path = f"{PATH}/{made['id']}/edit"
    assert (await send(desk, await desk.get(path), "/edit", title="Gambling")).status == 303
    assert (await only(app))["state"] == "on"  # it catches the same
    assert (await send(desk, await desk.get(path), "/edit", words="casino\nbets", keep_on="1")).status == 303
    assert (await only(app))["state"] == "on"
    assert (await send(desk, await desk.get(path), "/edit", words="bets")).status == 303
    assert (await only(app))["state"] == "draft"
    assert "Draft" in words(await desk.get(f"{PATH}/{made['id']}"))


async def test_somebody_else_may_answer_for_a_rule_if_they_may_write_rules(app: App, desk: Browser) -> None:
    other, modest = await user(app, "other", "admin"), await user(app, "modest", "moderator")
    made = await rules.create(app, CASINO, by=None)
    page = await desk.get(f"{PATH}/{made['id']}/edit")
    assert "@modest" not in words(page)
    assert (await send(desk, page, "/edit", owner_id=str(modest.account_id))).status == 422
    assert (await send(desk, page, "/edit", owner_id=str(other.account_id))).status == 303
    assert (await only(app))["owner_id"] == other.account_id
    assert "@other" in words(await desk.get(f"{PATH}/{made['id']}"))


async def test_the_list_tells_state_owner_hits_and_end(app: App, desk: Browser) -> None:
    far = await person(app, "far", "far.example")
    ids = {}
    for title, days in (("Draft one", None), ("On one", 9), ("Expired one", 1), ("Off one", None)):
        end = None if days is None else app.now() + timedelta(days=days)
        wanted = Wanted("words", {"words": ["casino"]}, "note", title, expires_at=end)
        ids[title] = (await rules.create(app, wanted, by=None))["id"]
    for title, state in (("On one", "on"), ("Expired one", "on"), ("Off one", "off")):
        await rules.switch(app, ids[title], state, by=None)
    await app.db.execute("UPDATE rules SET expires_at = ? WHERE id = ?", app.now(), ids["Expired one"])
    await arrive(app, far, "a casino")
    lines = {str(li.select_one("a").get_text()): " ".join(li.get_text(" ").split())  # type: ignore[union-attr]
             for li in soup(await desk.get(PATH)).select(".rule-list > li")}  # fmt: skip
    assert {title.partition(" ")[0]: title in line for title, line in lines.items()} == dict.fromkeys(
        ("Draft", "On", "Expired", "Off"), True
    )
    for title, there in (
        ("Draft one", "Draft"),
        ("On one", "In force"),
        ("Expired one", "Expired"),
        ("Off one", "Off"),
    ):
        assert there in lines[title], title
    assert "1 hit in 30 days" in lines["On one"]
    assert "no hits" in lines["Draft one"]


async def test_only_a_draft_that_caught_nothing_is_deleted(app: App, desk: Browser) -> None:
    made = await rules.create(app, CASINO, by=None)
    page = await desk.get(f"{PATH}/{made['id']}")
    await rules.switch(app, made["id"], "on", by=None)
    assert (await send(desk, page, "/remove")).status == 404
    await rules.switch(app, made["id"], "draft", by=None)
    assert (await send(desk, page, "/remove")).status == 303
    assert await rules.listing(app) == []


async def test_a_rule_is_taken_back_since_a_moment(app: App, desk: Browser) -> None:
    far = await person(app, "far", "far.example")
    made = await rules.create(app, CASINO, by=None)
    await rules.switch(app, made["id"], "on", by=None)
    await arrive(app, far, "casino one", "casino two")
    first = await app.db.value("SELECT MIN(id) AS value FROM held_posts")
    await app.db.execute("UPDATE held_posts SET created_at = ? WHERE id = ?", app.now() - timedelta(days=2), first)
    path = f"{PATH}/{made['id']}/undo"
    assert "2 posts that it holds" in words(await desk.get(path))
    page = await desk.get(f"{path}?span=1d&moment=")
    assert "1 post that it holds" in words(page)
    assert (await desk.get(f"{path}?span=moment&moment=nonsense")).status == 422
    assert (await send(desk, page, "/undo")).status == 303
    assert [row["id"] for row in await app.db.rows("SELECT id FROM held_posts")] == [first]


async def test_rules_are_the_admins_and_moderators_see_what_is_in_force(
    app: App, desk: Browser, entering: Entering
) -> None:
    made = await rules.create(app, CASINO, by=None)
    path = f"{PATH}/{made['id']}"
    modest = await entering(await user(app, "moderator", "moderator"))
    for address in ("/admin/policies", "/admin/strangers", "/admin/pictures"):
        page = await modest.get(address)
        assert page.status == 200, address
        assert [one for one in posting(page) if "/admin/" in one["action"]] == [], address
        assert PATH not in page.text, address
    token = (await modest.get("/admin/held")).text.partition('name="form_token" value="')[2].partition('"')[0]
    for address in (f"{path}/try", f"{path}/switch", f"{path}/undo", f"{path}/remove", f"{path}/edit", PATH):
        assert (await modest.post(address, {"form_token": token, "state": "on"})).status == 403, address
    for address in (PATH, path, f"{path}/hits", f"{PATH}/new", f"{path}/edit", f"{path}/undo"):
        assert (await modest.get(address)).status == 403, address
    member = await entering(await user(app, "member", "member"))
    assert [(await member.get(one)).status for one in (PATH, path, "/admin/policies", "/admin/strangers")] == [404] * 4
    assert (await rules.get(app, made["id"]))["state"] == "draft"


async def test_all_policies_are_listed_with_what_they_are_set_to(app: App, desk: Browser) -> None:
    await rules.create(app, CASINO, by=None)
    page = await desk.get("/admin/policies")
    text = words(page)
    for there in ("Servers", "Only listed servers", "First contact", "Floods of mentions", "Refused phrases"):
        assert there in text, there
    most = app.settings.moderation.max_mentions
    assert f"mentions more than {most} people" in text
    links = {str(one["href"]) for one in soup(page).select(".policies a")}
    assert {"/admin/settings/moderation", "/admin/settings/federation", PATH, "/admin/strangers"} <= links
    for link in links:
        assert (await desk.get(link)).status == 200, link
