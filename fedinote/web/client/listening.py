"""What one open page of a member hears of: new posts of its timeline, changed and deleted ones, unread notifications.

Only ids and numbers are told, and an id only after the timeline's own query, the reader's filters or the rule of
visibility gave it to this very reader; the page then asks for the post itself, which is checked once more.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from fedinote.auth import sessions
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import TooMany
from fedinote.notifications import queries
from fedinote.posts import visibility
from fedinote.timelines import conversations, live, streams
from fedinote.timelines.streams import Stream
from fedinote.timelines.window import Window
from fedinote.translation import preferences
from fedinote.web.client import notices
from fedinote.web.client.items import items

MOST = 12
"""How many pages of one person may listen at the same time, in one process."""
HEARTBEAT = 15.0
CHECK = 5.0
"""Every so many seconds, and before anything is told after as many, it is asked whether the session still stands."""
CAUGHT_UP = 40
_CACHE = "pages that listen"

_decode = msgspec.json.Decoder(tuple[str, int]).decode
Event = tuple[str, dict[str, Any]]


class Listener:
    """One open page: an iterator of (event, data), and None for each heartbeat. It ends with the session.

    Events: `unread` {count}, `post` {ids} (new in the timeline), `changed` {id}, `gone` {id}.
    """

    def __init__(self, app: App, viewer: Viewer, token: str, stream: Stream | None) -> None:
        self._app = app
        self._viewer = viewer
        self._token = token
        self._stream = stream
        self._own = live.user(viewer.account_id)
        self._checked = self._beat = asyncio.get_running_loop().time()
        people: dict[int, int] = app.caches.setdefault(_CACHE, {})
        if people.get(viewer.account_id, 0) >= MOST:
            raise TooMany("Too many pages of yours listen already", retry_after=60)
        people[viewer.account_id] = people.get(viewer.account_id, 0) + 1
        self._counted = True
        self._subscription = app.bus.subscribe([self._own, *(stream.channels if stream else ())])

    def close(self) -> None:
        """Listen no more: the iterator ends. May be called twice."""
        self._subscription.close()
        if self._counted:
            self._counted = False
            people: dict[int, int] = self._app.caches[_CACHE]
            people[self._viewer.account_id] -= 1
            if not people[self._viewer.account_id]:
                del people[self._viewer.account_id]

    async def events(self, since: int | None = None) -> AsyncIterator[Event | None]:
        """Give what is new after `since` already, then what happens, until the end."""
        yield await self._unread()
        if since is not None and (missed := await self._missed(since)):
            yield "post", {"ids": [str(one) for one in missed]}
        while (found := await self._next()) is not None:
            channel, message = found
            if not await self._still_valid():
                return
            if channel:
                if (event := await self._told(channel, message)) is not None:
                    yield event
            elif self._is_time():
                yield None

    async def _missed(self, since: int) -> list[int]:
        """Return what came between the page and the connection, oldest first."""
        if self._stream is None:
            return []
        window = Window(CAUGHT_UP, min_id=since)
        found = await streams.page(self._app, self._viewer.account_id, self._stream, window)
        shown = await items(self._app, found, self._viewer, context=self._stream.context)
        return sorted(one.id for one in shown)

    async def _next(self) -> tuple[str, bytes] | None:
        """Wait for a message; give an empty one when there was none for a while, and None at the end."""
        try:
            async with asyncio.timeout(CHECK):
                return await anext(self._subscription)
        except TimeoutError:
            return "", b""
        except StopAsyncIteration:
            return None

    async def _still_valid(self) -> bool:
        """Look at the session again every few seconds: it ends with signing out, a suspension, a new password."""
        now = asyncio.get_running_loop().time()
        if now - self._checked < CHECK / 2:
            return True
        self._checked = now
        found = await sessions.signed_in(self._app, self._token)
        return found is not None and found.account_id == self._viewer.account_id

    def _is_time(self) -> bool:
        now = asyncio.get_running_loop().time()
        due = now - self._beat >= HEARTBEAT
        if due:
            self._beat = now
        return due

    async def _told(self, channel: str, message: bytes) -> Event | None:
        event, about = _decode(message)
        if event in ("notification", "notifications_merged"):
            return await self._unread() if channel == self._own else None
        if event == "delete":
            return "gone", {"id": str(about)}
        if event == "status.update":
            return await self._changed(about)
        if event.startswith(live.TRANSLATED):
            own = await preferences.reader(self._app, self._viewer.account_id)
            wanted = own is not None and own.target == event.removeprefix(live.TRANSLATED)
            return await self._changed(about) if wanted else None
        if self._stream is not None and channel in self._stream.channels:
            return await self._new(event, about)
        return None

    async def _new(self, event: str, about: int) -> Event | None:
        stream, me = self._stream, self._viewer.account_id
        assert stream is not None
        told: Event = ("post", {"ids": [str(about)]})
        if event == "conversation" and stream.kind == "direct":
            return told if await conversations.page(self._app, me, Window.only(about).sql) else None
        if event != "update" or not await streams.has(self._app, me, stream, about):
            return None
        return told if await items(self._app, [about], self._viewer, context=stream.context) else None

    async def _changed(self, post_id: int) -> Event | None:
        seen = await visibility.visible(self._app, self._viewer.account_id, [post_id])
        return ("changed", {"id": str(post_id)}) if seen else None

    async def _unread(self) -> Event:
        wanted = notices.wanted(self._viewer, "")
        return "unread", {"count": await queries.unread_count(self._app, self._viewer.account_id, wanted)}
