"""The lists that a server subscribes to: adding and removing them, and reading them again."""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, Malformed, NotFound, Unavailable
from fedinote.moderation import audit
from fedinote.moderation.lists import advice, entries
from fedinote.moderation.lists.advice import Advice, Reading
from fedinote.moderation.moderator import Moderator, Power
from fedinote.text.urls import safe_url

KINDS = ("csv", "fires")
CEILINGS = advice.SEVERITIES
EVERY = timedelta(hours=6)
MAX_SOURCES = 50
MAX_TITLE = 200
MAX_DAYS = 3650
MAX_PAGES = 2000
MAX_ADDRESS = 2048
PATIENCE = 60.0
"""Seconds after which no further page of changes is asked for: the next reading goes on there."""
MAX_BYTES = 10_000_000
JSON = "application/ld+json, application/activity+json, application/json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source as somebody wants it; see the model `ListSource`."""

    kind: str
    url: str
    title: str
    ceiling: str = "silence"
    automatic: bool = False
    days: int | None = None


async def listing(app: App) -> list[Row]:
    """Return all sources, oldest first, each with `drafts` and `applied`, how many of its entries are so."""
    return await app.db.rows(
        "SELECT s.*, (SELECT COUNT(*) FROM list_entries e WHERE e.source_id = s.id AND e.state = 'draft') AS drafts,"
        " (SELECT COUNT(*) FROM list_entries e WHERE e.source_id = s.id AND e.state = 'applied') AS applied"
        " FROM list_sources s ORDER BY s.id"
    )


async def get(app: App, source_id: int) -> Row:
    """Return a source. `NotFound`."""
    row = await app.db.row("SELECT * FROM list_sources WHERE id = ?", source_id)
    if row is None:
        raise NotFound
    return row


async def add(app: App, wanted: Wanted, *, by: Moderator | None) -> int:
    """Subscribe to a list; return its id. Nothing is fetched yet. `Forbidden`, `Invalid`."""
    _may(by)
    _check(wanted)
    async with app.db.transaction():
        if await app.db.value("SELECT COUNT(*) AS value FROM list_sources") >= MAX_SOURCES:
            raise Invalid(f"Validation failed: There are {MAX_SOURCES} lists already")
        made = await app.db.returning(
            "INSERT INTO list_sources (id, kind, url, title, ceiling, automatic, days, cursor, problem, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, '', '', ?) ON CONFLICT (url) DO NOTHING RETURNING id",
            app.ids.next(),
            *(wanted.kind, wanted.url, wanted.title.strip(), wanted.ceiling, wanted.automatic, wanted.days),
            app.now(),
        )
        if not made:
            raise Invalid("Validation failed: This list is subscribed to already")
        await _note(app, "list.add", wanted.url, by, wanted)
    source_id: int = made[0]["id"]
    return source_id


async def change(app: App, source_id: int, wanted: Wanted, *, by: Moderator | None) -> None:
    """Change the title, ceiling and rule of a source; what is in force stays until the next reading."""
    _may(by)
    _check(wanted)
    async with app.db.transaction():
        source = await get(app, source_id)
        await app.db.execute(
            "UPDATE list_sources SET title = ?, ceiling = ?, automatic = ?, days = ? WHERE id = ?",
            *(wanted.title.strip(), wanted.ceiling, wanted.automatic, wanted.days, source_id),
        )
        await _note(app, "list.change", source["url"], by, wanted)


async def remove(app: App, source_id: int, *, by: Moderator | None) -> None:
    """End a subscription; the blocks that came from it end, as if the list had taken all back. `NotFound`."""
    _may(by)
    async with _turn(app, source_id):
        source = await get(app, source_id)
        await entries.gone(app, source, set())
        async with app.db.transaction():
            await app.db.execute("DELETE FROM list_sources WHERE id = ?", source_id)
            await _note(app, "list.remove", source["url"], by, None)


