"""Posts that a rule holds back until a moderator has looked: kept whole, outside of the posts, so nobody sees them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.posts.drafts import NewPost

Window = Callable[[str], tuple[str, Sequence[int], str]]
KEEP = timedelta(days=30)
HELD = "held"
"""The visibility of a post that is out of sight until a moderator has looked."""
OLD = "FROM held_posts h JOIN accounts a ON a.id = h.account_id WHERE h.created_at < ?"
"""What is held since before a moment: `h`, and its author `a`."""


async def keep(app: App, new: NewPost, reason: str, *, post_id: int | None = None) -> None:
    """Keep a post for review. `post_id`: it is a new version of this one.

    A newer version of what is held already takes its place.
    """
    former = await app.db.value("SELECT former AS value FROM held_posts WHERE post_id = ?", post_id) if post_id else ""
    await app.db.atomic(
        ("DELETE FROM held_posts WHERE uri = ? OR post_id = ?", (new.uri or "", post_id or 0)),
        (
            "INSERT INTO held_posts (id, account_id, post_id, uri, content, reason, former, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                app.ids.next(),
                new.author_id,
                post_id,
                new.uri,
                msgspec.json.encode(new).decode(),
                reason[:2000],
                former or "",
                app.now(),
            ),
        ),
    )


async def is_held(app: App, author_id: int, since: datetime) -> bool:
    """Tell whether something that an author of ours wrote since a moment waits for review."""
    found = await app.db.row(
        "SELECT 1 AS value FROM held_posts WHERE account_id = ? AND uri IS NULL AND created_at >= ?", author_id, since
    )
    return found is not None


async def waiting(app: App, window: Window) -> list[Row]:
    """Return a page of what is held: id, account_id, post_id, uri, content, reason, created_at.

    `window` gives condition, parameters and order for a column.
    """
    where, params, order = window("h.id")
    return await app.db.rows(f"SELECT h.* FROM held_posts h WHERE {where} {order}", *params)  # noqa: S608


async def find(app: App, held_id: int) -> Row:
    """Return one that is held. Raises NotFound."""
    row = await app.db.row("SELECT * FROM held_posts WHERE id = ?", held_id)
    if row is None:
        raise NotFound("Nothing is held under this number")
    return row


async def still(app: App, ids: Sequence[int]) -> set[int]:
    """Return those of some that are held at present."""
    rows = await app.db.rows("SELECT id FROM held_posts WHERE id IN_INTS(?)", list(ids)) if ids else []
    return {row["id"] for row in rows}


def post_of(row: Row) -> NewPost:
    """Return the post as it was when it came."""
    return msgspec.json.decode(row["content"], type=NewPost)


async def take(app: App, held_id: int) -> Row:
    """Take one out of the held ones, in the running transaction; once. Raises NotFound."""
    gone = await app.db.returning("DELETE FROM held_posts WHERE id = ? RETURNING *", held_id)
    if not gone:
        raise NotFound("Nothing is held under this number")
    return gone[0]


async def forget(app: App, uri: str, account_id: int) -> None:
    """Drop what its author deleted elsewhere before anybody looked."""
    await app.db.atomic(
        ("DELETE FROM held_posts WHERE uri = ? AND account_id = ?", (uri, account_id)),
        ("UPDATE batch_items SET content = '' WHERE uri = ? AND account_id = ? AND content <> ''", (uri, account_id)),
    )


async def tidy(app: App) -> None:
    """Drop what nobody looked at for thirty days (every so often).

    Posts that were there, and what people here wrote, need more to end.
    """
    old = f"SELECT h.id {OLD} AND h.former = '' AND a.domain <> ''"
    await app.db.execute(f"DELETE FROM held_posts WHERE id IN ({old})", app.now() - KEEP)  # noqa: S608  texts of ours


async def visibility_of(app: App, row: Row) -> str:
    """Return the visibility of a post (its row): of one that is held at present that which it had before."""
    shown: str = row["visibility"]
    if shown != HELD:
        return shown
    former = await app.db.value("SELECT former AS value FROM held_posts WHERE post_id = ?", row["id"])
    return former or "direct"
