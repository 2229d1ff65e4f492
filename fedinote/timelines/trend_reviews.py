"""What the staff decides about trends: tags, posts, links, and whole publishers of links."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound

_EXISTS = {
    "post": "SELECT id FROM posts WHERE id = ? AND visibility = 'public' AND reblog_of_id IS NULL",
    "link": "SELECT id FROM preview_cards WHERE id = ?",
}


@dataclass(frozen=True, slots=True)
class Publisher:
    """A host whose links were among the trends. `allowed` None: nobody decided."""

    id: int
    host: str
    allowed: bool | None
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TagRules:
    """What the staff decided of a tag; None: nobody decided."""

    id: int
    usable: bool | None
    trendable: bool | None
    listable: bool | None
    reviewed: bool


async def decide(app: App, kind: str, subject_id: int, *, allowed: bool) -> None:
    """Let a post or a link (`kind`) be among the trends, or keep it from them. Raises NotFound."""
    if await app.db.row(_EXISTS[kind], subject_id) is None:
        raise NotFound
    await app.db.execute(
        "INSERT INTO trend_reviews (id, kind, subject, allowed, reviewed_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, subject) DO UPDATE SET allowed = excluded.allowed, reviewed_at = excluded.reviewed_at",
        app.ids.next(),
        kind,
        str(subject_id),
        allowed,
        app.now(),
    )


async def decided(app: App, kind: str, subject_ids: list[int]) -> set[int]:
    """Return which posts or links somebody decided about."""
    rows = await app.db.rows(
        "SELECT subject FROM trend_reviews WHERE kind = ? AND subject IN_TEXTS(?) AND reviewed_at IS NOT NULL",
        kind,
        [str(one) for one in subject_ids],
    )
    return {int(row["subject"]) for row in rows}


async def decide_publisher(app: App, publisher_id: int, *, allowed: bool) -> Publisher:
    """Let links to a host be among the trends, or keep them from there. Raises NotFound."""
    rows = await app.db.returning(
        "UPDATE trend_reviews SET allowed = ?, reviewed_at = ? WHERE id = ? AND kind = 'publisher' RETURNING *",
        allowed,
        app.now(),
        publisher_id,
    )
    if not rows:
        raise NotFound
    return _publisher(rows[0])


async def publishers(app: App, limit: int, offset: int) -> list[Publisher]:
    """Return hosts whose links were among the trends: first those that nobody decided about, then by name."""
    rows = await app.db.rows(
        "SELECT * FROM trend_reviews WHERE kind = 'publisher'"
        " ORDER BY CASE WHEN reviewed_at IS NULL THEN 0 ELSE 1 END, subject LIMIT ? OFFSET ?",
        limit,
        offset,
    )
    return [_publisher(row) for row in rows]


def _publisher(row: Row) -> Publisher:
    at = row["reviewed_at"]
    return Publisher(row["id"], row["subject"], _flag(row["allowed"]), None if at is None else from_ms(at))


def _flag(value: Any) -> bool | None:
    return None if value is None else bool(value)


# -- tags -------------------------------------------------------------------------------------------------------------


async def tag_rules(app: App, tag_ids: list[int]) -> dict[int, TagRules]:
    """Return what was decided of tags, by id; unknown ids are left out."""
    rows = await app.db.rows(
        "SELECT id, usable, trendable, listable, reviewed_at FROM tags WHERE id IN_INTS(?)", tag_ids
    )
    return {
        row["id"]: TagRules(
            row["id"],
            usable=_flag(row["usable"]),
            trendable=_flag(row["trendable"]),
            listable=_flag(row["listable"]),
            reviewed=row["reviewed_at"] is not None,
        )
        for row in rows
    }


async def tag_page(app: App, limit: int, max_id: int | None) -> list[int]:
    """Return the ids of tags, the newest first."""
    rows = await app.db.rows(
        "SELECT id FROM tags WHERE id < ? ORDER BY id DESC LIMIT ?", max_id or (1 << 63) - 1, limit
    )
    return [row["id"] for row in rows]


async def rule_tag(
    app: App,
    tag_id: int,
    *,
    usable: bool | None = None,
    trendable: bool | None = None,
    listable: bool | None = None,
    display: str | None = None,
) -> None:
    """Decide about a tag; None leaves a thing as it is. `display` may differ in letter case only. Raises NotFound."""
    given = {"usable": usable, "trendable": trendable, "listable": listable}
    changes = {name: value for name, value in given.items() if value is not None}
    assignments = "".join(f"{name} = ?, " for name in changes)
    done = await app.db.execute(
        f"UPDATE tags SET {assignments}reviewed_at = ?,"  # noqa: S608
        " display = CASE WHEN LOWER(display) = LOWER(?) THEN ? ELSE display END WHERE id = ?",
        *changes.values(),
        app.now(),
        display or "",
        display or "",
        tag_id,
    )
    if not done:
        raise NotFound
