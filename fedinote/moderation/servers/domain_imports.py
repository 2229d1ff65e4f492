"""Files with servers to block or to allow, gone through before anything happens: Mastodon's CSV, line by line.

Each line waits for a decision; what cannot be understood is kept with its number, its words and the reason. What is
applied has one batch with the import's id, so all of it can be undone together. A file is forgotten after 30 days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Invalid, NotFound
from fedinote.moderation import deciding
from fedinote.moderation.lists import advice
from fedinote.moderation.lists.advice import Line
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.servers import allows, domains
from fedinote.moderation.servers.domain_changes import ALLOW, BLOCK, Batch
from fedinote.moderation.servers.domains import Terms
from fedinote.policy import domains as policy

JOB = "moderation.import_domains"
NEW, DONE, LEFT, FAILED, BAD = "new", "done", "left", "failed", "bad"
KEPT = timedelta(days=30)
MAX_OPEN = 20
AT_ONCE = 50
"""How many lines are applied in one job before the next one goes on."""
_IMPORT = """SELECT i.id, i.listing, i.name, i.actor_id, i.working, i.created_at,
 (SELECT COUNT(*) FROM domain_import_rows r WHERE r.of_import_id = i.id AND r.state = 'new') AS waiting,
 (SELECT COUNT(*) FROM domain_import_rows r WHERE r.of_import_id = i.id AND r.state = 'done') AS done,
 (SELECT COUNT(*) FROM domain_import_rows r WHERE r.of_import_id = i.id AND r.state = 'left') AS aside,
 (SELECT COUNT(*) FROM domain_import_rows r WHERE r.of_import_id = i.id AND r.state IN ('bad', 'failed')) AS wrong
 FROM domain_imports i"""


@dataclass(frozen=True, slots=True)
class Import:
    """A file that was handed in, with how many of its lines wait, are done, put aside, and wrong."""

    id: int
    listing: str
    name: str
    actor_id: int | None
    working: bool
    created_at: datetime
    waiting: int
    done: int
    aside: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a file: what it asks for (no terms for servers to allow), and what became of it."""

    id: int
    line: int
    domain: str
    terms: Terms | None
    state: str
    problem: str
    text: str


async def begin(app: App, listing: str, name: str, data: bytes, *, by: Moderator | None) -> int:
    """Take a file; return the id of the import. Nothing else happens yet. `Forbidden`, `Invalid`."""
    deciding.check(by, Power.DOMAINS)
    if listing not in (BLOCK, ALLOW):
        raise Invalid("Validation failed: Type is not included in the list")
    lines, import_id = advice.read_lines(data), app.ids.next()
    if not lines:
        raise Invalid("Validation failed: There is nothing to import in this file")
    async with app.db.transaction():
        if await app.db.value("SELECT COUNT(*) AS value FROM domain_imports") >= MAX_OPEN:
            raise Invalid(f"Validation failed: There are {MAX_OPEN} files already: put one away first")
        await app.db.execute(
            "INSERT INTO domain_imports (id, listing, name, actor_id, working, created_at)"
            " VALUES (?, ?, ?, ?, FALSE, ?)",
            *(import_id, listing, name.strip()[:200] or "servers.csv", by.account_id if by else None, app.now()),
        )
        await app.db.execute_many(
            "INSERT INTO domain_import_rows (of_import_id, line, domain, terms, state, problem, text)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [_values(app, import_id, listing, one) for one in _once(lines)],
        )
    return import_id


def _once(lines: Sequence[Line]) -> list[Line]:
    """Name lines that repeat an earlier one; they are kept like the others that make no sense."""
    seen: dict[str, int] = {}
    found = []
    for one in lines:
        if one.advice is not None and one.advice.domain in seen:
            twice = Invalid(f"The same server is in line {seen[one.advice.domain]}")
            found.append(replace(one, advice=None, problem=twice.message))
            continue
        if one.advice is not None:
            seen[one.advice.domain] = one.number
        found.append(one)
    return found


def _values(app: App, import_id: int, listing: str, line: Line) -> tuple[Any, ...]:
    said, problem = line.advice, line.problem
    if said is not None:
        try:
            domains.key(app, said.domain)
        except Invalid as error:
            said, problem = None, error.message
    if said is None:
        return import_id, line.number, "", None, BAD, problem, line.text
    terms = Terms(
        severity=said.severity,
        reject_media=said.reject_media,
        reject_reports=said.reject_reports,
        public_comment=said.reason,
        obfuscate=said.obfuscate,
    )
    stored = msgspec.json.encode(terms).decode() if listing == BLOCK else None
    return import_id, line.number, said.domain, stored, NEW, "", line.text


async def listing(app: App) -> list[Import]:
    """Return the files that were handed in, newest first."""
    return [_import(row) for row in await app.db.rows(f"{_IMPORT} ORDER BY i.id DESC")]


async def get(app: App, import_id: int) -> Import:
    """Return one of them. `NotFound`."""
    row = await app.db.row(f"{_IMPORT} WHERE i.id = ?", import_id)
    if row is None:
        raise NotFound
    return _import(row)


async def page(app: App, import_id: int, states: Sequence[str], *, after: int = 0, most: int = AT_ONCE) -> list[Item]:
    """Return lines in some states, in the order of the file, after a row's id."""
    rows = await app.db.rows(
        "SELECT id, line, domain, terms, state, problem, text FROM domain_import_rows"
        " WHERE of_import_id = ? AND state IN_TEXTS(?) AND id > ? ORDER BY id LIMIT ?",
        *(import_id, list(states), after, most),
    )
    return [_item(row) for row in rows]


