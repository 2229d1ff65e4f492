"""Delivering: rows are claimed fairly over hosts, signed, posted, and tried again by schedule over seven days."""

import asyncio
import contextlib
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from fedinote.federation import actors, attempts, knocking, signing, synchronisation
from fedinote.federation.fetching import Budget
from fedinote.federation.knocking import Choice
from fedinote.federation.synchronisation import Followers
from fedinote.infra.answers import Response, retry_after
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import FediNoteError, NotFound, Refused
from fedinote.infra.jobs import retry_delay
from fedinote.policy import domains

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/activity+json"
IN_FLIGHT = 64
PER_HOST = 4
LEASE = timedelta(seconds=60)
SCHEDULE = (60, 300, 900, 3600, 3 * 3600, 8 * 3600, 24 * 3600)
GIVE_UP = timedelta(days=7)
SLOW_AFTER = 5
LOOK = 1000  # rows considered at a step, oldest first
LONGEST_PAUSE = timedelta(hours=1)
SHORTEST_RETRY = 60.0  # seconds, whatever Retry-After says
UNAVAILABLE_DAYS = 7
ASKED_AFTER = 3  # accounts behind an inbox that is gone
FLUSH = 100
RETRIED = frozenset({401, 403, 408, 425, 429})
DAY_MS = 86_400_000

_CLAIM = f"""
UPDATE deliveries SET lease_until = ? WHERE id IN (
  SELECT id FROM (
    SELECT n.id, ROW_NUMBER() OVER (PARTITION BY n.host ORDER BY n.id) AS place, n.failures FROM (
      SELECT d.id, d.host, COALESCE(h.failures, 0) AS failures
      FROM deliveries d LEFT JOIN hosts h ON h.host = d.host
      WHERE d.dead_at IS NULL AND d.next_at <= ? AND (d.lease_until IS NULL OR d.lease_until < ?)
        AND (h.retry_at IS NULL OR h.retry_at <= ?) AND h.stopped_at IS NULL AND NOT (d.host IN_TEXTS(?))
        AND (COALESCE(h.failures, 0) < {SLOW_AFTER} OR NOT EXISTS (
          SELECT 1 FROM deliveries f WHERE f.host = d.host AND f.lease_until >= ?))
        AND (d.order_key = '' OR NOT EXISTS (
          SELECT 1 FROM deliveries e WHERE e.inbox = d.inbox AND e.order_key = d.order_key AND e.id < d.id
            AND e.dead_at IS NULL))
      ORDER BY d.next_at LIMIT {LOOK}) n
  ) fair WHERE place <= CASE WHEN failures >= {SLOW_AFTER} THEN 1 ELSE {PER_HOST} END ORDER BY place, id LIMIT ?)
AND (lease_until IS NULL OR lease_until < ?)
RETURNING id, outgoing_id, inbox, host, attempts, created_at, parting
"""  # noqa: S608  two numbers of our own


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An activity to deliver, and what is said of its sender's followers when it is for them."""

    sender_id: int
    body: bytes
    followers: Followers | None
    name: str


@dataclass(frozen=True, slots=True)
class Job:
    """A delivery that this worker holds."""

    id: int
    outgoing: Outgoing
    inbox: str
    host: str
    attempts: int
    created_ms: int
    parting: bool


def _job(row: Row, outgoing: Outgoing) -> Job:
    inbox, host = row["inbox"], row["host"]
    return Job(row["id"], outgoing, inbox, host, row["attempts"], row["created_at"], bool(row["parting"]))


