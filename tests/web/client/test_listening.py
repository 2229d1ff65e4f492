"""What an open page hears of: what its reader may see and wants to see, and nothing after the session has ended."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fedinote.auth import sessions
from fedinote.auth.models import User
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound, TooMany
from fedinote.posts import interactions, publishing, revising
from fedinote.posts.drafts import Draft
from fedinote.relations import blocks, follows
from fedinote.timelines import filter_rules, lists, streams
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange
from fedinote.timelines.streams import Stream
from fedinote.web.browser import SCOPES
from fedinote.web.client import listening
from fedinote.web.client.listening import Listener
from tests.support.browser import Browser
from tests.support.people import person
from tests.web.reading import write

SECONDS = 20
Heard = list[tuple[str, Any]]


class Page:
    """An open page of somebody's, and what it heard so far."""

    def __init__(self, app: App, listener: Listener, since: int | None) -> None:
        self.app = app
        self.listener = listener
        self.heard: Heard = []
        self.reading = asyncio.create_task(self._read(since))

    async def _read(self, since: int | None) -> None:
        async for found in self.listener.events(since):
            if found is not None:
                self.heard.append(found)

    async def hear(self, kind: str, **data: Any) -> None:
        """Wait for an event."""
        async with asyncio.timeout(SECONDS):
            while (kind, data) not in self.heard:  # noqa: ASYNC110  of many events
                await asyncio.sleep(0.01)

    async def silence(self) -> Heard:
        """Return what was heard, once a later event has come: what was to be told before is told by then."""
        self.heard.clear()
        self.app.bus.publish(f"user:{self.listener._viewer.account_id}", b'["notification",1]')
        async with asyncio.timeout(SECONDS):
            while not any(kind == "unread" for kind, _ in self.heard):  # noqa: ASYNC110  of many events
                await asyncio.sleep(0.01)
        return [one for one in self.heard if one[0] != "unread"]


def viewer(user: User) -> Viewer:
    return Viewer(user.account_id, user.id, user.role, SCOPES, 0, 0)


@pytest.fixture
async def pages() -> AsyncIterator[list[Page]]:
    found: list[Page] = []
    yield found
    for one in found:
        one.listener.close()
        await one.reading


async def opened(app: App, pages: list[Page], user: User, stream: Stream | None, since: int | None = None) -> Page:
    token = await sessions.start(app, user.id)
    found = Page(app, Listener(app, viewer(user), token, stream), since)
    pages.append(found)
    await found.hear("unread", count=0)
    return found


async def home(app: App, user: User) -> Stream:
    return await streams.find(app, user.account_id, "user")


async def test_home_hears_of_new_changed_and_deleted_posts(app: App, alice: User, bob: User, pages: list[Page]) -> None:
    await follows.request(app, alice.account_id, bob.account_id)
    page = await opened(app, pages, alice, await home(app, alice))
    post = await write(app, bob, "hello")
    await page.hear("post", ids=[str(post)])
    await revising.edit(app, bob.account_id, post, Draft(text="hello again"))
    await page.hear("changed", id=str(post))
    await publishing.delete(app, post)
    await page.hear("gone", id=str(post))


async def test_a_page_is_told_what_came_before_it_listened(app: App, alice: User, pages: list[Page]) -> None:
    old, new = await write(app, alice, "old"), await write(app, alice, "new")
    page = await opened(app, pages, alice, await home(app, alice), since=old)
    await page.hear("post", ids=[str(new)])


async def test_likes_change_the_number_of_unread_notifications(
    app: App, alice: User, bob: User, pages: list[Page]
) -> None:
    page = await opened(app, pages, alice, None)
    await interactions.favourite(app, bob.account_id, await write(app, alice, "hello"))
    await page.hear("unread", count=1)


async def test_this_servers_page_hears_of_posts_for_its_members_alone(
    app: App, alice: User, bob: User, pages: list[Page]
) -> None:
    page = await opened(app, pages, alice, streams.house())
    inner = await write(app, bob, "for us", visibility="local")
    outer = await write(app, bob, "for all")
    await page.hear("post", ids=[str(inner)])
    await page.hear("post", ids=[str(outer)])


@pytest.mark.parametrize("visibility", ["private", "direct", "unlisted"])
async def test_public_pages_hear_of_nothing_that_is_not_public(
    app: App, alice: User, bob: User, pages: list[Page], visibility: str
) -> None:
    for stream in (streams.house(), await streams.find(app, alice.account_id, "public")):
        page = await opened(app, pages, alice, stream)
        hidden = await write(app, bob, "hidden #tea", visibility=visibility)
        for channel in stream.channels:  # even if somebody published it there
            app.bus.publish(channel, f'["update",{hidden}]'.encode())
            if visibility != "unlisted":
                app.bus.publish(channel, f'["status.update",{hidden}]'.encode())
        assert await page.silence() == []


async def test_whom_one_mutes_blocks_or_filters_is_not_heard(
    app: App, alice: User, bob: User, pages: list[Page]
) -> None:
    carol = await person(app, "carol")
    await blocks.mute(app, alice.account_id, bob.account_id)
    await blocks.block(app, carol.account_id, alice.account_id)
    words = (KeywordChange(keyword="dragon"),)
    changes = FilterChanges(title="x", context=("public",), action="hide", keywords=words)
    await filter_rules.create(app, alice.account_id, changes)
    page = await opened(app, pages, alice, await streams.find(app, alice.account_id, "public"))
    await write(app, bob, "muted")
    await write(app, carol, "blocked")
    await write(app, await person(app, "dave"), "the dragon dies")
    assert await page.silence() == []


async def test_a_list_is_heard_by_its_owner_alone(app: App, alice: User, bob: User, pages: list[Page]) -> None:
    await follows.request(app, alice.account_id, bob.account_id)
    own = await lists.create(app, alice.account_id, "Friends")
    await lists.add(app, alice.account_id, own.id, [bob.account_id])
    page = await opened(app, pages, alice, await streams.find(app, alice.account_id, "list", list_id=str(own.id)))
    post = await write(app, bob, "hello")
    await page.hear("post", ids=[str(post)])
    with pytest.raises(NotFound):
        await streams.find(app, bob.account_id, "list", list_id=str(own.id))


@pytest.mark.parametrize("how", ["signed out", "suspended"])
async def test_it_ends_with_the_session_before_anything_more_is_told(
    app: App, alice: User, pages: list[Page], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(listening, "CHECK", 0.05)
    page = await opened(app, pages, alice, await home(app, alice))
    if how == "signed out":
        await sessions.end_all(app, alice.id)
    else:
        await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), alice.account_id)
    async with asyncio.timeout(SECONDS):
        await page.reading
    assert [kind for kind, _ in page.heard] == ["unread"]


async def test_one_person_may_have_so_many_pages_listen_and_no_more(
    app: App, alice: User, bob: User, pages: list[Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "MOST", 2)
    first, _ = [await opened(app, pages, alice, None) for _ in range(2)]
    with pytest.raises(TooMany):
        await opened(app, pages, alice, None)
    await opened(app, pages, bob, None)
    first.listener.close()
    first.listener.close()
    await opened(app, pages, alice, None)


async def test_visitors_and_other_sites_cannot_listen(browser: Browser, stranger: Browser) -> None:
    assert (await stranger.get("/live")).status == 401
    assert (await browser.get("/live", sec_fetch_site="cross-site")).status == 403
    assert (await browser.get("/live?stream=nonsense")).status == 400
    assert (await browser.get("/live?stream=list:1")).status == 404
