"""Fair shares of something scarce: a cap for each key, a cap for all, and turns by key rather than by arrival."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fedinote.infra.errors import Crowded


class FairSlots:
    """Slots that tasks hold for a while, each under a key (a host).

    A key holds at most `per_key` slots, all together at most `total`. Whoever waits is served key by key in turn,
    so a key with a thousand waiters delays another key's only one by a single slot.
    """

    def __init__(self, *, per_key: int, total: int) -> None:
        self._per_key = per_key
        self._free = total
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def hold(self, key: str, *, patience: float) -> AsyncIterator[None]:
        """Hold a slot within the block. `Crowded` when there is none within `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._acquire(key)
        except TimeoutError:
            raise Crowded(reason=f"{key}: too many requests are under way") from None
        try:
            yield
        finally:
            self._release(key)

    async def _acquire(self, key: str) -> None:
        if self._open(key):
            self._take(key)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._leave_queue(key, turn)
            else:  # the slot was given in the very moment of the cancellation
                self._release(key)
            raise

    def _open(self, key: str) -> bool:
        return self._free > 0 and self._held[key] < self._per_key

    def _take(self, key: str) -> None:
        self._free -= 1
        self._held[key] += 1

    def _release(self, key: str) -> None:
        self._free += 1
        self._held[key] -= 1
        if not self._held[key]:
            del self._held[key]
        self._serve()

    def _serve(self) -> None:
        while self._free > 0:
            # At most total/per_key keys are at their cap, so this looks at few even when thousands wait.
            key = next((key for key in self._waiting if self._held[key] < self._per_key), None)
            if key is None:
                return
            queue = self._waiting.pop(key)
            turn = queue.popleft()
            if queue:  # back to the end of the line of keys
                self._waiting[key] = queue
            if not turn.done():
                self._take(key)
                turn.set_result(None)

    def _leave_queue(self, key: str, turn: asyncio.Future[None]) -> None:
        queue = self._waiting.get(key)
        if queue is not None and turn in queue:
            queue.remove(turn)
            if not queue:
                del self._waiting[key]
