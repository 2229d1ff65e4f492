"""Private exchanges as each local participant keeps them: with whom, the newest post, whether it was read."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fedinote.events import Blocked, PostDeleted, PostEdited, PostPublished
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.relations.lookup import Pager

_COLUMNS = "c.id, c.participants, c.last_post_id, c.unread"

# Posts may arrive late: one that is older than the newest neither replaces it nor makes it unread.
_KEEP = """
INSERT INTO conversations (id, account_id, conversation_id, participants, last_post_id, unread)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, conversation_id) DO UPDATE SET
  participants = CASE WHEN conversations.last_post_id <= excluded.last_post_id
    THEN excluded.participants ELSE conversations.participants END,
  unread = CASE WHEN conversations.last_post_id < excluded.last_post_id
    THEN excluded.unread ELSE conversations.unread END,
  last_post_id = CASE WHEN conversations.last_post_id < excluded.last_post_id
    THEN excluded.last_post_id ELSE conversations.last_post_id END
"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A conversation as one person has it. `participants` are the others' account ids."""

    id: int
    participants: tuple[int, ...]
    last_post_id: int
    unread: bool


def _exchange(row: Row) -> Exchange:
    return Exchange(
        row["id"], tuple(msgspec.json.decode(row["participants"])), row["last_post_id"], bool(row["unread"])
    )


async def on_post_published(app: App, event: PostPublished) -> None:
    """Keep the conversation of a direct post, for its author and for those it is addressed to who live here."""
    if event.visibility == "direct":
        await _keep(app, event.post_id, (event.author_id, *event.mentioned_ids), event.author_id)


async def on_post_edited(app: App, event: PostEdited) -> None:
    """Let those whom a new version of a direct post is addressed to take part."""
    if event.visibility == "direct" and event.added_ids:
        rows = await app.db.rows("SELECT account_id FROM post_mentions WHERE post_id = ?", event.post_id)
        await _keep(app, event.post_id, (event.author_id, *(row["account_id"] for row in rows)), event.author_id)


async def _keep(app: App, post_id: int, everybody: Sequence[int], author_id: int) -> None:
    people = sorted(set(everybody))
    posts, local = await app.db.many(
        ("SELECT conversation_id FROM posts WHERE id = ?", [post_id]),
        (
            "SELECT a.id FROM accounts a WHERE a.id IN_INTS(?) AND a.domain = '' AND NOT EXISTS"
            " (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = ?) AND NOT EXISTS"
            " (SELECT 1 FROM account_domain_blocks d JOIN accounts s ON s.domain = d.domain"
            " WHERE d.account_id = a.id AND s.id = ?) ORDER BY a.id",
            [people, author_id, author_id],
        ),
    )
    if not posts:
        return
    hidden = await _hidden(app, post_id)
    known = {row["id"]: people if row["id"] == author_id else [p for p in people if p not in hidden] for row in local}
    await app.db.execute_many(
        _KEEP,
        [
            (
                app.ids.next(),
                row["id"],
                posts[0]["conversation_id"],
                _others(known[row["id"]], row["id"]),
                post_id,
                row["id"] != author_id,
            )
            for row in local
        ],
    )


async def _hidden(app: App, post_id: int) -> set[int]:
    """Tell of whom only the author knows that the post is addressed to them."""
    rows = await app.db.rows("SELECT account_id FROM post_mentions WHERE post_id = ? AND blind", post_id)
    return {row["account_id"] for row in rows}


def _others(people: Sequence[int], one: int) -> str:
    return msgspec.json.encode([other for other in people if other != one]).decode()


_GO_BACK = """
UPDATE conversations SET last_post_id = (
 SELECT MAX(p.id) FROM posts p WHERE p.conversation_id = conversations.conversation_id AND p.visibility = 'direct'
 AND p.id <> ? AND (p.account_id = conversations.account_id OR EXISTS
  (SELECT 1 FROM post_mentions m WHERE m.post_id = p.id AND m.account_id = conversations.account_id)))
WHERE last_post_id = ?
"""


async def on_post_deleted(app: App, event: PostDeleted) -> None:
    """Go back to the post before the deleted one; a conversation without posts ends."""
    if event.visibility != "direct":
        return
    await app.db.write(
        (_GO_BACK, (event.post_id, event.post_id)),
        (
            "DELETE FROM conversations WHERE last_post_id IS NULL"
            " AND conversation_id IN (SELECT conversation_id FROM posts WHERE id = ?)",
            (event.post_id,),
        ),
    )


async def on_blocked(app: App, event: Blocked) -> None:
    """Forget what the blocker had with the blocked one alone."""
    await app.db.execute(
        "DELETE FROM conversations WHERE account_id = ? AND participants = ?",
        event.account_id,
        msgspec.json.encode([event.target_id]).decode(),
    )


async def page(app: App, account_id: int, pager: Pager) -> list[Exchange]:
    """Return a person's conversations, by the id of their newest post."""
    where, params, order = pager("c.last_post_id")
    rows = await app.db.rows(
        f"SELECT {_COLUMNS} FROM conversations c"  # noqa: S608
        f" WHERE c.account_id = ? AND c.last_post_id IS NOT NULL AND {where} {order}",
        account_id,
        *params,
    )
    return [_exchange(row) for row in rows]


async def mark(app: App, account_id: int, exchange_id: int, *, unread: bool) -> Exchange:
    """Mark a person's conversation as read or unread; return it. Raises NotFound."""
    rows = await app.db.returning(
        "UPDATE conversations SET unread = ? WHERE id = ? AND account_id = ? AND last_post_id IS NOT NULL"
        " RETURNING id, participants, last_post_id, unread",
        unread,
        exchange_id,
        account_id,
    )
    if not rows:
        raise NotFound
    return _exchange(rows[0])


async def remove(app: App, account_id: int, exchange_id: int) -> None:
    """Take a conversation off a person's list; its posts stay, and a new one brings it back. Raises NotFound."""
    if not await app.db.execute("DELETE FROM conversations WHERE id = ? AND account_id = ?", exchange_id, account_id):
        raise NotFound
