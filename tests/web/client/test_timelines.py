"""Timelines in the browser show what the API's would, to the right person, page by page."""

import re
from pathlib import Path

import pytest

from fedinote.auth.models import User
from fedinote.infra import resources
from fedinote.infra.app import App
from fedinote.posts import interactions
from fedinote.relations import blocks, follows
from fedinote.timelines import filter_rules, lists
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange
from fedinote.translation import translations
from fedinote.translation.ledger import Purpose
from tests.support.browser import Browser
from tests.support.people import person
from tests.translation.fluent import SAID, fluent
from tests.web.client.doing import texts
from tests.web.reading import signed_in, soup, write

PAGES = ["/home", "/public/local", "/public", "/bookmarks", "/favourites", "/notifications", "/conversations", "/lists"]
PAGES += ["/search", "/follow_requests", "/followed_tags", "/notifications/requests"]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_of_the_client_is_there_for_members_and_sends_others_to_sign_in(
    browser: Browser, stranger: Browser, path: str
) -> None:
    answer = await browser.get(path)
    assert answer.status == 200, answer.text
    assert answer.header("cache-control") == "private, no-store"
    assert len(soup(answer).find_all("h1")) == 1
    away = await stranger.get(path)
    assert (away.status, away.location.startswith("/auth/sign_in?next=%2F")) == (303, True)


async def test_home_shows_whom_one_follows_and_oneself_and_nobody_else(
    app: App, alice: User, bob: User, browser: Browser
) -> None:
    await follows.request(app, alice.account_id, bob.account_id)
    await write(app, alice, "mine")
    await write(app, bob, "followed")
    stranger = await signed_in(app, bob)
    assert await texts(browser, "/home") == ["followed", "mine"]
    assert await texts(stranger, "/home") == ["followed"]


async def test_pages_go_on_where_the_one_before_ended(app: App, alice: User, browser: Browser) -> None:
    for number in range(25):
        await write(app, alice, f"post {number}")
    first = await browser.get("/home")
    assert await texts(browser, "/home") == [f"post {number}" for number in range(24, 4, -1)]
    link = soup(first).select_one("a[data-older]")
    assert link is not None
    assert await texts(browser, str(link["href"])) == [f"post {number}" for number in range(4, -1, -1)]
    part = await browser.get(str(link["href"]), x_part="1")
    assert "<html" not in part.text
    assert "post 4" in part.text
    assert "data-older" not in part.text


async def test_a_script_gets_what_is_newer_than_what_it_has(app: App, alice: User, browser: Browser) -> None:
    old = await write(app, alice, "old")
    await write(app, alice, "new")
    part = await browser.get(f"/home?min_id={old}", x_part="1")
    assert "new" in part.text
    assert f'id="post-{old}"' not in part.text


@pytest.mark.parametrize("bad", ["max_id=x", "max_id=99999999999999999999", "min_id=-1"])
async def test_what_is_no_id_is_not_found(browser: Browser, bad: str) -> None:
    assert (await browser.get(f"/home?{bad}")).status == 404


async def test_posts_for_this_server_alone_stand_on_its_own_page(app: App, bob: User, browser: Browser) -> None:
    await write(app, bob, "for all")
    await write(app, bob, "for us", visibility="local")
    await write(app, bob, "for followers", visibility="private")
    assert await texts(browser, "/public/local") == ["for us", "for all"]
    assert await texts(browser, "/public") == ["for all"]


async def test_a_list_shows_its_members_to_its_owner_alone(app: App, alice: User, bob: User, browser: Browser) -> None:
    await follows.request(app, alice.account_id, bob.account_id)
    own = await lists.create(app, alice.account_id, "Friends")
    await lists.add(app, alice.account_id, own.id, [bob.account_id])
    await write(app, bob, "in the list")
    await write(app, alice, "not in it")
    assert await texts(browser, f"/lists/{own.id}") == ["in the list"]
    other = await signed_in(app, bob)
    assert (await other.get(f"/lists/{own.id}")).status == 404