class Deliverer:
    """Keeps up to 64 deliveries in flight, at most 4 for one host, until it is stopped."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._hosts: Counter[str] = Counter()
        self._bodies: dict[int, Outgoing] = {}
        self._done: list[Job] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: set[int] = set()
        self._last_success: set[str] = set()

    async def step(self) -> int:
        """Claim what is due and start it; the number started. Writes down what has been delivered."""
        await self._flush()
        room = IN_FLIGHT - len(self._tasks)
        claimed = await self._claim(room) if room > 0 else []
        for job in claimed:
            self._hosts[job.host] += 1
            self._held.add(job.id)
            task = asyncio.create_task(self._one(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(claimed)

    @property
    def busy(self) -> bool:
        """Whether deliveries are in flight or not yet written down."""
        return bool(self._tasks or self._done)

    async def wait(self, seconds: float) -> None:
        """Wait until a delivery in flight has ended, or for some seconds."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self, patience: float = 5.0) -> None:
        """Let those in flight end, write down the results; what does not end in time is tried again later."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._flush()
        if self._held:
            await self.app.db.execute(
                "UPDATE deliveries SET lease_until = NULL WHERE id IN_INTS(?) AND lease_until IS NOT NULL",
                list(self._held),
            )

    async def _claim(self, most: int) -> list[Job]:
        now = self.app.now()
        full = [host for host, count in self._hosts.items() if count >= PER_HOST]
        rows = await self.app.db.returning(_CLAIM, now + LEASE, now, now, now, full, now, most, now)
        bodies = await self._outgoing({row["outgoing_id"] for row in rows})
        return [_job(row, bodies[row["outgoing_id"]]) for row in sorted(rows, key=lambda row: int(row["id"]))]

    async def _outgoing(self, ids: set[int]) -> dict[int, Outgoing]:
        """Return activities; those of the last step are kept, as one goes to many inboxes."""
        missing = list(ids - set(self._bodies))
        if missing:
            found = await self.app.db.rows(
                "SELECT id, account_id, body FROM outgoing_activities WHERE id IN_INTS(?)", missing
            )
            bodies = {row["id"]: (row["account_id"], row["body"].encode()) for row in found}
            followers = await synchronisation.of_senders(self.app, bodies)
            self._bodies |= {
                key: Outgoing(*body, followers.get(key), attempts.name_of(body[1])) for key, body in bodies.items()
            }
        self._bodies = {outgoing_id: self._bodies[outgoing_id] for outgoing_id in ids} if ids else self._bodies
        return self._bodies

    async def _one(self, job: Job) -> None:
        try:
            await self._attempt(job)
        except Exception:
            log.exception("delivery failed unexpectedly", extra={"host": job.host})
            self._held.discard(job.id)
        else:
            self._held.discard(job.id)
        finally:
            self._hosts[job.host] -= 1
            if self._hosts[job.host] <= 0:
                del self._hosts[job.host]
            self.app.work.set()

    async def _attempt(self, job: Job) -> None:
        if not job.parting and await domains.suspended(self.app, job.host, domains.host_of(job.inbox)):
            await self._bury(job, "the domain is blocked here")
            return
        try:
            answer = await self._post(job)
        except (Refused, NotFound) as error:
            await self._bury(job, error.reason)
        except FediNoteError as error:
            await self._failed(job, error.reason, None)
        else:
            await self._answered(job, answer)

    async def _post(self, job: Job) -> Response:
        url = self.app.outbound.canonical(job.inbox)
        outgoing, plain = job.outgoing, {"Content-Type": CONTENT_TYPE}
        if outgoing.followers is not None:
            plain[synchronisation.HEADER] = outgoing.followers.header(url)

        async def send(choose: Choice) -> Response:
            headers = await signing.sign_post(
                self.app, outgoing.sender_id, url, outgoing.body, plain, scheme=choose(url)
            )
            return await self.app.outbound.post(url, outgoing.body, headers=headers)

        return await knocking.knock(self.app, send)

    async def _answered(self, job: Job, answer: Response) -> None:
        if 200 <= answer.status < 300:
            self._done.append(job)
            self._last_success.add(job.host)
        elif answer.status in (404, 410) or (400 <= answer.status < 500 and answer.status not in RETRIED):
            await self._bury(job, f"status {answer.status}")
            if answer.status == 410:
                await self._ask_after(job)
        elif answer.status == 501:
            await self._bury(job, "status 501")
        elif answer.status in (401, 403) and job.attempts >= 1:
            await self._bury(job, f"status {answer.status} twice")
        else:
            wait = retry_after(answer.headers, now=self.app.now()) if answer.status in (429, 503) else None
            await self._failed(job, f"status {answer.status}", wait)

    async def _ask_after(self, job: Job) -> None:
        """Ask for some of the accounts behind an inbox that is gone; those that are gone too are deleted here."""
        rows = await self.app.db.rows(
            "SELECT uri FROM accounts WHERE domain = ? AND (inbox_url = ? OR shared_inbox_url = ?)"
            " AND deleted_at IS NULL ORDER BY fetched_at LIMIT ?",
            job.host,
            job.inbox,
            job.inbox,
            ASKED_AFTER,
        )
        for row in rows:
            with contextlib.suppress(FediNoteError):
                await actors.fetch(self.app, row["uri"], Budget(2))

    async def _bury(self, job: Job, reason: str) -> None:
        """Close a delivery that can never succeed."""
        log.info("delivery given up", extra={"host": job.host, "reason": reason})
        now = self.app.now()
        await self.app.db.atomic(
            attempts.note(job.outgoing.name, [job.id], now, f"given up: {reason}"),
            (
                "UPDATE deliveries SET dead_at = ?, lease_until = NULL, error = ? WHERE id = ?",
                (now, reason[:500], job.id),
            ),
        )

    async def _failed(self, job: Job, reason: str, wait: float | None) -> None:
        """Put a delivery back by schedule, and mark its host."""
        now = self.app.now()
        if to_ms(now) - job.created_ms > GIVE_UP / timedelta(milliseconds=1):
            await self._bury(job, reason)
            return
        delay = (
            timedelta(seconds=max(wait, SHORTEST_RETRY)) if wait is not None else retry_delay(job.attempts, SCHEDULE)
        )
        await self.app.db.atomic(
            attempts.note(job.outgoing.name, [job.id], now, reason),
            (
                "UPDATE deliveries SET attempts = attempts + 1, lease_until = NULL, next_at = ?, error = ?"
                " WHERE id = ?",
                (now + delay, reason[:500], job.id),
            ),
            *_host_failure(job.host, now, delay, reason, asked=wait is not None),
        )

    async def _flush(self) -> None:
        """Write down what has been delivered, and that its hosts are well."""
        done, self._done = self._done, []
        well, self._last_success = self._last_success, set()
        if not done:
            return
        now = self.app.now()
        activities: dict[str, list[int]] = {}
        for job in done:
            activities.setdefault(job.outgoing.name, []).append(job.id)
        await self.app.db.atomic(
            *(attempts.note(name, ids, now, attempts.ACCEPTED) for name, ids in activities.items()),
            ("DELETE FROM deliveries WHERE id IN_INTS(?)", ([job.id for job in done],)),
            (
                "UPDATE deliveries SET next_at = ? WHERE dead_at IS NULL AND lease_until IS NULL AND next_at > ?"
                " AND host IN (SELECT host FROM hosts WHERE host IN_TEXTS(?) AND failures >= ?)",
                (now, now, list(well), SLOW_AFTER),
            ),
            (
                "UPDATE hosts SET failures = 0, failure_days = 0, retry_at = NULL,"
                " unavailable_at = CASE WHEN stopped_at IS NULL THEN NULL ELSE unavailable_at END"
                " WHERE host IN_TEXTS(?) AND (failures > 0 OR failure_days > 0 OR unavailable_at IS NOT NULL)",
                (list(well),),
            ),
        )


def _host_failure(host: str, now: datetime, delay: timedelta, reason: str, *, asked: bool) -> list[Query]:
    """Give the statements that count a failure: slow after 5 in a row, unavailable after 7 different days.

    A server that `asked` for a pause gets it at once, and for everything.
    """
    day = to_ms(now) // DAY_MS
    retry_at = now + (delay if asked else min(delay, LONGEST_PAUSE))
    return [
        (
            "INSERT INTO hosts (host, failures, failure_days, last_failure_day, first_failed_at, error)"
            " VALUES (?, 1, 1, ?, ?, ?) ON CONFLICT (host) DO UPDATE SET failures = hosts.failures + 1,"
            " error = excluded.error, first_failed_at = CASE WHEN hosts.failures = 0 THEN excluded.first_failed_at"
            " ELSE hosts.first_failed_at END,"
            " failure_days = hosts.failure_days + CASE WHEN hosts.last_failure_day < excluded.last_failure_day"
            " THEN 1 ELSE 0 END, last_failure_day = excluded.last_failure_day",
            (host, day, now, reason[:500]),
        ),
        (
            "UPDATE hosts SET retry_at = CASE WHEN failures >= ? THEN CAST(? AS BIGINT) ELSE NULL END,"
            " unavailable_at = CASE WHEN failure_days >= ? THEN COALESCE(unavailable_at, CAST(? AS BIGINT))"
            " WHEN stopped_at IS NULL THEN NULL ELSE unavailable_at END WHERE host = ?",
            (1 if asked else SLOW_AFTER, retry_at, UNAVAILABLE_DAYS, now, host),
        ),
    ]


async def release_all(app: App) -> None:
    """Give back every lease: for a start on SQLite, where no other process can hold one."""
    await app.db.execute("UPDATE deliveries SET lease_until = NULL WHERE lease_until IS NOT NULL")


async def tidy(app: App) -> None:
    """Delete activities that are delivered everywhere, deliveries given up a month ago, and old inbox bodies."""
    now = app.now()
    await app.db.atomic(
        attempts.forget(now),
        ("DELETE FROM deliveries WHERE dead_at IS NOT NULL AND dead_at < ?", (now - timedelta(days=30),)),
        (
            "DELETE FROM deliveries WHERE host IN (SELECT host FROM hosts WHERE unavailable_at IS NOT NULL)"
            " AND dead_at IS NULL AND created_at < ?",
            (now - GIVE_UP,),
        ),
        (
            "DELETE FROM outgoing_activities WHERE created_at < ? AND NOT EXISTS"
            " (SELECT 1 FROM deliveries d WHERE d.outgoing_id = outgoing_activities.id)",
            (now - timedelta(hours=1),),
        ),
        ("DELETE FROM received_activities WHERE received_at < ?", (now - timedelta(days=30),)),
        (
            "UPDATE received_activities SET body = NULL WHERE body IS NOT NULL AND received_at < ?"
            " AND received_at >= ?"
            " AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'federation.process' AND dead_at IS NULL)",
            (now - timedelta(days=2), now - timedelta(days=4)),
        ),
        ("DELETE FROM idempotency_keys WHERE created_at < ?", (now - timedelta(days=1),)),
    )
