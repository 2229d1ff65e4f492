"""The entities of the dashboard: Admin::Measure, Admin::Dimension and Admin::Cohort.

https://docs.joinmastodon.org/entities/Admin_Measure/, Admin_Dimension and Admin_Cohort. Numbers are texts there.
"""

from typing import Any

from fedinote.api.entities.values import moment
from fedinote.moderation.figures.dimensions import Datum
from fedinote.moderation.figures.measures import Figures
from fedinote.moderation.figures.periods import DAY_MS
from fedinote.moderation.figures.retention import Cohort

_UNITS = ("Bytes", "KB", "MB", "GB", "TB", "PB", "EB")


def measure(figures: Figures) -> dict[str, Any]:
    """Return an Admin::Measure; without `previous_total` where the total is of all times."""
    found: dict[str, Any] = {"key": figures.key, "unit": figures.unit, "total": str(figures.total)}
    if figures.unit == "bytes":
        found["human_value"] = in_bytes(figures.total)
    if figures.previous is not None:
        found["previous_total"] = str(figures.previous)
    found["data"] = [{"date": _date(day), "value": str(value)} for day, value in figures.daily.items()]
    return found


def dimension(key: str, data: list[Datum]) -> dict[str, Any]:
    """Return an Admin::Dimension."""
    return {"key": key, "data": [_datum(one) for one in data]}


def _datum(one: Datum) -> dict[str, Any]:
    found: dict[str, Any] = {"key": one.key, "human_key": one.name, "value": str(one.value)}
    if one.unit is not None and isinstance(one.value, int):
        return found | {"unit": one.unit, "human_value": in_bytes(one.value)}
    return found if isinstance(one.value, int) else found | {"human_value": one.value}


def cohort(one: Cohort, frequency: str) -> dict[str, Any]:
    """Return an Admin::Cohort."""
    data = [{"date": _date(later.start), "rate": later.rate, "value": str(later.value)} for later in one.later]
    return {"period": _date(one.start), "frequency": frequency, "data": data}


def _date(day: int) -> str:
    return moment(day * DAY_MS)


def in_bytes(number: int) -> str:
    """Return a number of bytes for people: "0 Bytes", "96.1 MB", "780 GB" (three digits, steps of 1024)."""
    value, step = float(number), 0
    while value >= 1024 and step < len(_UNITS) - 1:
        value, step = value / 1024, step + 1
    return f"{number} Bytes" if step == 0 else f"{value:.3g} {_UNITS[step]}"
