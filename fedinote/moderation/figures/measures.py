"""How much of something there was on each day: the measures of the dashboard, counted from what is stored.

https://docs.joinmastodon.org/methods/admin/measures/. Each measure costs two queries, however long the period.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fedinote.infra.app import App
from fedinote.infra.db import Query
from fedinote.infra.errors import NotFound
from fedinote.moderation.figures.periods import DAY_MS, Period

Bind = Literal["from", "until", "about"]
_TAGGED = (
    "post_tags t JOIN posts p ON p.id = t.post_id JOIN accounts a ON a.id = p.account_id"
    " WHERE t.tag_id = ? AND p.id >= ? AND p.id < ? AND p.visibility = 'public'"
)
_TAGGED_BINDS: tuple[Bind, ...] = ("about", "from", "until")
_INTERACTIONS = """(
 SELECT f.created_at AS at, 'f' || CAST(f.id AS TEXT) AS what FROM favourites f JOIN posts p ON p.id = f.post_id
 WHERE p.local = TRUE
 UNION ALL SELECT b.created_at AS at, 'b' || CAST(b.id AS TEXT) AS what FROM posts b
 JOIN posts p ON p.id = b.reblog_of_id WHERE p.local = TRUE AND b.id >= ? AND b.id < ?
 UNION ALL SELECT r.created_at AS at, 'r' || CAST(r.id AS TEXT) AS what FROM posts r
 JOIN posts p ON p.id = r.in_reply_to_id WHERE p.local = TRUE AND r.id >= ? AND r.id < ?
) i WHERE TRUE"""
_FOLLOWS = (
    "follows f JOIN accounts a ON a.id = f.{theirs} JOIN accounts o ON o.id = f.{ours}"
    " WHERE a.domain = ? AND o.domain = '' AND f.accepted = TRUE"
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: `what` is counted (each once) in the rows of `source`, by the time `at` (epoch milliseconds).

    `binds` are the parameters of the source in order: bounds of ids, and what the measure is `about`. `about` is the
    name of the parameter that a client must give (the id of a tag, a domain). A `lasting` total is of all times, and
    has none for the period before.
    """

    source: str
    at: str
    what: str
    binds: tuple[Bind, ...] = ()
    about: Literal["", "id", "domain"] = ""
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """What a measure comes to: in all, in the period before (None: not known), and on each day, in order."""

    key: str
    total: int
    previous: int | None
    daily: Mapping[int, int] = field(default_factory=dict)
    unit: str | None = None


def _of_domain(source: str, at: str, what: str) -> Measure:
    return Measure(source, at, what, ("about",), "domain", lasting=True)


MEASURES: Mapping[str, Measure] = {
    "active_users": Measure("user_days d WHERE TRUE", f"CAST(d.day AS BIGINT) * {DAY_MS}", "d.user_id"),
    "new_users": Measure("users u WHERE TRUE", "u.created_at", "u.id"),
    "interactions": Measure(_INTERACTIONS, "i.at", "i.what", ("from", "until", "from", "until")),
    "opened_reports": Measure("reports r WHERE TRUE", "r.created_at", "r.id"),
    "resolved_reports": Measure("reports r WHERE r.action_taken_at IS NOT NULL", "r.action_taken_at", "r.id"),
    "tag_accounts": Measure(_TAGGED, "p.created_at", "p.account_id", _TAGGED_BINDS, "id"),
    "tag_uses": Measure(_TAGGED, "p.created_at", "p.id", _TAGGED_BINDS, "id"),
    "tag_servers": Measure(f"{_TAGGED} AND a.domain <> ''", "p.created_at", "a.domain", _TAGGED_BINDS, "id"),
    "instance_accounts": _of_domain("accounts a WHERE a.domain = ? AND a.deleted_at IS NULL", "a.created_at", "a.id"),
    "instance_reports": _of_domain(
        "reports r JOIN accounts a ON a.id = r.target_id WHERE a.domain = ?", "r.created_at", "r.id"
    ),
    "instance_statuses": _of_domain(
        "posts p JOIN accounts a ON a.id = p.account_id WHERE a.domain = ?", "p.created_at", "p.id"
    ),
    "instance_follows": _of_domain(_FOLLOWS.format(theirs="target_id", ours="follower_id"), "f.created_at", "f.id"),
    "instance_followers": _of_domain(_FOLLOWS.format(theirs="follower_id", ours="target_id"), "f.created_at", "f.id"),
}
SPACE = "instance_media_attachments"
ABOUT: Mapping[str, str] = {**{key: one.about for key, one in MEASURES.items()}, SPACE: "domain"}
"""What a client must say a measure is about, by the measure: a tag's "id", a "domain", or "" for nothing."""


async def measure(app: App, key: str, period: Period, about: int | str = "") -> Figures:
    """Return the figures of one measure of ABOUT. `about`: the tag's id, or the domain in the spelling of its key."""
    if key == SPACE:
        return await _space(app, period, str(about))
    one = MEASURES[key]
    total, daily = await app.db.many(_total(one, period, about), _daily(one, period, about))
    days = {row["day"]: row["value"] for row in daily}
    counted = {day: days.get(day, 0) for day in period.days}
    return Figures(key, total[0]["now"], None if one.lasting else total[0]["before"], counted)


def _values(one: Measure, period: Period, about: int | str) -> list[int | str]:
    values: dict[str, int | str] = {"from": period.ids[0], "until": period.ids[1], "about": about}
    return [values[name] for name in one.binds]


def _daily(one: Measure, period: Period, about: int | str) -> Query:
    sql = (
        f"SELECT ({one.at}) / {DAY_MS} AS day, COUNT(DISTINCT {one.what}) AS value FROM {one.source}"  # noqa: S608
        f" AND {one.at} >= ? AND {one.at} < ? GROUP BY 1"
    )
    return sql, [*_values(one, period, about), period.start_ms, period.end_ms]


def _total(one: Measure, period: Period, about: int | str) -> Query:
    if one.lasting:
        sql = f"SELECT COUNT(DISTINCT {one.what}) AS now FROM {one.source}"  # noqa: S608
        return sql, _values(one, period, about)
    sql = (
        f"SELECT COUNT(DISTINCT CASE WHEN {one.at} >= ? THEN {one.what} END) AS now,"  # noqa: S608
        f" COUNT(DISTINCT CASE WHEN {one.at} < ? THEN {one.what} END) AS before"
        f" FROM {one.source} AND {one.at} >= ? AND {one.at} < ?"
    )
    wide = _values(one, Period(period.before.first, period.last), about)
    return sql, [period.start_ms, period.start_ms, *wide, period.before.start_ms, period.end_ms]


async def _space(app: App, period: Period, domain: str) -> Figures:
    """Measure the files that are kept here of a domain's attachments, in bytes."""
    rows = await app.db.rows(
        "SELECT m.key, m.preview_key, m.created_at FROM media m JOIN accounts a ON a.id = m.account_id"
        " WHERE a.domain = ? AND (m.key <> '' OR m.preview_key <> '')",
        domain,
    )
    files = [(row["created_at"] // DAY_MS, key) for row in rows for key in {row["key"], row["preview_key"]} - {""}]
    daily = await asyncio.to_thread(_sizes, app, files)
    counted = {day: daily.get(day, 0) for day in period.days}
    return Figures(SPACE, sum(daily.values()), None, counted, "bytes")


def _sizes(app: App, files: list[tuple[int, str]]) -> Counter[int]:
    found: Counter[int] = Counter()
    for day, key in files:
        try:
            found[day] += app.storage.path(key).stat().st_size
        except (NotFound, OSError):
            continue
    return found
