"""What is still to be done: jobs and deliveries that wait, failed or were given up, for those who run the server."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from fedinote.federation import attempts
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power

PAGE = 50
_KINDS = """SELECT kind, SUM(CASE WHEN dead_at IS NULL AND run_at <= ? AND failures = 0 THEN 1 ELSE 0 END) AS due,
 SUM(CASE WHEN dead_at IS NULL AND run_at > ? AND failures = 0 THEN 1 ELSE 0 END) AS later,
 SUM(CASE WHEN dead_at IS NULL AND failures > 0 THEN 1 ELSE 0 END) AS failing,
 SUM(CASE WHEN lease_until > ? THEN 1 ELSE 0 END) AS running,
 SUM(CASE WHEN dead_at IS NOT NULL THEN 1 ELSE 0 END) AS dead,
 MIN(CASE WHEN dead_at IS NULL AND run_at <= ? THEN run_at END) AS oldest FROM jobs GROUP BY kind ORDER BY kind"""
_TROUBLED = """SELECT id, kind, args, failures, error, run_at, dead_at, created_at FROM jobs
 WHERE (dead_at IS NOT NULL OR failures > 0) AND id < ? ORDER BY id DESC LIMIT ?"""
_HOSTS = """SELECT d.host, SUM(CASE WHEN d.dead_at IS NULL THEN 1 ELSE 0 END) AS waiting,
 SUM(CASE WHEN d.dead_at IS NOT NULL THEN 1 ELSE 0 END) AS dead, MAX(d.attempts) AS attempts,
 MIN(CASE WHEN d.dead_at IS NULL THEN d.next_at END) AS next_at, MIN(d.created_at) AS oldest FROM deliveries d
 WHERE d.host > ? GROUP BY d.host ORDER BY d.host LIMIT ?"""
_OF_HOST = """SELECT d.id, d.host, d.inbox, d.attempts, d.next_at, d.dead_at, d.error, d.created_at, o.body
 FROM deliveries d JOIN outgoing_activities o ON o.id = d.outgoing_id WHERE d.host = ? ORDER BY d.id DESC LIMIT ?"""
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Kind:
    """The jobs of one kind: due, planned for `later`, `failing` (tried again by schedule), `running`, given up."""

    kind: str
    due: int
    later: int
    failing: int
    running: int
    dead: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A job that failed. `dead_at` is None while it is tried again, at `run_at`. `about` is what it was given."""

    id: int
    kind: str
    about: str
    failures: int
    error: str
    run_at: datetime
    dead_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bound:
    """What is to go to one host: deliveries that wait and were given up, and when the next one is tried."""

    host: str
    waiting: int
    dead: int
    attempts: int
    next_at: datetime | None
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery. `what` is the activity's type and id."""

    id: int
    what: str
    inbox: str
    attempts: int
    next_at: datetime
    dead_at: datetime | None
    error: str


async def kinds(app: App) -> list[Kind]:
    """Return all jobs by kind, in numbers."""
    now = app.now()
    rows = await app.db.rows(_KINDS, now, now, now, now)
    return [
        Kind(
            row["kind"], int(row["due"]), int(row["later"]), int(row["failing"]), int(row["running"] or 0),
            int(row["dead"]), _moment(row["oldest"]),
        )
        for row in rows
    ]  # fmt: skip


async def troubles(app: App, before: int | None = None) -> list[Trouble]:
    """Return up to PAGE jobs that failed or were given up, newest first, below an id."""
    rows = await app.db.rows(_TROUBLED, before or _LARGEST, PAGE)
    return [
        Trouble(
            row["id"], row["kind"], _about(row["args"]), row["failures"], row["error"] or "", from_ms(row["run_at"]),
            _moment(row["dead_at"]),
        )
        for row in rows
    ]  # fmt: skip


def _about(text: str) -> str:
    """Return the numbers and names that a job was given, in one line; lists only by their length."""
    found = msgspec.json.decode(text)
    if not isinstance(found, dict):
        return ""
    return ", ".join(
        f"{name} {len(value)}" if isinstance(value, list | dict) else f"{name} {str(value)[:80]}"
        for name, value in found.items()
    )


