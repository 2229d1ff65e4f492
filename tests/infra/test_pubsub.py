import asyncio

import pytest

from fedinote.infra.pubsub import QUEUE_LENGTH, Bus, Subscription


async def drain(subscription: Subscription) -> list[tuple[str, bytes]]:
    """Take everything that has arrived; ends only for subscriptions that ended."""
    return [entry async for entry in subscription]


async def test_a_message_reaches_everybody_who_listens_and_nobody_else() -> None:
    bus = Bus()
    first, second, other = bus.subscribe(["a"]), bus.subscribe(["a", "b"]), bus.subscribe(["c"])
    bus.publish("a", b"1")
    bus.publish("b", b"2")
    bus.close()
    assert await drain(first) == [("a", b"1")]
    assert await drain(second) == [("a", b"1"), ("b", b"2")]
    assert await drain(other) == []


async def test_a_waiting_reader_wakes_up() -> None:
    bus = Bus()
    subscription = bus.subscribe(["a"])
    reader = asyncio.create_task(anext(subscription))
    await asyncio.sleep(0)
    bus.publish("a", b"1")
    assert await reader == ("a", b"1")


async def test_channels_come_and_go_while_reading() -> None:
    bus = Bus()
    subscription = bus.subscribe([])
    bus.publish("a", b"before")
    subscription.add("a", "b")
    bus.publish("a", b"while")
    subscription.remove("a", "never listened to")
    bus.publish("a", b"after")
    bus.publish("b", b"still")
    bus.close()
    assert await drain(subscription) == [("a", b"while"), ("b", b"still")]


async def test_a_slow_reader_is_dropped_and_the_others_are_not() -> None:
    bus = Bus()
    slow, quick = bus.subscribe(["a"]), bus.subscribe(["a"])
    for number in range(QUEUE_LENGTH + 1):
        bus.publish("a", str(number).encode())
        assert await anext(quick) == ("a", str(number).encode())
    assert slow.dropped
    assert not quick.dropped
    assert await drain(slow) == []
    bus.publish("a", b"more")
    assert await anext(quick) == ("a", b"more")


async def test_a_full_queue_is_still_given_whole() -> None:
    bus = Bus()
    subscription = bus.subscribe(["a"])
    for _ in range(QUEUE_LENGTH):
        bus.publish("a", b"x")
    bus.close()
    assert len(await drain(subscription)) == QUEUE_LENGTH
    assert not subscription.dropped


async def test_closing_wakes_a_waiting_reader() -> None:
    bus = Bus()
    for subscription, close in [((s := bus.subscribe(["a"])), s.close), (bus.subscribe(["a"]), bus.close)]:
        reader = asyncio.create_task(drain(subscription))
        await asyncio.sleep(0)
        close()
        assert await reader == []


async def test_after_the_end_nothing_is_kept() -> None:
    bus = Bus()
    with bus.subscribe(["a", "b"]) as subscription:
        assert bus.listened("a")
    assert not bus.listened("a")
    subscription.add("a")
    subscription.push("a", b"late")
    assert not bus.listened("a")
    assert await drain(subscription) == []
    bus.close()
    assert await drain(bus.subscribe(["a"])) == []
    assert not bus.listened("a")


async def test_what_is_published_here_is_relayed_and_what_comes_from_elsewhere_is_not() -> None:
    bus = Bus()
    relayed: list[tuple[str, bytes]] = []
    bus.relay = lambda channel, message: relayed.append((channel, message))
    subscription = bus.subscribe(["a"])
    bus.publish("a", b"ours")
    bus.publish("nobody here", b"ours")
    bus.deliver("a", b"theirs")
    bus.close()
    assert relayed == [("a", b"ours"), ("nobody here", b"ours")]
    assert await drain(subscription) == [("a", b"ours"), ("a", b"theirs")]


async def test_a_relay_that_fails_does_not_fail_the_publisher(caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus()

    def broken(channel: str, message: bytes) -> None:
        raise OSError("gone")

    bus.relay = broken
    bus.publish("a", b"secret")
    assert "not relayed" in caplog.text
    assert "secret" not in caplog.text
