"""Spans of whole days (UTC), for the figures that the staff looks at."""

from dataclasses import dataclass
from datetime import datetime

from fedinote.infra.clock import to_ms
from fedinote.infra.errors import Invalid

DAY_MS = 86_400_000
MAX_DAYS = 400
_SLACK_MS = DAY_MS  # ids carry the time at which something was made: near enough to its `created_at`, not the same
_LOW_BITS = 16


@dataclass(frozen=True, slots=True)
class Period:
    """Days since 1970-01-01, the first and the last one, both included."""

    first: int
    last: int

    @property
    def days(self) -> range:
        """All days, in order."""
        return range(self.first, self.last + 1)

    @property
    def start_ms(self) -> int:
        """The first moment, in epoch milliseconds."""
        return self.first * DAY_MS

    @property
    def end_ms(self) -> int:
        """The first moment after the last day, in epoch milliseconds."""
        return (self.last + 1) * DAY_MS

    @property
    def before(self) -> "Period":
        """As many days, right before these."""
        return Period(self.first - len(self.days), self.first - 1)

    @property
    def ids(self) -> tuple[int, int]:
        """Bounds for the ids of what was made in these days, wider by a day on both sides (see `infra.ids`)."""
        return max(self.start_ms - _SLACK_MS, 0) << _LOW_BITS, (self.end_ms + _SLACK_MS) << _LOW_BITS


def between(start: datetime, end: datetime) -> Period:
    """Return the period of two moments, whose times of day do not matter. `Invalid` beyond 400 days, or backwards."""
    period = Period(to_ms(start) // DAY_MS, to_ms(end) // DAY_MS)
    if not 0 < len(period.days) <= MAX_DAYS or period.first - MAX_DAYS < 0:
        raise Invalid(f"Validation failed: the period must have from 1 to {MAX_DAYS} days")
    return period
