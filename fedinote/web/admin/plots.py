"""Lines over time as SVG: the numbers become points of a picture here, and the template draws them.

No script and no style is needed, and what a line says is in words and in a table too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fedinote.federation.figures import COUNTS, DAYS, HOURS, Series
from fedinote.infra.clock import from_ms, to_ms

WIDTH, HEIGHT = 320, 120
START, END, TOP, FLOOR = 44, 6, 8, 20
"""The margins around the lines: for the words at the axes."""
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Span:
    """How far back a plot goes, from which samples it is made, and how much time one point stands for."""

    name: str
    length: timedelta
    samples: str
    each: timedelta


SPANS = {
    one.name: one
    for one in (
        Span("day", timedelta(days=1), HOURS, timedelta(hours=1)),
        Span("week", timedelta(days=7), HOURS, timedelta(hours=6)),
        Span("month", timedelta(days=30), DAYS, timedelta(days=1)),
        Span("year", timedelta(days=364), DAYS, timedelta(days=7)),
    )
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: `pieces` are runs of points ("x,y x,y") without a gap, `values` one for each time (None: unknown)."""

    name: str
    pieces: tuple[str, ...]
    values: tuple[int | None, ...]

    @property
    def last(self) -> int | None:
        """The newest value that is known."""
        return next((value for value in reversed(self.values) if value is not None), None)

    @property
    def most(self) -> int:
        """The largest value."""
        return max((value for value in self.values if value is not None), default=0)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place at an axis, and what it says."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of lines over one time. `empty`: there is nothing to draw yet."""

    name: str
    lines: tuple[Line, ...]
    heights: tuple[Mark, ...]
    times: tuple[Mark, ...]

    @property
    def empty(self) -> bool:
        """Whether no line has a point."""
        return all(not line.pieces for line in self.lines)


def moments(span: Span, now: datetime) -> list[datetime]:
    """Return the beginnings of the times that points stand for, oldest first; the last of them is just over.

    What is still going on would look like a fall.
    """
    each = span.each // timedelta(milliseconds=1)
    last = (to_ms(now) // each - 1) * each
    return [from_ms(last - each * back) for back in reversed(range(span.length // span.each))]


def values(series: Series, span: Span, times: Sequence[datetime]) -> tuple[int | None, ...]:
    """Put samples into the times of a plot: counts are added, of levels the mean is taken."""
    found: list[list[int]] = [[] for _ in times]
    for at, value in series.points:
        place = (at - times[0]) // span.each
        if 0 <= place < len(found):
            found[place].append(value)
    summed = series.name in COUNTS
    return tuple(None if not some else sum(some) if summed else sum(some) // len(some) for some in found)


def plot(
    name: str,
    found: Sequence[tuple[str, tuple[int | None, ...]]],
    times: Sequence[datetime],
    *,
    height_words: Callable[[float], str],
    time_words: Callable[[datetime], str],
) -> Plot:
    """Draw lines, each a name and its values; both functions write what stands at the axes."""
    top = _top(max((value or 0 for _, some in found for value in some), default=0))
    lines = tuple(Line(line, tuple(_pieces(some, top)), some) for line, some in found)
    heights = tuple(Mark(_y(top * part / 2, top), height_words(top * part / 2)) for part in range(3))
    places = (0, (len(times) - 1) // 2, len(times) - 1)
    return Plot(name, lines, heights, tuple(Mark(_x(at, len(times)), time_words(times[at])) for at in places))


def _top(most: float) -> float:
    """Return a round number that is not below the largest value: what the upper edge stands for."""
    if most <= 2:
        return 2.0
    size = 1.0
    while size * 10 < most:
        size *= 10
    return next(size * step for step in _STEPS if size * step >= most)


def _x(at: int, count: int) -> float:
    return round(START + (WIDTH - START - END) * at / max(1, count - 1), 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - FLOOR - (HEIGHT - TOP - FLOOR) * value / top, 1)


def _pieces(some: Sequence[int | None], top: float) -> list[str]:
    """Return the runs of points between gaps; a point that stands alone becomes a short dash."""
    runs: list[list[str]] = [[]]
    for at, value in enumerate(some):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(at, len(some))},{_y(value, top)}")
    return [" ".join(run if len(run) > 1 else [*run, _beside(run[0])]) for run in runs if run]


def _beside(point: str) -> str:
    x, _, y = point.partition(",")
    return f"{float(x) + 2},{y}"
