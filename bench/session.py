"""One whole measurement: an empty server for its first start, a filled one for everything else."""

import contextlib
import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import delivering, queries, reading, translating, writing
from bench.figures import Bench, Line, Say
from bench.plan import Plan
from bench.processes import Machine, Meter, Server
from bench.remotes import Actor, Remotes
from bench.report import Footprint
from bench.seeding import Seeded, seed
from fedinote.infra.settings import load

FAN_OUT, SEPARATE = 1, 2  # numbers of the local people whom the remote ones follow
FIRST_PORT, LAST_PORT = 12_000, 32_000


@dataclass(frozen=True, slots=True)
class Database:
    """Where two empty databases are (empty texts: SQLite files), and the processes that serve them."""

    first: str = ""
    second: str = ""
    pids: tuple[int, ...] = ()


class Session:
    """Measures in a folder of its own; `say` is told how far it is."""

    def __init__(self, plan: Plan, folder: Path, database: Database, say: Say) -> None:
        self.plan = plan
        self.folder = folder
        self.database = database
        self.remotes = Remotes([f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(plan.hosts)])
        self._say = say
        self._started = time.perf_counter()

    def say(self, text: str) -> None:
        """Tell what begins now."""
        self._say(f"{time.perf_counter() - self._started:6.1f} s  {text}")

    async def run(self) -> tuple[list[Line], Footprint]:
        """Do everything."""
        await self.remotes.start()
        try:
            self.say("first start of an empty server")
            first = await self._first_start()
            authors = [self._author(number) for number in range(self.plan.remote_authors)]
            server = self._server("bench", self.database.second)
            self.say("seeding")
            seeded = await seed(load(None, server.environment), self.plan, authors)
            lines, footprint = await self._measured(server, seeded, authors, first)
            self.say("counting SQL statements")
            counted = await queries.count(load(None, server.environment), seeded.tokens[0], reading.paths(seeded))
            for line in lines:
                line.queries = counted.get(line.name)
            self.say("done")
            return lines, footprint
        finally:
            self.remotes.stop()

    def _author(self, number: int) -> Actor:
        return self.remotes.actor(self.remotes.addresses[0], f"author{number}")

    def _server(self, name: str, url: str) -> Server:
        folder = self.folder / name
        folder.mkdir()
        return Server(folder, free_port(), url)

    async def _first_start(self) -> float:
        server = self._server("first", self.database.first)
        try:
            return await server.start()
        finally:
            await server.stop()

    async def _measured(
        self, server: Server, seeded: Seeded, authors: Sequence[Actor], first_start: float
    ) -> tuple[list[Line], Footprint]:
        try:
            start = await server.start()
            meter = Meter([server.pid, *self.database.pids], idle=self.plan.idle_seconds)
            machine = Machine(meter)
            await meter.settle()
            idle = meter.memory()
            bench = Bench(self.plan, server, meter, seeded, self.remotes)
            self.say("pages")
            lines = await reading.pages(bench)
            lines += await translating.pages(bench)
            self.say("posts")
            lines.append(await writing.posts(bench))
            self.say("incoming posts")
            lines.append(await writing.incoming(bench, authors))
            lines += await self._deliveries(bench)
            return lines, Footprint(first_start, start, idle, meter.memory(), machine.others())
        finally:
            await server.stop()

    async def _deliveries(self, bench: Bench) -> list[Line]:
        """Measure follows, and what the followers are sent."""
        shared = [self._follower(number, shared_inbox=True) for number in range(self.plan.followers)]
        separate = [self._follower(number, shared_inbox=False) for number in range(self.plan.followers)]
        hosts = min(self.plan.hosts, self.plan.followers)
        groups = [(FAN_OUT, shared), (SEPARATE, separate)]
        self.say("follows")
        lines = [await delivering.follows(bench, groups if self.plan.separate_inboxes else groups[:1])]
        self.say("fan-out")
        lines.append(await delivering.fan_out(bench, "one delivery, 100 shared inboxes", author=FAN_OUT, inboxes=hosts))
        if self.plan.separate_inboxes:
            name = "one delivery, 500 separate inboxes"
            lines.append(await delivering.fan_out(bench, name, author=SEPARATE, inboxes=self.plan.followers))
        name = "one delivery, hosts answer after 100 ms"
        lines.append(await delivering.fan_out(bench, name, author=FAN_OUT, inboxes=hosts, delay=delivering.SLOW))
        return lines

    def _follower(self, number: int, *, shared_inbox: bool) -> Actor:
        address = self.remotes.addresses[number % len(self.remotes.addresses)]
        name = f"follower{number}" if shared_inbox else f"apart{number}"
        return self.remotes.actor(address, name, shared_inbox=shared_inbox)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses at the moment.

    It is below those that systems hand out to outgoing connections, one of which could take it before our server.
    """
    while True:
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
