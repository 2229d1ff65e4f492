"""The job queue: a table of ours, written in the transaction of its cause.

A job runs at least once, so what it does must be safe to repeat. It is claimed by one atomic statement with a lease;
a worker that dies loses the lease and another takes the job. Functions take ids, never objects.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import random
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Forbidden, GiveUp, Gone, NotFound, Refused, TryAgain

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
LIMIT = 75.0  # seconds a job may run: less than its lease
MAX_FAILURES = 8
MAX_DEATHS = 3  # of its process while it ran alone
KEEP_DEAD = timedelta(days=30)
CHAIN_SECONDS = 10.0  # after which the rest of a chain is handed back, well within the lease
CLAIM_LOCK = 4_070_818
LOOK_FOR_SUSPECTS = 20  # steps
LATE = 6  # the first of the priorities of what can wait
KEPT_FREE = 8  # of the places of a runner: what can wait does not take them, however long it takes
SCHEDULE = (15, 60, 300, 900, 3600, 3 * 3600, 8 * 3600)  # seconds before each new try
FINAL = (GiveUp, Refused, BadRequest, NotFound, Gone, Forbidden)

JobFunction = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this worker holds."""

    id: int
    kind: str
    args: dict[str, Any]
    order_key: str | None
    starts: int
    failures: int
    priority: int = 5


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
    await app.db.execute("DELETE FROM jobs WHERE key = ? AND (lease_until IS NULL OR lease_until < ?)", key, app.now())


# Of one order_key the older ones come first, and all of them go to one worker: they are taken together or wait.
# An older one of a worse priority would not be taken together with it, so it is waited for.
# `dead_at` is in the order because the index begins with it: read in that order, the scan ends after a few rows.
_CLAIM = """
UPDATE jobs SET lease_until = ?, starts = starts + 1, key = NULL{planned} WHERE {chosen}
  SELECT j.{row} FROM jobs j WHERE j.dead_at IS NULL AND j.run_at <= ? AND (j.lease_until IS NULL OR j.lease_until < ?)
    AND {which}
    AND (j.order_key IS NULL OR NOT EXISTS (SELECT 1 FROM jobs e WHERE e.order_key = j.order_key AND {older}
      AND e.dead_at IS NULL AND (e.lease_until >= ? OR (e.run_at <= ? AND ({before} OR e.priority > j.priority)))))
  ORDER BY j.dead_at, j.priority, j.run_at, j.id LIMIT ?{end}
RETURNING id, kind, args, order_key, starts, failures, priority
"""
# PostgreSQL plans by statistics from when the queue was empty, as it mostly is, and keeps the plan: to it everything
# costs the same, and it would read the whole queue once for each job in it. So it is left one way only: the indexes in
# their order, a comparison that only the index of chains answers, rows by their place instead of by another index.
_WAYS = {
    "sqlite": {"chosen": "id IN (", "row": "id", "older": "e.id < j.id", "end": ")"},
    "postgresql": {
        "chosen": "ctid = ANY(ARRAY(",
        "row": "ctid",
        "older": "(e.order_key, e.id) < (j.order_key, j.id)",
        "end": "))",
    },
}
# One claim at a time, or two workers could part what belongs together.
_LOCK = """
SELECT pg_advisory_xact_lock(?), set_config('enable_seqscan', 'off', TRUE),
  set_config('enable_bitmapscan', 'off', TRUE), set_config('enable_sort', 'off', TRUE)
"""
_SUSPECTED = "j.starts > j.failures"  # a run of it neither ended nor failed: the process died
_UNSUSPECTED = "j.starts <= j.failures"
# When it may be run again should the process die in it now. Written before it runs, as nobody is there afterwards.
_PLANNED = f""",
  run_at = CAST(? AS BIGINT) + 1000 * CASE WHEN starts - failures > 1 THEN {SCHEDULE[1]} ELSE {SCHEDULE[0]} END"""


async def claim(app: App, most: int, *, suspects: bool = False, urgent: bool = False) -> list[ClaimedJob]:
    """Take up to `most` jobs that are due, for the length of the lease, in the order in which they are to be run.

    `urgent`: only those before LATE.
    `suspects`: those in a run of which the process died. They are to be run alone: if it dies again, no other job
    is suspected with them, and they rest, so that what kills a process, or is only there whenever one is killed,
    neither stops the others nor uses up its tries in a minute.
    """
    now = app.now()
    which, before = (_SUSPECTED, "TRUE") if suspects else (_UNSUSPECTED, "e.starts > e.failures")
    which += f" AND j.priority < {LATE}" if urgent else ""
    planned = _PLANNED if suspects else ""
    sql = _CLAIM.format(which=which, before=before, planned=planned, **_WAYS[app.db.dialect])
    times = (now + LEASE, now) if suspects else (now + LEASE,)
    async with app.db.transaction():
        if app.db.dialect == "postgresql":
            await app.db.rows(_LOCK, CLAIM_LOCK)
        rows = await app.db.returning(sql, *times, now, now, now, now, most)
    return [_job(row) for row in sorted(rows, key=lambda row: int(row["id"]))]


