"""Hashtags as a reader meets them: what a tag is, how it was used this week, and following it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.relations.lookup import Window
from fedinote.text.compose import Hashtag, find_hashtags

DAYS = 7
MAX_FOLLOWED = 1000
_DAY = 86_400_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Day:
    """How often a tag was used on a day (UTC): `start` in epoch seconds, posts, and accounts that wrote them."""

    start: int
    uses: int
    accounts: int


@dataclass(frozen=True, slots=True)
class TagView:
    """A hashtag: `name` folded, `display` as first written. `id` is None while nobody has used or followed it.

    `history` has seven days, today first. `following` is None where nobody asks.
    """

    id: int | None
    name: str
    display: str
    history: tuple[Day, ...]
    following: bool | None = None


def parse(name: str) -> Hashtag:
    """Return the folded name and the display form of a tag given without or with "#". Raises NotFound if it is none."""
    written = name.removeprefix("#")
    found = find_hashtags(f"#{written}")
    if not found or found[0].display != written:
        raise NotFound
    return found[0]


async def show(app: App, name: str, viewer_id: int | None) -> TagView:
    """Return a hashtag as this viewer sees it. Raises NotFound for what can be no hashtag."""
    tag = parse(name)
    row = await app.db.row("SELECT id, name, display FROM tags WHERE name = ?", tag.name)
    if row is None:
        return TagView(None, tag.name, tag.display, (await histories(app, []))[None], _known(viewer_id, False))
    return (await _views(app, [row], viewer_id))[0]


def _known(viewer_id: int | None, following: bool) -> bool | None:
    return None if viewer_id is None else following


async def _views(app: App, rows: Sequence[Row], viewer_id: int | None) -> list[TagView]:
    ids = [row["id"] for row in rows]
    days = await histories(app, ids)
    followed = await following(app, viewer_id, ids)
    return [
        TagView(row["id"], row["name"], row["display"], days[row["id"]], _known(viewer_id, row["id"] in followed))
        for row in rows
    ]


async def histories(app: App, tag_ids: Sequence[int]) -> dict[int | None, tuple[Day, ...]]:
    """Return the last seven days of each tag, today first, counting public posts; the key None is that of no tag."""
    today = to_ms(app.now()) // _DAY
    rows = await app.db.rows(
        "SELECT t.tag_id, p.created_at / ? AS day, COUNT(*) AS uses, COUNT(DISTINCT p.account_id) AS accounts"
        " FROM post_tags t JOIN posts p ON p.id = t.post_id"
        " WHERE t.tag_id IN_INTS(?) AND t.post_id >= ? AND p.created_at >= ? AND p.visibility = 'public'"
        " GROUP BY t.tag_id, day",
        _DAY,
        list(tag_ids),
        # Ids begin with the time, so the index narrows the search to the week (and a day, for clocks that differ).
        to_ms(app.now() - timedelta(days=DAYS + 1)) << 16,
        (today - DAYS + 1) * _DAY,
    )
    used = {(row["tag_id"], row["day"]): (row["uses"], row["accounts"]) for row in rows}
    return {
        tag_id: tuple(
            Day(day * _DAY // 1000, *used.get((tag_id, day), (0, 0))) for day in range(today, today - DAYS, -1)
        )
        for tag_id in (*tag_ids, None)
    }


async def following(app: App, viewer_id: int | None, tag_ids: Sequence[int]) -> set[int]:
    """Return which of these tags the viewer follows."""
    if viewer_id is None:
        return set()
    rows = await app.db.rows(
        "SELECT tag_id FROM followed_tags WHERE account_id = ? AND tag_id IN_INTS(?)", viewer_id, list(tag_ids)
    )
    return {row["tag_id"] for row in rows}


async def follow(app: App, account_id: int, name: str) -> TagView:
    """Follow a tag, new ones too; return it. Repeating it changes nothing. Raises NotFound and Invalid (1,000)."""
    tag = parse(name)
    async with app.db.transaction():
        count = await app.db.value("SELECT COUNT(*) AS value FROM followed_tags WHERE account_id = ?", account_id)
        if count >= MAX_FOLLOWED:
            raise Invalid(f"Validation failed: You follow {MAX_FOLLOWED} hashtags already")
        await app.db.execute(
            "INSERT INTO tags (id, name, display, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            app.ids.next(),
            tag.name,
            tag.display,
            app.now(),
        )
        await app.db.execute(
            "INSERT INTO followed_tags (id, account_id, tag_id, created_at)"
            " SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), id, CAST(? AS BIGINT) FROM tags WHERE name = ?"
            " ON CONFLICT DO NOTHING",
            app.ids.next(),
            account_id,
            app.now(),
            tag.name,
        )
    return await show(app, tag.display, account_id)


async def unfollow(app: App, account_id: int, name: str) -> TagView:
    """Follow a tag no longer; return it. Raises NotFound for what can be no hashtag."""
    tag = parse(name)
    await app.db.execute(
        "DELETE FROM followed_tags WHERE account_id = ? AND tag_id IN (SELECT id FROM tags WHERE name = ?)",
        account_id,
        tag.name,
    )
    return await show(app, tag.display, account_id)


async def followed_page(app: App, account_id: int, window: Window) -> list[tuple[int, TagView]]:
    """Return the tags that a person follows, each with the id that the page goes by."""
    where, params, order = window("f.id")
    rows = await app.db.rows(
        "SELECT f.id AS follow_id, t.id, t.name, t.display FROM followed_tags f JOIN tags t ON t.id = f.tag_id"  # noqa: S608
        f" WHERE f.account_id = ? AND {where} {order}",
        account_id,
        *params,
    )
    views = await _views(app, rows, account_id)
    return [(row["follow_id"], view) for row, view in zip(rows, views, strict=True)]
