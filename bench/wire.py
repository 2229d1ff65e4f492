"""HTTP/1.1 as cheap as Python allows, so that what is measured is the server and not the one that asks it.

Client: connections that are kept open, requests prepared as bytes. Server: a plain function from request to reply.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import httptools
import msgspec

TIMEOUT = 60.0  # seconds for one answer
_REASONS = {200: "OK", 202: "Accepted", 400: "Bad Request", 404: "Not Found"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long it took in seconds."""

    status: int
    body: bytes
    seconds: float

    @property
    def good(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the decoded body."""
        return msgspec.json.decode(self.body)


class _Answering(asyncio.Protocol):
    """The client's side of one connection: one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self.parser = httptools.HttpResponseParser(self)
        self.body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.body = []

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        waiting, self.waiting = self.waiting, None
        if not self.parser.should_keep_alive() and self.transport is not None:
            self.transport.close()
        if waiting is not None and not waiting.done():
            waiting.set_result((self.parser.get_status_code(), b"".join(self.body)))

    def connection_lost(self, exc: Exception | None) -> None:
        waiting, self.waiting = self.waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(ConnectionError("the server closed the connection"))


class Client:
    """One connection to a server on this machine; it is opened again when the server has closed it."""

    def __init__(self, port: int, *, authority: str, token: str = "") -> None:
        self.port = port
        self.authority = authority
        self.token = token
        self._connection: _Answering | None = None

    async def connect(self) -> None:
        """Open the connection, so that a clock started afterwards does not count it."""
        loop = asyncio.get_running_loop()
        _, self._connection = await loop.create_connection(_Answering, "127.0.0.1", self.port)

    def prepared(self, method: str, path: str, content: Any = None) -> bytes:
        """Return a request as bytes; `content` is sent as JSON."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.authority}", "Accept: application/json"]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        body = b"" if content is None else msgspec.json.encode(content)
        if method != "GET":
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body

    async def send(self, request: bytes) -> Answer:
        """Send a prepared request. Raises ConnectionError, or TimeoutError after a minute."""
        connection = self._connection
        if connection is None or connection.transport is None or connection.transport.is_closing():
            await self.connect()
            connection = self._connection
        assert connection is not None
        assert connection.transport is not None
        waiting = connection.waiting = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        connection.transport.write(request)
        async with asyncio.timeout(TIMEOUT):
            status, body = await waiting
        return Answer(status, body, time.perf_counter() - started)

    async def call(self, method: str, path: str, content: Any = None) -> Any:
        """Send a request and return the decoded answer. Raises RuntimeError when it is not a good one."""
        answer = await self.send(self.prepared(method, path, content))
        if not answer.good:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:300]!r}")
        return answer.json()

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None and self._connection.transport is not None:
            self._connection.transport.close()
            self._connection = None


@dataclass(slots=True)
class Request:
    """What a fake server was asked. `at` is the moment of `time.perf_counter`; header names are in lower case."""

    method: str = ""
    target: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a fake server answers, after `delay` seconds."""

    status: int = 200
    content_type: str = "application/activity+json"
    body: bytes = b""
    delay: float = 0.0


Handler = Callable[[Request], Reply]


class _Asked(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.transport: asyncio.Transport | None = None
        self.parser = httptools.HttpRequestParser(self)
        self.request = Request()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.request = Request()

    def on_url(self, url: bytes) -> None:
        self.request.target += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.request.headers[name.decode("latin-1").lower()] = value.decode("latin-1").strip()

    def on_body(self, body: bytes) -> None:
        self.request.body += body

    def on_message_complete(self) -> None:
        request = self.request
        request.method = self.parser.get_method().decode()
        request.at = time.perf_counter()
        reply = self.handler(request)
        head = (
            f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'X')}\r\n"
            f"Content-Type: {reply.content_type}\r\nContent-Length: {len(reply.body)}\r\n\r\n"
        )
        data = head.encode() + reply.body
        if reply.delay:
            asyncio.get_running_loop().call_later(reply.delay, self._write, data)
        else:
            self._write(data)

    def _write(self, data: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)


async def listen(handler: Handler, addresses: Sequence[str], port: int) -> list[asyncio.Server]:
    """Serve on one port of several addresses of this machine. Raises OSError when one of them is taken."""
    loop = asyncio.get_running_loop()
    servers: list[asyncio.Server] = []
    try:
        for address in addresses:
            servers.append(await loop.create_server(lambda: _Asked(handler), address, port, backlog=512))  # noqa: PERF401
    except OSError:
        for server in servers:
            server.close()
        raise
    return servers


def encoded(document: Mapping[str, Any], content_type: str = "application/activity+json") -> Reply:
    """Return a document as a reply."""
    return Reply(200, content_type, msgspec.json.encode(document))
