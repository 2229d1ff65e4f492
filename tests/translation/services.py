"""A service played on a port of this machine: what it is sent is kept, and it answers as the test says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the path with its query, headers in lower case, and what its body says."""

    method: str
    path: str
    headers: dict[str, str]
    json: Any


@dataclass(frozen=True, slots=True)
class Says:
    """One answer: `body` is encoded as JSON unless it is bytes."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0


Answering = Callable[[Asked], Any]


@dataclass(slots=True)
class FakeService:
    """The server; `answering` returns a `Says`, or what becomes the body of one. It can be exchanged at any time."""

    answering: Answering
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    def paths(self, path: str) -> list[Asked]:
        """The requests for a path."""
        return [one for one in self.asked if one.path.partition("?")[0] == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while request := await self._read(reader):
                self.asked.append(request)
                found = self.answering(request)
                says = found if isinstance(found, Says) else Says(found)
                await asyncio.sleep(says.after)
                body = says.body if isinstance(says.body, bytes) else msgspec.json.encode(says.body)
                lines = [f"HTTP/1.1 {says.status} X", f"Content-Length: {len(body)}", "Content-Type: application/json"]
                lines += [f"{name}: {value}" for name, value in says.headers.items()]
                writer.write("\r\n".join([*lines, "", ""]).encode() + body)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Asked | None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = first.split(" ")
        return Asked(method, path, headers, msgspec.json.decode(body) if body else None)


@asynccontextmanager
async def fake(answering: Answering) -> AsyncIterator[FakeService]:
    """A server on a free port of the loopback address."""
    service = FakeService(answering)
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.close()
