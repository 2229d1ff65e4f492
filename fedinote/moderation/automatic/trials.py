"""Rules tried in the background: whoever asks is answered at once, and the server stays quick for everybody else.

The first second is worked in place, which is all that a small server needs; the rest is a job's, in stretches. What was
found so far is in `rule_trials`, from where any process goes on.
"""

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid
from fedinote.infra.ids import time_of
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.trying import DAYS, MAX_DAYS, Course, Trial
from fedinote.moderation.moderator import Moderator, Power

JOB = "rule.try"
AT_ONCE, STRETCH, SAVE = 1.0, 45.0, 2.0
"""Seconds: worked in place, worked by one job, between two notes of how far it is."""
WIDE, FEW = 0.1, 20
KEEP = timedelta(days=30)
_BEGIN = """INSERT INTO rule_trials (rule_id, version, state, days, since, reached, found, problem, started_at)
 VALUES (?, ?, 'running', ?, ?, 0, ?, '', ?) ON CONFLICT (rule_id) DO UPDATE SET version = excluded.version,
 state = excluded.state, days = excluded.days, since = excluded.since, reached = 0, found = excluded.found,
 problem = '', started_at = excluded.started_at, ended_at = NULL"""
_SAVE = """UPDATE rule_trials SET state = ?, reached = ?, found = ?, problem = ?, ended_at = ?
 WHERE rule_id = ? AND started_at = ?"""


@dataclass(frozen=True, slots=True)
class Tried:
    """The last trial of a rule. `state`: running, done or failed; `part`: how far it is, of 1.

    `problem` is "" or "changed": the rule was changed while it was tried.
    `fits`: the rule still catches what was tried. Examples come newest first.
    """

    state: str
    part: float
    fits: bool
    days: int
    trial: Trial
    problem: str
    started_at: datetime
    ended_at: datetime | None

    @property
    def answers(self) -> bool:
        """Whether it says what the rule would have caught as it is now."""
        return self.state == "done" and self.fits

    @property
    def wide(self) -> bool:
        """Whether the rule would have caught a tenth of all posts or more (of twenty at least)."""
        return self.trial.looked_at >= FEW and self.trial.share >= WIDE


async def start(app: App, rule_id: int, *, by: Moderator | None, days: int = DAYS) -> Tried:
    """Try a rule on the public posts of the last days, in place of its last trial; return how far it is in a second.

    Raises NotFound, Forbidden, and Invalid (days, or terms that are not good). Not to be awaited in a transaction.
    """
    if by is not None and not by.may(Power.DOMAINS):
        raise Forbidden
    if not 1 <= days <= MAX_DAYS:
        raise Invalid(f"Validation failed: Days are between 1 and {MAX_DAYS}")
    rule, now = await rules.get(app, rule_id), app.now()
    since = now - timedelta(days=days)
    Course(rule, since)
    await app.db.execute(_BEGIN, rule_id, version(rule), days, since, _encoded(Trial()), now)
    if not await _go_on(app, rule_id, to_ms(now), AT_ONCE):
        await _queue(app, rule_id, to_ms(now))
    found = await last(app, rule)
    assert found is not None
    return found


async def work(app: App, rule_id: int, started: int) -> None:
    """Go on with the trial that was started then (epoch ms), as a job; nothing when there is a newer one."""
    if not await _go_on(app, rule_id, started, STRETCH, gentle=True):
        await _queue(app, rule_id, started)


async def _queue(app: App, rule_id: int, started: int) -> None:
    args = {"rule_id": rule_id, "started": started}
    async with app.db.transaction():
        await jobs.enqueue(app, JOB, args, key=f"{JOB}:{rule_id}:{started}", priority=8)


async def _go_on(app: App, rule_id: int, started: int, seconds: float, *, gentle: bool = False) -> bool:
    """Work for some seconds; True when there is nothing left to do."""
    rule = await app.db.row("SELECT * FROM rules WHERE id = ?", rule_id)
    at = await app.db.row("SELECT * FROM rule_trials WHERE rule_id = ? AND started_at = ?", rule_id, started)
    if rule is None or at is None or at["state"] != "running":
        return True
    if version(rule) != at["version"]:
        await _save(app, at, "failed", problem="changed")
        return True
    course = Course(rule, from_ms(at["since"]), last=at["reached"], trial=_decoded(at["found"]))
    course.gentle = gentle
    began = saved = time.monotonic()
    while await course.step(app):
        now = time.monotonic()
        if now - began >= seconds and course.reached > at["reached"]:
            return not await _save(app, at, "running", course)
        if now - saved >= SAVE:
            saved = now
            if not await _save(app, at, "running", course):
                return True
    await _save(app, at, "done", course)
    return True


async def _save(app: App, at: Row, state: str, course: Course | None = None, *, problem: str = "") -> bool:
    """Note how far a trial is; False when another one was started meanwhile."""
    found = at["found"] if course is None else _encoded(course.trial)
    reached = at["reached"] if course is None else course.reached
    ended = None if state == "running" else app.now()
    return bool(await app.db.execute(_SAVE, state, reached, found, problem, ended, at["rule_id"], at["started_at"]))


async def last(app: App, rule: Row) -> Tried | None:
    """Return the last trial of a rule (its row), or None when it was never tried."""
    row = await app.db.row("SELECT * FROM rule_trials WHERE rule_id = ?", rule["id"])
    if row is None:
        return None
    trial = _decoded(row["found"])
    trial.examples.reverse()
    return Tried(
        state=row["state"],
        part=_part(row),
        fits=row["version"] == version(rule),
        days=row["days"],
        trial=trial,
        problem=row["problem"],
        started_at=from_ms(row["started_at"]),
        ended_at=None if row["ended_at"] is None else from_ms(row["ended_at"]),
    )


def _part(row: Row) -> float:
    if row["state"] == "done":
        return 1.0
    span = row["started_at"] - row["since"]
    gone = to_ms(time_of(max(row["reached"], 0))) - row["since"]
    return min(max(gone / span, 0.0), 0.99) if span else 0.0


def version(rule: Row) -> str:
    """Return a hash of what a rule (its row) catches: its kind and terms and whose posts, not what it does to them."""
    what = (rule["kind"], rule["terms"], rule["origin"], rule["spares"])
    return hashlib.blake2b(repr(what).encode(), digest_size=16).hexdigest()


async def tidy(app: App) -> None:
    """Forget trials of a month ago: they quote posts, some of which are gone."""
    await app.db.execute("DELETE FROM rule_trials WHERE started_at < ?", app.now() - KEEP)


def _encoded(trial: Trial) -> str:
    return msgspec.json.encode(trial).decode()


def _decoded(text: str) -> Trial:
    return msgspec.json.decode(text, type=Trial)
