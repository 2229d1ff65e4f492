"""The in-process bus of live updates: publishers never wait, and a reader that falls behind is dropped.

With several processes, `relay` passes on what was published here (for instance as a PostgreSQL NOTIFY), and
`deliver` hands in what came from elsewhere. All calls belong to the event loop's thread.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable

_log = logging.getLogger(__name__)

QUEUE_LENGTH = 256


class Subscription:
    """Messages of some channels, as an async iterator of (channel, message).

    It ends when it is closed, when the bus closes, or when the reader let more than 256 messages pile up: then
    `dropped` is true, and the reader should reconnect and catch up by the API. One task reads it.
    """

    def __init__(self, bus: "Bus", channels: Iterable[str]) -> None:
        self.dropped = False
        self.channels: set[str] = set()
        self._bus = bus
        self._queue: deque[tuple[str, bytes]] = deque()
        self._wake = asyncio.Event()
        self._closed = False
        self.add(*channels)

    def add(self, *channels: str) -> None:
        """Listen to these channels too. Nothing happens for those that are listened to already, or after the end."""
        if not self._closed:
            self.channels.update(channels)
            self._bus._join(self, channels)

    def remove(self, *channels: str) -> None:
        """Listen to these channels no more; what already arrived from them is still given."""
        self.channels.difference_update(channels)
        self._bus._leave(self, channels)

    def close(self) -> None:
        """End: leave all channels, and stop the iterator after what has already arrived. May be called twice."""
        self._closed = True
        self.remove(*tuple(self.channels))
        self._wake.set()

    def push(self, channel: str, message: bytes) -> None:
        """Queue one message (the bus calls this). A full queue drops the subscription and what it held."""
        if self._closed:
            return
        if len(self._queue) >= QUEUE_LENGTH:
            self.dropped = True
            self._queue.clear()
            self.close()
            return
        self._queue.append((channel, message))
        self._wake.set()

    def __aiter__(self) -> AsyncIterator[tuple[str, bytes]]:
        return self

    async def __anext__(self) -> tuple[str, bytes]:
        while not self._queue:
            if self._closed:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        return self._queue.popleft()

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Bus:
    """Channels by name. A channel exists as long as somebody listens to it."""

    def __init__(self) -> None:
        self.relay: Callable[[str, bytes], None] | None = None
        self._channels: dict[str, set[Subscription]] = {}
        self._closed = False

    def publish(self, channel: str, message: bytes) -> None:
        """Give a message to everybody who listens here, and to the relay. Never blocks, never fails."""
        self.deliver(channel, message)
        if self.relay is not None:
            try:
                self.relay(channel, message)
            except Exception:  # noqa: BLE001 - live updates are a courtesy: what was published already happened
                _log.exception("live update not relayed")

    def deliver(self, channel: str, message: bytes) -> None:
        """Give a message that came from another process to those who listen here; it is not relayed again."""
        for subscription in tuple(self._channels.get(channel, ())):
            subscription.push(channel, message)

    def subscribe(self, channels: Iterable[str]) -> Subscription:
        """Return a subscription to the channels; close it, or use it as a context manager."""
        subscription = Subscription(self, channels)
        if self._closed:
            subscription.close()
        return subscription

    def listened(self, channel: str) -> bool:
        """Tell whether anybody in this process listens, so that publishers can skip rendering."""
        return channel in self._channels

    def close(self) -> None:
        """End every subscription, now and later."""
        self._closed = True
        for subscription in {one for members in self._channels.values() for one in members}:
            subscription.close()

    def _join(self, subscription: Subscription, channels: Iterable[str]) -> None:
        for channel in channels:
            self._channels.setdefault(channel, set()).add(subscription)

    def _leave(self, subscription: Subscription, channels: Iterable[str]) -> None:
        for channel in channels:
            members = self._channels.get(channel)
            if members is not None:
                members.discard(subscription)
                if not members:
                    del self._channels[channel]
