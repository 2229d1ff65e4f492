"""/admin: how the server is doing: what needs a look, today's numbers, and figures over time, drawn and as a table."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from babel.dates import format_skeleton, format_time
from starlette.responses import Response

from fedinote.federation import checkup, figures
from fedinote.media import remote_files
from fedinote.moderation.moderator import Power
from fedinote.web import pages
from fedinote.web.admin import guard, plots
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.plots import SPANS, Plot, Span
from fedinote.web.words import Words

PLOTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("posts", ("posts_local", "posts_remote"), "count"),
    ("members", ("members_active",), "count"),
    ("inbox", ("inbox",), "count"),
    ("deliveries", ("deliveries_ok", "deliveries_failed"), "count"),
    ("queue", ("queue_waiting",), "count"),
    ("queue_age", ("queue_age",), "seconds"),
    ("characters", ("characters",), "count"),
    ("media", ("media_local", "media_remote"), "bytes"),
    ("database", ("database",), "bytes"),
    ("memory", ("memory",), "bytes"),
    ("cpu", ("cpu",), "percent"),
)
"""Each plot: its name, its figures, and the unit of its height."""


async def page(staff: Staff) -> Response:
    """GET /admin."""
    app, span = staff.app, _span(staff)
    times, found = await _figures(staff, span)
    drawn = [_plot(staff.here.words, one, span, times, found) for one in PLOTS]
    return await guard.show(
        staff,
        "admin/dashboard.html",
        matters=await checkup.matters(app),
        today=await figures.now(app),
        kept=await remote_files.usage(app),
        sizes=await _sizes(staff),
        plots=drawn,
        span=span.name,
        spans=tuple(SPANS),
        size=(plots.WIDTH, plots.HEIGHT, plots.START, plots.WIDTH - plots.END, plots.HEIGHT - plots.FLOOR),
        write=lambda line, value: _writer(staff.here.words, _unit(line))(value),
    )


async def table(staff: Staff) -> Response:
    """GET /admin/figures: what the plots show, as a table."""
    span = _span(staff)
    times, found = await _figures(staff, span)
    words = staff.here.words
    names = [line for _, lines, _ in PLOTS for line in lines]
    writers = {name: _writer(words, _unit(name)) for name in names}
    rows = [
        (_moment(words, span, at), [_written(writers[name], found[name][place]) for name in names])
        for place, at in enumerate(times)
    ]
    return await guard.show(
        staff, "admin/figures.html", names=names, rows=list(reversed(rows)), span=span.name, spans=tuple(SPANS)
    )


def _written(writer: Callable[[float], str], value: int | None) -> str:
    return "–" if value is None else writer(value)


def _span(staff: Staff) -> Span:
    return SPANS.get(pages.query(staff.request).get("span", ""), SPANS["day"])


async def _figures(staff: Staff, span: Span) -> tuple[list[datetime], dict[str, tuple[int | None, ...]]]:
    times = plots.moments(span, staff.app.now())
    names = [line for _, lines, _ in PLOTS for line in lines]
    found = await figures.series(staff.app, names, span=span.samples, since=times[0])
    return times, {name: plots.values(one, span, times) for name, one in found.items()}


def _plot(
    words: Words,
    which: tuple[str, tuple[str, ...], str],
    span: Span,
    times: list[datetime],
    found: dict[str, tuple[int | None, ...]],
) -> Plot:
    name, lines, unit = which
    return plots.plot(
        name,
        [(line, found[line]) for line in lines],
        times,
        height_words=_writer(words, unit),
        time_words=lambda at: _moment(words, span, at),
    )


def _unit(line: str) -> str:
    return next(unit for _, lines, unit in PLOTS if line in lines)


def _writer(words: Words, unit: str) -> Callable[[float], str]:
    """Return what writes a value of a unit in the reader's language."""
    match unit:
        case "bytes":
            return words.bytes
        case "percent":
            return lambda value: words.percent(value / 100)
        case "seconds":
            return lambda value: words.gettext("%(number)s s", number=words.count(round(value)))
    return lambda value: words.count(round(value))


def _moment(words: Words, span: Span, at: datetime) -> str:
    if span.name == "day":
        return str(format_time(at, "short", locale=words.locale))
    return str(format_skeleton("MMMd", at, locale=words.locale))


async def _sizes(staff: Staff) -> dict[str, Any]:
    """Return the sizes that were measured last (they are read from folders, which takes too long for a page)."""
    names = ("media_local", "database", "memory")
    rows = await staff.app.db.rows(
        "SELECT name, value FROM samples WHERE name IN_TEXTS(?) AND span = 'hour' AND at ="
        " (SELECT MAX(at) FROM samples WHERE span = 'hour')",
        list(names),
    )
    return {row["name"]: int(row["value"]) for row in rows}


ROUTES = (
    guard.get("/admin", Power.DASHBOARD, page),
    guard.get("/admin/figures", Power.DASHBOARD, table),
)
