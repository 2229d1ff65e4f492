"""What somebody's year was like, from the own posts and followers: archetype, best posts, months, hashtags.

https://docs.joinmastodon.org/entities/AnnualReport/ (schema version 2). A report is made when its person asks, from 10
to 31 December of its year (UTC), and then kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import NotFound

JOB = "posts.make_annual_report"
SCHEMA_VERSION = 2
FIRST_DAY = 10
BUSY = 113
"""With fewer posts, answers and boosts in the year one is a lurker, as in Mastodon."""
HASHTAGS = 5
State = Literal["available", "generating", "eligible", "ineligible"]

_OPEN = "p.reblog_of_id IS NULL AND p.visibility IN ('public', 'unlisted')"
_IN_YEAR = "p.account_id = ? AND p.created_at >= ? AND p.created_at < ?"
_REPLY = "p.reblog_of_id IS NULL AND p.in_reply_to_account_id <> p.account_id"
_KINDS = f"""
SELECT SUM(CASE WHEN p.reblog_of_id IS NOT NULL THEN 1 ELSE 0 END) AS boosts,
  SUM(CASE WHEN {_REPLY} THEN 1 ELSE 0 END) AS replies,
  SUM(CASE WHEN p.reblog_of_id IS NULL AND p.in_reply_to_account_id IS NULL THEN 1 ELSE 0 END) AS alone,
  SUM(CASE WHEN EXISTS (SELECT 1 FROM polls q WHERE q.post_id = p.id) THEN 1 ELSE 0 END) AS polls
FROM posts p WHERE {_IN_YEAR}
"""  # noqa: S608
_BEST = f"""
SELECT p.id FROM posts p WHERE {_IN_YEAR} AND {_OPEN} AND p.{{count}} > 0 ORDER BY p.{{count}} DESC, p.id DESC LIMIT 3
"""  # noqa: S608
_TAGS = f"""
SELECT t.display AS name, COUNT(*) AS count FROM posts p JOIN post_tags pt ON pt.post_id = p.id
  JOIN tags t ON t.id = pt.tag_id
WHERE {_IN_YEAR} AND {_OPEN} GROUP BY t.id, t.display HAVING COUNT(*) > 1 ORDER BY COUNT(*) DESC, t.id LIMIT {HASHTAGS}
"""  # noqa: S608
_ANY = f"SELECT p.id FROM posts p WHERE {_IN_YEAR} AND {_OPEN} LIMIT 1"  # noqa: S608
_FOLLOWS = "follows f WHERE f.target_id = ? AND f.accepted AND f.created_at >= ? AND f.created_at < ?"
_POSTS = f"posts p WHERE {_IN_YEAR}"
_BY = {"by_reblogs": "reblogs_count", "by_favourites": "favourites_count", "by_replies": "replies_count"}


@dataclass(frozen=True, slots=True)
class Report:
    """A report that is there. `data`: archetype, time_series, top_hashtags, top_statuses (ids as text, or None)."""

    account_id: int
    year: int
    data: Mapping[str, Any]


def season(app: App) -> int | None:
    """Return the year whose reports can be asked for now, or None."""
    now = app.now()
    open_now = app.settings.instance.annual_reports and now.month == 12 and now.day >= FIRST_DAY
    return now.year if open_now else None


async def state(app: App, account_id: int, year: int) -> State:
    """Tell how it stands with somebody's report of a year."""
    row = await _row(app, account_id, year)
    if row is not None:
        return "generating" if row["data"] is None else "available"
    if year != season(app):
        return "ineligible"
    any_post = await app.db.row(_ANY, *_bounds(account_id, year))
    return "ineligible" if any_post is None else "eligible"


async def generate(app: App, account_id: int, year: int) -> bool:
    """Have a report made; True when that is going on, False when it is there already or cannot be."""
    now = await state(app, account_id, year)
    if now != "eligible":
        return now == "generating"
    async with app.db.transaction():
        made = await app.db.returning(
            "INSERT INTO annual_reports (account_id, year, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            " RETURNING id",
            account_id,
            year,
            app.now(),
        )
        if made:
            await jobs.enqueue(app, JOB, {"account_id": account_id, "year": year})
    return True