async def retry_jobs(app: App, by: Moderator, ids: list[int] | None) -> int:
    """Let jobs that failed or were given up run again at once; None: all that were given up. `Forbidden`."""
    _check(by)
    which, params = ("dead_at IS NOT NULL", []) if ids is None else ("failures > 0 AND id IN_INTS(?)", [ids])
    async with app.db.transaction():
        count = await app.db.execute(
            "UPDATE jobs SET dead_at = NULL, failures = 0, starts = 0, run_at = ?, lease_until = NULL WHERE"  # noqa: S608
            f" (lease_until IS NULL OR lease_until < ?) AND {which}",
            app.now(),
            app.now(),
            *params,
        )
        await _note(app, by, "jobs.retry", "jobs", count)
        app.db.after_commit(app.work.set)
    return count


async def discard_jobs(app: App, by: Moderator, ids: list[int] | None) -> int:
    """Delete jobs that were given up; None: all of them. What they were to do is not done. `Forbidden`."""
    _check(by)
    which, params = ("TRUE", []) if ids is None else ("id IN_INTS(?)", [ids])
    async with app.db.transaction():
        count = await app.db.execute(f"DELETE FROM jobs WHERE dead_at IS NOT NULL AND {which}", *params)  # noqa: S608
        await _note(app, by, "jobs.discard", "jobs", count)
    return count


async def by_host(app: App, after: str = "") -> list[Bound]:
    """Return up to PAGE hosts that deliveries wait for or were given up for, by name, after a name."""
    return [
        Bound(
            row["host"], int(row["waiting"]), int(row["dead"]), int(row["attempts"]), _moment(row["next_at"]),
            from_ms(row["oldest"]),
        )
        for row in await app.db.rows(_HOSTS, after, PAGE)
    ]  # fmt: skip


async def of_host(app: App, host: str) -> list[Parcel]:
    """Return the newest PAGE deliveries to a host that are not done."""
    return [_parcel(row) for row in await app.db.rows(_OF_HOST, host, PAGE)]


def _parcel(row: Row) -> Parcel:
    return Parcel(
        row["id"],
        attempts.name_of(row["body"].encode()),
        row["inbox"],
        row["attempts"],
        from_ms(row["next_at"]),
        _moment(row["dead_at"]),
        row["error"] or "",
    )


async def last_words(app: App, host: str, most: int = 20) -> list[tuple[datetime, str, str]]:
    """Return how the last attempts at a host ended: moment, activity, what was said."""
    sql = "SELECT at, activity, said FROM delivery_log WHERE host = ? ORDER BY id DESC LIMIT ?"
    rows = await app.db.rows(sql, host, most)
    return [(from_ms(row["at"]), row["activity"], row["said"]) for row in rows]


async def retry_deliveries(app: App, by: Moderator, host: str) -> int:
    """Try all deliveries to a host again that were given up, beside those that wait. `NotFound`, `Forbidden`."""
    _check(by)
    async with app.db.transaction():
        count = await app.db.execute(
            "UPDATE deliveries SET dead_at = NULL, attempts = 0, next_at = ?, created_at = ? WHERE host = ?"
            " AND dead_at IS NOT NULL",
            app.now(),
            app.now(),
            host,
        )
        if not count:
            raise NotFound
        await _note(app, by, "deliveries.retry", host, count)
        app.db.after_commit(app.work.set)
    return count


async def discard_deliveries(app: App, by: Moderator, host: str) -> int:
    """Delete what waits for a host or was given up for it: it is never sent. `Forbidden`."""
    _check(by)
    async with app.db.transaction():
        count = await app.db.execute(
            "DELETE FROM deliveries WHERE host = ? AND (lease_until IS NULL OR lease_until < ?)", host, app.now()
        )
        await _note(app, by, "deliveries.discard", host, count)
    return count


def _check(by: Moderator) -> None:
    if not by.may(Power.DOMAINS):
        raise Forbidden


async def _note(app: App, by: Moderator, action: str, target: str, count: int) -> None:
    await audit.record(
        app, actor_id=by.account_id, action=action, target_type="domain", target=target, detail={"count": count}
    )


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_ms(value)
