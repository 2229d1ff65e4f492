"""What one does with a post in the browser: the same verbs as in apps, by plain forms that come from our own pages."""

from typing import Any

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import unfinished
from fedinote.posts.drafts import PollDraft
from tests.support.browser import Browser
from tests.web.client.doing import press, token
from tests.web.reading import signed_in, soup, write

DEEDS = [
    ("favourite", "favourites", "post_id"),
    ("boost", "posts", "reblog_of_id"),
    ("bookmark", "bookmarks", "post_id"),
]


async def count(app: App, table: str, column: str, post_id: int) -> int:
    found: int = await app.db.value(f"SELECT COUNT(*) AS value FROM {table} WHERE {column} = ?", post_id)
    return found


@pytest.mark.parametrize(("action", "table", "column"), DEEDS)
async def test_a_post_is_kept_and_let_go_by_its_buttons(
    app: App, bob: User, browser: Browser, action: str, table: str, column: str
) -> None:
    post = await write(app, bob, "hello")
    done = await press(browser, f"/posts/{post}/{action}", next="/public/local")
    assert (done.status, done.location) == (303, f"/public/local#post-{post}")
    assert await count(app, table, column, post) == 1
    pressed = soup(await browser.get("/public/local")).select(f'[formaction="/posts/{post}/un{action}"]')
    assert [one["aria-pressed"] for one in pressed] == ["true"]
    await press(browser, f"/posts/{post}/un{action}")
    assert await count(app, table, column, post) == 0


async def test_a_script_gets_the_post_as_it_is_then(app: App, bob: User, browser: Browser) -> None:
    post = await write(app, bob, "hello")
    done = await press(browser, f"/posts/{post}/favourite", part=True)
    assert done.status == 200
    assert "<html" not in done.text
    assert f'formaction="/posts/{post}/unfavourite"' in done.text


@pytest.mark.parametrize("action", ["favourite", "boost", "delete", "react", "vote", "redraft", "mute", "pin"])
async def test_a_form_from_elsewhere_changes_nothing(app: App, alice: User, browser: Browser, action: str) -> None:
    post = await write(app, alice, "hello")
    for fields, headers in (
        ({}, {}),
        ({"form_token": "0.0"}, {}),
        ({"form_token": token(await browser.get("/home"))}, {"origin": "https://elsewhere.example"}),
    ):
        answer = await browser.post(f"/posts/{post}/{action}", {**fields, "emoji": "🌱"}, **headers)
        assert answer.status == 403
    assert await count(app, "favourites", "post_id", post) == await count(app, "posts", "reblog_of_id", post) == 0
    assert await count(app, "posts", "id", post) == 1


async def test_what_one_may_not_see_is_not_found(app: App, bob: User, browser: Browser) -> None:
    hidden = await write(app, bob, "secret words", visibility="private")
    for path in (f"/posts/{hidden}", f"/posts/{hidden}/menu", f"/posts/{hidden}/delete"):
        answer = await browser.get(path, x_part="1")
        assert (answer.status, "secret words" in answer.text) == (404, False)
    for action in ("favourite", "bookmark", "boost", "react"):
        answer = await press(browser, f"/posts/{hidden}/{action}", emoji="🌱")
        assert answer.status == 404
    assert (await browser.get("/posts/99999999999999999999")).status == 404


async def test_ones_own_post_is_deleted_after_a_question_and_others_never(
    app: App, alice: User, bob: User, browser: Browser
) -> None:
    mine, theirs = await write(app, alice, "mine"), await write(app, bob, "theirs")
    asked = await browser.get(f"/posts/{mine}/delete?next=/public/local")
    assert "Delete this post?" in asked.text
    assert (await browser.get(f"/posts/{theirs}/delete")).status == 404
    done = await press(browser, f"/posts/{mine}/delete", next="/public/local")
    assert (done.status, done.location) == (303, "/public/local")
    assert (await press(browser, f"/posts/{theirs}/delete")).status == 404
    assert await count(app, "posts", "id", mine) == 0
    assert await count(app, "posts", "id", theirs) == 1


