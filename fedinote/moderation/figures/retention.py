"""Who stays: of those who signed up in one day or month, how many were here in each one after it.

https://docs.joinmastodon.org/methods/admin/retention/. One query for all cohorts.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.moderation.figures.periods import DAY_MS, Period

Frequency = Literal["day", "month"]
MAX_BUCKETS = 100
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Later:
    """How many of a cohort were here in the bucket that starts on a day, and which part of it that is (0 to 1)."""

    start: int
    value: int
    rate: float


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who signed up in the bucket that starts on a day (since 1970): how many there are, and who stayed."""

    start: int
    size: int
    later: tuple[Later, ...]


async def cohorts(app: App, period: Period, frequency: Frequency) -> list[Cohort]:
    """Return the cohorts of a period, in order, each from its own bucket to the last. `Invalid` beyond 100 buckets."""
    buckets = _buckets(period, frequency)
    if len(buckets) > MAX_BUCKETS:
        raise Invalid(f"Validation failed: there are more than {MAX_BUCKETS} periods of that frequency")
    # The numbers are our own: days, and their order.
    table = ", ".join(f"({number}, {one.first}, {one.last})" for number, one in enumerate(buckets))
    rows = await app.db.rows(
        f"WITH buckets (n, first, last) AS (VALUES {table})"  # noqa: S608
        f" SELECT j.n AS joined, -1 AS here, COUNT(*) AS value FROM users u JOIN buckets j"
        f" ON u.created_at / {DAY_MS} BETWEEN j.first AND j.last GROUP BY j.n UNION ALL"
        " SELECT j.n AS joined, h.n AS here, COUNT(DISTINCT u.id) AS value FROM users u"
        f" JOIN buckets j ON u.created_at / {DAY_MS} BETWEEN j.first AND j.last"
        " JOIN user_days d ON d.user_id = u.id JOIN buckets h ON d.day BETWEEN h.first AND h.last"
        " GROUP BY j.n, h.n"
    )
    counted = {(row["joined"], row["here"]): row["value"] for row in rows}
    return [_cohort(number, buckets, counted) for number in range(len(buckets))]


def _cohort(number: int, buckets: list[Period], counted: dict[tuple[int, int], int]) -> Cohort:
    size = counted.get((number, -1), 0)
    later = []
    for here in range(number, len(buckets)):
        value = counted.get((number, here), 0)
        later.append(Later(buckets[here].first, value, value / size if size else 0.0))
    return Cohort(buckets[number].first, size, tuple(later))


def _buckets(period: Period, frequency: Frequency) -> list[Period]:
    if frequency == "day":
        return [Period(day, day) for day in period.days]
    found, start = [], _day(period.first).replace(day=1)
    while _number(start) <= period.last:
        following = (start + timedelta(days=31)).replace(day=1)
        found.append(Period(_number(start), _number(following) - 1))
        start = following
    return found


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def _number(day: date) -> int:
    return (day - _EPOCH).days
