"""Other servers that fail, hang, want a pause, are gone, or come back after a week."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from fedinote import worker
from fedinote.federation import delivery
from fedinote.infra.clock import http_date
from tests.conftest import make_settings
from tests.faults.victim import Ledger, Victim, creates
from tests.infra.test_outbound_tls import certified
from tests.support.databases import Databases
from tests.support.fakefedi import Answer, FakeActor, FakeFedi, FakeHost, Seen, gone
from tests.support.instances import serving
from tests.support.signing import Way, deliver

TAKEN = Answer(status=202, content_type=None)
DAY = timedelta(days=1)
MANY = 400


async def _host(
    fedi: FakeFedi, number: int, *, people: int = 1, shared: bool = True
) -> tuple[FakeHost, list[FakeActor]]:
    host = await fedi.host(f"127.0.3.{number}")
    return host, [host.actor(f"f{n}", key=n % 4, shared=shared) for n in range(people)]


async def _attempts(fedi: FakeFedi, host: FakeHost, count: int) -> list[Seen]:
    """Wait until a host was sent so many POSTs; all of them."""
    await fedi.until(lambda: sum(seen.method == "POST" for seen in host.requests) >= count)
    return [seen for seen in host.requests if seen.method == "POST"]


async def _settled(victim: Victim, attempts: int) -> None:
    """Wait until the open delivery has so many failures and no worker holds it."""
    await victim.until(
        "SELECT COUNT(*) AS value FROM deliveries WHERE dead_at IS NULL AND lease_until IS NULL"
        f" AND attempts = {attempts}"
    )


async def _tried(victim: Victim) -> None:
    """Wait until each delivery that is due was tried."""
    due = f"lease_until IS NOT NULL OR next_at <= {int(time.time() * 1000)}"
    await victim.until(f"SELECT COUNT(*) AS value FROM deliveries WHERE dead_at IS NULL AND ({due})", 0)


async def _pause(victim: Victim) -> float:
    """How many seconds the last failure put the open delivery off."""
    pause = await victim.value(
        "SELECT d.next_at - l.at AS value FROM deliveries d JOIN delivery_log l ON l.about = d.order_key"
        " WHERE d.dead_at IS NULL ORDER BY l.id DESC LIMIT 1"
    )
    return float(pause / 1000)


async def test_a_server_that_fails_three_times_gets_the_post_once_by_schedule(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession
) -> None:
    host, people = await _host(fedi, 1)
    host.inbox = [Answer(status=500), Answer(status=500), Answer(status=500), TAKEN]
    await victim.followed_by(people)
    await victim.start()
    post = await victim.post(http, "once")
    for attempt, seconds in enumerate(delivery.SCHEDULE[:3], start=1):
        await _settled(victim, attempt)
        assert len(await _attempts(fedi, host, attempt)) == attempt
        assert seconds <= await _pause(victim) <= seconds * 1.26
        await victim.later(timedelta(seconds=seconds * 1.26))
    await _attempts(fedi, host, 4)
    await victim.idle()
    assert creates(host, post["uri"]) == [f"{post['uri']}/activity"] * 4


async def test_a_server_that_never_answers_holds_nobody_else_up(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession
) -> None:
    (bad, stuck), (good, ready) = await _host(fedi, 1, people=20, shared=False), await _host(fedi, 2)
    bad.inbox = Answer(status=202, delay=600)
    await victim.followed_by([*stuck, *ready])
    await victim.start()
    post = await victim.post(http, "for all")
    await _attempts(fedi, good, 1)
    waiting = sum(seen.method == "POST" for seen in bad.requests)
    assert waiting <= delivery.PER_HOST, "the good one had to wait until others were given up"
    assert creates(good, post["uri"]) == [f"{post['uri']}/activity"]
    await _attempts(fedi, bad, delivery.PER_HOST)
    await asyncio.sleep(1)
    asked = len(await _attempts(fedi, bad, 1))
    ended = await victim.value("SELECT COALESCE(SUM(failures), 0) AS value FROM hosts")
    assert asked - ended <= delivery.PER_HOST
    await victim.until("SELECT COUNT(*) AS value FROM hosts WHERE failures >= 4")
    assert await victim.value("SELECT COUNT(*) AS value FROM deliveries WHERE dead_at IS NULL") == len(stuck)


async def test_one_account_that_is_gone_is_left_alone_and_its_neighbour_is_served(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession
) -> None:
    host, (first, second) = await _host(fedi, 1, people=2, shared=False)
    host.inbox = lambda seen: Answer(status=410) if seen.path.startswith("/users/f0/") else TAKEN
    await victim.followed_by([first, second])
    host.pages["/users/f0"] = gone()
    await victim.start()
    posts = [await victim.post(http, "one")]
    await victim.idle()
    posts.append(await victim.post(http, "two"))
    await victim.idle()
    paths = [seen.path for seen in host.requests if seen.method == "POST"]
    assert paths.count("/users/f0/inbox") == 1
    assert paths.count("/users/f1/inbox") == 2
    assert await victim.value("SELECT COUNT(*) AS value FROM follows") == 1


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [("120", 120, 121), ("date", 60, 121), ("soon", 60, 76), ("1000000000", 86_400, 86_401)],
)
async def test_a_server_that_asks_for_a_pause_gets_it(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession, *, header: str, low: int, high: int
) -> None:
    host, people = await _host(fedi, 1)
    value = http_date(datetime.now(UTC) + timedelta(seconds=120)) if header == "date" else header
    host.inbox = [Answer(status=429, headers=[("Retry-After", value)]), TAKEN]
    await victim.followed_by(people)
    await victim.start()
    await victim.post(http, "when you like")
    await _settled(victim, 1)
    assert low <= await _pause(victim) <= high
    due = await victim.value("SELECT next_at AS value FROM deliveries WHERE dead_at IS NULL") / 1000
    await victim.later(timedelta(seconds=due - time.time() - 40))
    await asyncio.sleep(1.5)
    assert len(await _attempts(fedi, host, 1)) == 1, "before its time"
    await victim.later(timedelta(seconds=41))
    await victim.idle()
    assert len(await _attempts(fedi, host, 2)) == 2


@pytest.mark.parametrize("status", [401, 403])
async def test_a_server_that_refuses_our_signature_is_not_asked_for_ever(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession, status: int
) -> None:
    host, people = await _host(fedi, 1)
    host.inbox = Answer(status=status)
    await victim.followed_by(people)
    await victim.start()
    await victim.post(http, "do you believe me")
    for _ in range(4):
        await _tried(victim)
        await victim.later(DAY / 4)
    await victim.idle()
    assert 2 <= len(await _attempts(fedi, host, 2)) <= 4  # two attempts, each in two ways at most


async def test_slow_servers_do_not_slow_the_others(victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession) -> None:
    slow = [await _host(fedi, number) for number in range(1, 11)]
    good = [await _host(fedi, number) for number in range(11, 61)]
    for host, _ in slow:
        host.inbox = Answer(status=202, delay=30)
    await victim.followed_by([person for _, people in (*slow, *good) for person in people])
    await victim.start()
    post = await victim.post(http, "for all")
    await fedi.until(lambda: all(creates(host, post["uri"]) for host, _ in good))
    assert await victim.value("SELECT COUNT(*) AS value FROM hosts WHERE failures > 0") < len(slow), "one by one"
    Ledger([host.name for host, _ in good], [host.name for host, _ in good if creates(host, post["uri"])]).balance()


async def test_ten_thousandfold_death_costs_one_probe_a_step_and_nothing_is_lost(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession
) -> None:
    """Many followers with inboxes of their own on a host that refuses connections, and one elsewhere."""
    (dead, many), (good, ready) = await _host(fedi, 1, people=MANY, shared=False), await _host(fedi, 2)
    await victim.followed_by([*many, *ready])
    dead.inbox = Answer(status=503)
    await victim.start()
    posts = [await victim.post(http, f"number {number}") for number in range(3)]
    await fedi.until(lambda: all(creates(good, post["uri"]) for post in posts))
    await victim.until("SELECT COUNT(*) AS value FROM hosts WHERE failures >= 5 AND retry_at IS NOT NULL")
    await victim.until("SELECT COUNT(*) AS value FROM deliveries WHERE lease_until IS NOT NULL", 0)
    before = len(await _attempts(fedi, dead, 5))
    assert before < 4 * delivery.PER_HOST
    for step in range(1, 4):
        await victim.later(timedelta(hours=1))
        await _attempts(fedi, dead, before + step)
        await asyncio.sleep(1.5)
        assert len(await _attempts(fedi, dead, 1)) == before + step
    assert await victim.value("SELECT COUNT(*) AS value FROM deliveries WHERE dead_at IS NULL") == 3 * MANY
    dead.inbox = TAKEN
    dead.requests.clear()
    await victim.later(timedelta(hours=1))
    await victim.idle()
    expected = [f"{person.id}/inbox {post['uri']}" for person in many for post in posts]
    got = [f"{dead.base}{seen.path} {seen.json['object']['id']}" for seen in dead.requests if seen.method == "POST"]
    Ledger(expected, got).balance()


async def test_a_post_reaches_all_of_many_servers(victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession) -> None:
    places = [await _host(fedi, number, people=5) for number in range(1, 201)]
    await victim.followed_by([person for _, people in places for person in people])
    await victim.start()
    post = await victim.post(http, "for two hundred servers")
    status, _ = await victim.call(http, "GET", "/api/v1/timelines/home")
    assert status == 200
    await victim.idle()
    names = [host.name for host, _ in places]
    Ledger(names, [host.name for host, _ in places for _ in creates(host, post["uri"])]).balance()


async def test_a_server_that_was_away_for_eight_days_is_written_to_when_it_speaks(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession
) -> None:
    host, (bob,) = await _host(fedi, 1)
    host.inbox = Answer(status=503)
    await victim.followed_by([bob])
    await victim.start()
    for day in range(1, 8):
        await victim.post(http, f"day {day}")
        await victim.until(f"SELECT COUNT(*) AS value FROM hosts WHERE failure_days >= {day}")
        await victim.until("SELECT COUNT(*) AS value FROM deliveries WHERE lease_until IS NOT NULL", 0)
        await victim.later(DAY)
    await victim.until("SELECT COUNT(*) AS value FROM hosts WHERE unavailable_at IS NOT NULL")
    queued = await victim.value("SELECT COUNT(*) AS value FROM deliveries")
    await victim.post(http, "nobody hears this")
    assert await victim.value("SELECT COUNT(*) AS value FROM deliveries") == queued
    host.inbox = TAKEN
    assert await deliver(victim, bob, bob.create(bob.note("I am back", to=[victim.alice]))) == 202
    await victim.until("SELECT COUNT(*) AS value FROM hosts WHERE unavailable_at IS NOT NULL", 0)
    post = await victim.post(http, "welcome")
    await fedi.until(lambda: bool(creates(host, post["uri"])))


@pytest.mark.parametrize(
    ("name", "days", "known"), [("localhost", 1, False), ("localhost", -1, True), ("other", 1, True)]
)
async def test_nothing_is_said_over_a_wrong_certificate(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession, tmp_path: Path, *, name: str, days: int, known: bool
) -> None:
    context, file = certified(tmp_path, name=name, days=days)
    if known:
        victim.process.environment["SSL_CERT_FILE"] = str(file)
    said: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said.append(await reader.read(1000))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        inbox = f"https://localhost:{server.sockets[0].getsockname()[1]}/inbox"
        _, (bob,) = await _host(fedi, 1, shared=False)
        await victim.followed_by([bob])
        await victim.app.db.execute("UPDATE accounts SET inbox_url = ? WHERE uri = ?", inbox, bob.id)
        await victim.start()
        await victim.post(http, "a secret")
        await _settled(victim, 1)
        assert [text for text in said if text] == []
        error = await victim.value("SELECT error AS value FROM deliveries")
        assert "ertificate" in error or "SSL" in error


async def test_without_names_everything_waits_and_nobody_is_held_for_gone(
    fedi: FakeFedi, tmp_path: Path, databases: Databases
) -> None:
    """The resolver is injected, so this one runs in the process of the test."""
    host, (bob,) = await _host(fedi, 1)
    stranger = host.actor("stranger", key=3)
    async with serving(make_settings, tmp_path, await databases.new()) as home:
        alice = await home.person("alice")
        account = await alice.find(bob.handle)
        me = f"http://{home.host}/users/alice"
        await alice.call("POST", f"/api/v1/accounts/{account['id']}/follow")
        await worker.settle(home.app)
        assert await deliver(home, bob, bob.activity("Follow", me)) == 202
        await worker.settle(home.app)
        host.requests.clear()
        home.app.outbound._lookup = _NoNames()
        await home.app.db.execute(
            "UPDATE accounts SET inbox_url = ?, shared_inbox_url = '' WHERE id = ?",
            f"http://localhost:{host.name.rpartition(':')[2]}/inbox",
            int(account["id"]),
        )
        status = await alice.post("into the dark")
        await worker.settle(home.app)
        assert await deliver(home, bob, bob.create(bob.note("known", to=[me]))) == 202
        key = f"http://localhost:{host.name.rpartition(':')[2]}/users/nobody#main-key"
        unknown = await deliver(home, stranger, stranger.activity("Like", status["uri"]), Way(key_id=key))
        assert unknown == 503
        waiting = "SELECT COUNT(*) AS value FROM deliveries WHERE dead_at IS NULL AND attempts = 1"
        assert await home.app.db.value(waiting) == 1
        assert await home.app.db.value("SELECT COUNT(*) AS value FROM hosts WHERE unavailable_at IS NOT NULL") == 0
        assert await home.app.db.value("SELECT COUNT(*) AS value FROM accounts WHERE deleted_at IS NOT NULL") == 0


class _NoNames:
    async def resolve(self, host: str, port: int) -> list[str]:
        raise OSError("no name server answers")
