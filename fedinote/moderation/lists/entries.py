"""What lists advise, decided one by one or by the source's own rule: put into force, refused, retracted, too old.

A block that comes from a list is an ordinary block (`moderation.servers.domains`). It ends with the advice only if
nobody changed it in between, and no other list still asks for it.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, Forbidden, NotFound
from fedinote.moderation import audit
from fedinote.moderation.audit import Window
from fedinote.moderation.lists.advice import Advice
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.servers import acquaintances, domain_changes, domains
from fedinote.moderation.servers.domain_changes import Batch
from fedinote.moderation.servers.domains import Terms
from fedinote.policy import domains as policy
from fedinote.policy.models import DomainBlock

_T = TypeVar("_T")
DRAFT, APPLIED, REFUSED, RETRACTED, ENDED = "draft", "applied", "refused", "retracted", "ended"
PIECE = 20
"""Entries in one transaction: however long a list is, others write in between."""
_ENTRY = """SELECT e.*, s.title AS source_title, s.kind AS source_kind, s.ceiling, s.automatic, s.days
 FROM list_entries e JOIN list_sources s ON s.id = e.source_id"""
_SAVE = """INSERT INTO list_entries (id, source_id, domain, severity, reject_media, reject_reports, reason, labels,
 advisory, accepted, key, state, created_at, seen_at, expires_at)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'draft', ?, ?, ?)
 ON CONFLICT (source_id, domain) DO UPDATE SET severity = excluded.severity, reject_media = excluded.reject_media,
 reject_reports = excluded.reject_reports, reason = excluded.reason, labels = excluded.labels,
 advisory = excluded.advisory, accepted = excluded.accepted,
 key = excluded.key, seen_at = excluded.seen_at, expires_at = excluded.expires_at,
 state = CASE WHEN list_entries.state IN ('retracted', 'ended') THEN 'draft' ELSE list_entries.state END
 RETURNING id, state"""

# What people decided to have to do with: servers that they let in or listed, and relays.
_WANTED = """SELECT domain AS value FROM server_trust WHERE state = 'known' AND source_id IS NULL UNION
 SELECT domain FROM domain_allows UNION SELECT inbox_url FROM relays WHERE state <> 'rejected'"""

_VOUCHING = """SELECT source_id FROM list_entries WHERE domain = ? AND state = 'applied' AND accepted AND source_id <> ?
 ORDER BY id LIMIT 1"""


def capped(severity: str, ceiling: str) -> str:
    """Return a severity, or the ceiling where that is milder."""
    return min(severity, ceiling, key=policy.SEVERITIES.index)


async def take(app: App, source: Row, advice: Sequence[Advice]) -> dict[str, int]:
    """Take up what a source says now; return how much was new or changed, applied and retracted.

    A new or changed piece of advice is a draft, unless the source is automatic. What a moderator refused stays refused.
    Of servers that people here let in, and of relays, a moderator decides, whatever the source's rule is. In pieces:
    what was cut off is safe to repeat. `NotFound` when the source is gone meanwhile.
    """
    done = {"taken": 0, "applied": 0, "retracted": 0}
    batch, wanted = begin(app, source["title"]), await _wanted(app)
    for piece in _pieces(advice):
        async with app.db.transaction():
            await _standing(app, source)
            for one in piece:
                for what in await _take(app, source, one, batch, wanted):
                    done[what] += 1
    return done


async def _take(app: App, source: Row, one: Advice, batch: Batch, wanted: frozenset[str]) -> list[str]:
    """Take up one piece of advice; return what happened, by the names of the counts."""
    if one.retracted:
        return ["retracted"] * await _retract(app, source, one, batch)
    if any(policy.covers(one.domain, own) for own in app.settings.own_hosts):
        return []
    entry = await _save(app, source, one)
    if entry["state"] == APPLIED and not one.accepted:
        await _unvouch(app, one.domain, source["id"])
    asked = one.accepted or one.severity != "noop" or one.reject_media or one.reject_reports
    if not asked or one.advisory or not source["automatic"] or entry["state"] not in (DRAFT, APPLIED):
        return ["taken"]
    if one.domain in wanted and not one.accepted:
        return ["taken"]
    return ["taken", *["applied"] * await _apply(app, await get(app, entry["id"]), None, batch)]


async def _wanted(app: App) -> frozenset[str]:
    """Return the names whose block would be about a server that people here decided to have to do with."""
    hosts = [row["value"] for row in await app.db.rows(_WANTED)]
    return frozenset(name for host in hosts for name in policy.covering(policy.host_of(host) or host))


def _pieces(found: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (found[at : at + PIECE] for at in range(0, len(found), PIECE))


async def _standing(app: App, source: Row) -> None:
    """Hold a source for the length of the transaction. `NotFound`."""
    sql = f"SELECT 1 AS value FROM list_sources WHERE id = ?{app.db.lock}"  # noqa: S608
    if await app.db.row(sql, source["id"]) is None:
        raise NotFound("This list is not subscribed to any more")


def begin(app: App, title: str) -> Batch:
    """Return a batch for what comes from a list."""
    return domain_changes.begin(app, f"list {title}")


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
        one.accepted,
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


async def counts(app: App, source_id: int | None = None) -> dict[str, int]:
    """Return how many entries are in each state, of one source or of all."""
    where, params = ("TRUE", []) if source_id is None else ("source_id = ?", [source_id])
    rows = await app.db.rows(
        f"SELECT state, COUNT(*) AS number FROM list_entries WHERE {where} GROUP BY state",  # noqa: S608
        *params,
    )
    return {row["state"]: row["number"] for row in rows}


async def apply(app: App, entry_id: int, *, by: Moderator | None, batch: Batch | None = None) -> None:
    """Put a piece of advice into force, no more severe than its source may ask. `NotFound`, `Forbidden`, `Conflict`.

    `batch`: what it can be undone with, together with others.
    """
    _may(by)
    async with app.db.transaction():
        entry = await get(app, entry_id)
        if entry["state"] in (RETRACTED, ENDED):
            raise Conflict("The list does not say this any more")
        await _apply(app, entry, by, batch or begin(app, entry["source_title"]), again=True)


async def refuse(app: App, entry_id: int, *, by: Moderator | None, batch: Batch | None = None) -> None:
    """Put a piece of advice aside for good; the block that came from it ends. `NotFound`, `Forbidden`."""
    _may(by)
    async with app.db.transaction():
        entry = await get(app, entry_id)
        await _end(app, entry, REFUSED, by, batch)
        await _note(app, "list.refuse", entry, by)


async def _apply(app: App, entry: Row, by: Moderator | None, batch: Batch, *, again: bool = False) -> int:
    """Block what an entry names; 1 when something changed. A stronger block that is there already stays.

    Where somebody ended the block that stood for the entry, it is put aside, unless it shall be in force `again`.
    """
    if entry["accepted"]:
        return await _let_in(app, entry, by, batch)
    terms = _terms(entry)
    present = await domains.find(app, entry["domain"])
    ours = present is not None and present.id == entry["block_id"]
    if entry["block_id"] is not None and not again:
        if await _left_alone(app, entry, present, terms):
            return 0
    elif present is not None and not ours and _stronger(present, terms):
        await app.db.execute("UPDATE list_entries SET state = 'applied' WHERE id = ?", entry["id"])
        return 0
    outcome = await domains.block(app, entry["domain"], terms, by=by, batch=batch)
    mine = outcome.block.id if outcome.block and (present is None or ours) else None
    await app.db.execute(
        "UPDATE list_entries SET state = 'applied', block_id = ?, terms = ? WHERE id = ?",
        *(mine, _encoded(terms), entry["id"]),
    )
    await _note(app, "list.apply", entry, by)
    return 1


async def _let_in(app: App, entry: Row, by: Moderator | None, batch: Batch) -> int:
    """Take a server that a list vouches for as known; a block that came from the same list before ends."""
    if entry["block_id"] is not None:
        await _end(app, entry, APPLIED, by, batch)
    made = await acquaintances.vouch(app, entry["domain"], entry["source_id"])
    await app.db.execute("UPDATE list_entries SET state = 'applied' WHERE id = ?", entry["id"])
    if made:
        await _note(app, "list.apply", entry, by)
    return int(made)


async def _left_alone(app: App, entry: Row, present: DomainBlock | None, terms: Terms) -> bool:
    """Tell whether there is nothing to do: a person ended or changed the block of an entry, or it says the same."""
    if present is None:
        await app.db.execute("UPDATE list_entries SET state = 'refused', block_id = NULL WHERE id = ?", entry["id"])
        return True
    return not _untouched(present, entry) or domains.terms_of(present) == terms


def _stronger(present: DomainBlock, terms: Terms) -> bool:
    return policy.SEVERITIES.index(present.severity) >= policy.SEVERITIES.index(terms.severity)


def _untouched(present: DomainBlock | None, entry: Row) -> bool:
    """Tell whether a block is still what it was when it was made for an entry: nobody has taken it over."""
    if present is None or present.id != entry["block_id"] or entry["terms"] is None:
        return False
    return domains.terms_of(present) == msgspec.json.decode(entry["terms"], type=Terms)


def _encoded(terms: Terms) -> str:
    return msgspec.json.encode(terms).decode()


def _terms(entry: Row) -> Terms:
    return Terms(
        severity=capped(entry["severity"], entry["ceiling"]),
        reject_media=bool(entry["reject_media"]),
        reject_reports=bool(entry["reject_reports"]),
        private_comment=f"{entry['source_title']}: {entry['reason']}".rstrip(": ")[: domains.MAX_COMMENT],
        public_comment=entry["reason"][: domains.MAX_COMMENT],
    )


async def _retract(app: App, source: Row, one: Advice, batch: Batch) -> int:
    """Follow a retraction, found by the domain or (a tombstone) by the id of what it takes back."""
    condition, value = ("e.domain = ?", one.domain) if one.domain else ("e.key = ? AND e.key <> ''", one.key)
    rows = await app.db.rows(f"{_ENTRY} WHERE e.source_id = ? AND {condition}", source["id"], value)
    standing = [entry for entry in rows if entry["state"] not in (RETRACTED, REFUSED)]
    for entry in standing:
        await _end(app, entry, RETRACTED, None, batch)
        await _note(app, "list.retract", entry, None)
    return len(standing)


async def gone(app: App, source: Row, still: set[str]) -> int:
    """Treat all entries of a source that are not among the domains it still names as retracted; return how many.

    In pieces, as `take`.
    """
    rows = await app.db.rows(f"{_ENTRY} WHERE e.source_id = ? AND e.state IN ('draft', 'applied')", source["id"])
    left = [entry for entry in rows if entry["domain"] not in still]
    batch = begin(app, source["title"])
    for piece in _pieces(left):
        async with app.db.transaction():
            for entry in piece:
                await _end(app, entry, RETRACTED, None, batch)
                await _note(app, "list.retract", entry, None)
    return len(left)


async def expire(app: App) -> int:
    """End what is too old, as its source did not say it again; return how many (a periodic job)."""
    async with app.db.transaction():
        rows = await app.db.rows(f"{_ENTRY} WHERE e.expires_at <= ? AND e.state IN ('draft', 'applied')", app.now())
        for entry in rows:
            await _end(app, entry, ENDED, None, begin(app, entry["source_title"]))
            await _note(app, "list.expire", entry, None)
    return len(rows)


async def _end(app: App, entry: Row, state: str, by: Moderator | None, batch: Batch | None) -> None:
    """Put an entry into a state in which it stands for nothing, and lift its block unless somebody else wants it.

    A server that was let in because of it is a stranger again, unless another list vouches for it too.
    """
    await _unvouch(app, entry["domain"], entry["source_id"])
    await app.db.execute("UPDATE list_entries SET state = ?, block_id = NULL WHERE id = ?", state, entry["id"])
    if entry["block_id"] is None:
        return
    present = await domains.find(app, entry["domain"])
    if present is None or not _untouched(present, entry):
        return  # a person has taken it over
    heir = await app.db.row(
        "SELECT id FROM list_entries WHERE domain = ? AND state = 'applied' AND NOT accepted AND id <> ?"
        " ORDER BY id LIMIT 1",
        entry["domain"],
        entry["id"],
    )
    if heir is None:
        await domains.unblock(app, present.id, by=by, batch=batch)
    else:
        await app.db.execute(
            "UPDATE list_entries SET block_id = ?, terms = ? WHERE id = ?", present.id, entry["terms"], heir["id"]
        )


async def _unvouch(app: App, domain: str, source_id: int) -> None:
    """Take back that a list vouches for a server; another one that does so too does it from now on."""
    if await acquaintances.unvouch(app, domain, source_id):
        for other in await app.db.rows(_VOUCHING, domain, source_id):
            await acquaintances.vouch(app, domain, other["source_id"])


async def let_go(app: App, block_id: int) -> None:
    """Make drafts of the entries that a block stands for, before it is undone; an automatic list's are put aside."""
    await app.db.execute(
        "UPDATE list_entries SET block_id = NULL, state = CASE WHEN source_id IN"
        " (SELECT s.id FROM list_sources s WHERE s.automatic) THEN 'refused' ELSE 'draft' END WHERE block_id = ?",
        block_id,
    )


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
