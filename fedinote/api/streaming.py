"""Live updates by WebSocket and as server-sent events. https://docs.joinmastodon.org/methods/streaming/

A connection listens on the bus to the channels of its streams, and ends when its token does. A reader that does not
keep up is dropped, by the bus (256 events waiting) or here (one event not taken in time); others do not notice.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from fedinote.api import access, streams
from fedinote.api.routing import WEBSOCKET, Call, Handler, route
from fedinote.api.streams import Stream
from fedinote.auth import tokens
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, FediNoteError, TooMany, Unauthorized

HEARTBEAT = 15.0  # seconds, as in Mastodon: some clients end only with the next line; the token is looked at then
CHECK = 5.0  # as often the token is looked at again: another process may have ended it without a word
SEND_SECONDS = 15.0
MAX_STREAMS = 64
MAX_MESSAGE = 4096
_REVOKED, _RESTARTING, _TOO_SLOW = 1008, 1001, 1013  # RFC 6455, section 7.4.1

_decode_event = msgspec.json.Decoder(tuple[str, int]).decode
_encode = msgspec.json.Encoder().encode


class _Wish(msgspec.Struct):
    """What a client sends over a WebSocket."""

    type: str
    stream: str = ""
    tag: str | None = None
    list: str | int | None = None


_decode_wish = msgspec.json.Decoder(_Wish).decode


class Feed:
    """What one connection listens to: an iterator of (stream, event, payload), and None for each heartbeat.

    It ends with the token, with the bus, or when the reader falls behind; `ended` says why (a close code of RFC 6455).
    """

    def __init__(self, app: App, viewer: Viewer, token: str) -> None:
        self.ended = _RESTARTING
        self._app = app
        self._viewer = viewer
        self._token = token
        self._guard = f"token:{viewer.token_id}"
        self._streams: dict[str, list[Stream]] = {}
        self._subscription = app.bus.subscribe([self._guard])
        self._checked = self._beat = asyncio.get_running_loop().time()

    async def add(self, name: str, *, tag: str = "", list_id: str = "") -> None:
        """Listen to a stream too. Raises what `streams.find` does, and TooMany."""
        stream = await streams.find(self._app, self._viewer, name, tag=tag, list_id=list_id)
        present = {one for listeners in self._streams.values() for one in listeners}
        if stream in present:
            return
        if len(present) >= MAX_STREAMS:
            raise TooMany("Too many streams on one connection")
        for channel in stream.channels:
            self._streams.setdefault(channel, []).append(stream)
            self._subscription.add(channel)

    async def remove(self, name: str, *, tag: str = "", list_id: str = "") -> None:
        """Listen to a stream no more. Raises what `streams.find` does."""
        stream = await streams.find(self._app, self._viewer, name, tag=tag, list_id=list_id)
        for channel in stream.channels:
            left = [one for one in self._streams.pop(channel, ()) if one != stream]
            if left:
                self._streams[channel] = left
            else:
                self._subscription.remove(channel)

    def close(self) -> None:
        """Listen to nothing any more: the iterator ends."""
        self._subscription.close()

    async def events(self) -> AsyncIterator[tuple[Stream, str, str] | None]:
        """Give what happens, rendered for the viewer, until the end."""
        while (found := await self._next()) is not None:
            channel, message = found
            if channel == self._guard or not await self._still_valid():
                self.ended = _REVOKED
                return
            if channel:
                async for event in self._rendered(channel, message):
                    yield event
            elif self._is_time():
                yield None

    async def _next(self) -> tuple[str, bytes] | None:
        """Wait for a message; give an empty one when there was none for a while, and None at the end."""
        try:
            async with asyncio.timeout(min(HEARTBEAT, CHECK)):
                return await anext(self._subscription)
        except TimeoutError:
            return "", b""
        except StopAsyncIteration:
            if self._subscription.dropped:
                self.ended = _TOO_SLOW
            return None

    async def _rendered(self, channel: str, message: bytes) -> AsyncIterator[tuple[Stream, str, str]]:
        event, about = _decode_event(message)
        for stream in tuple(self._streams.get(channel, ())):
            payload = await streams.render(self._app, self._viewer, stream, event, about)
            if payload is not None:
                yield stream, streams.told_as(event), payload
            elif await streams.hidden(self._app, self._viewer, stream, event, about):
                yield stream, "delete", str(about)

    def _is_time(self) -> bool:
        """Tell whether a heartbeat is due."""
        now = asyncio.get_running_loop().time()
        due = now - self._beat >= HEARTBEAT
        if due:
            self._beat = now
        return due

    async def _still_valid(self) -> bool:
        """Look at the token again every few seconds: another process may have revoked it, or disabled the login."""
        now = asyncio.get_running_loop().time()
        if now - self._checked < CHECK:
            return True
        self._checked = now
        try:
            return await tokens.authenticate(self._app, self._token) is not None
        except FediNoteError:
            return False


async def _admit(app: App, token: str | None) -> tuple[Viewer, str]:
    """Return the person whose token it is, and the token. Raises Forbidden, and Unauthorized for an app's own too."""
    if not token:
        raise Unauthorized("Missing access token")
    bearer = await tokens.authenticate(app, token)
    if not isinstance(bearer, Viewer):
        raise Unauthorized("This method requires an authenticated user")
    return bearer, token


# -- WebSocket ------------------------------------------------------------------------------------------------------


