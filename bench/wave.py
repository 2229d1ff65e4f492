"""`python -m bench --wave`: a wave of spam from many new servers against a running instance with rules on.

Good posts go on meanwhile: of people who are followed, of others on servers that are known, and of members. Measured is
how long each takes from its request to the page where its reader finds it; then what was caught, what was missed, and
what was caught wrongly; and how long it takes to explain it all, and to take it all back.
"""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from bench import wave_people
from bench.figures import Say, percentile
from bench.processes import ROOT, Meter, Server
from bench.remotes import Remotes
from bench.session import Database, free_port
from bench.wave_people import People, Sending, WavePlan, Writer
from bench.wire import Client
from fedinote.bootstrap import running
from fedinote.infra.app import App
from fedinote.infra.settings import load

LOOK = 0.2  # seconds between two looks at the timelines
PATIENCE = 300.0
CALM = 3.0
"""Seconds before the wave in which only good posts come, as on any day before."""
KINDS = ("followed", "known server", "member")


@dataclass(slots=True)
class Tally:
    """What happened. Moments are of `time.perf_counter`; `seen` has the first sight of each post, `leaked` the spam."""

    sent: dict[str, tuple[str, float]] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    leaked: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    over: bool = False

    def delays(self, kind: str) -> list[float]:
        """Return the seconds that each good post of a kind took."""
        return [self.seen[uri] - at for uri, (whose, at) in self.sent.items() if whose == kind and uri in self.seen]

    def never_seen(self, kind: str) -> int:
        """Return how many good posts of a kind did not come."""
        return sum(uri not in self.seen for uri, (whose, _) in self.sent.items() if whose == kind)


class Wave:
    """One wave against one server."""

    def __init__(self, plan: WavePlan, folder: Path, database: Database, say: Say) -> None:
        self.plan, self.say, self.database, self.folder = plan, say, database, folder
        count = plan.good_servers + plan.servers + max(1, plan.honest // 2)
        self.remotes = Remotes([f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(count)])
        self.tally = Tally()

    async def run(self, *, first_contact: str = "careful") -> dict[str, Any]:
        """Do everything; return the figures."""
        await self.remotes.start()
        (self.folder / "wave").mkdir()
        server = Server(self.folder / "wave", free_port(), self.database.second)
        server.environment |= {
            "FEDINOTE_FEDERATION_FIRST_CONTACT": first_contact,
            "FEDINOTE_LIMITS_ENABLED": "true",
            "FEDINOTE_SERVER_TRUSTED_PROXIES": "127.0.0.0/8",
        }
        people = wave_people.populate(self.remotes, self.plan)
        self.say("people")
        await wave_people.settle_in(load(None, server.environment), people)
        try:
            await server.start()
            meter = Meter([server.pid, *self.database.pids])
            await self._attack(server, people, meter)
            return await self._afterwards(server, people, meter)
        finally:
            await server.stop()
            self.remotes.stop()

    async def _attack(self, server: Server, people: People, meter: Meter) -> None:
        writer = Writer(server.authority, people)
        self.say("signing")
        parts = list(wave_people.spread(writer.wave(self.plan), self.plan.connections))
        await meter.settle()
        self.say("wave")
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch(server, people))
            flow = group.create_task(self._good(server, people, writer))
            await asyncio.sleep(CALM)
            self._started, self._cpu = time.perf_counter(), meter.cpu()
            senders = [group.create_task(self._send(server, part)) for part in parts]
            await asyncio.wait(senders)
            self._sent_all = time.perf_counter() - self._started
            self.say("all was sent")
            await self._drained(server)
            self._drained_at = time.perf_counter() - self._started
            self.tally.over = True
            await flow

    async def _send(self, server: Server, part: Sequence[Sending]) -> None:
        client = Client(server.port, authority=server.authority)
        for sending in part:
            try:
                answer = await client.send(sending.request)
            except (OSError, TimeoutError) as error:
                self.tally.answers[type(error).__name__] += 1
                continue
            self.tally.answers[str(answer.status)] += 1
        client.close()

    async def _good(self, server: Server, people: People, writer: Writer) -> None:
        """Send good posts, one after the other at a steady pace, until the wave is over."""
        number, tasks = 0, set[asyncio.Task[None]]()
        honest = iter(range(self.plan.honest))
        while not self.tally.over:
            if number % 3 == 2:
                tasks.add(asyncio.create_task(self._member_posts(server, people, number)))
            else:
                tasks.add(asyncio.create_task(self._good_arrives(server, writer.good(number))))
            if number % 4 == 0 and (first := next(honest, None)) is not None:
                tasks.add(asyncio.create_task(self._good_arrives(server, writer.honest(first))))
            number += 1
            await asyncio.sleep(1 / self.plan.good_per_second)
        await asyncio.gather(*tasks)

    async def _good_arrives(self, server: Server, sending: Sending) -> None:
        client = Client(server.port, authority=server.authority)
        await client.connect()
        self.tally.sent[sending.uri] = sending.kind, time.perf_counter()
        answer = await client.send(sending.request)
        if not answer.good:
            self.tally.refused[f"{sending.kind}: {answer.status}"] += 1
        client.close()

    async def _member_posts(self, server: Server, people: People, number: int) -> None:
        token, content = wave_people.status(people, number)
        client = Client(server.port, authority=server.authority, token=token)
        await client.connect()
        started = time.perf_counter()
        answer = await client.send(client.prepared("POST", "/api/v1/statuses", content))
        if answer.good:
            self.tally.sent[answer.json()["uri"]] = "member", started
        else:
            self.tally.refused[f"member: {answer.status}"] += 1
        client.close()

    async def _watch(self, server: Server, people: People) -> None:
        """Look at home, local and public timelines, and at what each member is told, in turn as all of them."""
        clients = [Client(server.port, authority=server.authority, token=token) for token in people.tokens]
        deadline = None
        while True:
            for page in ("timelines/home", "timelines/public?local=true", "timelines/public"):
                client = clients[self.tally.looks % len(clients)]
                await self._look(client, f"/api/v1/{page}{'&' if '?' in page else '?'}limit=40")
            await asyncio.gather(*(self._mentions(one) for one in clients[self.tally.looks % 4 :: 4]))
            if self.tally.over:
                deadline = deadline or time.perf_counter() + 10
                if not any(map(self.tally.never_seen, KINDS)) or time.perf_counter() > deadline:
                    break
            await asyncio.sleep(LOOK)
        for client in clients:
            client.close()

    async def _look(self, client: Client, path: str) -> None:
        self.tally.looks += 1
        answer = await client.send(client.prepared("GET", path))
        if answer.good:
            self._note([post["uri"] for post in answer.json()])
        else:
            self.tally.refused[f"page: {answer.status}"] += 1

    async def _mentions(self, client: Client) -> None:
        answer = await client.send(client.prepared("GET", "/api/v1/notifications?types[]=mention&limit=20"))
        if answer.good:
            self._note([one["status"]["uri"] for one in answer.json() if one.get("status")])
        else:
            self.tally.refused[f"page: {answer.status}"] += 1

    def _note(self, uris: Sequence[str]) -> None:
        now = time.perf_counter()
        for uri in uris:
            if "/statuses/spam" in uri:
                self.tally.leaked.add(uri)
            self.tally.seen.setdefault(uri, now)

    async def _drained(self, server: Server) -> None:
        async with running(load(None, server.environment)) as app:
            deadline = time.perf_counter() + PATIENCE
            sql = "SELECT COUNT(*) AS value FROM jobs WHERE kind = 'federation.process' AND dead_at IS NULL"
            while await app.db.value(sql) and time.perf_counter() < deadline:  # noqa: ASYNC110  of another process
                await asyncio.sleep(0.2)

    async def _afterwards(self, server: Server, people: People, meter: Meter) -> dict[str, Any]:
        await meter.settle()
        self._cpu = meter.cpu() - self._cpu
        self.say("counting")
        environment = load(None, server.environment)
        async with running(environment) as app:
            figures = self._delays() | await _caught(app) | {"memory": msgspec.to_builtins(meter.memory())}
        self.say("explaining and taking back")
        figures["explain_seconds"] = await asyncio.to_thread(_timed, server, "audit", "--last", "10000")
        figures["undo_seconds"] = await asyncio.to_thread(_timed, server, *undo_command(people))
        await meter.settle()
        async with running(environment) as app:
            figures["after"] = await _state(app)
        return figures

    def _delays(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "sent_seconds": round(self._sent_all, 1),
            "drained_seconds": round(self._drained_at, 1),
            "cpu_seconds": round(self._cpu, 1),
            "answers": dict(self.tally.answers),
            "refused": dict(self.tally.refused),
            "leaked": len(self.tally.leaked),
            "looks": self.tally.looks,
        }
        late = [
            (round(self.tally.seen[uri] - at, 2), round(at - self._started, 1), kind)
            for uri, (kind, at) in self.tally.sent.items()
            if uri in self.tally.seen
        ]
        found["latest"] = sorted(late, reverse=True)[:12]
        for kind in (*KINDS, "first words"):
            delays = self.tally.delays(kind)
            shares = {f"p{share}": percentile(delays, share / 100) for share in (50, 95, 100)}
            found[kind] = {"posts": len(delays), "never": self.tally.never_seen(kind), **shares}
        return found


