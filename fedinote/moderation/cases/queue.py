"""The queue of reports: in parts, narrowed down, counted; and which report comes before and after another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden
from fedinote.moderation.moderator import ANOTHER, Moderator, Power
from fedinote.policy import domains
from fedinote.text import language

PARTS = ("open", "mine", "free", "closed")
"""Open ones; those of them that one has taken on; those that nobody has; and what is closed."""
ORIGINS = {"local": "t.domain = ''", "remote": "t.domain <> ''"}
ORDERS = ("oldest", "newest")
MAX_TEXT = 200
_FROM = " FROM reports r JOIN accounts t ON t.id = r.target_id LEFT JOIN accounts w ON w.id = r.assigned_to_id"
_COLUMNS = """SELECT r.id, r.category, r.comment, r.post_ids, r.languages, r.target_id, r.assigned_to_id, r.created_at,
 r.action_taken_at, t.username, t.domain, t.display_name, w.username AS assignee, (SELECT COUNT(*) FROM reports o
 WHERE o.target_id = r.target_id AND o.action_taken_at IS NULL) AS together"""
_QUEUE = _COLUMNS + _FROM
_PARTS = {
    "open": "r.action_taken_at IS NULL",
    "mine": "r.action_taken_at IS NULL AND r.assigned_to_id = ?",
    "free": "r.action_taken_at IS NULL AND r.assigned_to_id IS NULL",
    "closed": "r.action_taken_at IS NOT NULL",
}
_TOLD = """SELECT COUNT(CASE WHEN action_taken_at IS NULL THEN 1 END) AS open,
 COUNT(CASE WHEN action_taken_at IS NULL AND assigned_to_id = ? THEN 1 END) AS mine,
 COUNT(CASE WHEN action_taken_at IS NULL AND assigned_to_id IS NULL THEN 1 END) AS free,
 COUNT(action_taken_at) AS closed FROM reports r WHERE """
_LANGUAGES = "SELECT DISTINCT languages FROM reports r WHERE action_taken_at IS NULL AND languages <> ''"
OF_OTHERS = f"(r.target_id <> ? OR NOT EXISTS ({ANOTHER}))"
"""SQL: a report `r` that is not about who looks, unless nobody else can; parameters: twice who looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which reports a moderator looks for; what is empty does not matter.

    `language` is a BCP 47 tag: reports of which a post or the comment is in it. `domain` is the reported account's
    server, `origin` "local" or "remote", `text` a part of the comment or of the account's name.
    """

    part: str = "open"
    category: str = ""
    language: str = ""
    origin: str = ""
    domain: str = ""
    target_id: int | None = None
    text: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report in the queue. `handle` is the reported account's; `assignee` is "" where nobody works on it.

    `together`: how many open reports there are about the account. `languages`: primary subtags, as far as known.
    """

    id: int
    target_id: int
    handle: str
    name: str
    category: str
    comment: str
    posts: int
    together: int
    languages: tuple[str, ...]
    assignee: str
    created_at: datetime
    closed_at: datetime | None


async def page(app: App, by: Moderator, wanted: Wanted, size: int, *, after: int | None = None) -> list[Waiting]:
    """Return a page: oldest first, closed ones newest first, unless `wanted.order` says otherwise. `Forbidden`.

    `after` is the last id seen. One query.
    """
    conditions, values = _narrowed(by, wanted)
    newest = wanted.order == "newest" or (wanted.part == "closed" and wanted.order != "oldest")
    if after is not None:
        conditions.append(f"r.id {'<' if newest else '>'} ?")
        values.append(after)
    sql = f"{_QUEUE} WHERE {' AND '.join(conditions)} ORDER BY r.id {'DESC' if newest else 'ASC'} LIMIT ?"
    return [_waiting(app, row) for row in await app.db.rows(sql, *values, size)]


async def count(app: App, by: Moderator, wanted: Wanted) -> int:
    """Count the reports that `page` would return on all its pages. `Forbidden`."""
    conditions, values = _narrowed(by, wanted)
    return int(await app.db.value(f"SELECT COUNT(*) AS value{_FROM} WHERE {' AND '.join(conditions)}", *values))


async def counts(app: App, by: Moderator) -> dict[str, int]:
    """Count the reports of each of PARTS. `Forbidden`."""
    _check(by)
    row = await app.db.row(f"{_TOLD}{OF_OTHERS}", *[by.account_id] * 3)
    assert row is not None
    return {part: int(row[part]) for part in PARTS}


async def languages(app: App, by: Moderator) -> list[str]:
    """Return the languages (primary subtags) that open reports are about, sorted. `Forbidden`."""
    _check(by)
    rows = await app.db.rows(f"{_LANGUAGES} AND {OF_OTHERS} LIMIT 500", by.account_id, by.account_id)
    return sorted({tag for row in rows for tag in row["languages"].split()})


async def neighbours(app: App, by: Moderator, report_id: int) -> tuple[int | None, int | None]:
    """Return the open reports before and after one in the queue (by age), None at its ends. `Forbidden`."""
    _check(by)
    open_ones = f"FROM reports r WHERE r.action_taken_at IS NULL AND {OF_OTHERS}"
    before, after = await app.db.many(
        (f"SELECT MAX(r.id) AS value {open_ones} AND r.id < ?", (by.account_id, by.account_id, report_id)),
        (f"SELECT MIN(r.id) AS value {open_ones} AND r.id > ?", (by.account_id, by.account_id, report_id)),
    )
    return before[0]["value"], after[0]["value"]


def _check(by: Moderator) -> None:
    if not by.may(Power.REPORTS):
        raise Forbidden


def _narrowed(by: Moderator, wanted: Wanted) -> tuple[list[str], list[Any]]:
    """Return the conditions on a report and their values."""
    _check(by)
    conditions: list[str] = [OF_OTHERS, _PARTS.get(wanted.part, _PARTS["open"])]
    values: list[Any] = [by.account_id] * (3 if wanted.part == "mine" else 2)
    if wanted.origin in ORIGINS:
        conditions.append(ORIGINS[wanted.origin])
    for condition, value in _fields(wanted):
        conditions.append(condition)
        values += [value] * condition.count("?")
    return conditions, values


def _fields(wanted: Wanted) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if wanted.category:
        found.append(("r.category = ?", wanted.category))
    if wanted.language:
        found.append(("r.languages LIKE ?", f"% {language.base_of(wanted.language) or '?'} %"))
    if wanted.domain:
        found.append(("t.domain = ?", domains.key(wanted.domain)))
    if wanted.target_id is not None:
        found.append(("r.target_id = ?", wanted.target_id))
    if wanted.text.strip():
        like = "(LOWER(r.comment) LIKE ? ESCAPE '!' OR t.username_key LIKE ? ESCAPE '!'"
        found.append((f"{like} OR LOWER(t.display_name) LIKE ? ESCAPE '!')", _part(wanted.text)))
    return found


def _part(text: str) -> str:
    escaped = text.strip()[:MAX_TEXT].lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def _waiting(app: App, row: Row) -> Waiting:
    return Waiting(
        id=row["id"],
        target_id=row["target_id"],
        handle=f"@{row['username']}@{row['domain'] or app.settings.handle_host}",
        name=row["display_name"] or row["username"],
        category=row["category"],
        comment=row["comment"],
        posts=len(msgspec.json.decode(row["post_ids"])),
        together=row["together"],
        languages=tuple(row["languages"].split()),
        assignee=row["assignee"] or "",
        created_at=from_ms(row["created_at"]),
        closed_at=None if row["action_taken_at"] is None else from_ms(row["action_taken_at"]),
    )
