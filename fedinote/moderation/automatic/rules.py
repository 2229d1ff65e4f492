"""The moderators' rules: writing them, switching them, and what they caught. Each decision is in the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fedinote.events import RuleCaught
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import actions, audit
from fedinote.moderation.audit import Window
from fedinote.moderation.moderator import Moderator, Power, powers
from fedinote.moderation.pictures import library
from fedinote.policy.rules import book
from fedinote.policy.rules.book import ACTIONS, ORIGINS, SPARES

STATES = ("draft", "on", "off")
MAX_TITLE = 200
MAX_TEXT = 5_000
MAX_RULES = 500
RECENT = timedelta(days=30)
_RULE = "SELECT r.*, (SELECT COUNT(*) FROM rule_hits h WHERE h.rule_id = r.id) AS hits FROM rules r"


_OVERVIEW = """SELECT r.*, o.username AS owner, COUNT(h.id) AS hits, MAX(h.created_at) AS last_hit,
 COALESCE(SUM(CASE WHEN h.created_at >= ? THEN 1 ELSE 0 END), 0) AS recent FROM rules r
 LEFT JOIN rule_hits h ON h.rule_id = r.id LEFT JOIN accounts o ON o.id = r.owner_id
 GROUP BY r.id, o.username ORDER BY r.id DESC"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule as somebody wants it. `terms` belong to the kind, see `policy.rules`; `expires_at` None: for good."""

    kind: str
    terms: Mapping[str, Any]
    action: str
    title: str
    reason: str = ""
    note: str = ""
    origin: str = "all"
    spares: str = ""
    expires_at: datetime | None = None


async def listing(app: App) -> list[Row]:
    """Return all rules, oldest first, each with `hits`, how often it caught something."""
    return await app.db.rows(f"{_RULE} ORDER BY r.id")


async def overview(app: App) -> list[Row]:
    """Return all rules, newest first, with `hits`, `recent` (those of 30 days), `last_hit` and `owner` (a username)."""
    return await app.db.rows(_OVERVIEW, app.now() - RECENT)


def standing(rule: Row, now: datetime) -> str:
    """Return how a rule stands now: draft, on, expired (it would be on) or off."""
    ended = rule["expires_at"] is not None and from_ms(rule["expires_at"]) <= now
    return "expired" if ended and rule["state"] == "on" else str(rule["state"])


async def get(app: App, rule_id: int) -> Row:
    """Return one rule, with `hits`. Raises NotFound."""
    row = await app.db.row(f"{_RULE} WHERE r.id = ?", rule_id)
    if row is None:
        raise NotFound("No such rule")
    return row


async def create(app: App, wanted: Wanted, *, by: Moderator | None) -> Row:
    """Write a rule down as a draft: it does nothing until it is switched on. `by` None is the command line.

    Raises Invalid (its terms are not good) and Forbidden.
    """
    _allowed(by)
    _check(app, wanted)
    await library.check(app, wanted.kind, wanted.terms)
    if await app.db.value("SELECT COUNT(*) AS value FROM rules") >= MAX_RULES:
        raise Invalid(f"Validation failed: There are {MAX_RULES} rules already")
    now, owner = app.now(), by.account_id if by else None
    async with app.db.transaction():
        made = await app.db.returning(
            "INSERT INTO rules (id, kind, terms, action, origin, spares, state, title, reason, note, owner_id,"
            " expires_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?) RETURNING *",
            app.ids.next(), wanted.kind, _encoded(wanted.terms), wanted.action, wanted.origin, wanted.spares,
            wanted.title.strip(), wanted.reason.strip(), wanted.note.strip(), owner, wanted.expires_at, now, now,
        )  # fmt: skip
        await _note(app, "rule.create", made[0], by)
    return await get(app, made[0]["id"])


async def change(app: App, rule_id: int, wanted: Wanted, *, by: Moderator | None) -> Row:
    """Give a rule other terms; it stays on or off as it is. Raises NotFound, Invalid and Forbidden."""
    _allowed(by)
    _check(app, wanted)
    await library.check(app, wanted.kind, wanted.terms)
    async with app.db.transaction():
        changed = await app.db.returning(
            "UPDATE rules SET kind = ?, terms = ?, action = ?, origin = ?, spares = ?, title = ?, reason = ?,"
            " note = ?, expires_at = ?, updated_at = ? WHERE id = ? RETURNING *",
            wanted.kind, _encoded(wanted.terms), wanted.action, wanted.origin, wanted.spares,
            wanted.title.strip(), wanted.reason.strip(), wanted.note.strip(), wanted.expires_at, app.now(), rule_id,
        )  # fmt: skip
        if not changed:
            raise NotFound("No such rule")
        await _note(app, "rule.change", changed[0], by)
        app.db.after_commit(lambda: book.forget(app))
    return await get(app, rule_id)