async def connect(call: Call) -> None:
    """Serve a WebSocket: any number of streams, subscribed to by messages and by the query."""
    socket = call.socket
    assert socket is not None
    access.count(call.app, socket, None, access.ADDRESS)
    query = dict(socket.query_params)
    offered = socket.scope.get("subprotocols") or []
    _forget_token(socket)
    token = query.get("access_token") or access.bearer(socket) or (offered[0] if offered else None)
    viewer, token = await _admit(call.app, token)
    # Browsers close a connection whose offer was not answered, wherever the token was.
    await socket.accept(subprotocol=offered[0] if offered else None)
    feed = Feed(call.app, viewer, token)
    try:
        if "stream" in query:
            wish = _Wish("subscribe", query["stream"], query.get("tag"), query.get("list"))
            await _obey(socket, feed, wish)
        await _converse(socket, feed)
    except (TimeoutError, WebSocketDisconnect):
        pass  # gone, or too slow: the server closes the connection when this returns
    finally:
        feed.close()


def _forget_token(socket: WebSocket) -> None:
    """Take the token out of the address: the HTTP server writes it to its log when the connection is accepted."""
    query = parse_qsl(socket.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    socket.scope["query_string"] = urlencode([pair for pair in query if pair[0] != "access_token"]).encode()


async def _converse(socket: WebSocket, feed: Feed) -> None:
    """Write what happens, and read wishes, until one side has had enough."""
    reading = asyncio.create_task(_read(socket, feed))
    try:
        async for found in feed.events():
            if found is not None:  # the HTTP server sends the pings of the WebSocket itself
                stream, event, payload = found
                frame: dict[str, Any] = {"stream": stream.label, "event": event, "payload": payload}
                if event == "filters_changed":
                    del frame["payload"]
                await _send(socket, frame)
        if not reading.done():
            async with asyncio.timeout(SEND_SECONDS):
                await socket.close(feed.ended)
    finally:
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading


async def _read(socket: WebSocket, feed: Feed) -> None:
    """Do what the client asks for, until it goes; then the feed ends."""
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await _obey(socket, feed, _wish(message))
    except (TimeoutError, WebSocketDisconnect):
        return
    finally:
        feed.close()


def _wish(message: Any) -> _Wish | None:
    text = message.get("text") or ""
    try:
        return _decode_wish(text) if len(text) <= MAX_MESSAGE else None
    except (msgspec.DecodeError, RecursionError):
        return None


async def _obey(socket: WebSocket, feed: Feed, wish: _Wish | None) -> None:
    try:
        if wish is None:
            raise BadRequest("The message could not be understood")
        match wish.type:
            case "subscribe":
                await feed.add(wish.stream, tag=wish.tag or "", list_id=str(wish.list or ""))
            case "unsubscribe":
                await feed.remove(wish.stream, tag=wish.tag or "", list_id=str(wish.list or ""))
            case _:
                raise BadRequest("Unknown message type")
    except FediNoteError as error:
        await _send(socket, {"error": error.message, "status": error.status})


async def _send(socket: WebSocket, frame: dict[str, Any]) -> None:
    """Send one frame. Raises TimeoutError when the client does not take it in time."""
    async with asyncio.timeout(SEND_SECONDS):
        await socket.send_text(_encode(frame).decode())


# -- server-sent events ---------------------------------------------------------------------------------------------


class EventStream(Response):
    """A response that lasts: `event:` and `data:` lines, and a comment as heartbeat (HTML standard, section 9.2)."""

    media_type = "text/event-stream"

    def __init__(self, feed: Feed) -> None:
        super().__init__(headers={"cache-control": "private, no-store", "x-accel-buffering": "no"})
        self.feed = feed
        self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the client goes, the feed ends, or the client takes too long."""
        leaving = asyncio.create_task(self._leave(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            if scope["method"] != "HEAD":
                await self._write(send)
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            pass  # what was begun cannot be ended properly: the server closes the connection
        finally:
            self.feed.close()
            leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await leaving

    async def _write(self, send: Send) -> None:
        await _put(send, ":)\n\n")
        async for found in self.feed.events():
            if found is None:
                await _put(send, ":thump\n\n")
            else:
                _, event, payload = found
                await _put(send, f"event: {event}\ndata: {payload or 'undefined'}\n\n")

    async def _leave(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.feed.close()


async def _put(send: Send, text: str) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


def _events(name: str) -> Handler:
    """Return the handler that streams one kind of stream as server-sent events."""

    async def handler(call: Call) -> Response:
        token = access.bearer(call.request) or call.params.text("access_token")
        viewer, token = await _admit(call.app, token)
        wanted = f"{name}:media" if name.startswith("public") and call.params.flag("only_media") else name
        feed = Feed(call.app, viewer, token)
        try:
            await feed.add(wanted, tag=call.params.text("tag", ""), list_id=call.params.text("list", ""))
        except BaseException:
            feed.close()
            raise
        return EventStream(feed)

    return handler


async def health(call: Call) -> Response:
    """Tell that streaming runs."""
    return PlainTextResponse("OK")


ROUTES = (
    route(WEBSOCKET, "/api/v1/streaming", connect, auth="public"),
    route("GET", "/api/v1/streaming/health", health, auth="public"),
    route("GET", "/api/v1/streaming/user", _events("user"), auth="public"),
    route("GET", "/api/v1/streaming/user/notification", _events("user:notification"), auth="public"),
    route("GET", "/api/v1/streaming/public", _events("public"), auth="public"),
    route("GET", "/api/v1/streaming/public/local", _events("public:local"), auth="public"),
    route("GET", "/api/v1/streaming/public/remote", _events("public:remote"), auth="public"),
    route("GET", "/api/v1/streaming/hashtag", _events("hashtag"), auth="public"),
    route("GET", "/api/v1/streaming/hashtag/local", _events("hashtag:local"), auth="public"),
    route("GET", "/api/v1/streaming/list", _events("list"), auth="public"),
    route("GET", "/api/v1/streaming/direct", _events("direct"), auth="public"),
)
