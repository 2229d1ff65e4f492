"""Servers at first contact in the browser: looked at, let in, kept apart, blocked; and why others are known."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from fedinote.infra.app import App
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.lists import sources
from fedinote.moderation.servers import acquaintances
from fedinote.policy import acquaintance, domains
from fedinote.posts import publishing
from fedinote.posts.drafts import Mention, NewPost
from fedinote.relations import follows
from tests.moderation.staff import log, user
from tests.relations.people import person
from tests.support.browser import Answer, Browser
from tests.support.people import configure
from tests.web.desk.conftest import Entering
from tests.web.reading import soup

PATH = "/admin/strangers"


@pytest.fixture(autouse=True)
def careful(app: App) -> None:
    configure(app, "federation", first_contact="careful", first_contact_days=14)


@pytest.fixture
async def desk(app: App, entering: Entering) -> Browser:
    return await entering(await user(app, "admin", "admin"))


def lines(page: Answer) -> dict[str, str]:
    return {
        li.label.get_text(): " ".join(li.get_text(" ").split())  # type: ignore[union-attr]
        for li in soup(page).select(".strangers > li")
    }


async def act(who: Browser, page: Answer, deed: str, *chosen: str, **values: str) -> Answer:
    token = next(one.hidden["form_token"] for one in page.forms if one.action == PATH)
    pairs = [("form_token", token), ("deed", deed), *values.items(), *(("domain", one) for one in chosen)]
    kind = "application/x-www-form-urlencoded"
    return await who.send("POST", PATH, urlencode(pairs).encode(), {"content_type": kind})


async def answer(app: App, author: int, to: int, host: str) -> None:
    new = NewPost(
        author_id=author, visibility="public", content="<p>hello</p>", created_at=app.now(),
        uri=f"https://{host}/1", mentions=(Mention(to, "alice", "alice", "https://here.example/@alice"),),
    )  # fmt: skip
    await publishing.store(app, new)


async def test_strangers_are_shown_with_what_they_brought_and_let_in_together(app: App, desk: Browser) -> None:
    alice = await person(app, "alice")
    one, two = await person(app, "one", "one.example"), await person(app, "two", "two.example")
    await person(app, "three", "three.example")
    await follows.request(app, alice, two)
    await follows.accept(app, alice, two)
    await answer(app, one, alice, "one.example")
    page = await desk.get(PATH)
    shown = lines(page)
    assert set(shown) == {"one.example", "two.example", "three.example"}
    assert next(iter(shown)) == "one.example"  # what waits comes first
    for there in ("1 account", "0 posts", "0 follows from here", "1 post waits"):
        assert there in shown["one.example"], there
    assert "1 follow from here" in shown["two.example"]
    done = await act(desk, page, "approve", "one.example", "two.example", why="people we know")
    assert "2 servers were let in." in (await desk.get(done.location)).text
    assert await app.db.value("SELECT COUNT(*) AS value FROM held_posts") == 0
    assert await app.db.value("SELECT COUNT(*) AS value FROM posts WHERE account_id = ?", one) == 1
    assert set(lines(await desk.get(PATH))) == {"three.example"}
    known = lines(await desk.get(f"{PATH}?show=known"))
    assert "let in by @admin: people we know" in known["one.example"]
    assert [action for action, _ in await log(app)].count("server.approve") == 2


async def test_strangers_are_blocked_or_kept_apart(app: App, desk: Browser) -> None:
    for name in ("one", "two"):
        await person(app, name, f"{name}.example")
    page = await desk.get(PATH)
    assert (await act(desk, page, "block", "one.example", why="spam")).status == 303
    assert await domains.suspended(app, "one.example")
    assert set(lines(await desk.get(PATH))) == {"two.example"}
    assert (await act(desk, page, "keep", "two.example")).status == 303
    assert "kept apart" in lines(await desk.get(PATH))["two.example"]
    done = await act(desk, page, "approve", "nowhere.example", "two.example")
    told = (await desk.get(done.location)).text
    assert "1 server was let in." in told
    assert "Not possible: nowhere.example" in told
    assert (await act(desk, page, "nonsense", "two.example")).status == 400
    done = await act(desk, page, "approve")
    assert "Tick at least one server." in (await desk.get(done.location)).text
    again = await act(desk, await desk.get(f"{PATH}?show=known"), "keep", "two.example", back="known")
    assert again.location == f"{PATH}?show=known"
    assert not await acquaintance.is_known(app, "two.example")


async def test_it_says_why_a_server_is_known(app: App, entering: Entering) -> None:
    await person(app, "old", "old.example")
    app.clock.shift(timedelta(days=20).total_seconds())
    desk = await entering(await user(app, "admin", "admin"))
    await person(app, "listed", "listed.example")
    await person(app, "bad", "bad.example")
    wanted = sources.Wanted("csv", "https://lists.example/friends", "A list of friends")
    friends = await sources.add(app, wanted, by=None)
    async with app.db.transaction():
        await acquaintances.vouch(app, "listed.example", friends)
    known = lines(await desk.get(f"{PATH}?show=known"))
    assert "known for long enough, without a complaint" in known["old.example"]
    assert "vouched for by the list A list of friends" in known["listed.example"]
    assert set(lines(await desk.get(PATH))) == {"bad.example"}


async def test_an_old_server_with_a_complaint_is_a_stranger_again(app: App) -> None:
    old = await person(app, "old", "old.example")
    app.clock.shift(timedelta(days=20).total_seconds())
    assert await acquaintances.strangers(app) == []
    made = await rules.create(app, Wanted("words", {"words": ["casino"]}, "hold", "No gambling"), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    new = NewPost(
        author_id=old, visibility="public", content="<p>casino</p>", created_at=app.now(), uri="https://old.example/1"
    )
    assert await publishing.store(app, new) is None
    acquaintance.forget(app)
    assert not await acquaintance.is_known(app, "old.example")
    assert [one.domain for one in await acquaintances.strangers(app)] == ["old.example"]
    assert [one.domain for one in await acquaintances.trusted(app)] == []


async def test_where_first_contact_is_open_the_page_says_so(app: App, desk: Browser) -> None:
    await person(app, "far", "far.example")
    configure(app, "federation", first_contact="open")
    page = await desk.get(PATH)
    assert "First contact is open" in page.text
    assert lines(page) == {}
