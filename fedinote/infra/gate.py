"""How many requests are worked on at once: the others wait in line, and where the line is too long are refused.

Counted is work: whoever waits for the client's bytes, has begun to answer, or asks another server has stepped aside.
So neither slow clients nor slow servers keep anybody out.
"""

import asyncio
import os
from contextvars import ContextVar

from fedinote.infra.errors import Busy

LINE = 1024
PATIENCE = 10.0
"""Seconds that a request waits in line."""
RETRY_AFTER = 30

_present: ContextVar["Ticket | None"] = ContextVar("ticket", default=None)


class Gate:
    """Lets `most` requests work at once and `line` more wait for `patience` seconds each."""

    def __init__(self, most: int, *, line: int = LINE, patience: float = PATIENCE) -> None:
        self._places = asyncio.Semaphore(most)
        self._line = line
        self._patience = patience
        self._waiting = 0

    async def take(self) -> None:
        """Take a place. Raises `Busy` when the line is too long, or does not move."""
        if not self._places.locked():
            await self._places.acquire()
            return
        if self._waiting >= self._line:
            raise Busy(retry_after=RETRY_AFTER)
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError:
            raise Busy(retry_after=RETRY_AFTER) from None
        finally:
            self._waiting -= 1

    def give(self) -> None:
        """Give a place back."""
        self._places.release()


class Ticket:
    """The place of one request. Giving back what one does not have does nothing."""

    __slots__ = ("_gate", "_held")

    def __init__(self, gate: Gate | None) -> None:
        self._gate = gate
        self._held = False

    async def take(self) -> None:
        """Take a place, if there is a gate and the request has none yet. Raises `Busy`."""
        if self._gate is not None and not self._held:
            await self._gate.take()
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


def gate_of(per_cpu: int) -> Gate | None:
    """Return a gate for so many requests for each processor; None for 0: everybody comes in at once."""
    return Gate(per_cpu * (os.cpu_count() or 1)) if per_cpu > 0 else None