async def _has_suspects(app: App) -> bool:
    now = app.now()
    sql = (
        f"SELECT 1 AS value FROM jobs j WHERE {_SUSPECTED} AND j.dead_at IS NULL AND j.run_at <= ?"  # noqa: S608
        " AND (j.lease_until IS NULL OR j.lease_until < ?) LIMIT 1"
    )
    return await app.db.row(sql, now, now) is not None


def _job(row: Row) -> ClaimedJob:
    args = msgspec.json.decode(row["args"])
    return ClaimedJob(row["id"], row["kind"], args, row["order_key"], row["starts"], row["failures"], row["priority"])


async def run(app: App, job: ClaimedJob, functions: Mapping[str, JobFunction]) -> bool:
    """Run one claimed job; True when it is done and can be closed, False when it was put back or given up."""
    if job.starts - 1 - job.failures > MAX_DEATHS:  # deaths; at the first of them it did not run alone
        await _bury(app, job, "the process died in it too often")
        return False
    try:
        async with asyncio.timeout(LIMIT):
            await functions[job.kind](app, **job.args)
    except asyncio.CancelledError:  # we are being stopped: that is not the job's fault
        await asyncio.shield(_hand_back(app, job))
        raise
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


async def _hand_back(app: App, job: ClaimedJob) -> None:
    due = "CASE WHEN run_at > CAST(? AS BIGINT) THEN CAST(? AS BIGINT) ELSE run_at END"
    sql = f"UPDATE jobs SET lease_until = NULL, starts = starts - 1, run_at = {due} WHERE id = ?"  # noqa: S608  ours
    now = app.now()
    await app.db.execute(sql, now, now, job.id)


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
    """Claim up to `most` jobs, run them side by side to the end; the number claimed. For tests and the command line."""
    runner = Runner(app, functions, most=most)
    started = await runner.step()
    await runner.finish()
    return started


class Runner:
    """Keeps up to `most` jobs running, so that a slow one delays nobody else. What can wait never takes all places."""

    def __init__(self, app: App, functions: Mapping[str, JobFunction], *, most: int = 16) -> None:
        self.app = app
        self._functions = functions
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()
        self._late: set[asyncio.Task[None]] = set()
        self._done: list[int] = []
        self._steps = 0
        self._waiting = False

    @property
    def busy(self) -> bool:
        """Whether jobs are running or not yet closed."""
        return bool(self._tasks or self._done)

    async def step(self) -> int:
        """Close what is done, claim what is due, and start it; the number started.

        Every now and then, where a process has died, it lets the running jobs end and takes one suspect alone.
        """
        await self._flush()
        if self._waiting and self._tasks:
            return 0
        if self._waiting or self._steps % LOOK_FOR_SUSPECTS == 0:
            self._waiting = await _has_suspects(self.app)
        if self._waiting and self._tasks:
            return 0
        self._steps += 1
        if self._waiting and (suspects := await claim(self.app, 1, suspects=True)):
            return self._start(suspects)
        # A suspect may wait for an older job of its order key, which was committed after it: that one must go on.
        room = self._most - len(self._tasks)
        return self._start(await self._claimed(room)) if room > 0 else 0

    async def _claimed(self, room: int) -> list[ClaimedJob]:
        left = max(1, self._most - KEPT_FREE) - len(self._late)
        return await claim(self.app, min(room, left) if left > 0 else room, urgent=left <= 0)

    def _start(self, claimed: list[ClaimedJob]) -> int:
        chains: dict[str | int, list[ClaimedJob]] = {}
        for job in claimed:
            chains.setdefault(job.order_key or job.id, []).append(job)
        for chain in chains.values():
            task = asyncio.create_task(self._chain(chain))
            running = (self._tasks, self._late) if chain[0].priority >= LATE else (self._tasks,)
            for group in running:
                group.add(task)
                task.add_done_callback(group.discard)
        return len(claimed)

    async def finish(self) -> None:
        """Let everything that runs come to its end, and close it."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._flush()

    async def stop(self, patience: float = 5.0) -> None:
        """Let what runs end; what does not end in time is handed back."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._flush()

    async def _chain(self, chain: list[ClaimedJob]) -> None:
        """Run jobs one after another; where that takes long, hand the rest back."""
        began = time.monotonic()
        try:
            for number, job in enumerate(chain):
                if number and time.monotonic() - began > CHAIN_SECONDS:
                    for left in chain[number:]:
                        await _hand_back(self.app, left)
                    return
                if await run(self.app, job, self._functions):
                    self._done.append(job.id)
        except Exception:
            log.exception("a job could not be put back")
        finally:
            self.app.work.set()

    async def _flush(self) -> None:
        done, self._done = self._done, []
        await close(self.app, done)


async def tidy(app: App) -> None:
    """Delete jobs that were given up a month ago."""
    await app.db.execute("DELETE FROM jobs WHERE dead_at IS NOT NULL AND dead_at < ?", app.now() - KEEP_DEAD)