async def make(app: App, account_id: int, year: int) -> None:
    """Make a report that was asked for (a job; safe to repeat)."""
    row = await _row(app, account_id, year)
    if row is None or row["data"] is not None:
        return
    data = msgspec.json.encode(await _data(app, account_id, year)).decode()
    await app.db.execute(
        "UPDATE annual_reports SET data = ? WHERE account_id = ? AND year = ? AND data IS NULL", data, account_id, year
    )


async def _data(app: App, account_id: int, year: int) -> dict[str, Any]:
    bounds = _bounds(account_id, year)
    kinds, tags, *rest = await app.db.many(
        (_KINDS, bounds),
        (_TAGS, bounds),
        *((_BEST.format(count=column), bounds) for column in _BY.values()),
        _by_month(_POSTS, account_id, year),
        _by_month(_FOLLOWS, account_id, year),
    )
    posts, follows = rest[-2][0], rest[-1][0]
    return {
        "archetype": _archetype(kinds[0]),
        "time_series": [
            {"month": month, "statuses": posts[f"m{month}"] or 0, "followers": follows[f"m{month}"] or 0}
            for month in range(1, 13)
        ],
        "top_hashtags": [{"name": row["name"], "count": row["count"]} for row in tags],
        "top_statuses": _top(dict(zip(_BY, rest[:-2], strict=True))),
    }


def _by_month(source: str, account_id: int, year: int) -> Query:
    """Count rows by month in one query."""
    alias = source.partition(" ")[2][0]
    starts = [to_ms(datetime(year, month, 1, tzinfo=UTC)) for month in range(1, 13)]
    starts.append(to_ms(datetime(year + 1, 1, 1, tzinfo=UTC)))
    sums = ", ".join(
        f"SUM(CASE WHEN {alias}.created_at >= {starts[month - 1]} AND {alias}.created_at < {starts[month]}"
        f" THEN 1 ELSE 0 END) AS m{month}"
        for month in range(1, 13)
    )
    return f"SELECT {sums} FROM {source}", _bounds(account_id, year)  # noqa: S608  numbers of our own


def _top(found: Mapping[str, list[Row]]) -> dict[str, str | None]:
    """Choose the best post for each count, each post once."""
    chosen: dict[str, str | None] = {}
    for name, rows in found.items():
        ids = (str(row["id"]) for row in rows)
        chosen[name] = next((one for one in ids if one not in chosen.values()), None)
    return chosen


def _archetype(row: Row) -> str:
    boosts, replies, alone, polls = (row[name] or 0 for name in ("boosts", "replies", "alone", "polls"))
    if alone + replies + boosts < BUSY:
        return "lurker"
    if boosts > alone * 2:
        return "booster"
    if polls > alone * 0.1:
        return "pollster"
    return "replier" if replies > alone * 2 else "oracle"


def _bounds(account_id: int, year: int) -> tuple[int, datetime, datetime]:
    return account_id, datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)


async def _row(app: App, account_id: int, year: int) -> Row | None:
    return await app.db.row("SELECT data FROM annual_reports WHERE account_id = ? AND year = ?", account_id, year)


async def of(app: App, account_id: int, year: int | None = None) -> list[Report]:
    """Return somebody's reports that are there, newest first; or the one of a year."""
    rows = await app.db.rows(
        "SELECT year, data FROM annual_reports WHERE account_id = ? AND data IS NOT NULL"
        " AND (year = ? OR CAST(? AS BIGINT) = 0) ORDER BY year DESC",
        account_id,
        year or 0,
        year or 0,
    )
    return [Report(account_id, row["year"], msgspec.json.decode(row["data"])) for row in rows]


async def mark_read(app: App, account_id: int, year: int) -> None:
    """Note that a person has looked at a report. Raises NotFound where there is none."""
    found = await app.db.execute(
        "UPDATE annual_reports SET read_at = COALESCE(read_at, ?) WHERE account_id = ? AND year = ?"
        " AND data IS NOT NULL",
        app.now(),
        account_id,
        year,
    )
    if not found:
        raise NotFound
