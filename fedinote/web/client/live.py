"""Live updates of pages: server-sent events for a browser with a session (HTML standard, section 9.2).

The same bus as the streaming API's, by `client.listening`. A reader that does not keep up is dropped; its browser
comes again.
"""

import asyncio
import contextlib

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, Forbidden, Unauthorized
from fedinote.timelines import streams
from fedinote.timelines.streams import Stream
from fedinote.web import browser
from fedinote.web.client import cursor
from fedinote.web.client.listening import Listener
from fedinote.web.pages import page, query

SEND_SECONDS = 15.0
_RETRY = 5000  # milliseconds until a browser comes again
_MAX_NAME = 300
_NAMES = {"home": "user", "public": "public", "conversations": "direct"}
_encode = msgspec.json.Encoder().encode


async def listen(request: Request) -> Response:
    """GET /live?stream=&since=: `stream` is home, local, public, conversations, list:<id>, tag:<name>, or nothing.

    `since` is the newest id that the page has: what came after it is told at once. `Unauthorized` without a session: a
    form to sign in, to which pages lead, is nothing that a stream's reader could show.
    """
    here = await browser.visit(request)
    if here.person is None:
        raise Unauthorized(browser.SignInFirst.message)
    if request.headers.get("sec-fetch-site") not in (None, "same-origin"):
        raise Forbidden
    values = query(request)
    stream = await _stream(here.app, here.member.account_id, values.get("stream", ""))
    since = cursor.number(values["since"]) if values.get("since") else None
    return EventStream(Listener(here.app, here.viewer, here.member.token, stream), since)


async def _stream(app: App, account_id: int, name: str) -> Stream | None:
    """Return what a page wants to hear of besides notifications. `BadRequest`, `NotFound` (nobody else's list)."""
    kind, _, about = name[:_MAX_NAME].partition(":")
    if not kind:
        return None
    if kind == "local":
        return streams.house()
    if kind == "list":
        return await streams.find(app, account_id, "list", list_id=about)
    if kind == "tag":
        return await streams.find(app, account_id, "hashtag", tag=about)
    if kind not in _NAMES:
        raise BadRequest("Unknown stream type")
    return await streams.find(app, account_id, _NAMES[kind])


class EventStream(Response):
    """A response that lasts: `event:` and `data:` lines, and a comment as heartbeat."""

    media_type = "text/event-stream"

    def __init__(self, listener: Listener, since: int | None) -> None:
        headers = {"cache-control": "private, no-store", "x-accel-buffering": "no", "x-content-type-options": "nosniff"}
        super().__init__(headers=headers)
        self.listener = listener
        self.since = since
        self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the browser goes, the session ends, or the browser takes too long."""
        leaving = asyncio.create_task(self._leave(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            if scope["method"] != "HEAD":
                await self._write(send)
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            pass  # what was begun cannot be ended properly: the server closes the connection
        finally:
            self.listener.close()
            leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await leaving

    async def _write(self, send: Send) -> None:
        await _put(send, f"retry: {_RETRY}\n\n".encode())
        async for found in self.listener.events(self.since):
            if found is None:
                await _put(send, b":\n\n")
            else:
                event, data = found
                await _put(send, b"event: " + event.encode() + b"\ndata: " + _encode(data) + b"\n\n")

    async def _leave(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.listener.close()


async def _put(send: Send, text: bytes) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "http.response.body", "body": text, "more_body": True})


ROUTES = (Route("/live", page(listen), methods=["GET"]),)
