"""Posts that were there and are out of sight until a moderator has looked: nobody sees them, not even their authors.

All that belongs to them (answers, favourites, boosts, their place in timelines) stays, and is there again with them.
Other servers that have them are told nothing: it may be for an hour.
"""

from typing import Any

import msgspec

from fedinote.events import PostWithdrawn
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.posts.drafts import NewPost
from fedinote.posts.holding import HELD
from fedinote.posts.languages import decoded

_KEEP = """INSERT INTO held_posts (id, account_id, post_id, uri, content, reason, former, present, created_at)
 VALUES (?, ?, ?, ?, ?, ?, ?, TRUE, ?)"""


async def take(app: App, row: Row, reason: str) -> bool:
    """Take a post (its row, held by the running transaction) out of sight; False when it is already.

    A new version of it that waits for a look goes on waiting, and decides. Emits PostWithdrawn.
    """
    if row["visibility"] == HELD:
        return False
    waits = await app.db.returning(
        "UPDATE held_posts SET former = ? WHERE post_id = ? RETURNING id", row["visibility"], row["id"]
    )
    if not waits:
        content = msgspec.json.encode(await _whole(app, row)).decode()
        await app.db.execute(
            _KEEP, app.ids.next(), row["account_id"], row["id"], row["uri"], content, reason[:2000],
            row["visibility"], app.now(),
        )  # fmt: skip
    await app.emit(PostWithdrawn(row["id"], row["account_id"], row["visibility"]))
    await app.db.execute("UPDATE posts SET visibility = ? WHERE id = ?", HELD, row["id"])
    return True


async def give_back(app: App, held: Row) -> bool:
    """Show a post again (`held` is what `holding.take` returned, with `former`); False when it is gone meanwhile."""
    changed = await app.db.returning(
        "UPDATE posts SET visibility = ? WHERE id = ? AND visibility = ? RETURNING id",
        held["former"],
        held["post_id"],
        HELD,
    )
    return bool(changed)


async def clear(app: App, post_id: int) -> None:
    """Note that a moderator released a post as it is now: rules leave this version of it alone."""
    await app.db.execute(
        "UPDATE posts SET cleared_at = CASE WHEN COALESCE(edited_at, created_at) > ? THEN"
        " COALESCE(edited_at, created_at) ELSE ? END WHERE id = ?",
        app.now(),
        app.now(),
        post_id,
    )


def cleared(row: Row) -> bool:
    """Tell whether a moderator released the present version of a post (cleared_at, edited_at, created_at)."""
    return row["cleared_at"] is not None and row["cleared_at"] >= version(row)


def version(row: Row) -> int:
    """Return when the present version of a post was written (epoch ms)."""
    found: int = row["edited_at"] or row["created_at"]
    return found


async def _whole(app: App, row: Row) -> NewPost:
    """Return a post as moderators are shown what is held."""
    media = await app.db.rows("SELECT id FROM media WHERE post_id = ? ORDER BY position", row["id"])
    made: dict[str, Any] = decoded(row["translations"])
    return NewPost(
        author_id=row["account_id"],
        visibility=row["visibility"],
        content=row["content"],
        created_at=from_ms(row["created_at"]),
        uri=row["uri"],
        url=row["url"],
        object_type=row["object_type"],
        source=row["source"],
        spoiler_text=row["spoiler_text"],
        sensitive=bool(row["sensitive"]),
        language=row["language"],
        content_map=decoded(row["content_map"]) or None,
        summary_map=decoded(row["summary_map"]) or None,
        translations=made or None,
        upload_ids=tuple(one["id"] for one in media),
        edited_at=None if row["edited_at"] is None else from_ms(row["edited_at"]),
        machine_translation=row["machine_translation"],
    )
