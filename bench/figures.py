"""What a measurement gives, and how a load is put on the server."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.plan import Plan
from bench.processes import Meter, Server
from bench.remotes import Remotes
from bench.seeding import Seeded
from bench.wire import Answer, Client


@dataclass(frozen=True, slots=True)
class Figure:
    """One operation at one concurrency. `cpu_ms` is CPU of the whole server for each operation."""

    concurrency: int
    operations: int
    cpu_ms: float
    per_second: float
    p50_ms: float | None = None
    p95_ms: float | None = None
    errors: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """One operation: its figures, and how many SQL statements it takes."""

    name: str
    figures: list[Figure] = field(default_factory=list)
    queries: int | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """What every measurement needs: the server, its meter, what it holds, and who acts as the rest of the world."""

    plan: Plan
    server: Server
    meter: Meter
    seeded: Seeded
    remotes: Remotes

    def client(self, number: int | None = None) -> Client:
        """Return a client of the local person with this number (0: the reader), or of nobody."""
        token = "" if number is None else self.seeded.tokens[number]
        return Client(self.server.port, authority=self.server.authority, token=token)


@dataclass(slots=True)
class Load:
    """What a load has done: latencies of the good answers, and the bad ones by status or exception."""

    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    good: list[Answer] = field(default_factory=list)
    wall: float = 0.0

    @property
    def done(self) -> int:
        """The number of requests."""
        return len(self.seconds) + self.errors.total()


async def run(clients: Sequence[Client], requests: Iterable[bytes], *, keep: bool = False) -> Load:
    """Send requests: each client takes the next one when it is free. `keep` keeps the answers."""
    load, waiting = Load(), iter(requests)

    async def one(client: Client) -> None:
        for request in waiting:
            try:
                answer = await client.send(request)
            except (OSError, TimeoutError) as error:
                load.errors[type(error).__name__] += 1
                continue
            if not answer.good:
                load.errors[f"{answer.status} {answer.body[:80].decode('latin-1')}"] += 1
                continue
            load.seconds.append(answer.seconds)
            if keep:
                load.good.append(answer)

    for client in clients:
        await client.connect()
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(one(client))
    load.wall = time.perf_counter() - started
    return load


def repeated(request: bytes, seconds: float, least: int) -> Iterator[bytes]:
    """Give a request again and again for some seconds, and so many times at least."""
    deadline = time.perf_counter() + seconds
    count = 0
    while count < least or time.perf_counter() < deadline:
        count += 1
        yield request


def figure(load: Load, *, concurrency: int, cpu: float, wall: float | None = None) -> Figure:
    """Sum up a load; `cpu` in seconds, `wall` the time that the work took where that is not the load's own."""
    return Figure(
        concurrency=concurrency,
        operations=load.done,
        cpu_ms=round(cpu * 1000 / max(1, load.done), 3),
        per_second=round(len(load.seconds) / max(wall or load.wall, 1e-9), 1),
        p50_ms=percentile(load.seconds, 0.5),
        p95_ms=percentile(load.seconds, 0.95),
        errors=dict(load.errors),
    )


def percentile(seconds: Sequence[float], share: float) -> float | None:
    """Return a percentile in milliseconds; None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return round(ordered[round(share * (len(ordered) - 1))] * 1000, 2)


Say = Callable[[str], None]