def undo_command(people: People) -> list[str]:
    """Return the command that takes back all that the rules did."""
    return ["rule", "undo", *map(str, people.rules)]


def _timed(server: Server, *arguments: str) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "fedinote", *arguments], cwd=ROOT, env=server.full_environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stdout[-500:]}{done.stderr[-2000:]}")
    return round(time.perf_counter() - started, 2)


_SPAM = "LIKE '%/statuses/spam%'"


async def _caught(app: App) -> dict[str, Any]:
    async def count(table: str, where: str) -> int:
        return int(await app.db.value(f"SELECT COUNT(*) AS value FROM {table} WHERE {where}"))  # noqa: S608  ours

    explained = "EXISTS (SELECT 1 FROM audit_log l WHERE l.target = held_posts.uri AND l.action = 'policy.hold')"
    return {
        "caught": await count("held_posts", f"uri {_SPAM}"),
        "missed": await count("posts", f"uri {_SPAM}"),
        "false": {
            kind: await count("held_posts", f"uri LIKE '%/statuses/{name}%'")
            for kind, name in (("good", "good"), ("first words", "first"))
        },
        "unexplained": await count("held_posts", f"uri {_SPAM} AND NOT {explained}"),
        "hits": {
            row["title"]: row["n"]
            for row in await app.db.rows(
                "SELECT r.title, COUNT(*) AS n FROM rule_hits h JOIN rules r ON r.id = h.rule_id GROUP BY r.title"
            )
        },
        "first_contact": await count("held_posts", f"reason LIKE '%first contact%' AND uri {_SPAM}"),
    }


async def _state(app: App) -> dict[str, int]:
    sql = {
        "held": "SELECT COUNT(*) AS value FROM held_posts",
        "published": f"SELECT COUNT(*) AS value FROM posts WHERE uri {_SPAM}",  # noqa: S608  ours
        "suspended": "SELECT COUNT(*) AS value FROM accounts WHERE suspended_at IS NOT NULL",
    }
    return {name: int(await app.db.value(query)) for name, query in sql.items()}
