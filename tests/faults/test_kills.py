"""Whole processes that are killed: what was answered with 2xx happens, and happens once."""

import asyncio
import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from tests.faults.victim import PATIENCE, Ledger, Victim, creates
from tests.support.fakefedi import Answer, FakeActor, FakeFedi
from tests.support.process import ServerProcess
from tests.support.signing import Headers, send, signed

KILLS = 3
ACTIVITIES = 500
HOSTS = 100
IN_FLIGHT = 64


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


async def _people(fedi: FakeFedi) -> list[FakeActor]:
    hosts = [await fedi.host(f"127.0.0.{number}") for number in range(10, 15)]
    return [host.actor("bob", key=number) for number, host in enumerate(hosts)]


def _requests(victim: Victim, people: list[FakeActor]) -> list[tuple[dict[str, Any], bytes, Headers]]:
    author = {person.id: person for person in people}
    requests = []
    for activity in _creates(victim, people, ACTIVITIES):
        body = json.dumps(activity).encode()
        requests.append((activity, body, signed(author[activity["actor"]], victim.host, "/inbox", body)))
    return requests


async def test_nothing_that_was_taken_is_lost_or_doubled_when_the_process_is_killed(
    victim: Victim, fedi: FakeFedi
) -> None:
    people = await _people(fedi)
    await victim.start()
    requests = _requests(victim, people)
    sender = Sender(victim, list(reversed(requests)))
    dice = random.Random(7)
    for kill in range(KILLS):
        sending = asyncio.create_task(sender.run())
        await sender.took(len(sender.taken) + dice.randint(40, 120))
        await victim.kill()
        await sending
        assert len(sender.taken) < ACTIVITIES, f"kill {kill} came too late"
        await victim.start()
    while sender.waiting:
        await sender.run()
    Ledger([activity["id"] for activity, _, _ in requests], sender.taken).balance()
    await victim.idle()
    await _each_once(victim, sender.taken)
    # What is sent again has no second effect.
    again = Sender(victim, requests[:50])
    await again.run()
    assert len(again.taken) == 50
    await victim.idle()
    await _each_once(victim, sender.taken)


async def _each_once(victim: Victim, taken: list[str]) -> None:
    """Balance the activities that were taken with the rows, the notifications and the counters."""
    Ledger(taken, await victim.names("SELECT activity_id AS value FROM received_activities")).balance()
    notes = await victim.names("SELECT uri AS value FROM posts")
    assert len(notes) == len(taken)
    notified = "SELECT p.uri AS value FROM notifications n JOIN posts p ON p.id = n.post_id"
    Ledger(notes, await victim.names(notified)).balance()
    assert await victim.value("SELECT SUM(statuses_count) AS value FROM accounts WHERE domain <> ''") == len(taken)
    if victim.app.db.dialect == "sqlite":
        assert await victim.value("SELECT integrity_check AS value FROM pragma_integrity_check") == "ok"


async def test_nothing_is_lost_or_doubled_when_a_second_worker_is_killed_again_and_again(
    victim: Victim, fedi: FakeFedi
) -> None:
    if victim.app.db.dialect != "postgresql":
        pytest.skip("with SQLite there is one process")
    people = await _people(fedi)
    await victim.start()
    sender = Sender(victim, list(reversed(_requests(victim, people))))
    sending = asyncio.create_task(sender.run())
    for kill in range(KILLS):
        worker = await asyncio.to_thread(_worker, victim.process)
        await sender.took((kill + 1) * ACTIVITIES // (KILLS + 1))
        worker.send_signal(signal.SIGKILL)
        await asyncio.to_thread(worker.wait)
    await sending
    await victim.leases_run_out()
    await victim.idle()
    await _each_once(victim, sender.taken)


def _worker(process: ServerProcess) -> subprocess.Popen[bytes]:
    """Start `fedinote worker` beside the server."""
    with process.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "fedinote", "worker"],
            env=process.environment, cwd=process.folder, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip


async def _followers(victim: Victim, fedi: FakeFedi) -> None:
    """A follower of alice on each of a hundred hosts."""
    await victim.followed_by([(await fedi.host(f"127.0.1.{number + 1}")).actor("bob") for number in range(HOSTS)])


async def test_each_server_gets_a_post_when_the_process_is_killed_in_its_fan_out(
    victim: Victim, fedi: FakeFedi
) -> None:
    await _followers(victim, fedi)
    hosts = list(fedi.hosts.values())
    for host in hosts:
        host.inbox = Answer(status=202, delay=0.3)
    await victim.start()
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
            ids = creates(host, post["uri"])
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
    await victim.start()
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
    await victim.start()
    await victim.idle()
    stored = await victim.value("SELECT COUNT(*) AS value FROM posts WHERE local = FALSE")
    assert stored >= len(sender.taken) - 1
    missing = [uri for uri in sender.taken if not await _is_known(victim, uri)]
    assert missing == []
    assert _got(fedi, posted["uri"]) == 1


def _stopped(process: ServerProcess) -> int:
    """SIGTERM; the exit code, which supervisors wait for 20 s; this machine may be busy."""
    assert process.process is not None
    process.process.terminate()
    return process.process.wait(40)


async def _is_known(victim: Victim, activity_id: str) -> bool:
    sql = "SELECT COUNT(*) AS value FROM received_activities WHERE activity_id = ?"
    return bool(await victim.value(sql, activity_id) == 1)
