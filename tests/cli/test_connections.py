"""Raw bytes against the HTTP server as it is configured: heads that never end, and requests that mean two things."""

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
import uvicorn
from starlette.types import Receive, Scope, Send

from fedinote.cli import connections, serve
from fedinote.cli.logs import JsonFormatter, is_news
from tests.support import ports

SECONDS = 60
SHORT = 0.3
GET = b"GET /one HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Quiet(uvicorn.Server):
    """A server that leaves the signals of the tests alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Site:
    """A server on a port whose application reads the body and says how long it is; `seen` are method and path.

    A WebSocket hears again what it says, or is refused at /refused.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.port = ports.free()
        self.config = serve._config(self)
        self.config.timeout_keep_alive = SHORT  # type: ignore[assignment]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._echo(scope["path"], receive, send)
            return
        if scope["type"] != "http":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.seen.append((scope["method"], scope["path"]))
        size = 0
        while True:
            message = await receive()
            size += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        body = str(size).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _echo(self, path: str, receive: Receive, send: Send) -> None:
        await receive()
        if path == "/refused":
            await send({"type": "websocket.http.response.start", "status": 401, "headers": []})
            await send({"type": "websocket.http.response.body", "body": b"no"})
            return
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})

    async def say(self, *parts: bytes, pause: float = 0.0) -> bytes:
        """Send the parts; what is answered until the server closes the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for part in parts:
                writer.write(part)
                await asyncio.sleep(pause)
            found = b""
            with contextlib.suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(SECONDS):
                    while more := await reader.read(65536):
                        found += more
            return found
        finally:
            writer.close()


@pytest_asyncio.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    monkeypatch.setattr(connections, "HEAD_SECONDS", SHORT)
    here = Site()
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", here.port))
    server = Quiet(here.config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    async with asyncio.timeout(SECONDS):
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
    yield here
    server.should_exit = True
    async with asyncio.timeout(SECONDS):
        await task


async def closed_by_server(site: Site, sent: bytes) -> bool:
    """Tell whether the server ends a connection on which nothing more comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    try:
        writer.write(sent)
        async with asyncio.timeout(SECONDS):
            while await reader.read(65536):
                pass
        return True
    except TimeoutError:
        return False
    finally:
        writer.close()


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", b"GET /one HTTP/1.1\r\nHost: local", GET + b"GET /two HTTP/1.1\r\nHost:", b"\r\n", GET + b"\r\n"],
)
async def test_a_head_that_does_not_come_ends_the_connection(site: Site, sent: bytes) -> None:
    assert await closed_by_server(site, sent)
    assert site.seen == [("GET", "/one")] * sent.count(GET)


async def test_who_drips_a_head_is_not_waited_for(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(b"GET /one HTTP/1.1\r\n")

    async def drip() -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"X: 1\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    async with asyncio.timeout(SECONDS):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    dripping.cancel()
    writer.close()
    assert site.seen == []


async def test_a_slow_body_is_the_applications_to_wait_for(site: Site) -> None:
    head = b"POST /one HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n"
    found = await site.say(head, b"a", b"b", b"c", pause=0.2)
    assert found.startswith(b"HTTP/1.1 200")
    assert found.endswith(b"\r\n\r\n3")


async def test_a_head_of_more_than_64_kib_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", SECONDS)
    for line in (b"X: " + b"x" * 1000 + b"\r\n", b"x" * 1000):
        with contextlib.suppress(ConnectionError):
            found = await site.say(b"GET /one HTTP/1.1\r\nX-Long: ", *[line] * 900, b"\r\n\r\n")
            assert not found or found.startswith(b"HTTP/1.1 400")
    assert site.seen == []
    assert b"HTTP/1.1 200" in await site.say(b"GET /one HTTP/1.1\r\nX-Long: " + b"x" * 60_000 + b"\r\n\r\n")


async def test_a_connection_serves_one_request_after_the_other(site: Site) -> None:
    site.config.timeout_keep_alive = SECONDS
    last = GET[:-2] + b"Connection: close\r\n\r\n"
    found = await site.say(GET, last, pause=0.1)
    assert found.count(b"HTTP/1.1 200") == 2
    assert (await site.say(GET * 2 + last)).count(b"HTTP/1.1 200") == 3


@pytest.mark.parametrize("before", [False, True])
async def test_a_websocket_stays_open_when_nothing_is_said_on_it(site: Site, before: bool) -> None:
    """The clock of the head stops with the head, for the first request of a connection and for a later one."""
    site.config.timeout_keep_alive = SECONDS
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    try:
        if before:
            writer.write(GET)
            async with asyncio.timeout(SECONDS):
                assert (await reader.readuntil(b"\r\n\r\n0")).startswith(b"HTTP/1.1 200")
        writer.write(UPGRADE)
        async with asyncio.timeout(SECONDS):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        await asyncio.sleep(connections.HEAD_SECONDS * 2)
        writer.write(b"\x81\x82\x00\x00\x00\x00hi")  # a text frame, masked with zeros (RFC 6455, section 5.2)
        async with asyncio.timeout(SECONDS):
            assert await reader.readexactly(4) == b"\x81\x02hi"
    finally:
        writer.close()


async def test_a_refused_websocket_is_no_error_in_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    found = await site.say(UPGRADE.replace(b"/ws", b"/refused"))
    assert found.startswith(b"HTTP/1.1 401")
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert not is_news(errors[0])


UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
SMUGGLED = {
    "both lengths": (
        b"POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN
    ),
    "both lengths, other order": (
        b"POST /one HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + HIDDEN
    ),
    "two lengths": b"POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" + HIDDEN,
    "a length with a sign": b"POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n" + HIDDEN,
    "a length in hexadecimal": b"POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 0x0\r\n\r\n" + HIDDEN,
    "an unknown coding": b"POST /one HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n" + HIDDEN,
    "chunked and not last": b"POST /one HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n" + HIDDEN,
    "a space before the colon": b"POST /one HTTP/1.1\r\nHost: a\r\nContent-Length : 0\r\n\r\n" + HIDDEN,
    "a folded line": b"POST /one HTTP/1.1\r\nHost: a\r\nX: 1\r\n Content-Length: 0\r\n\r\n" + HIDDEN,
    "a chunk of a strange size": (
        b"POST /one HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n" + HIDDEN
    ),
    "a bare line feed": b"POST /one HTTP/1.1\nHost: a\nContent-Length: 0\n\n" + HIDDEN,
    "a nul in a name": b"POST /one HTTP/1.1\r\nHost: a\r\nX\x00: 1\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
}


@pytest.mark.parametrize("name", SMUGGLED)
async def test_no_request_hides_behind_another(site: Site, name: str) -> None:
    """What two servers could read in two ways is refused, and the connection with it."""
    found = await site.say(SMUGGLED[name])
    assert ("GET", "/hidden") not in site.seen
    assert found.count(b"HTTP/1.1 ") <= 1
    assert b"HTTP/1.1 2" not in found


@pytest.mark.parametrize("text", ["\n", '\r\n{"level":"forged"}', "\x1b[2J\x1b[31m", "\u2028\x85\x0b\x0c", "\x00"])
def test_what_strangers_write_stays_on_one_line_of_the_log(text: str) -> None:
    record = logging.LogRecord("fedinote", logging.INFO, "", 0, "path %s", (f"/a{text}b",), None)
    record.host = f"evil{text}.example"
    line = JsonFormatter().format(record)
    assert not [char for char in line if ord(char) < 0x20 or ord(char) == 0x7F]
    assert json.loads(line)["message"] == f"path /a{text}b"
