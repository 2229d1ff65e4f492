"""The time: aware UTC, in whole milliseconds, and the three notations that the product speaks."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from fedinote.infra.errors import Invalid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock:
    """Tells the time; tests may shift it.

    Times are cut to milliseconds, because that is what the database keeps: a value is the same before and after
    it was stored.
    """

    __slots__ = ("_offset",)

    def __init__(self) -> None:
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Return the present moment: aware, UTC, whole milliseconds."""
        moment = datetime.now(UTC) + self._offset
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def shift(self, seconds: float) -> None:
        """Move the clock by `seconds` (negative: back). Shifts add up."""
        self._offset += timedelta(seconds=seconds)


def iso(moment: datetime) -> str:
    """Return an aware moment as `2026-01-02T03:04:05.678Z` (RFC 3339, always UTC and milliseconds)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def from_iso(text: str) -> datetime:
    """Return the aware moment of an ISO 8601 text; without an offset it is UTC. `Invalid` for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip().upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("Validation failed: This is not a time like 2026-01-02T03:04:05Z") from None


def http_date(moment: datetime) -> str:
    """Return an aware moment as `Fri, 02 Jan 2026 03:04:05 GMT` (RFC 9110, section 5.6.7)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def to_ms(moment: datetime) -> int:
    """Return an aware moment as milliseconds since 1970-01-01 UTC, rounded down."""
    return (moment - EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Return the aware UTC moment of milliseconds since 1970. `Invalid` when no calendar has it."""
    try:
        return EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        raise Invalid(reason="a time beyond the calendar") from None
