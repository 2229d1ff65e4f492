"""Figures kept over time, for the plots of those who run the server: one sample an hour, and one for each day.

Hours are kept for 30 days, days for two years. A sample is either a level (what it was at that moment; of a day the
mean) or a count (what happened in the hour; of a day the sum). They hold numbers only, and nothing about anybody.
"""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fedinote.federation.attempts import ACCEPTED
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.db import Query, Row
from fedinote.media import remote_files

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
HOURS, DAYS = "hour", "day"
KEEP_HOURS, KEEP_DAYS = timedelta(days=30), timedelta(days=730)
LEVELS = (
    "queue_waiting", "queue_age", "deliveries_waiting", "memory", "cpu", "database", "media_local", "media_remote",
    "members_active",
)  # fmt: skip
"""What is measured: jobs that are due, the seconds that the oldest of them waits, deliveries not done, bytes of memory
and share of one processor that the worker's process takes, bytes of database and files, members who were here today."""
COUNTS = ("deliveries_ok", "deliveries_failed", "inbox", "posts_local", "posts_remote", "characters")
"""What is counted: deliveries by how they ended, activities that came in, posts, characters sent to engines."""
_CPU = "figures-cpu"
_KEEP = """INSERT INTO samples (name, span, at, value) VALUES (?, ?, ?, ?) ON CONFLICT (name, span, at) DO NOTHING"""
_DAY = """INSERT INTO samples (name, span, at, value)
 SELECT name, 'day', CAST(? AS BIGINT), CASE WHEN name IN_TEXTS(?) THEN SUM(value) ELSE SUM(value) / COUNT(*) END
 FROM samples WHERE span = 'hour' AND at >= ? AND at < ? GROUP BY name ON CONFLICT (name, span, at) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Series:
    """One figure over time, oldest first: pairs of a moment and a value; where no sample was taken there is none."""

    name: str
    points: tuple[tuple[datetime, int], ...]

    @property
    def last(self) -> int:
        """The newest value, 0 without any."""
        return self.points[-1][1] if self.points else 0

    @property
    def total(self) -> int:
        """All values together."""
        return sum(value for _, value in self.points)


async def sample(app: App) -> None:
    """Take the sample of the last whole hour, and of yesterday, where there is none yet (periodic)."""
    end = to_ms(app.now()) // HOUR_MS * HOUR_MS
    start = end - HOUR_MS
    if await app.db.row("SELECT 1 AS value FROM samples WHERE span = 'hour' AND at = ? LIMIT 1", start) is None:
        values = {**await levels(app), **await _counts(app, start, end)}
        await app.db.execute_many(_KEEP, [(name, HOURS, start, value) for name, value in values.items()])
    today = start // DAY_MS * DAY_MS
    yesterday = today - DAY_MS
    if await app.db.row("SELECT 1 AS value FROM samples WHERE span = 'day' AND at = ? LIMIT 1", yesterday) is None:
        await app.db.execute(_DAY, yesterday, list(COUNTS), yesterday, today)


async def tidy(app: App) -> None:
    """Delete samples that are too old (periodic)."""
    now = app.now()
    await app.db.execute("DELETE FROM samples WHERE span = 'hour' AND at < ?", to_ms(now - KEEP_HOURS))
    await app.db.execute("DELETE FROM samples WHERE span = 'day' AND at < ?", to_ms(now - KEEP_DAYS))


async def series(app: App, names: Sequence[str], *, span: str, since: datetime) -> Mapping[str, Series]:
    """Return figures over time, by name; `span` is "hour" or "day"."""
    rows = await app.db.rows(
        "SELECT name, at, value FROM samples WHERE name IN_TEXTS(?) AND span = ? AND at >= ? ORDER BY at",
        list(names),
        span,
        to_ms(since),
    )
    found: dict[str, list[tuple[datetime, int]]] = {name: [] for name in names}
    for row in rows:
        found[row["name"]].append((from_ms(row["at"]), int(row["value"])))
    return {name: Series(name, tuple(points)) for name, points in found.items()}


async def now(app: App) -> dict[str, int]:
    """Return today's counts and the present levels that cost one hop to the database."""
    midnight = to_ms(app.now()) // DAY_MS * DAY_MS
    return {**await _queried(app), **await _counts(app, midnight, to_ms(app.now()) + 1)}