def _check(wanted: Wanted) -> None:
    if wanted.kind not in KINDS:
        raise Invalid(f"Validation failed: A list is one of {', '.join(KINDS)}")
    if wanted.ceiling not in CEILINGS:
        raise Invalid("Validation failed: Severity is not included in the list")
    if not safe_url(wanted.url) or len(wanted.url) > MAX_ADDRESS:
        raise Invalid("Validation failed: A list has an http or https address")
    if not 1 <= len(wanted.title.strip()) <= MAX_TITLE:
        raise Invalid(f"Validation failed: Title must have 1 to {MAX_TITLE} characters")
    if wanted.days is not None and not 1 <= wanted.days <= MAX_DAYS:
        raise Invalid(f"Validation failed: Days are between 1 and {MAX_DAYS}")


async def refresh_due(app: App) -> None:
    """Read all sources that were not read in the last six hours (a periodic job)."""
    rows = await app.db.rows(
        "SELECT id FROM list_sources WHERE read_at IS NULL OR read_at <= ? ORDER BY id", app.now() - EVERY
    )
    for row in rows:
        try:
            await refresh(app, row["id"])
        except FediNoteError as error:
            _log.warning("list not read", extra={"list": row["id"], "reason": error.reason})
        except Exception:  # noqa: BLE001  what somebody else wrote must not keep the other lists from being read
            _log.exception("list not read", extra={"list": row["id"]})
            await _failed(app, row["id"], "it could not be understood")


async def read_now(app: App, source_id: int, *, by: Moderator | None) -> dict[str, int]:
    """Read a list because somebody wants it, as `refresh`. `Forbidden`."""
    _may(by)
    await _note(app, "list.read", (await get(app, source_id))["url"], by, None)
    return await refresh(app, source_id)


async def refresh(app: App, source_id: int) -> dict[str, int]:
    """Read a list now; return how much was taken, applied and retracted. What fails is kept with the source.

    Raises as fetching does (`Unavailable`, `Malformed`, `Invalid`). What holds because of it stays when it fails.
    """
    async with _turn(app, source_id):
        source = await get(app, source_id)
        try:
            return await (_read_csv(app, source) if source["kind"] == "csv" else _read_fires(app, source))
        except FediNoteError as error:
            await _failed(app, source_id, error.reason)
            raise


def _turn(app: App, source_id: int) -> asyncio.Lock:
    """Return what lets one at a time read or end a list: both take it up in many pieces."""
    turns: dict[int, asyncio.Lock] = app.caches.setdefault("list_turns", {})
    return turns.setdefault(source_id, asyncio.Lock())


async def _failed(app: App, source_id: int, problem: str) -> None:
    sql = "UPDATE list_sources SET problem = ?, read_at = ? WHERE id = ?"
    await app.db.execute(sql, problem[:500], app.now(), source_id)


async def _fetch(app: App, url: str, accept: str) -> Any:
    answer = await app.outbound.get(url, accept=accept, limit=MAX_BYTES, timeout=30)
    if answer.status != 200:
        raise Unavailable(reason=f"the list answers {answer.status}")
    return answer


async def _read_csv(app: App, source: Row) -> dict[str, int]:
    """A CSV is the whole list: what it does not name any more is taken back; an empty one is a mistake, not a list."""
    answer = await _fetch(app, source["url"], "text/csv, text/plain")
    found = advice.read_csv(answer.body)
    if not found.advice:
        raise Malformed(reason="the list is empty")
    done = await entries.take(app, source, found.advice)
    done["retracted"] += await entries.gone(app, source, {one.domain for one in found.advice})
    await _finish(app, source, "", found)
    return done


