"""The job queue: a table of ours, written in the transaction of its cause.

A job runs at least once, so what it does must be safe to repeat. It is claimed by one atomic statement with a lease;
a worker that dies loses the lease and another takes the job. Functions take ids, never objects.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import random
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Forbidden, GiveUp, NotFound, Refused, TryAgain

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
LIMIT = 75.0  # seconds a job may run: less than its lease
MAX_FAILURES = 8
MAX_DEATHS = 3
SCHEDULE = (15, 60, 300, 900, 3600, 3 * 3600, 8 * 3600)  # seconds before each new try
FINAL = (GiveUp, Refused, BadRequest, NotFound, Forbidden)

JobFunction = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this worker holds."""

    id: int
    kind: str
    args: dict[str, Any]
    starts: int
    failures: int


def retry_delay(failures: int, schedule: tuple[int, ...] = SCHEDULE) -> timedelta:
    """Tell how long to wait before the next try: by schedule, with 0-25 % jitter."""
    seconds = schedule[min(failures, len(schedule) - 1)]
    return timedelta(seconds=seconds * (1 + random() / 4))  # noqa: S311  jitter is no secret


async def enqueue(app: App, kind: str, args: Mapping[str, Any], *, key: str | None = None, **options: Any) -> None:
    """Queue a job in the running transaction. `priority` 0 (first) to 9; `delay` in seconds; `key`: only one such."""
    now = app.now()
    await app.db.execute(
        "INSERT INTO jobs (kind, args, key, priority, run_at, starts, failures, created_at)"
        " VALUES (?, ?, ?, ?, ?, 0, 0, ?) ON CONFLICT DO NOTHING",
        kind,
        msgspec.json.encode(args).decode(),
        key,
        options.get("priority", 5),
        now + timedelta(seconds=options.get("delay", 0)),
        now,
    )
    app.db.after_commit(app.work.set)


async def take_back(app: App, key: str) -> None:
    """Remove the queued job with this key, unless a worker has it at the moment (it must see for itself)."""
    await app.db.execute(
        "DELETE FROM jobs WHERE key = ? AND (lease_until IS NULL OR lease_until < ?)", key, app.now()
    )


_CLAIM = """
UPDATE jobs SET lease_until = ?, starts = starts + 1 WHERE id IN (
  SELECT id FROM jobs WHERE dead_at IS NULL AND run_at <= ? AND (lease_until IS NULL OR lease_until < ?)
  ORDER BY priority, run_at LIMIT ? {lock})
RETURNING id, kind, args, starts, failures
"""


async def claim(app: App, most: int) -> list[ClaimedJob]:
    """Take up to `most` jobs that are due, for the length of the lease."""
    now = app.now()
    sql = _CLAIM.format(lock="FOR UPDATE SKIP LOCKED" if app.db.dialect == "postgresql" else "")
    rows = await app.db.returning(sql, now + LEASE, now, now, most)
    return [_job(row) for row in sorted(rows, key=lambda row: int(row["id"]))]


def _job(row: Row) -> ClaimedJob:
    return ClaimedJob(row["id"], row["kind"], msgspec.json.decode(row["args"]), row["starts"], row["failures"])


async def run(app: App, job: ClaimedJob, functions: Mapping[str, JobFunction]) -> bool:
    """Run one claimed job; True when it is done and can be closed, False when it was put back or given up."""
    if job.starts - job.failures > MAX_DEATHS:
        await _bury(app, job, "the process died in it too often")
        return False
    try:
        async with asyncio.timeout(LIMIT):
            await functions[job.kind](app, **job.args)
    except FINAL as error:
        log.info("job given up", extra={"job": job.kind, "reason": str(error)})
    except TryAgain as error:
        await _put_back(app, job, str(error), error.after)
        return False
    except Exception as error:
        log.warning("job failed", extra={"job": job.kind, "failures": job.failures + 1}, exc_info=error)
        await _put_back(app, job, f"{type(error).__name__}: {error}", None)
        return False
    return True


async def close(app: App, done: list[int]) -> None:
    """Delete jobs that are done."""
    if done:
        await app.db.execute("DELETE FROM jobs WHERE id IN_INTS(?)", done)


async def _put_back(app: App, job: ClaimedJob, reason: str, after: float | None) -> None:
    if job.failures + 1 >= MAX_FAILURES:
        await _bury(app, job, reason)
        return
    wait = retry_delay(job.failures) if after is None else timedelta(seconds=after)
    await app.db.execute(
        "UPDATE jobs SET lease_until = NULL, failures = failures + 1, run_at = ?, error = ? WHERE id = ?",
        app.now() + wait,
        reason[:500],
        job.id,
    )


async def _bury(app: App, job: ClaimedJob, reason: str) -> None:
    await app.db.execute(
        "UPDATE jobs SET dead_at = ?, lease_until = NULL, failures = failures + 1, error = ?, key = NULL WHERE id = ?",
        app.now(),
        reason[:500],
        job.id,
    )


async def release_all(app: App) -> None:
    """Give back every lease: for a start on SQLite, where no other process can hold one."""
    await app.db.execute("UPDATE jobs SET lease_until = NULL WHERE lease_until IS NOT NULL")


async def run_batch(app: App, functions: Mapping[str, JobFunction], *, most: int = 16) -> int:
    """Claim up to `most` jobs, run them side by side, close those that are done; the number claimed."""
    claimed = await claim(app, most)
    done: list[int] = []

    async def one(job: ClaimedJob) -> None:
        if await run(app, job, functions):
            done.append(job.id)

    async with asyncio.TaskGroup() as group:
        for job in claimed:
            group.create_task(one(job))
    await close(app, done)
    return len(claimed)