async def test_a_boost_says_who_boosted_and_whom_a_reply_answers(
    app: App, alice: User, bob: User, browser: Browser
) -> None:
    mine = await write(app, alice, "a post")
    theirs = await write(app, await person(app, "carol"), "from somebody else")
    await follows.request(app, alice.account_id, bob.account_id)
    await write(app, bob, "an answer", in_reply_to_id=mine)
    await interactions.boost(app, bob.account_id, theirs)
    page = soup(await browser.get("/home"))
    above = [" ".join(one.get_text(" ", strip=True).split()) for one in page.select(".above")]
    assert above == ["bob boosted", "In reply to alice"]


async def test_whom_one_mutes_or_blocks_is_not_seen(app: App, alice: User, bob: User, browser: Browser) -> None:
    await write(app, bob, "noise")
    await blocks.mute(app, alice.account_id, bob.account_id)
    assert await texts(browser, "/public/local") == []
    await blocks.unmute(app, alice.account_id, bob.account_id)
    assert await texts(browser, "/public/local") == ["noise"]
    await blocks.block(app, bob.account_id, alice.account_id)
    assert await texts(browser, "/public/local") == []


@pytest.mark.parametrize(("action", "shown"), [("hide", False), ("warn", True)])
async def test_filters_hide_or_warn(
    app: App, alice: User, bob: User, browser: Browser, action: str, shown: bool
) -> None:
    words = (KeywordChange(keyword="dragon"),)
    changes = FilterChanges(title="Spoilers", context=("public",), action=action, keywords=words)
    await filter_rules.create(app, alice.account_id, changes)
    await write(app, bob, "the dragon dies")
    answer = await browser.get("/public/local")
    assert ("the dragon dies" in answer.text) is shown
    assert ("Filtered: Spoilers" in answer.text) is shown


async def test_a_page_costs_the_same_number_of_queries_however_many_posts_it_holds(
    app: App, alice: User, bob: User, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follows.request(app, alice.account_id, bob.account_id)

    async def cost() -> int:
        asked = 0
        rows, many = app.db.rows, app.db.many

        async def counted_rows(*args: object) -> object:
            nonlocal asked
            asked += 1
            return await rows(*args)  # type: ignore[arg-type]

        async def counted_many(*args: object) -> object:
            nonlocal asked
            asked += 1
            return await many(*args)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(app.db, "rows", counted_rows)
            patch.setattr(app.db, "many", counted_many)
            assert (await browser.get("/home")).status == 200
        return asked

    for number in range(3):
        await write(app, bob, f"post {number}")
    await cost()  # what is kept in memory is read the first time
    few = await cost()
    for number in range(15):
        await interactions.favourite(app, alice.account_id, await write(app, bob, f"more {number} #tag"))
    assert await cost() == few


async def test_a_page_of_twenty_posts_is_light(app: App, alice: User, browser: Browser) -> None:
    for number in range(20):
        await write(app, alice, f"post {number} with some words that people would write on a usual day. #tag{number}")
    answer = await browser.get("/home")
    files = set(re.findall(r'(?:href|src)="/(static/(?:css|js)/[^"?]+)', answer.text))
    assert len(files) > 5
    loaded = sum((Path(resources.folder("static")).parent / path).stat().st_size for path in files)
    assert len(answer.body) + loaded < 160_000, (len(answer.body), loaded)
    assert len(answer.body) < 100_000


@pytest.mark.parametrize("action", ["hide", "warn", "blur"])
async def test_filters_match_what_a_post_says_in_translation(
    app: App, alice: User, bob: User, browser: Browser, action: str
) -> None:
    fluent(app)
    words = (KeywordChange(keyword="weather"),)
    changes = FilterChanges(title="Small talk", context=("public",), action=action, keywords=words)
    await filter_rules.create(app, alice.account_id, changes)
    post_id = await write(app, bob, SAID, language="zh")
    before = await browser.get("/public/local")
    assert (SAID in before.text, "Filtered: Small talk" in before.text) == (True, False)
    await translations.finish(app, post_id, "en", purpose=Purpose.MODERATION)
    after = await browser.get("/public/local")
    assert (SAID in after.text, "Filtered: Small talk" in after.text) == (action != "hide", action == "warn")