async def switch(app: App, rule_id: int, state: str, *, by: Moderator | None) -> Row:
    """Put a rule into force (on), or out of it (off). NotFound, Forbidden, Invalid (also on after its end)."""
    _allowed(by)
    if state not in STATES:
        raise Invalid(f"Validation failed: The state of a rule is one of {', '.join(STATES)}")
    async with app.db.transaction():
        changed = await app.db.returning(
            "UPDATE rules SET state = ?, updated_at = ? WHERE id = ? RETURNING *", state, app.now(), rule_id
        )
        if not changed:
            raise NotFound("No such rule")
        if standing(changed[0], app.now()) == "expired":
            raise Invalid("Validation failed: The end of a rule is in the future")
        await _note(app, f"rule.{state}", changed[0], by)
        app.db.after_commit(lambda: book.forget(app))
    return await get(app, rule_id)


async def hand_over(app: App, rule_id: int, account_id: int, *, by: Moderator | None) -> Row:
    """Let somebody else answer for a rule. Raises NotFound, Forbidden, and Invalid for who may not write rules."""
    _allowed(by)
    role = await app.db.row("SELECT role FROM users WHERE account_id = ? AND state = 'active'", account_id)
    if role is None or Power.DOMAINS not in powers(role["role"]):
        raise Invalid("Validation failed: The owner of a rule is somebody who may write rules")
    async with app.db.transaction():
        sql = "UPDATE rules SET owner_id = ? WHERE id = ? RETURNING *"
        changed = await app.db.returning(sql, account_id, rule_id)
        if not changed:
            raise NotFound("No such rule")
        await _note(app, "rule.change", changed[0], by)
    return await get(app, rule_id)


async def remove(app: App, rule_id: int, *, by: Moderator | None) -> None:
    """Delete a rule, with the list of what it caught. Raises NotFound and Forbidden."""
    _allowed(by)
    async with app.db.transaction():
        gone = await app.db.returning("DELETE FROM rules WHERE id = ? RETURNING *", rule_id)
        if not gone:
            raise NotFound("No such rule")
        await _note(app, "rule.remove", gone[0], by)
        app.db.after_commit(lambda: book.forget(app))


async def hits(app: App, rule_id: int, window: Window) -> list[Row]:
    """Return a page of what a rule caught: id, account_id, username, domain, uri, action, why, created_at.

    `post_id` is the post where it is here now, `waits` whether it is held. `window` gives condition, parameters and
    order for a column.
    """
    where, params, order = window("h.id")
    return await app.db.rows(
        "SELECT h.*, a.username, a.domain, p.id AS post_id, EXISTS (SELECT 1 FROM held_posts w WHERE w.uri = h.uri"  # noqa: S608
        " AND w.account_id = h.account_id) AS waits FROM rule_hits h JOIN accounts a ON a.id = h.account_id"
        " LEFT JOIN posts p ON p.uri = h.uri AND h.uri <> ''"
        f" WHERE h.rule_id = ? AND {where} {order}",
        rule_id,
        *params,
    )


async def on_rule_caught(app: App, event: RuleCaught) -> None:
    """Keep what a rule caught, once for each post (it may be offered again and again); suspend whom it suspends."""
    if event.action == "suspend":
        title = await app.db.value("SELECT title AS value FROM rules WHERE id = ?", event.rule_id)
        facts = f"{title}: {event.why}" if title else event.why
        await actions.suspend_by_rule(app, event.account_id, facts, event.rule_id)
    if event.uri:
        sql = "SELECT 1 AS value FROM rule_hits WHERE rule_id = ? AND account_id = ? AND uri = ?"
        if await app.db.row(sql, event.rule_id, event.account_id, event.uri) is not None:
            return
    await app.db.execute(
        "INSERT INTO rule_hits (id, rule_id, account_id, uri, action, why, created_at)"
        " SELECT CAST(? AS BIGINT), r.id, CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),"
        " CAST(? AS BIGINT) FROM rules r WHERE r.id = ?",
        app.ids.next(),
        event.account_id,
        event.uri[:2048],
        event.action,
        event.why,
        app.now(),
        event.rule_id,
    )


def _allowed(by: Moderator | None) -> None:
    if by is not None and not by.may(Power.DOMAINS):
        raise Forbidden


def _check(app: App, wanted: Wanted) -> None:
    book.matcher(wanted.kind, wanted.terms)
    if wanted.action not in ACTIONS:
        raise Invalid(f"Validation failed: The action of a rule is one of {', '.join(ACTIONS)}")
    if wanted.origin not in ORIGINS:
        raise Invalid(f"Validation failed: A rule is about one of {', '.join(ORIGINS)}")
    if wanted.spares not in SPARES:
        raise Invalid(f"Validation failed: A rule spares nobody (blank), or from one of {', '.join(SPARES[1:])} on")
    if not 0 < len(wanted.title.strip()) <= MAX_TITLE:
        raise Invalid(f"Validation failed: A rule has a title of up to {MAX_TITLE} characters")
    if max(len(wanted.reason), len(wanted.note)) > MAX_TEXT:
        raise Invalid(f"Validation failed: Text is too long (maximum is {MAX_TEXT} characters)")
    if wanted.expires_at is not None and wanted.expires_at <= app.now():
        raise Invalid("Validation failed: The end of a rule is in the future")


def _encoded(terms: Mapping[str, Any]) -> str:
    return msgspec.json.encode(terms).decode()


async def _note(app: App, action: str, row: Row, by: Moderator | None) -> None:
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type="rule",
        target=row["id"],
        detail={"via": "" if by else "command line", "title": row["title"], "action": row["action"]},
    )