async def levels(app: App) -> dict[str, int]:
    """Measure everything that is measured; it reads the folder of files, which may take a while."""
    local = await asyncio.to_thread(app.storage.size)
    remote = (await remote_files.usage(app)).bytes
    return {
        **await _queried(app),
        "memory": _memory(),
        "cpu": _processor(app),
        "database": await database_size(app),
        "media_local": local,
        "media_remote": remote,
    }


async def _queried(app: App) -> dict[str, int]:
    moment = app.now()
    jobs, deliveries, people = await app.db.many(
        (
            "SELECT COUNT(*) AS waiting, MIN(run_at) AS oldest FROM jobs WHERE dead_at IS NULL AND run_at <= ?",
            (moment,),
        ),
        ("SELECT COUNT(*) AS waiting FROM deliveries WHERE dead_at IS NULL", ()),
        ("SELECT COUNT(*) AS present FROM user_days WHERE day = ?", (to_ms(moment) // DAY_MS,)),
    )
    oldest = jobs[0]["oldest"]
    return {
        "queue_waiting": int(jobs[0]["waiting"]),
        "queue_age": 0 if oldest is None else max(0, (to_ms(moment) - int(oldest)) // 1000),
        "deliveries_waiting": int(deliveries[0]["waiting"]),
        "members_active": int(people[0]["present"]),
    }


async def _counts(app: App, start: int, end: int) -> dict[str, int]:
    """Count what happened from one moment (epoch milliseconds) up to another."""
    between = (start, end)
    queries: list[Query] = [
        (
            "SELECT SUM(CASE WHEN said = ? THEN 1 ELSE 0 END) AS ok, COUNT(*) AS tried FROM delivery_log"
            " WHERE at >= ? AND at < ?",
            (ACCEPTED, *between),
        ),
        ("SELECT COUNT(*) AS value FROM received_activities WHERE received_at >= ? AND received_at < ?", between),
        (
            "SELECT SUM(CASE WHEN local THEN 1 ELSE 0 END) AS here, COUNT(*) AS posts FROM posts"
            " WHERE id >= ? AND id < ? AND reblog_of_id IS NULL",
            (start << 16, end << 16),
        ),
        ("SELECT SUM(characters) AS value FROM translation_ledger WHERE made_at >= ? AND made_at < ?", between),
    ]
    went, came, posts, characters = [rows[0] for rows in await app.db.many(*queries)]
    return {
        "deliveries_ok": _number(went, "ok"),
        "deliveries_failed": _number(went, "tried") - _number(went, "ok"),
        "inbox": _number(came, "value"),
        "posts_local": _number(posts, "here"),
        "posts_remote": _number(posts, "posts") - _number(posts, "here"),
        "characters": _number(characters, "value"),
    }


def _number(row: Row, name: str) -> int:
    return int(row[name] or 0)


def _memory() -> int:
    """Return the bytes that this process holds in memory (Linux; 0 elsewhere)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _processor(app: App) -> int:
    """Return what share of one processor this process took since the last call, in percent; 0 at the first."""
    used, present = sum(os.times()[:2]), time.monotonic()
    before: tuple[float, float] | None = app.caches.get(_CPU)
    app.caches[_CPU] = (used, present)
    if before is None or present <= before[1]:
        return 0
    return round(100 * (used - before[0]) / (present - before[1]))


async def database_size(app: App) -> int:
    """Return the bytes of the database."""
    if app.db.dialect == "postgresql":
        return int(await app.db.value("SELECT pg_database_size(current_database()) AS value") or 0)
    path = app.settings.sqlite_path
    assert path is not None
    size: int = await asyncio.to_thread(_sizes, [path, path.with_name(f"{path.name}-wal")])
    return size


def _sizes(places: Sequence[Path]) -> int:
    return sum(place.stat().st_size for place in places if place.exists())
