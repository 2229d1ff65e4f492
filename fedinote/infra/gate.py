"""How many requests are worked on at once: the others wait in line, and where the line is too long are refused.

Counted is work: whoever waits for the client's bytes, has begun to answer, or asks another server has stepped aside.
So neither slow clients nor slow servers keep anybody out. Addresses take turns: whoever asks for much waits longer.
"""

import asyncio
import os
from collections import OrderedDict, deque
from collections.abc import Callable
from contextvars import ContextVar

from fedinote.infra.errors import Busy

LINE = 1024
PATIENCE = 10.0
"""Seconds that a request waits in line."""
RETRY_AFTER = 30

_present: ContextVar["Ticket | None"] = ContextVar("ticket", default=None)


class Gate:
    """Lets `most` requests work at once, and `line` more wait for `patience` seconds each.

    In the line addresses take turns, and those in front go before all others.
    """

    def __init__(self, most: int, *, line: int = LINE, patience: float = PATIENCE) -> None:
        self.places = most
        self._free = most
        self._line = line
        self._patience = patience
        self._waiting = 0
        self._front = _Turns()
        self._others = _Turns()

    @property
    def full(self) -> bool:
        """Whether the next one has to wait."""
        return self._free <= 0

    async def take(self, whose: str = "", *, front: bool = False) -> None:
        """Take a place, in the name of an address. Raises `Busy` when the line is too long, or does not move."""
        if self._free > 0:
            self._free -= 1
            return
        if self._waiting >= self._line:
            raise Busy(retry_after=RETRY_AFTER)
        turns = self._front if front else self._others
        mine = turns.join(whose)
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await mine
        except BaseException as error:
            if mine.done() and not mine.cancelled():  # a place was given in the moment of leaving
                self.give()
            turns.leave(whose, mine)
            if isinstance(error, TimeoutError):
                raise Busy(retry_after=RETRY_AFTER) from None
            raise
        finally:
            self._waiting -= 1

    def give(self) -> None:
        """Give a place back: to the next in line, if there is one."""
        if not self._front.call() and not self._others.call():
            self._free += 1


class _Turns:
    """A line in which each address has its turn; of its requests the one that has waited longest."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    def join(self, whose: str) -> asyncio.Future[None]:
        """Stand in line; the future is done once it is one's turn."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(whose, deque()).append(mine)
        return mine

    def leave(self, whose: str, mine: asyncio.Future[None]) -> None:
        """Leave the line, if one still stands in it."""
        line = self._lines.get(whose)
        if line is not None and mine in line:
            line.remove(mine)
            if not line:
                del self._lines[whose]

    def call(self) -> bool:
        """Call the next one; False when nobody waits."""
        while self._lines:
            whose, line = self._lines.popitem(last=False)
            mine = line.popleft()
            if line:
                self._lines[whose] = line  # behind all others
            if not mine.done():
                mine.set_result(None)
                return True
        return False


class Ticket:
    """The place of one request. Giving back what one does not have does nothing.

    `whose` tells the address in whose name it waits, and whether that is in front; asked only where there is a line.
    """

    __slots__ = ("_gate", "_held", "_whose")

    def __init__(self, gate: Gate | None, whose: Callable[[], tuple[str, bool]] | None = None) -> None:
        self._gate = gate
        self._whose = whose
        self._held = False

    async def take(self) -> None:
        """Take a place, if there is a gate and the request has none yet. Raises `Busy`."""
        if self._gate is not None and not self._held:
            whose, front = self._whose() if self._whose and self._gate.full else ("", False)
            await self._gate.take(whose, front=front)
            self._held = True
            _present.set(self)

    def give(self) -> None:
        """Give the place back."""
        if self._gate is not None and self._held:
            self._held = False
            self._gate.give()


def step_aside() -> None:
    """Give the place of the running request back, if it has one: what comes next is waiting for somebody else."""
    ticket = _present.get()
    if ticket is not None:
        ticket.give()


def gate_of(per_cpu: float) -> Gate | None:
    """Return a gate for so many requests for each processor; None for 0: everybody comes in at once."""
    return Gate(max(1, int(per_cpu * (os.cpu_count() or 1)))) if per_cpu > 0 else None
