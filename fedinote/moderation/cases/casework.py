"""Working on a report: notes of the staff, words to the reporter, what is known of both sides, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fedinote.events import ReportAnswered
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid
from fedinote.moderation import audit
from fedinote.moderation.cases import reports
from fedinote.moderation.moderator import Moderator, Power

MAX_NOTE = 2000
MAX_NOTES = 200
_NOTES = "SELECT id, author_id, text, to_reporter, created_at FROM report_notes WHERE report_id = ?"
_MINE = """SELECT r.id, r.target_id, r.category, r.comment, r.created_at, r.action_taken_at,
 EXISTS (SELECT 1 FROM statements s WHERE s.report_id = r.id OR (s.account_id = r.target_id
   AND s.created_at >= r.created_at AND s.created_at <= r.action_taken_at)) AS acted
 FROM reports r WHERE r.account_id = ? ORDER BY r.id DESC LIMIT ?"""
_HISTORY = """SELECT COUNT(*) AS filed, COALESCE(SUM(CASE WHEN action_taken_at IS NULL THEN 1 ELSE 0 END), 0) AS waiting
 FROM reports WHERE target_id = ?"""
_REPORTER = """SELECT COUNT(*) AS filed, COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM statements s
 WHERE s.report_id = r.id) THEN 1 ELSE 0 END), 0) AS acted FROM reports r WHERE r.account_id = ?"""


@dataclass(frozen=True, slots=True)
class Note:
    """What a moderator wrote to a report. `author_id` is their account."""

    id: int
    author_id: int | None
    text: str
    to_reporter: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Filed:
    """A report as its author sees it. `outcome`: "open", "acted" or "closed" (looked at, and nothing was done)."""

    id: int
    target_id: int
    category: str
    comment: str
    created_at: datetime
    closed_at: datetime | None
    outcome: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Background:
    """Related history: reports about the target (all, open), and of the reporter (all, those that led to something)."""

    about: int
    waiting: int
    by_reporter: int
    acted_on: int


async def note(app: App, by: Moderator, report_id: int, text: str, *, to_reporter: bool = False) -> Note:
    """Write a note to a report; with `to_reporter` somebody of this server who reported is told. Audited.

    `NotFound`, `Forbidden`, `Invalid`.
    """
    if not by.may(Power.REPORTS):
        raise Forbidden
    text = text.strip()
    if not text:
        raise Invalid("Validation failed: Text can't be blank")
    if len(text) > MAX_NOTE:
        raise Invalid(f"Validation failed: Text is too long (maximum is {MAX_NOTE} characters)")
    async with app.db.transaction():
        report = await reports.shown(app, by, report_id)
        made = Note(app.ids.next(), by.account_id, text, to_reporter, app.now())
        await app.db.execute(
            "INSERT INTO report_notes (id, report_id, author_id, text, to_reporter, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            made.id,
            report_id,
            made.author_id,
            text,
            to_reporter,
            made.created_at,
        )
        await audit.record(
            app,
            actor_id=by.account_id,
            action="report.answer" if to_reporter else "report.note",
            target_type="report",
            target=report_id,
        )
        if to_reporter:
            await app.emit(ReportAnswered(report_id, report.account_id))
    return made


async def notes(app: App, report_id: int) -> list[Note]:
    """Return the notes to a report, oldest first."""
    return [_note(row) for row in await app.db.rows(f"{_NOTES} ORDER BY id LIMIT ?", report_id, MAX_NOTES)]


def _note(row: Row) -> Note:
    return Note(row["id"], row["author_id"], row["text"], bool(row["to_reporter"]), from_ms(row["created_at"]))


async def background(app: App, report_id: int) -> Background:
    """Return what is known of both sides of a report. `NotFound`."""
    report = await reports.get(app, report_id)
    about, reporter = await app.db.many((_HISTORY, (report.target_id,)), (_REPORTER, (report.account_id,)))
    return Background(about[0]["filed"], about[0]["waiting"], reporter[0]["filed"], reporter[0]["acted"])


async def filed_by(app: App, account_id: int, most: int = 100) -> list[Filed]:
    """Return what somebody reported, newest first, with what came of it; no word of how it was weighed."""
    rows = await app.db.rows(_MINE, account_id, most)
    answers = await _answers(app, [row["id"] for row in rows])
    return [_filed(row, answers.get(row["id"], ())) for row in rows]


async def _answers(app: App, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    if not ids:
        return {}
    rows = await app.db.rows(
        "SELECT report_id, text FROM report_notes WHERE to_reporter = TRUE AND report_id IN_INTS(?) ORDER BY id",
        list(ids),
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row["report_id"]] = (*found.get(row["report_id"], ()), row["text"])
    return found


def _filed(row: Row, answers: tuple[str, ...]) -> Filed:
    closed = None if row["action_taken_at"] is None else from_ms(row["action_taken_at"])
    outcome = "open" if closed is None else "acted" if row["acted"] else "closed"
    return Filed(
        id=row["id"],
        target_id=row["target_id"],
        category=row["category"],
        comment=row["comment"],
        created_at=from_ms(row["created_at"]),
        closed_at=closed,
        outcome=outcome,
        answers=answers,
    )
