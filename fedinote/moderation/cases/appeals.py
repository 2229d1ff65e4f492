"""Appeals: somebody asks to decide again. A short thread, decided by another moderator where there is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fedinote.events import AppealAnswered, AppealMade
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import audit, moderator
from fedinote.moderation.cases import revoking, statements
from fedinote.moderation.cases.statements import Statement
from fedinote.moderation.moderator import Moderator, Power
from fedinote.text import language

WITHIN = statements.APPEALABLE
"""How long after a decision an appeal can be made (six months, as article 20 of the Digital Services Act has it)."""
MAX_TEXT = 2000
MAX_TURNS = 20
OPEN, LIFTED, UPHELD, ENDED = "open", "lifted", "upheld", "ended"
_APPEAL = """SELECT p.id, p.statement_id, p.state, p.created_at, p.decided_at, p.decided_by_id, s.account_id
 FROM appeals p JOIN statements s ON s.id = p.statement_id"""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side wrote. `author_id` is None when the account is gone."""

    author_id: int | None
    by_staff: bool
    text: str
    language: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal with its thread, oldest turn first. `account_id` is who appealed, None when the account is gone."""

    id: int
    statement_id: int
    account_id: int | None
    state: str
    created_at: datetime
    decided_at: datetime | None
    decided_by_id: int | None
    turns: tuple[Turn, ...]


async def make(app: App, account_id: int, statement_id: int, text: str, tongue: str | None = None) -> Appeal:
    """Ask to decide again about a statement on one's own account. Emits AppealMade.

    `NotFound` for another's; `Forbidden` where it was asked already, too late, or nothing is left to lift; `Invalid`.
    """
    text = _words(text)
    async with app.db.transaction():
        about = await statements.get(app, statement_id)
        if about.account_id != account_id:
            raise NotFound
        _may_be_made(app, about)
        appeal_id, now = app.ids.next(), app.now()
        made = await app.db.execute(
            "INSERT INTO appeals (id, statement_id, state, created_at) VALUES (?, ?, 'open', ?)"
            " ON CONFLICT (statement_id) DO NOTHING",
            appeal_id,
            statement_id,
            now,
        )
        if not made:
            raise Forbidden("There is an appeal against this already")
        await _write(app, appeal_id, account_id, text, tongue, by_staff=False)
        await app.emit(AppealMade(appeal_id, statement_id, account_id))
        return await get(app, appeal_id)


def possible(app: App, about: Statement) -> bool:
    """Tell whether an appeal can be made against a statement now."""
    return about.appeal is None and about.lifted_at is None and app.now() - about.created_at <= WITHIN


def _may_be_made(app: App, about: Statement) -> None:
    if about.lifted_at is not None:
        raise Forbidden("This decision was lifted already")
    if app.now() - about.created_at > WITHIN:
        raise Forbidden("The time for an appeal is over")


async def add(app: App, account_id: int, appeal_id: int, text: str, tongue: str | None = None) -> Appeal:
    """Add to one's own open appeal. `NotFound`, `Forbidden` (decided, or enough said), `Invalid`."""
    text = _words(text)
    async with app.db.transaction():
        found = await get(app, appeal_id)
        if found.account_id != account_id:
            raise NotFound
        _still_open(found)
        await _write(app, appeal_id, account_id, text, tongue, by_staff=False)
        await app.emit(AppealMade(appeal_id, found.statement_id, account_id))
        return await get(app, appeal_id)


async def answer(app: App, by: Moderator, appeal_id: int, text: str, tongue: str | None = None) -> Appeal:
    """Write to somebody who appealed, without deciding yet. `NotFound`, `Forbidden`, `Invalid`."""
    text = _words(text)
    async with app.db.transaction():
        found = await _judged(app, by, appeal_id)
        await _write(app, appeal_id, by.account_id, text, tongue, by_staff=True)
        await audit.record(app, actor_id=by.account_id, action="appeal.answer", target_type="appeal", target=appeal_id)
        await _tell(app, found, OPEN)
        return await get(app, appeal_id)


async def decide(
    app: App, by: Moderator, appeal_id: int, *, lift: bool, text: str = "", tongue: str | None = None
) -> Appeal:
    """Decide an appeal: lift what was decided, and undo all of it that can be undone, or let it stand.

    Whoever decided first does not decide again where there is another moderator. `NotFound`, `Forbidden`, `Invalid`,
    and `Conflict` as undoing raises it.
    """
    async with app.db.transaction():
        found = await _judged(app, by, appeal_id)
        about = await statements.get(app, found.statement_id)
        await _check_other(app, by, about)
        if text:
            await _write(app, appeal_id, by.account_id, _words(text), tongue, by_staff=True)
        state = LIFTED if lift else UPHELD
        await app.db.execute(
            "UPDATE appeals SET state = ?, decided_at = ?, decided_by_id = ? WHERE id = ?",
            state,
            app.now(),
            by.account_id,
            appeal_id,
        )
        if lift:
            await _undo(app, by, about)
        detail = {"statement": str(about.id), "account": str(about.account_id or "")}
        await audit.record(
            app,
            actor_id=by.account_id,
            action=f"appeal.{'lift' if lift else 'uphold'}",
            target_type="appeal",
            target=appeal_id,
            detail=detail,
        )
        await _tell(app, found, state)
        return await get(app, appeal_id)


