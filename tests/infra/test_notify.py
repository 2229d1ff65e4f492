import asyncio
import logging

import pytest

from fedinote.infra import notify
from fedinote.infra.app import App
from fedinote.infra.errors import Unavailable
from fedinote.infra.notify import Bridge
from fedinote.infra.pubsub import Bus, Subscription

SECONDS = 60


@pytest.fixture
def url(app: App) -> str:
    if app.db.dialect != "postgresql":
        pytest.skip("only PostgreSQL has several processes")
    return app.settings.database.url


async def heard(listening: Subscription, count: int) -> list[tuple[str, bytes]]:
    async with asyncio.timeout(SECONDS):
        return [await anext(listening) for _ in range(count)]


async def test_what_one_process_publishes_all_others_hear_once(url: str) -> None:
    one, two, three = Bus(), Bus(), Bus()
    async with Bridge(url, one), Bridge(url, two), Bridge(url, three):
        subscriptions = [bus.subscribe(["a", "b"]) for bus in (one, two, three)]
        one.publish("a", b'["update",1]')
        one.publish("b", b'["update",1]')
        two.publish("a", b"\xc3\xa9")
        for listening in subscriptions:
            got = await heard(listening, 3)
            assert sorted(got) == [("a", b'["update",1]'), ("a", b"\xc3\xa9"), ("b", b'["update",1]')]
        two.publish("a", b"last")
        for listening in subscriptions:
            assert await heard(listening, 1) == [("a", b"last")]


async def test_a_message_for_very_many_channels_arrives_whole(url: str) -> None:
    one, two = Bus(), Bus()
    names = [f"user:{10**17 + n}" for n in range(200)]
    async with Bridge(url, one), Bridge(url, two):
        listening = two.subscribe(names)
        for name in names:
            one.publish(name, b'["update",1]')
        one.publish(names[0], b"x" * notify.MAX_PAYLOAD)  # never fits, and harms nobody
        one.publish(names[0], b"end")
        got = await heard(listening, 201)
        assert got == [*((name, b'["update",1]') for name in names), (names[0], b"end")]


async def test_the_connection_comes_back(url: str, app: App, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    monkeypatch.setattr(notify, "PAUSES", (0.01,))
    caplog.set_level(logging.WARNING)
    one, two = Bus(), Bus()
    async with Bridge(url, one), Bridge(url, two):
        listening = two.subscribe(["a"])
        await app.db.rows(
            "SELECT pg_terminate_backend(pid) AS value FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND query LIKE 'LISTEN%'"
        )
        async with asyncio.timeout(SECONDS):
            while "a" not in {channel for channel, _ in list(listening._queue)}:
                one.publish("a", b"again")
                await asyncio.sleep(0.02)
    assert "live updates between processes interrupted" in caplog.messages


async def test_after_the_end_nothing_is_relayed(url: str) -> None:
    bus = Bus()
    async with Bridge(url, bus):
        before = bus.relay
    assert (before is None, bus.relay is None) == (False, True)
    bus.publish("a", b"x")


async def test_a_database_that_is_away_is_said_so() -> None:
    with pytest.raises(Unavailable):
        await Bridge("postgres://nobody@127.0.0.1:1/none", Bus()).__aenter__()


def test_a_payload_stays_below_the_limit_of_postgresql() -> None:
    waiting = [(f"hashtag:{'é' * 90}{n}", b'["update",123456789012345678]') for n in range(500)]
    payloads = list(notify._payloads(waiting))
    assert len(payloads) > 1
    assert max(len(one.encode()) for one in payloads) <= notify.MAX_PAYLOAD
    assert sum(one.count("hashtag") for one in payloads) == 500
