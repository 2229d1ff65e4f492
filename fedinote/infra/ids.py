"""Identifiers that sort by time: 64 bits, 48 of milliseconds and 16 that tell apart what shares one.

The layout is Mastodon's, so clients that read a time out of an id, or compare ids as numbers, are right.
"""

import secrets
from collections import OrderedDict
from datetime import datetime

from fedinote.infra.clock import Clock, from_ms, to_ms
from fedinote.infra.errors import Invalid

_LOW_BITS = 16
_HALF = 1 << 15
_LAST_MS = (1 << 47) - (1 << 30)  # room below 2**63 for milliseconds that are used up
_MOMENTS_REMEMBERED = 4096


def time_of(identifier: int) -> datetime:
    """Return the moment inside an id. `Invalid` when it is not a positive 63-bit number."""
    if not 0 <= identifier < 1 << 63:
        raise Invalid(reason="not an id")
    return from_ms(identifier >> _LOW_BITS)


class Ids:
    """Makes ids, each once.

    The low 16 bits are split in two: `next` takes the lower half and `at` the upper, so that the two never meet.
    Within a millisecond both count on from a random start, so that two processes rarely meet either (the primary
    key catches it when they do).
    """

    __slots__ = ("_clock", "_counter", "_last", "_moments")

    time_of = staticmethod(time_of)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._counter = secrets.randbelow(_HALF)
        self._moments: OrderedDict[int, tuple[int, int]] = OrderedDict()

    def next(self) -> int:
        """Return an id for now: above every id that `next` gave before, even if the clock went back."""
        milliseconds = min(max(to_ms(self._clock.now()), 0), _LAST_MS)
        if milliseconds > self._last >> _LOW_BITS:
            self._last = milliseconds << _LOW_BITS | secrets.randbelow(_HALF // 2)
        elif (self._last + 1) & (_HALF - 1):
            self._last += 1
        else:  # this millisecond is used up: borrow the next one
            self._last = ((self._last >> _LOW_BITS) + 1) << _LOW_BITS
        return self._last

    def at(self, moment: datetime) -> int:
        """Return an id for something that happened at `moment` (a post of another server).

        Moments before 1970 count as 1970. When a millisecond has had all its ids, the next one is used.
        """
        milliseconds = min(max(to_ms(moment), 0), _LAST_MS)
        start, used = self._moments.pop(milliseconds, (self._counter, 0))
        while used == _HALF:
            self._moments[milliseconds] = (start, used)
            milliseconds += 1
            start, used = self._moments.pop(milliseconds, (self._counter, 0))
        self._moments[milliseconds] = (start, used + 1)
        if len(self._moments) > _MOMENTS_REMEMBERED:
            self._moments.popitem(last=False)
        # New moments start further on each time: one that was forgotten and comes back does not start where it did.
        self._counter = (self._counter + 1) % _HALF
        return milliseconds << _LOW_BITS | _HALF | (start + used) % _HALF
