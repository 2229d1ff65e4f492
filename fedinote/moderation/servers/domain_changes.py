"""The journal of the lists of blocked and of allowed servers: what each change was, so that it can be undone.

Changes that were made at one go (an import, several drafts of a list) share a batch. Kept for 90 days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound

BLOCK, ALLOW = "block", "allow"
KEPT = timedelta(days=90)
MAX_CAUSE = 250
SHOWN = 5
Window = Any  # as in `audit.Window`


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes that belong together. `cause`: "", or "file NAME", "list TITLE", "undo"."""

    id: int
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one server's entry: the terms before and after; None: it was not on the list."""

    id: int
    batch: int
    listing: str
    domain: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    cause: str
    actor_id: int | None
    created_at: datetime
    undone: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """A batch as a list shows it: how many servers, the first few names, who, when, and whether all is undone.

    `after`: the terms that the one server of a batch has since then; None where it was taken off, or there are several.
    """

    id: int
    listing: str
    cause: str
    actor_id: int | None
    created_at: datetime
    number: int
    names: tuple[str, ...]
    undone: bool
    after: dict[str, Any] | None = None


def begin(app: App, cause: str = "") -> Batch:
    """Return a new batch; nothing is stored before its first change."""
    return Batch(app.ids.next(), cause[:MAX_CAUSE])


async def record(
    app: App, batch: Batch | None, listing: str, domain: str, *, before: Any, after: Any, actor_id: int | None
) -> None:
    """Note a change in the transaction that makes it; one that changes nothing is not noted.

    `before` and `after` are what msgspec can write (a dict or a dataclass), None where there is no entry.
    """
    old, new = (None if one is None else msgspec.json.encode(one).decode() for one in (before, after))
    if old == new:
        return
    batch = batch or begin(app)
    await app.db.execute(
        "INSERT INTO domain_changes (id, batch, listing, domain, before, after, cause, actor_id, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        app.ids.next(),
        batch.id,
        listing,
        domain,
        old,
        new,
        batch.cause,
        actor_id,
        app.now(),
    )


async def of_batch(app: App, batch_id: int) -> list[Change]:
    """Return the changes of a batch, newest first. `NotFound` when there is none."""
    rows = await app.db.rows("SELECT * FROM domain_changes WHERE batch = ? ORDER BY id DESC", batch_id)
    if not rows:
        raise NotFound("There is no such batch")
    return [_change(row) for row in rows]


async def of_domain(app: App, domain: str, most: int = 20) -> list[Change]:
    """Return the last changes of one server's entries, newest first."""
    rows = await app.db.rows("SELECT * FROM domain_changes WHERE domain = ? ORDER BY id DESC LIMIT ?", domain, most)
    return [_change(row) for row in rows]


async def page(app: App, window: Window) -> list[Summary]:
    """Return a page of batches, newest first; `window` as in `audit.page`, over the ids of batches. Two queries."""
    where, params, order = window("c.batch")
    rows = await app.db.rows(
        "SELECT c.batch, MIN(c.listing) AS listing, MIN(c.cause) AS cause, MIN(c.actor_id) AS actor_id,"  # noqa: S608
        " MIN(c.created_at) AS created_at, MIN(c.after) AS after, COUNT(*) AS number, COUNT(c.undone_at) AS undone"
        f" FROM domain_changes c WHERE {where} GROUP BY c.batch {order}",
        *params,
    )
    names = await _names(app, [row["batch"] for row in rows])
    return [_summary(row, names.get(row["batch"], ())) for row in rows]


async def _names(app: App, batches: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = await app.db.rows(
        "SELECT n.batch, n.domain FROM (SELECT c.batch, c.domain, c.id,"
        " ROW_NUMBER() OVER (PARTITION BY c.batch ORDER BY c.id) AS place FROM domain_changes c"
        " WHERE c.batch IN_INTS(?)) n WHERE n.place <= ? ORDER BY n.id",
        list(batches),
        SHOWN,
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row["batch"]] = (*found.get(row["batch"], ()), row["domain"])
    return found


async def mark_undone(app: App, change_ids: Sequence[int]) -> None:
    """Note that changes were undone."""
    await app.db.execute("UPDATE domain_changes SET undone_at = ? WHERE id IN_INTS(?)", app.now(), list(change_ids))


async def tidy(app: App) -> None:
    """Forget what is older than 90 days (a periodic job); the audit log keeps that it was decided."""
    await app.db.execute("DELETE FROM domain_changes WHERE created_at < ?", app.now() - KEPT)


def _change(row: Row) -> Change:
    return Change(
        id=row["id"],
        batch=row["batch"],
        listing=row["listing"],
        domain=row["domain"],
        before=None if row["before"] is None else msgspec.json.decode(row["before"]),
        after=None if row["after"] is None else msgspec.json.decode(row["after"]),
        cause=row["cause"],
        actor_id=row["actor_id"],
        created_at=from_ms(row["created_at"]),
        undone=row["undone_at"] is not None,
    )


def _summary(row: Row, names: tuple[str, ...]) -> Summary:
    return Summary(
        id=row["batch"],
        listing=row["listing"],
        cause=row["cause"],
        actor_id=row["actor_id"],
        created_at=from_ms(row["created_at"]),
        number=row["number"],
        names=names,
        undone=row["undone"] == row["number"],
        after=msgspec.json.decode(row["after"]) if row["after"] is not None and row["number"] == 1 else None,
    )
