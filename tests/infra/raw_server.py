"""Servers on loopback that speak HTTP by hand, so that they can drip, stall, lie and never stop."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

from tests.support import ports

Handler = Callable[["Exchange"], Awaitable[None]]


class Exchange:
    """One request, and the writer to answer it with."""

    def __init__(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.head = head
        self.reader = reader
        self.writer = writer

    @property
    def path(self) -> str:
        return self.head.split(b" ")[1].decode("latin-1")

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes = b"ok", *, status: str = "200 OK", headers: bytes = b"") -> None:
        length = str(len(body)).encode()
        await self.send(b"HTTP/1.1 " + status.encode() + b"\r\nContent-Length: " + length + b"\r\n" + headers)
        await self.send(b"\r\n" + body)

    async def redirect(self, location: str, *, status: str = "302 Found") -> None:
        await self.answer(b"", status=status, headers=b"Location: " + location.encode() + b"\r\n")

    async def stall(self) -> None:
        """Say nothing more until the client goes away."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65536):
                pass


class RawServer:
    """What was asked of it: connections, and the heads of requests in order."""

    def __init__(self, handler: Handler) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.failures: list[BaseException] = []
        self.port = 0
        self._handler = handler
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def url(self, host: str = "127.0.0.1", path: str = "/", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def asked(self, times: int) -> None:
        """Wait until so many requests have come in."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.requests) >= times)

    async def stop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                async with self._changed:
                    self.requests.append(head)
                    self._changed.notify_all()
                await self._handler(Exchange(head, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            raise
        except BaseException as failure:  # also those of pytest, which a task would keep to itself
            self.failures.append(failure)
        finally:
            writer.close()


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[RawServer]:
    """Serve on a free port until the block ends; what failed in a handler fails the block."""
    server = RawServer(handler)
    server.port = port or ports.free()
    listener = await asyncio.start_server(server.accept, host, server.port, ssl=tls)
    try:
        yield server
    finally:
        listener.close()
        await server.stop()
    for failure in server.failures:
        raise failure


class FakeLookup:
    """A name server in memory: each name has a list of answers, given in turn; the last one stays."""

    def __init__(self, names: dict[str, list[list[str]]] | None = None, *, default: list[str] | None = None) -> None:
        self.names = names or {}
        self.default = default
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        answers = self.names.get(host)
        if answers is None:
            if self.default is None:
                raise OSError("no such name")
            return self.default
        return answers.pop(0) if len(answers) > 1 else answers[0]
