"""Statements of reasons: each decision about an account has one: rules, facts, and whether a person decided.

What Regulation (EU) 2022/2065 (Digital Services Act), article 17, asks of a statement. The text in the moderator's
language binds; how it is shown to its subject (translated, with the way to appeal) is for the pages and the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fedinote.events import AccountWarned
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.audit import Window
from fedinote.moderation.house import house_rules
from fedinote.text import language

KEPT_SUSPENDED = timedelta(days=30)
"""How long a suspension can be undone; then the account is purged."""
APPEALABLE = timedelta(days=180)
"""How long after a decision an appeal against it can be made."""
ACTIONS = {
    "account.warn": "none",
    "account.sensitize": "sensitive",
    "account.disable": "disable",
    "account.silence": "silence",
    "account.suspend": "suspend",
    "account.delete": "delete",
    "post.delete": "delete_statuses",
    "post.sensitive": "mark_statuses_as_sensitive",
    "post.hold": "hold_statuses",
    "post.limit": "unlist_statuses",
}
"""What needs a statement: the action, and its name in an AccountWarning (see OUR_OWN for those it does not know)."""
OUR_OWN = frozenset({"delete", "hold_statuses", "unlist_statuses"})
"""What AccountWarning has no name for: to apps these are warnings ("none"), whose text says what was done."""
LIFTING = {
    "account.unsensitize": "sensitive",
    "account.enable": "disable",
    "account.unsilence": "silence",
    "account.unsuspend": "suspend",
}
_COLUMNS = """s.id, s.account_id, s.local, s.action, s.text, s.language, s.translated, s.translated_to,
 s.translated_by, s.rule_ids, s.category, s.automated, s.rule_id,
 s.report_id, s.post_ids, s.moderator_id, s.created_at, s.lifted_at, s.lifted_why, s.purge_at,
 p.id AS appeal_id, p.state AS appeal_state"""
_FROM = "FROM statements s LEFT JOIN appeals p ON p.statement_id = s.id"
_INSERT = """INSERT INTO statements (id, account_id, local, action, text, language, rule_ids, category, automated,
 rule_id, report_id, post_ids, moderator_id, created_at, lifted_why, purge_at)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)"""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision rests on, beside its words: numbers of house rules, the report, the language of the words.

    `rule_id` is the moderators' rule that decided by itself; None when a person did. `tell`: its subject is told.
    `by_hand`: a person decided, also where no moderator is named (the command line).
    """

    rules: tuple[int, ...] = ()
    report_id: int | None = None
    language: str | None = None
    category: str = ""
    rule_id: int | None = None
    tell: bool = True
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A decision and its reasons. `account_id` is None when the account is gone; `appeal` is None without one.

    `translated` is the text as it was sent in the language `translated_to`, "" where it was not translated.
    """

    id: int
    account_id: int | None
    local: bool
    action: str
    text: str
    language: str | None
    translated: str
    translated_to: str | None
    translated_by: str
    rules: tuple[int, ...]
    category: str
    automated: bool
    rule_id: int | None
    report_id: int | None
    post_ids: tuple[int, ...]
    moderator_id: int | None
    created_at: datetime
    lifted_at: datetime | None
    lifted_why: str
    purge_at: datetime | None
    appeal_id: int | None
    appeal: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about whom: `action` as in the audit log; `by` is the moderator's account, None for a rule."""

    action: str
    account_id: int
    local: bool
    by: int | None
    text: str = ""
    post_ids: tuple[int, ...] = ()


async def check(app: App, basis: Basis) -> None:
    """Refuse rules that the house does not have, and what is no language. `Invalid`."""
    if basis.rules and not set(basis.rules) <= {rule.number for rule in await house_rules.listing(app)}:
        raise Invalid("Validation failed: Rules does not reference valid rules")
    if basis.language and language.canonical(basis.language) is None:
        raise Invalid("Validation failed: Language is not a valid BCP 47 tag")