async def _read_fires(app: App, source: Row) -> dict[str, int]:
    """The first time the snapshot of a data set, afterwards its changes since then."""
    cursor = source["cursor"]
    whole = not cursor
    read, cursor = await (_snapshot(app, source["url"]) if whole else _changes(app, cursor))
    changes = read.advice
    done = await entries.take(app, source, changes)
    if whole:
        done["retracted"] += await entries.gone(app, source, {one.domain for one in changes if not one.retracted})
    else:
        await app.db.execute(
            "UPDATE list_entries SET seen_at = ?,"
            " expires_at = CASE WHEN expires_at IS NULL THEN NULL ELSE CAST(? AS BIGINT) END"
            " WHERE source_id = ? AND state IN ('draft', 'applied')",
            app.now(),
            app.now() + timedelta(days=source["days"] or 0),
            source["id"],
        )
    await _finish(app, source, cursor, read)
    return done


async def _snapshot(app: App, url: str) -> tuple[Reading, str]:
    """Read the state of a data set from its own address; return it with the address of later changes."""
    dataset = _object((await _fetch(app, url, JSON)).json())
    ends = dataset.get("endpoints")
    ends = ends if isinstance(ends, dict) else {}
    where, later = ends.get("snapshot"), ends.get("changes")
    if not isinstance(where, str):
        raise Malformed(reason="the data set has no snapshot")
    snapshot = _object((await _fetch(app, _same_host(where, url), JSON)).json())
    found = advice.read_changes(_items(snapshot))
    given = snapshot.get("changes")
    cursor = given if isinstance(given, str) else later if isinstance(later, str) else ""
    return found, _same_host(cursor, url) if cursor else ""


async def _changes(app: App, cursor: str) -> tuple[Reading, str]:
    """Read what was changed since a cursor, page by page; return it with the next cursor.

    Not more than a list may have, nor for longer than PATIENCE: the rest is read the next time.
    """
    end, found = time.monotonic() + PATIENCE, list[Advice]()
    problems: list[str] = []
    skipped, seen = 0, set[str]()
    for _ in range(MAX_PAGES):
        seen.add(cursor)
        page = _object((await _fetch(app, cursor, JSON)).json())
        read = advice.read_changes(_items(page))
        found += read.advice
        skipped += read.skipped
        problems += read.problems
        following = page.get("next") or _after(read, page)
        if not isinstance(following, str) or following in seen:
            break
        cursor = _same_host(following, cursor)
        if len(found) >= advice.MAX_ROWS or time.monotonic() > end:
            break
    return Reading(tuple(found), skipped, tuple(problems[:5])), cursor


def _after(read: Reading, page: dict[str, Any]) -> str | None:
    """Return where the changes after the last one of a page will be, by the page's own `last`."""
    last = page.get("last")
    return last if read.advice and isinstance(last, str) else None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(reason="the answer is no object")
    return value


def _items(collection: dict[str, Any]) -> Any:
    return collection.get("orderedItems", collection.get("items", []))


def _same_host(url: str, base: str) -> str:
    """Return an address that a data set names, if it is on the data set's own server. `Malformed`."""
    if safe_url(url) is None or len(url) > MAX_ADDRESS or url.split("/")[:3] != base.split("/")[:3]:
        raise Malformed(reason="the data set leads to another server")
    return url


async def _finish(app: App, source: Row, cursor: str, read: Reading) -> None:
    named = "; ".join(read.problems)
    problem = f"{read.skipped} rows could not be read: {named}"[:500] if read.skipped else ""
    await app.db.execute(
        "UPDATE list_sources SET cursor = ?, problem = ?, read_at = ? WHERE id = ?",
        *(cursor, problem, app.now(), source["id"]),
    )


def _may(by: Moderator | None) -> None:
    if by is not None and not by.may(Power.DOMAINS):
        raise Forbidden


async def _note(app: App, action: str, url: str, by: Moderator | None, wanted: Wanted | None) -> None:
    detail: dict[str, Any] = {"via": "" if by else "command line"}
    if wanted is not None:
        detail |= {"ceiling": wanted.ceiling, "automatic": wanted.automatic or None, "days": wanted.days}
    actor = by.account_id if by else None
    await audit.record(app, actor_id=actor, action=action, target_type="list", target=url, detail=detail)