async def apply(
    app: App, import_id: int, row_ids: Sequence[int], *, by: Moderator | None, severities: Mapping[int, str] = {}
) -> int:
    """Apply lines that wait, each with its own severity or another one; return how many are done.

    A line that cannot be applied says why. `NotFound`, `Forbidden`.
    """
    deciding.check(by, Power.DOMAINS)
    found = await get(app, import_id)
    batch = Batch(found.id, f"file {found.name}")
    done = 0
    for row in await app.db.rows(
        "SELECT id, line, domain, terms, state, problem, text FROM domain_import_rows"
        " WHERE of_import_id = ? AND state = 'new' AND id IN_INTS(?) ORDER BY id",
        *(import_id, list(row_ids)),
    ):
        done += await _apply(app, _item(row), severities.get(row["id"]), by, batch)
    return done


async def _apply(app: App, item: Item, severity: str | None, by: Moderator | None, batch: Batch) -> bool:
    try:
        async with app.db.transaction():
            if not await _decide(app, item.id, DONE):
                return False
            if item.terms is None:
                await allows.allow(app, item.domain, by=by, batch=batch)
            else:
                said, present = item.terms, await domains.find(app, item.domain)
                terms = domains.merged(None if present is None else domains.terms_of(present), said)
                terms = replace(terms, severity=severity or said.severity)
                await domains.block(app, item.domain, terms, by=by, batch=batch)
    except FediNoteError as error:
        await app.db.execute(
            "UPDATE domain_import_rows SET state = 'failed', problem = ? WHERE id = ?", error.message, item.id
        )
        return False
    return True


async def _decide(app: App, row_id: int, state: str) -> int:
    return await app.db.execute("UPDATE domain_import_rows SET state = ? WHERE id = ? AND state = 'new'", state, row_id)


async def leave(app: App, import_id: int, row_ids: Sequence[int], *, by: Moderator | None) -> int:
    """Put lines aside, or take those that are aside back; return how many. `Forbidden`."""
    deciding.check(by, Power.DOMAINS)
    return await app.db.execute(
        "UPDATE domain_import_rows SET state = CASE WHEN state = 'new' THEN 'left' ELSE 'new' END"
        " WHERE of_import_id = ? AND state IN ('new', 'left') AND id IN_INTS(?)",
        *(import_id, list(row_ids)),
    )


async def apply_all(app: App, import_id: int, *, by: Moderator) -> None:
    """Apply all lines that wait, by a job, but those that would change nothing. `NotFound`, `Forbidden`."""
    deciding.check(by, Power.DOMAINS)
    await get(app, import_id)
    async with app.db.transaction():
        await app.db.execute(
            "UPDATE domain_imports SET working = TRUE, actor_id = ? WHERE id = ?", by.account_id, import_id
        )
        await jobs.enqueue(app, JOB, {"import_id": import_id}, key=f"import-domains-{import_id}", priority=6)


async def work(app: App, import_id: int) -> None:
    """Apply the next lines of a file, and come back for the rest (a job; it may be killed and repeated)."""
    row = await app.db.row(
        "SELECT i.actor_id, u.id AS user_id, u.role FROM domain_imports i JOIN users u ON u.account_id = i.actor_id"
        " JOIN accounts a ON a.id = u.account_id WHERE i.id = ? AND i.working AND u.state = 'active'"
        " AND a.suspended_at IS NULL",
        import_id,
    )
    if row is None:
        return
    by = Moderator(row["actor_id"], row["user_id"], row["role"])
    items = await page(app, import_id, (NEW,)) if by.may(Power.DOMAINS) else []
    present = await standing(app, items)
    idle = [one.id for one in items if one.id in present]
    await leave(app, import_id, idle, by=by)
    await apply(app, import_id, [one.id for one in items if one.id not in present], by=by)
    async with app.db.transaction():
        if len(items) == AT_ONCE:
            await jobs.enqueue(app, JOB, {"import_id": import_id}, key=f"import-domains-{import_id}", priority=6)
        else:
            await app.db.execute("UPDATE domain_imports SET working = FALSE WHERE id = ?", import_id)


async def standing(app: App, items: Sequence[Item]) -> set[int]:
    """Return the ids of those lines that would change nothing, or only make a block milder."""
    if not items:
        return set()
    blocks, listed = await policy.load(app), {one.domain for one in await allows.everything(app)}
    found = set()
    for one in items:
        present = blocks.get(one.domain)
        stronger = present is not None and one.terms is not None and _covers(present, one.terms)
        if stronger or (one.terms is None and one.domain in listed):
            found.add(one.id)
    return found


def _covers(present: policy.Blocked, terms: Terms) -> bool:
    order = policy.SEVERITIES.index
    media, reports = terms.reject_media <= present.reject_media, terms.reject_reports <= present.reject_reports
    return order(present.severity) >= order(terms.severity) and media and reports


async def discard(app: App, import_id: int, *, by: Moderator | None) -> None:
    """Put a file away; what was applied stays. `NotFound`, `Forbidden`."""
    deciding.check(by, Power.DOMAINS)
    await get(app, import_id)
    await app.db.execute("DELETE FROM domain_imports WHERE id = ?", import_id)


async def tidy(app: App) -> None:
    """Forget files after 30 days (a periodic job)."""
    await app.db.execute("DELETE FROM domain_imports WHERE created_at < ?", app.now() - KEPT)


def _import(row: Row) -> Import:
    return Import(
        row["id"],
        row["listing"],
        row["name"],
        row["actor_id"],
        bool(row["working"]),
        from_ms(row["created_at"]),
        row["waiting"],
        row["done"],
        row["aside"],
        row["wrong"],
    )


def _item(row: Row) -> Item:
    terms = None if row["terms"] is None else msgspec.json.decode(row["terms"], type=Terms)
    return Item(row["id"], row["line"], row["domain"], terms, row["state"], row["problem"], row["text"])
