"""What lists advise, decided one by one or by the source's own rule: put into force, refused, retracted, too old.

A block that comes from a list is an ordinary block (`moderation.domains`). It ends with the advice only if nobody
changed it in between, and no other list still asks for it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, Forbidden, NotFound
from fedinote.moderation import acquaintances, audit, domains
from fedinote.moderation.audit import Window
from fedinote.moderation.domains import Terms
from fedinote.moderation.lists.advice import Advice
from fedinote.moderation.moderator import Moderator, Power
from fedinote.policy import domains as policy

DRAFT, APPLIED, REFUSED, RETRACTED, ENDED = "draft", "applied", "refused", "retracted", "ended"
_ENTRY = """SELECT e.*, s.title AS source_title, s.kind AS source_kind, s.ceiling, s.automatic, s.days
 FROM list_entries e JOIN list_sources s ON s.id = e.source_id"""
_SAVE = """INSERT INTO list_entries (id, source_id, domain, severity, reject_media, reject_reports, reason, labels,
 advisory, key, state, created_at, seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'draft', ?, ?, ?)
 ON CONFLICT (source_id, domain) DO UPDATE SET severity = excluded.severity, reject_media = excluded.reject_media,
 reject_reports = excluded.reject_reports, reason = excluded.reason, labels = excluded.labels,
 advisory = excluded.advisory, key = excluded.key, seen_at = excluded.seen_at, expires_at = excluded.expires_at,
 state = CASE WHEN list_entries.state IN ('retracted', 'ended') THEN 'draft' ELSE list_entries.state END
 RETURNING id, state"""


def capped(severity: str, ceiling: str) -> str:
    """Return a severity, or the ceiling where that is milder."""
    return min(severity, ceiling, key=policy.SEVERITIES.index)


async def take(app: App, source: Row, advice: Sequence[Advice]) -> dict[str, int]:
    """Take up what a source says now; return how much was new or changed, applied and retracted. In a transaction.

    A new or changed piece of advice is a draft, unless the source is automatic. What a moderator refused stays refused.
    """
    done = {"taken": 0, "applied": 0, "retracted": 0}
    for one in advice:
        if one.retracted:
            done["retracted"] += await _retract(app, source, one)
            continue
        if any(policy.covers(one.domain, own) for own in app.settings.own_hosts):
            continue
        entry = await _save(app, source, one)
        done["taken"] += 1
        if one.accepted and source["automatic"]:
            done["applied"] += await acquaintances.vouch(app, one.domain, source["title"])
        worth = not one.advisory and (one.severity != "noop" or one.reject_media or one.reject_reports)
        if worth and source["automatic"] and entry["state"] in (DRAFT, APPLIED):
            done["applied"] += await _apply(app, await get(app, entry["id"]), None)
    return done


async def _save(app: App, source: Row, one: Advice) -> Row:
    now = app.now()
    expires = now + timedelta(days=source["days"]) if source["days"] else None
    rows = await app.db.returning(
        _SAVE,
        app.ids.next(),
        source["id"],
        one.domain,
        one.severity,
        one.reject_media,
        one.reject_reports,
        one.reason,
        msgspec.json.encode(list(one.labels)).decode(),
        one.advisory,
        one.key,
        now,
        now,
        expires,
    )
    return rows[0]


async def get(app: App, entry_id: int) -> Row:
    """Return an entry with its source's title, kind, ceiling and rule. `NotFound`."""
    row = await app.db.row(f"{_ENTRY} WHERE e.id = ?", entry_id)
    if row is None:
        raise NotFound
    return row


async def page(app: App, window: Window, *, state: str = "", source_id: int | None = None) -> list[Row]:
    """Return a page of entries, as `get`; of one state, of one source. `window` as in `audit.page`."""
    where, params, order = window("e.id")
    conditions, values = [where], list[Any](params)
    if state:
        conditions.append("e.state = ?")
        values.append(state)
    if source_id is not None:
        conditions.append("e.source_id = ?")
        values.append(source_id)
    return await app.db.rows(f"{_ENTRY} WHERE {' AND '.join(conditions)} {order}", *values)


async def apply(app: App, entry_id: int, *, by: Moderator | None) -> None:
    """Put a piece of advice into force, no more severe than its source may ask. `NotFound`, `Forbidden`, `Conflict`."""
    _may(by)
    async with app.db.transaction():
        entry = await get(app, entry_id)
        if entry["state"] in (RETRACTED, ENDED):
            raise Conflict("The list does not say this any more")
        await _apply(app, entry, by)


