"""Waking several loops of one process, so that none misses a call while it is busy."""

import asyncio
import contextlib


class Wake:
    """A bell. Each listener remembers how often it had rung when it last looked."""

    __slots__ = ("_event", "count")

    def __init__(self) -> None:
        self.count = 0
        self._event = asyncio.Event()

    def set(self) -> None:
        """Ring: everybody who waits goes on, and so does everybody who looked before."""
        self.count += 1
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, seen: int, seconds: float) -> None:
        """Wait until it has rung more often than `seen`, or for some seconds."""
        if self.count != seen:
            return
        event = self._event
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
