"""Boards as somebody sees them: only what that viewer may see, of owners who are here and do not block the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.posts import visibility

_SHOWN = (
    "a.suspended_at IS NULL AND a.deleted_at IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM blocks bb WHERE bb.account_id = b.account_id AND bb.target_id = ?)"
)
_BOARD = "SELECT b.*, a.username, a.uri AS owner_uri, a.domain FROM boards b JOIN accounts a ON a.id = b.account_id"
# Where people show what is for everybody, a viewer's right to a narrower post is no reason to have it there.
_OPEN = "p.visibility IN ('public', 'unlisted')"
PICTURES = 3


@dataclass(frozen=True, slots=True)
class Item:
    """A post on a board: its place in the order, and what the next page begins after."""

    post_id: int
    author_id: int
    position: int
    id: int


async def one(app: App, viewer_id: int | None, board_id: int) -> Row:
    """Return a board that a viewer may see, with its owner's username, owner_uri and domain. Raises `NotFound`."""
    row = await app.db.row(f"{_BOARD} WHERE b.id = ? AND {_SHOWN}", board_id, viewer_id or 0)
    if row is None:
        raise NotFound
    return row


async def of(app: App, account_id: int, viewer_id: int | None) -> list[Row]:
    """Return an account's boards that a viewer may see, those that changed last first."""
    sql = f"{_BOARD} WHERE b.account_id = ? AND {_SHOWN} ORDER BY b.updated_at DESC, b.id DESC"
    return await app.db.rows(sql, account_id, viewer_id or 0)


async def featuring(app: App, author_id: int) -> list[Row]:
    """Return other people's boards that show posts of an author, as that author sees them."""
    return await app.db.rows(
        f"{_BOARD} WHERE b.id IN (SELECT i.board_id FROM board_items i JOIN posts p ON p.id = i.post_id"  # noqa: S608
        f" WHERE p.account_id = ?) AND b.account_id <> ? AND {_SHOWN} ORDER BY b.id DESC LIMIT 100",
        author_id,
        author_id,
        author_id,
    )


async def holding(app: App, account_id: int, post_id: int) -> set[int]:
    """Return which of an account's own boards have a post."""
    rows = await app.db.rows(
        "SELECT b.id FROM boards b JOIN board_items i ON i.board_id = b.id WHERE b.account_id = ? AND i.post_id = ?",
        account_id,
        post_id,
    )
    return {row["id"] for row in rows}


def _seen(app: App, viewer_id: int | None) -> tuple[str, list[int]]:
    """Give the condition on a post `p` of a board: it is for everybody, and wanted by the viewer."""
    may, may_params = visibility.condition("p", viewer_id)
    wants, wants_params = visibility.wanted(app, "p", viewer_id)
    return f"{_OPEN} AND {may} AND {wants}", [*may_params, *wants_params]


async def items(
    app: App, board_id: int, viewer_id: int | None, *, limit: int, after: tuple[int, int] | None = None
) -> list[Item]:
    """Return a page of a board's posts in its order. `after` is (position, id) of the item that came last."""
    condition, params = _seen(app, viewer_id)
    position, item_id = after or (-(2**62), 0)
    rows = await app.db.rows(
        f"SELECT i.id, i.post_id, i.position, p.account_id FROM board_items i JOIN posts p ON p.id = i.post_id"  # noqa: S608
        f" WHERE i.board_id = ? AND (i.position > ? OR (i.position = ? AND i.id > ?)) AND {condition}"
        " ORDER BY i.position, i.id LIMIT ?",
        board_id,
        position,
        position,
        item_id,
        *params,
        limit,
    )
    return [Item(row["post_id"], row["account_id"], row["position"], row["id"]) for row in rows]


async def place_of(app: App, board_id: int, post_id: int) -> tuple[int, int] | None:
    """Return where a post is on a board, as `items` takes it for `after`; None where it is not."""
    sql = "SELECT position, id FROM board_items WHERE board_id = ? AND post_id = ?"
    row = await app.db.row(sql, board_id, post_id)
    return None if row is None else (row["position"], row["id"])


async def counts(app: App, board_ids: Sequence[int], viewer_id: int | None) -> dict[int, int]:
    """Return how many posts of each board a viewer sees."""
    condition, params = _seen(app, viewer_id)
    rows = await app.db.rows(
        f"SELECT i.board_id, COUNT(*) AS number FROM board_items i JOIN posts p ON p.id = i.post_id"  # noqa: S608
        f" WHERE i.board_id IN_INTS(?) AND {condition} GROUP BY i.board_id",
        list(board_ids),
        *params,
    )
    return {row["board_id"]: row["number"] for row in rows}


async def pictures(
    app: App, board_ids: Sequence[int], viewer_id: int | None, most: int = PICTURES
) -> dict[int, list[Row]]:
    """Return the files (rows of media) that stand for each board: of the cover first, then in the board's order.

    Pictures of posts that are marked as sensitive, or have a content warning, are left out.
    """
    condition, params = _seen(app, viewer_id)
    rows = await app.db.rows(
        "SELECT * FROM (SELECT m.*, i.board_id, ROW_NUMBER() OVER (PARTITION BY i.board_id ORDER BY"  # noqa: S608
        " CASE WHEN b.cover_post_id = i.post_id THEN 0 ELSE 1 END, i.position, i.id) AS place"
        " FROM board_items i JOIN boards b ON b.id = i.board_id JOIN posts p ON p.id = i.post_id"
        " JOIN media m ON m.post_id = p.id AND m.position = (SELECT MIN(f.position) FROM media f"
        " WHERE f.post_id = p.id AND f.kind = 'image' AND f.state = 'ready')"
        f" WHERE i.board_id IN_INTS(?) AND NOT p.sensitive AND p.spoiler_text = '' AND {condition}) x"
        " WHERE x.place <= ? ORDER BY x.board_id, x.place",
        list(board_ids),
        *params,
        most,
    )
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["board_id"], []).append(row)
    return found