async def refuse(app: App, entry_id: int, *, by: Moderator | None) -> None:
    """Put a piece of advice aside for good; the block that came from it ends. `NotFound`, `Forbidden`."""
    _may(by)
    async with app.db.transaction():
        entry = await get(app, entry_id)
        await _end(app, entry, REFUSED, by)
        await _note(app, "list.refuse", entry, by)


async def _apply(app: App, entry: Row, by: Moderator | None) -> int:
    """Block what an entry names; 1 when something changed. A stronger block that is there already stays."""
    terms = _terms(entry)
    present = await domains.find(app, entry["domain"])
    if present is not None and present.id != entry["block_id"]:
        if policy.SEVERITIES.index(present.severity) >= policy.SEVERITIES.index(terms.severity):
            await app.db.execute("UPDATE list_entries SET state = 'applied' WHERE id = ?", entry["id"])
            return 0
    elif present is not None and domains.terms_of(present) == terms:
        return 0
    outcome = await domains.block(app, entry["domain"], terms, by=by)
    block_id = outcome.block.id if outcome.block else None
    mine = None if present is not None and present.id != entry["block_id"] else block_id
    await app.db.execute("UPDATE list_entries SET state = 'applied', block_id = ? WHERE id = ?", mine, entry["id"])
    await _note(app, "list.apply", entry, by)
    return 1


def _terms(entry: Row) -> Terms:
    return Terms(
        severity=capped(entry["severity"], entry["ceiling"]),
        reject_media=bool(entry["reject_media"]),
        reject_reports=bool(entry["reject_reports"]),
        private_comment=f"{entry['source_title']}: {entry['reason']}".rstrip(": ")[: domains.MAX_COMMENT],
        public_comment=entry["reason"][: domains.MAX_COMMENT],
    )


async def _retract(app: App, source: Row, one: Advice) -> int:
    """Follow a retraction, found by the domain or (a tombstone) by the id of what it takes back."""
    condition, value = ("e.domain = ?", one.domain) if one.domain else ("e.key = ? AND e.key <> ''", one.key)
    rows = await app.db.rows(f"{_ENTRY} WHERE e.source_id = ? AND {condition}", source["id"], value)
    for entry in rows:
        if entry["state"] not in (RETRACTED, REFUSED):
            await _end(app, entry, RETRACTED, None)
            await _note(app, "list.retract", entry, None)
    return len(rows)


async def gone(app: App, source: Row, still: set[str]) -> int:
    """Treat all entries of a source that are not among the domains it still names as retracted; return how many."""
    rows = await app.db.rows(f"{_ENTRY} WHERE e.source_id = ? AND e.state IN ('draft', 'applied')", source["id"])
    left = [entry for entry in rows if entry["domain"] not in still]
    for entry in left:
        await _end(app, entry, RETRACTED, None)
        await _note(app, "list.retract", entry, None)
    return len(left)


async def expire(app: App) -> int:
    """End what is too old, as its source did not say it again; return how many (a periodic job)."""
    async with app.db.transaction():
        rows = await app.db.rows(f"{_ENTRY} WHERE e.expires_at <= ? AND e.state IN ('draft', 'applied')", app.now())
        for entry in rows:
            await _end(app, entry, ENDED, None)
            await _note(app, "list.expire", entry, None)
    return len(rows)


async def _end(app: App, entry: Row, state: str, by: Moderator | None) -> None:
    """Put an entry into a state in which it stands for nothing, and lift its block unless somebody else wants it."""
    await app.db.execute("UPDATE list_entries SET state = ?, block_id = NULL WHERE id = ?", state, entry["id"])
    if entry["block_id"] is None:
        return
    present = await domains.find(app, entry["domain"])
    if present is None or present.id != entry["block_id"] or domains.terms_of(present) != _terms(entry):
        return  # a person has taken it over
    heir = await app.db.row(
        "SELECT id FROM list_entries WHERE domain = ? AND state = 'applied' AND id <> ? ORDER BY id LIMIT 1",
        entry["domain"],
        entry["id"],
    )
    if heir is None:
        await domains.unblock(app, present.id, by=by)
    else:
        await app.db.execute("UPDATE list_entries SET block_id = ? WHERE id = ?", present.id, heir["id"])


def _may(by: Moderator | None) -> None:
    if by is not None and not by.may(Power.DOMAINS):
        raise Forbidden


async def _note(app: App, action: str, entry: Row, by: Moderator | None) -> None:
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type="domain",
        target=entry["domain"],
        detail={"via": "" if by else "list", "source": entry["source_title"], "reason": entry["reason"]},
    )