async def _judged(app: App, by: Moderator, appeal_id: int) -> Appeal:
    if not by.may(Power.ACCOUNTS):
        raise Forbidden
    found = await get(app, appeal_id)
    _still_open(found)
    if found.account_id == by.account_id:
        raise Forbidden("Nobody decides about their own appeal")
    return found


def _still_open(found: Appeal) -> None:
    if found.state != OPEN:
        raise Forbidden("This appeal is decided")
    if len(found.turns) >= MAX_TURNS:
        raise Forbidden("Enough was said in this appeal: it waits for a decision")


async def barred(app: App, by: Moderator, about: Statement) -> bool:
    """Tell whether somebody else has to decide about an appeal: `by` made the first decision, and is not alone."""
    return about.moderator_id == by.account_id and not await alone(app, by)


async def alone(app: App, by: Moderator) -> bool:
    """Tell whether there is nobody else who could decide about an appeal."""
    return await moderator.alone(app, by)


async def _check_other(app: App, by: Moderator, about: Statement) -> None:
    if await barred(app, by, about):
        raise Forbidden("Somebody else decides about this appeal: you made the first decision")


async def _undo(app: App, by: Moderator, about: Statement) -> None:
    await revoking.carry_out(app, by, about)
    await statements.lift(app, about.id, by.account_id, "appeal")


async def _tell(app: App, found: Appeal, state: str) -> None:
    if found.account_id is not None:
        await app.emit(AppealAnswered(found.id, found.statement_id, found.account_id, state))


def _words(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid("Validation failed: Text can't be blank")
    if len(text) > MAX_TEXT:
        raise Invalid(f"Validation failed: Text is too long (maximum is {MAX_TEXT} characters)")
    return text


async def _write(app: App, appeal_id: int, author_id: int, text: str, tongue: str | None, *, by_staff: bool) -> None:
    await app.db.execute(
        "INSERT INTO appeal_messages (id, appeal_id, author_id, by_staff, text, language, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        app.ids.next(),
        appeal_id,
        author_id,
        by_staff,
        text,
        language.canonical(tongue) if tongue else None,
        app.now(),
    )


async def get(app: App, appeal_id: int) -> Appeal:
    """Return an appeal with its thread. `NotFound`."""
    rows, turns = await app.db.many(
        (f"{_APPEAL} WHERE p.id = ?", (appeal_id,)),
        ("SELECT * FROM appeal_messages WHERE appeal_id = ? ORDER BY id", (appeal_id,)),
    )
    if not rows:
        raise NotFound
    return _appeal(rows[0], turns)


async def of_statement(app: App, statement_id: int) -> Appeal | None:
    """Return the appeal against a statement, None when there is none."""
    row = await app.db.row("SELECT id FROM appeals WHERE statement_id = ?", statement_id)
    return None if row is None else await get(app, row["id"])


async def several(app: App, ids: Sequence[int]) -> dict[int, Appeal]:
    """Return appeals with their threads, by id; two queries, none for none."""
    if not ids:
        return {}
    rows, turns = await app.db.many(
        (f"{_APPEAL} WHERE p.id IN_INTS(?)", (list(ids),)),
        ("SELECT * FROM appeal_messages WHERE appeal_id IN_INTS(?) ORDER BY id", (list(ids),)),
    )
    return {row["id"]: _appeal(row, [one for one in turns if one["appeal_id"] == row["id"]]) for row in rows}


async def by_statement(app: App, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return (state, the first words) of the appeals against statements; one query, none for none."""
    if not ids:
        return {}
    rows = await app.db.rows(
        "SELECT p.statement_id, p.state, m.text FROM appeals p JOIN appeal_messages m ON m.id ="
        " (SELECT MIN(f.id) FROM appeal_messages f WHERE f.appeal_id = p.id) WHERE p.statement_id IN_INTS(?)",
        list(ids),
    )
    return {row["statement_id"]: (row["state"], row["text"]) for row in rows}


async def waiting(app: App, by: Moderator) -> list[int]:
    """Return the ids of open appeals, oldest first; those that this moderator may not decide come last. `Forbidden`."""
    if not by.may(Power.ACCOUNTS):
        raise Forbidden
    rows = await app.db.rows(
        "SELECT p.id FROM appeals p JOIN statements s ON s.id = p.statement_id WHERE p.state = 'open'"
        " ORDER BY CASE WHEN s.moderator_id = ? THEN 1 ELSE 0 END, p.id LIMIT 500",
        by.account_id,
    )
    return [row["id"] for row in rows]


async def decided(app: App, by: Moderator, most: int = 100) -> list[int]:
    """Return the ids of the appeals that were decided last, the latest first. `Forbidden`."""
    if not by.may(Power.ACCOUNTS):
        raise Forbidden
    sql = "SELECT id FROM appeals WHERE state <> 'open' ORDER BY decided_at DESC, id DESC LIMIT ?"
    return [row["id"] for row in await app.db.rows(sql, most)]


def _appeal(row: Row, turns: list[Row]) -> Appeal:
    return Appeal(
        id=row["id"],
        statement_id=row["statement_id"],
        account_id=row["account_id"],
        state=row["state"],
        created_at=from_ms(row["created_at"]),
        decided_at=None if row["decided_at"] is None else from_ms(row["decided_at"]),
        decided_by_id=row["decided_by_id"],
        turns=tuple(
            Turn(one["author_id"], bool(one["by_staff"]), one["text"], one["language"], from_ms(one["created_at"]))
            for one in turns
        ),
    )
