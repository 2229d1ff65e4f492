"""Notifications, requests and conversations in the browser."""

from typing import Any

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.notifications import policy, severances, warnings
from fedinote.notifications.telling import News, tell
from fedinote.posts import interactions, reactions
from fedinote.posts.reactions import Emoji
from fedinote.relations import blocks, follows
from tests.support.browser import Browser
from tests.support.people import person
from tests.web.client.doing import press
from tests.web.reading import signed_in, soup, write


async def sentences(browser: Browser, path: str = "/notifications") -> list[str]:
    found = soup(await browser.get(path)).select(".says")
    for one in found:
        for time in one.select("time, .unseen"):
            time.decompose()
    return [" ".join(one.get_text(" ", strip=True).split()) for one in found]


async def test_likes_of_one_post_are_told_as_one(app: App, alice: User, browser: Browser) -> None:
    post = await write(app, alice, "hello")
    for name in ("bob", "carol", "dave"):
        await interactions.favourite(app, (await person(app, name)).account_id, post)
    assert await sentences(browser) == ["dave and 2 others liked your post"] or await sentences(browser) == [
        "dave and 2 others like your post"
    ]


async def test_each_kind_has_its_sentence(app: App, alice: User, bob: User, browser: Browser) -> None:
    post = await write(app, alice, "hello")
    await follows.request(app, bob.account_id, alice.account_id)
    await interactions.boost(app, bob.account_id, post)
    await reactions.react(app, bob.account_id, post, Emoji("🌱"))
    await write(app, bob, "@alice look")
    assert await sentences(browser) == [
        "bob mentioned you", "bob reacted to your post 🌱", "bob boosted your post", "bob followed you"
    ]  # fmt: skip
    assert await sentences(browser, "/notifications?show=mentions") == ["bob mentioned you"]
    assert await sentences(browser, "/notifications?show=follows") == ["bob followed you"]
    assert (await browser.get("/notifications?show=nonsense")).status == 404


ALL = ["mention", "status", "reblog", "favourite", "follow", "follow_request", "poll", "update", "quote"]
ALL += ["quoted_update", "translation_suggestion", "reaction"]


@pytest.mark.parametrize(
    "kind", [*ALL, "admin.sign_up", "admin.report", severances.KIND, warnings.KIND, "something_new"]
)
async def test_a_page_with_any_kind_can_be_shown(app: App, bob: User, kind: str) -> None:
    staff = await person(app, "olivia", "owner")
    post = await write(app, staff, "hello") if kind in ALL and not kind.startswith("follow") else None
    await tell(app, News(kind, bob.account_id, post, subject="7"), [staff.account_id])
    browser = await signed_in(app, staff)
    found = await sentences(browser)
    assert len(found) == 1
    assert found[0]


async def test_members_are_not_shown_what_moderators_are_told(
    app: App, alice: User, bob: User, browser: Browser
) -> None:
    await tell(app, News("admin.sign_up", bob.account_id), [alice.account_id])
    assert await sentences(browser) == []


async def test_looking_at_the_page_counts_as_reading(app: App, alice: User, bob: User, browser: Browser) -> None:
    await follows.request(app, bob.account_id, alice.account_id)
    mark = soup(await browser.get("/home")).select_one("[data-unread-count]")
    assert mark is not None
    assert mark.get_text() == "1"
    assert len(soup(await browser.get("/notifications")).select(".news.fresh")) == 1
    assert len(soup(await browser.get("/notifications")).select(".news.fresh")) == 0


async def test_notifications_are_put_away_one_by_one_and_all_at_once(
    app: App, alice: User, bob: User, browser: Browser
) -> None:
    post = await write(app, alice, "hello")
    await interactions.favourite(app, bob.account_id, post)
    await interactions.boost(app, bob.account_id, post)
    key = soup(await browser.get("/notifications")).select('input[name="key"]')[0]["value"]
    done = await press(browser, "/notifications/dismiss", part=True, key=str(key))
    assert (done.status, done.text.strip()) == (200, "")
    assert await sentences(browser) == ["bob liked your post"]
    assert (await browser.post("/notifications/dismiss", {"all": "1"})).status == 403
    await press(browser, "/notifications/dismiss", all="1")
    assert await sentences(browser) == []


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_request_is_accepted_or_put_away(
    app: App, alice: User, bob: User, browser: Browser, accepted: bool
) -> None:
    await policy.update(app, alice.account_id, {"for_not_following": "filter"})
    await write(app, bob, "@alice may I?")
    assert await sentences(browser) == []
    page = soup(await browser.get("/notifications/requests"))
    form = page.select_one('form[action^="/notifications/requests/"]')
    assert form is not None
    path = str(form["action"])
    assert "may I?" in (await browser.get(path)).text
    assert (await (await signed_in(app, bob)).get(path)).status == 404
    fields: dict[str, Any] = {"accept": "1"} if accepted else {}
    await press(browser, path, **fields)
    assert await sentences(browser) == (["bob mentioned you"] if accepted else [])


async def test_everybody_behind_a_group_is_listed(app: App, alice: User, browser: Browser) -> None:
    post = await write(app, alice, "hello")
    names = [f"fan{number}" for number in range(10)]
    for name in names:
        await interactions.favourite(app, (await person(app, name)).account_id, post)
    link = soup(await browser.get("/notifications")).select_one("a.others")
    assert link is not None
    found = soup(await browser.get(str(link["href"]))).select(".rows .handle")
    assert sorted(one.get_text() for one in found) == sorted(f"@{name}@localhost:8000" for name in names)


async def test_whoever_is_blocked_tells_nothing(app: App, alice: User, bob: User, browser: Browser) -> None:
    await follows.request(app, bob.account_id, alice.account_id)
    await blocks.block(app, alice.account_id, bob.account_id)
    assert await sentences(browser) == []


async def test_conversations_are_read_marked_and_taken_away(app: App, alice: User, bob: User, browser: Browser) -> None:
    post = await write(app, bob, "@alice a secret", visibility="direct")
    page = soup(await browser.get("/conversations"))
    assert [one.get_text(" ", strip=True) for one in page.select(".talk.fresh strong")] == ["bob"]
    path = str(page.select(".talk-open")[0]["href"])
    assert (await browser.get(path)).location == f"/posts/{post}"
    assert soup(await browser.get("/conversations")).select(".talk.fresh") == []
    other = await signed_in(app, await person(app, "carol"))
    assert (await other.get(path)).status == 404
    assert "a secret" not in (await other.get("/conversations")).text
    await press(browser, path, unread="1")
    assert len(soup(await browser.get("/conversations")).select(".talk.fresh")) == 1
    await press(browser, path, remove="1")
    assert soup(await browser.get("/conversations")).select(".talk") == []