async def note(app: App, decision: Decision, basis: Basis) -> int | None:
    """Write the statement of a decision, or the end of those that it lifts, in the transaction that carries it out.

    Returns the statement's id, None where none is written.
    A local account is told (AccountWarned), of a warning only with words. What needs no statement is passed over.
    """
    if lifted := LIFTING.get(decision.action):
        await _lift(app, decision, lifted)
        return None
    action = ACTIONS.get(decision.action)
    if action is None:
        return None
    await check(app, basis)
    statement_id, now = app.ids.next(), app.now()
    await app.db.execute(
        _INSERT,
        statement_id,
        decision.account_id,
        decision.local,
        action,
        decision.text,
        basis.language and language.canonical(basis.language),
        msgspec.json.encode(sorted(set(basis.rules))).decode(),
        await _category(app, basis),
        decision.by is None and not basis.by_hand,
        basis.rule_id,
        basis.report_id,
        msgspec.json.encode(list(decision.post_ids)).decode(),
        decision.by,
        now,
        now + KEPT_SUSPENDED if action == "suspend" else None,
    )
    if decision.local and basis.tell and (action != "none" or decision.text) and action != "delete":
        told = AccountWarned(statement_id, decision.account_id, action, decision.text, decision.post_ids)
        await app.emit(told)
    return statement_id


async def _category(app: App, basis: Basis) -> str:
    """Return the category: the one that is given, the report's, or a breach of the rules where they are named."""
    if basis.category:
        return basis.category
    if basis.report_id is not None:
        found = await app.db.row("SELECT category FROM reports WHERE id = ?", basis.report_id)
        if found is not None:
            return str(found["category"])
    return "violation" if basis.rules else "other"


async def _lift(app: App, decision: Decision, action: str) -> None:
    await app.db.execute(
        "UPDATE statements SET lifted_at = ?, lifted_by_id = ?, lifted_why = 'undone', purge_at = NULL"
        " WHERE account_id = ? AND action = ? AND lifted_at IS NULL",
        app.now(),
        decision.by,
        decision.account_id,
        action,
    )


async def lift(app: App, statement_id: int, by: int | None, why: str) -> None:
    """End one statement, in the transaction of what undoes it. Nothing happens to one that has ended."""
    await app.db.execute(
        "UPDATE statements SET lifted_at = COALESCE(lifted_at, ?), lifted_by_id = ?, lifted_why = ?, purge_at = NULL"
        " WHERE id = ?",
        app.now(),
        by,
        why,
        statement_id,
    )


async def get(app: App, statement_id: int) -> Statement:
    """Return one statement. `NotFound`."""
    row = await app.db.row(f"SELECT {_COLUMNS} {_FROM} WHERE s.id = ?", statement_id)
    if row is None:
        raise NotFound
    return statement(row)


async def several(app: App, ids: Sequence[int]) -> dict[int, Statement]:
    """Return statements by id; one query, none for none."""
    if not ids:
        return {}
    rows = await app.db.rows(f"SELECT {_COLUMNS} {_FROM} WHERE s.id IN_INTS(?)", list(ids))
    return {row["id"]: statement(row) for row in rows}


async def about(app: App, account_id: int) -> list[Statement]:
    """Return what was decided about an account, newest first: its strikes."""
    rows = await app.db.rows(
        f"SELECT {_COLUMNS} {_FROM} WHERE s.account_id = ? ORDER BY s.id DESC LIMIT 500",
        account_id,
    )
    return [statement(row) for row in rows]


async def page(app: App, window: Window, *, condition: str = "", values: Sequence[Any] = ()) -> list[Statement]:
    """Return a page of all statements. `window` as in `audit.page`; `condition` is SQL of the caller's own."""
    where, params, order = window("s.id")
    more = f" AND {condition}" if condition else ""
    rows = await app.db.rows(f"SELECT {_COLUMNS} {_FROM} WHERE {where}{more} {order}", *params, *values)
    return [statement(row) for row in rows]


def statement(row: Row) -> Statement:
    """Turn a row with the columns of `page` into a Statement."""
    return Statement(
        id=row["id"],
        account_id=row["account_id"],
        local=bool(row["local"]),
        action=row["action"],
        text=row["text"],
        language=row["language"],
        translated=row["translated"],
        translated_to=row["translated_to"],
        translated_by=row["translated_by"],
        rules=tuple(msgspec.json.decode(row["rule_ids"])),
        category=row["category"],
        automated=bool(row["automated"]),
        rule_id=row["rule_id"],
        report_id=row["report_id"],
        post_ids=tuple(msgspec.json.decode(row["post_ids"])),
        moderator_id=row["moderator_id"],
        created_at=from_ms(row["created_at"]),
        lifted_at=None if row["lifted_at"] is None else from_ms(row["lifted_at"]),
        lifted_why=row["lifted_why"],
        purge_at=None if row["purge_at"] is None else from_ms(row["purge_at"]),
        appeal_id=row["appeal_id"],
        appeal=row["appeal_state"],
    )