async def test_a_post_that_is_written_again_is_a_draft_with_its_words(app: App, alice: User, browser: Browser) -> None:
    post = await write(app, alice, "with a mitsake", spoiler_text="careful")
    done = await press(browser, f"/posts/{post}/redraft")
    assert done.location.startswith("/publish?draft=")
    kept = await unfinished.mine(app, alice.account_id)
    assert (kept[0].first("text"), kept[0].first("warning"), kept[0].first("edit")) == ("with a mitsake", "careful", "")
    assert await count(app, "posts", "id", post) == 0


async def test_a_reaction_comes_and_goes(app: App, bob: User, browser: Browser) -> None:
    post = await write(app, bob, "hello")
    await press(browser, f"/posts/{post}/react", emoji="🌱")
    page = soup(await browser.get("/public/local"))
    assert [one.get_text(" ", strip=True) for one in page.select(".reaction")] == ["🌱 1"]
    await press(browser, f"/posts/{post}/unreact", emoji="🌱")
    assert soup(await browser.get("/public/local")).select(".reaction") == []
    assert (await press(browser, f"/posts/{post}/react", emoji="no emoji")).status == 422


async def test_a_poll_can_be_voted_in_once_and_then_shows_results(app: App, bob: User, browser: Browser) -> None:
    poll = PollDraft(options=("tea", "coffee"), expires_in=3600)
    post = await write(app, bob, "what?", poll=poll)
    form = soup(await browser.get("/public/local")).select_one("form.vote")
    assert form is not None
    assert [one["type"] for one in form.select("input[name=choices]")] == ["radio", "radio"]
    assert (await press(browser, f"/posts/{post}/vote")).status == 422
    assert (await press(browser, f"/posts/{post}/vote", choices="1")).status == 303
    page = soup(await browser.get("/public/local"))
    assert page.select("form.vote") == []
    assert [one.get_text(" ", strip=True) for one in page.select(".poll .chosen bdi")] == ["coffee"]


async def test_the_menu_offers_what_fits_who_looks(app: App, alice: User, bob: User, browser: Browser) -> None:
    post = await write(app, bob, "hello")
    theirs = (await browser.get(f"/posts/{post}/menu")).text
    assert f"/accounts/{bob.account_id}/report?post={post}" in theirs
    assert f"/posts/{post}/edit" not in theirs
    own = (await (await signed_in(app, bob)).get(f"/posts/{post}/menu", x_part="1")).text
    assert f"/posts/{post}/edit" in own
    assert "/report?" not in own


async def test_nobody_is_led_elsewhere_after_a_form(app: App, bob: User, browser: Browser) -> None:
    post = await write(app, bob, "hello")
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        done = await press(browser, f"/posts/{post}/favourite", next=wanted)
        assert done.location == f"/#post-{post}"


async def test_marks_on_a_page_are_those_of_whoever_looks(app: App, alice: User, bob: User, browser: Browser) -> None:
    post = await write(app, bob, "hello")
    await press(browser, f"/posts/{post}/bookmark")
    other: Any = soup(await (await signed_in(app, bob)).get("/public/local"))
    assert other.select(f'[formaction="/posts/{post}/unbookmark"]') == []


async def test_a_post_tells_who_liked_and_boosted_it(app: App, alice: User, bob: User, browser: Browser) -> None:
    post = await write(app, bob, "hello")
    for action, page in (("favourite", "favourites"), ("boost", "boosts")):
        assert soup(await browser.get(f"/posts/{post}/{page}")).select(".rows .handle") == []
        await press(browser, f"/posts/{post}/{action}")
        found = soup(await browser.get(f"/posts/{post}/{page}")).select(".rows .handle")
        assert [one.get_text() for one in found] == ["@alice@localhost:8000"]
    hidden = await write(app, bob, "secret", visibility="private")
    assert (await browser.get(f"/posts/{hidden}/boosts")).status == 404
