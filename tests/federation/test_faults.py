"""Whole processes that are killed: what was answered with 2xx happens, and happens once (R01-R03, R05)."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from fedinote.activitypub import vocab
from fedinote.auth import clients, registrations, scopes, tokens
from fedinote.bootstrap import running
from fedinote.federation import actors
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.settings import load
from fedinote.relations import follows
from tests.support.databases import Databases
from tests.support.fakefedi import Answer, FakeActor, FakeFedi
from tests.support.process import ServerProcess
from tests.support.signing import Headers, send, signed

PATIENCE = 150.0
KILLS = 3
ACTIVITIES = 500
HOSTS = 100
IN_FLIGHT = 64


@dataclass
class Victim:
    """A server in a process of its own, with alice, and a look into its database from here."""

    process: ServerProcess
    database: str
    token: str = ""
    host: str = ""
    app: App = field(init=False)

    @property
    def alice(self) -> str:
        return f"{self.process.base_url}/users/alice"

    def start(self) -> None:
        self.process.start()

    async def kill(self) -> None:
        """SIGKILL. On PostgreSQL other processes may hold leases, so they run out: here at once."""
        self.process.kill()
        if self.app.db.dialect == "postgresql":
            await self.until("SELECT COUNT(*) AS value FROM pg_stat_activity WHERE application_name = 'victim'", 0)
            for table in ("jobs", "deliveries"):
                await self.app.db.execute(f"UPDATE {table} SET lease_until = 0 WHERE lease_until IS NOT NULL")

    async def restart(self) -> None:
        await self.kill()
        await asyncio.to_thread(self.start)

    async def value(self, sql: str, *params: Any) -> Any:
        return await self.app.db.value(sql, *params)

    async def until(self, sql: str, value: int = 1) -> None:
        """Wait until a query gives this value."""
        deadline = time.monotonic() + PATIENCE
        while await self.value(sql) != value:
            assert time.monotonic() < deadline, self.process.log.read_text()[-3000:]
            await asyncio.sleep(0.05)

    async def idle(self) -> None:
        """Wait until nothing is queued."""
        await self.until("SELECT (SELECT COUNT(*) FROM jobs) + (SELECT COUNT(*) FROM deliveries) AS value", 0)

    async def post(self, http: aiohttp.ClientSession, text: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.process.base_url}/api/v1/statuses"
        async with http.post(url, json={"status": text}, headers=headers) as answer:
            assert answer.status == 200
            return await answer.json()


@pytest.fixture
async def victim(tmp_path: Path, databases: Databases) -> AsyncIterator[Victim]:
    url = await databases.new()
    named = f"{url}?application_name=victim" if url.startswith("postgres") else url
    process = ServerProcess(tmp_path / "victim", database_url=named)
    found = Victim(process, url, host=f"localhost:{process.port}")
    ours = {k: v for k, v in process.environment.items() if k.startswith("FEDINOTE_")}
    settings = load(None, ours | {"FEDINOTE_DATABASE_URL": url})
    async with running(settings) as app:
        user = await registrations.create_user(app, "alice", "alice@mail.example", "a long enough password", "member")
        client = await clients.command_line(app)
        issued = await tokens.issue(app, app_id=client.id, user_id=user.id, scopes=scopes.parse("read write"))
        found.app, found.token = app, issued.text
        try:
            yield found
        finally:
            process.stop()


def _creates(victim: Victim, people: list[FakeActor], count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        author = people[number % len(people)]
        mention = [{"type": "Mention", "href": victim.alice, "name": "@alice"}]
        note = author.note(f"number {number}", to=[victim.alice], tag=mention)
        yield author.create(note)


@dataclass
class Sender:
    """Other servers that send until each activity was taken; `taken` are those that got a 2xx."""

    victim: Victim
    waiting: list[tuple[dict[str, Any], bytes, Headers]]
    taken: list[str] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def took(self, count: int) -> None:
        """Wait until so many have been taken, or all."""
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: len(self.taken) >= min(count, ACTIVITIES))

    async def run(self, until: int | None = None) -> None:
        """Send side by side; stop when so many have been taken, or when none is left to be tried."""
        failed: list[Any] = []

        async def one() -> None:
            while self.waiting and (until is None or len(self.taken) < until):
                entry = self.waiting.pop()
                try:
                    status = await send(self.victim, "/inbox", entry[1], entry[2])
                except (OSError, IndexError, ValueError):
                    failed.append(entry)
                    return
                if status == 202:
                    self.taken.append(entry[0]["id"])
                    async with self.changed:
                        self.changed.notify_all()
                else:
                    failed.append(entry)

        await asyncio.gather(*(one() for _ in range(16)))
        self.waiting += failed


async def test_nothing_that_was_taken_is_lost_or_doubled_when_the_process_is_killed(
    victim: Victim, fedi: FakeFedi
) -> None:
    hosts = [await fedi.host(f"127.0.0.{number}") for number in range(10, 15)]
    people = [host.actor("bob", key=number) for number, host in enumerate(hosts)]
    await asyncio.to_thread(victim.start)
    made = list(_creates(victim, people, ACTIVITIES))
    author = {person.id: person for person in people}
    requests = []
    for activity in made:
        body = json.dumps(activity).encode()
        requests.append((activity, body, signed(author[activity["actor"]], victim.host, "/inbox", body)))
    sender = Sender(victim, list(reversed(requests)))
    for kill in range(KILLS):
        sending = asyncio.create_task(sender.run())
        await sender.took(len(sender.taken) + random.randint(40, 120))
        await victim.kill()
        await sending
        assert len(sender.taken) < ACTIVITIES, f"kill {kill} came too late"
        await asyncio.to_thread(victim.start)
    while sender.waiting:
        await sender.run()
    assert sorted(sender.taken) == sorted(activity["id"] for activity in made)
    await victim.idle()
    await _each_once(victim)
    # What is sent again has no second effect.
    again = Sender(victim, requests[:50])
    await again.run()
    assert len(again.taken) == 50
    await victim.idle()
    await _each_once(victim)


async def _each_once(victim: Victim) -> None:
    assert await victim.value("SELECT COUNT(*) AS value FROM posts") == ACTIVITIES
    assert await victim.value("SELECT COUNT(DISTINCT uri) AS value FROM posts") == ACTIVITIES
    assert await victim.value("SELECT COUNT(*) AS value FROM notifications") == ACTIVITIES
    assert await victim.value("SELECT SUM(statuses_count) AS value FROM accounts WHERE domain <> ''") == ACTIVITIES
    assert await victim.value("SELECT COUNT(*) AS value FROM received_activities") == ACTIVITIES
    if victim.app.db.dialect == "sqlite":
        assert await victim.value("SELECT integrity_check AS value FROM pragma_integrity_check") == "ok"


async def _followers(victim: Victim, fedi: FakeFedi) -> None:
    """A follower of alice on each of a hundred hosts."""
    alice = await victim.value("SELECT id AS value FROM accounts WHERE username = 'alice'")
    for number in range(HOSTS):
        host = await fedi.host(f"127.0.1.{number + 1}")
        actor = host.actor("bob")
        row = await actors.store(victim.app, vocab.parse_actor(actor.document), Budget())
        await follows.request(victim.app, row["id"], alice, uri=actor.url(f"follows/{number}"))
    await victim.app.db.execute("DELETE FROM deliveries")


async def test_each_server_gets_a_post_when_the_process_is_killed_in_its_fan_out(
    victim: Victim, fedi: FakeFedi
) -> None:
    await _followers(victim, fedi)
    hosts = list(fedi.hosts.values())
    for host in hosts:
        host.inbox = Answer(status=202, delay=0.3)
    await asyncio.to_thread(victim.start)
    async with aiohttp.ClientSession() as http:
        first = await victim.post(http, "killed before the first delivery")
        await victim.restart()
        second = await victim.post(http, "killed in the middle")
    await fedi.until(lambda: _got(fedi, second["uri"]) >= HOSTS // 3)
    assert _got(fedi, second["uri"]) < HOSTS
    await victim.restart()
    await victim.idle()
    for post in (first, second):
        doubles = 0
        for host in hosts:
            ids = [a["id"] for a in host.received if a["type"] == "Create" and a["object"]["id"] == post["uri"]]
            assert ids, f"{host.name} did not get it"
            assert len(set(ids)) == 1
            doubles += len(ids) - 1
        assert doubles <= 2 * IN_FLIGHT


def _got(fedi: FakeFedi, uri: str) -> int:
    """How many hosts have got a post."""
    return sum(any(a.get("object", {}).get("id") == uri for a in host.received) for host in fedi.hosts.values())


async def test_an_operator_s_stop_ends_in_time_and_loses_nothing(victim: Victim, fedi: FakeFedi) -> None:
    host = await fedi.host("127.0.0.10")
    bob = host.actor("bob", key=1)
    host.inbox = Answer(status=202, delay=1.5)
    await asyncio.to_thread(victim.start)
    requests = []
    for activity in [bob.activity("Follow", victim.alice), *_creates(victim, [bob], 100)]:
        body = json.dumps(activity).encode()
        requests.append((activity, body, signed(bob, victim.host, "/inbox", body)))
    sender = Sender(victim, list(reversed(requests)))
    stream = f"{victim.process.base_url}/api/v1/streaming/user?access_token={victim.token}"
    async with aiohttp.ClientSession() as http, http.get(stream) as listening:
        await sender.run(until=20)
        await victim.until("SELECT COUNT(*) AS value FROM follows WHERE accepted")
        posted = await victim.post(http, "last words")
        sending = asyncio.create_task(sender.run())
        code = await asyncio.to_thread(_stopped, victim.process)
        assert code == 0
        await sending
        assert listening.status in (200, 404)
    await asyncio.to_thread(victim.start)
    await victim.idle()
    stored = await victim.value("SELECT COUNT(*) AS value FROM posts WHERE local = FALSE")
    assert stored >= len(sender.taken) - 1
    missing = [uri for uri in sender.taken if not await _is_known(victim, uri)]
    assert missing == []
    assert _got(fedi, posted["uri"]) == 1


def _stopped(process: ServerProcess) -> int:
    """SIGTERM; the exit code, which must come within the 20 s after which supervisors kill."""
    assert process.process is not None
    process.process.terminate()
    return process.process.wait(20)


async def _is_known(victim: Victim, activity_id: str) -> bool:
    sql = "SELECT COUNT(*) AS value FROM received_activities WHERE activity_id = ?"
    return bool(await victim.value(sql, activity_id) == 1)
