"""What is completed from other servers when somebody looks at it: once in a while for each, in a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row

Subject = Literal["post", "account"]
ABANDONED = timedelta(minutes=10)  # a job that took longer does not run any more
KEPT = timedelta(days=30)
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Refreshing:
    """How far it is: `running`, and what was found so far or in the end."""

    id: int
    running: bool
    found: int


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be completed, by which job, and how long ago the last time must be. `delay` is in seconds.

    `an_hour`: how many of the kind are begun in an hour for those who are not logged in, all together (None: any).
    """

    subject: Subject
    subject_id: int
    job: str
    every: timedelta
    delay: float = 0.0
    args: Mapping[str, Any] | None = None
    an_hour: int | None = None


async def begin(app: App, order: Order) -> Refreshing | None:
    """Queue the job unless it ran lately; tell how it stands. None when it rests."""
    row = await _present(app, order)
    now = app.now()
    if row is not None and row["started_at"] > to_ms(now - order.every):
        return _standing(app, row) if _running(app, row) else None
    if order.an_hour is not None and not app.limiter.hit(f"{order.job} for strangers", order.an_hour, HOUR).allowed:
        return None
    async with app.db.transaction():
        made = await app.db.returning(
            f"INSERT INTO refreshes (id, {order.subject}_id, started_at, found) VALUES (?, ?, ?, 0)"  # noqa: S608
            f" ON CONFLICT ({order.subject}_id) DO UPDATE SET started_at = excluded.started_at, finished_at = NULL,"
            " found = 0 WHERE refreshes.started_at <= ? RETURNING id",
            app.ids.next(),
            order.subject_id,
            now,
            now - order.every,
        )
        if made:
            args = {"refresh_id": made[0]["id"], **(order.args or {})}
            await jobs.enqueue(app, order.job, args, priority=6, delay=order.delay)
    return Refreshing(made[0]["id"], running=True, found=0) if made else None


async def _present(app: App, order: Order) -> Row | None:
    sql = f"SELECT id, started_at, finished_at, found FROM refreshes WHERE {order.subject}_id = ?"  # noqa: S608
    return await app.db.row(sql, order.subject_id)


def _running(app: App, row: Row) -> bool:
    return row["finished_at"] is None and row["started_at"] > to_ms(app.now() - ABANDONED)


def _standing(app: App, row: Row) -> Refreshing:
    return Refreshing(row["id"], _running(app, row), row["found"])


async def find(app: App, refresh_id: int) -> Refreshing | None:
    """Tell how a refresh stands; None when there is none."""
    row = await app.db.row("SELECT id, started_at, finished_at, found FROM refreshes WHERE id = ?", refresh_id)
    return None if row is None else _standing(app, row)


async def finish(app: App, refresh_id: int, found: int) -> None:
    """Write down that a refresh is done, and what it found."""
    await app.db.execute("UPDATE refreshes SET finished_at = ?, found = ? WHERE id = ?", app.now(), found, refresh_id)


async def note(app: App, refresh_id: int, found: int) -> None:
    """Write down what a refresh has found so far."""
    await app.db.execute("UPDATE refreshes SET found = ? WHERE id = ?", found, refresh_id)


def rest(app: App, since: datetime) -> timedelta:
    """Tell how long what began at `since` rests between two refreshes: the older, the longer."""
    age = app.now() - since
    if age < timedelta(days=1):
        return timedelta(minutes=15)
    return timedelta(hours=1) if age < timedelta(days=7) else timedelta(days=1)


async def tidy(app: App) -> None:
    """Forget what was completed a month ago (a periodic job): it may be completed again anyway."""
    await app.db.execute("DELETE FROM refreshes WHERE started_at < ?", app.now() - KEPT)
