"""Boards: what their owners and the authors of the posts on them do. Reading is in `posts.board_reading`.

A board shows posts that are for everybody, the owner's and others'. Who wrote one may take all own posts off a board
at any moment, and is not put there again.
"""

from dataclasses import dataclass
from typing import Any

from fedinote.events import BoardChanged, BoardItemChanged
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.posts import visibility
from fedinote.text import graphemes, language

MAX_BOARDS = 100
MAX_ITEMS = 1000
MAX_TITLE = 80
MAX_DESCRIPTION = 1000
OPEN = ("public", "unlisted")

_ITEM = (
    "INSERT INTO board_items (id, board_id, post_id, position, created_at)"
    " SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), COALESCE(MIN(i.position), 1) - 1,"
    " CAST(? AS BIGINT) FROM board_items i WHERE i.board_id = ? ON CONFLICT DO NOTHING RETURNING id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a board shall be like; None leaves a thing as it is.

    `language` is a BCP 47 tag or "" for none. `cover_post_id` is a post on the board, or 0 for the first picture.
    """

    title: str | None = None
    description: str | None = None
    language: str | None = None
    cover_post_id: int | None = None

    def values(self) -> dict[str, Any]:
        """Return the columns that are not left as they are, checked. Raises `Invalid`."""
        found: dict[str, Any] = {}
        if self.title is not None:
            found["title"] = _title(self.title)
        if self.description is not None:
            found["description"] = _description(self.description)
        if self.language is not None:
            found["language"] = _language(self.language)
        if self.cover_post_id is not None:
            found["cover_post_id"] = self.cover_post_id or None
        return found


def _title(text: str) -> str:
    title = " ".join(text.replace("\x00", "").split())
    if not 0 < graphemes.count(title) <= MAX_TITLE or len(title) > 2 * MAX_TITLE:
        raise Invalid(f"Validation failed: Title must have 1 to {MAX_TITLE} characters")
    return title


def _description(text: str) -> str:
    description = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(description) > MAX_DESCRIPTION:
        raise Invalid(f"Validation failed: Description is too long (maximum is {MAX_DESCRIPTION} characters)")
    return description


def _language(text: str) -> str | None:
    if not text:
        return None
    tag = language.canonical(text)
    if tag is None:
        raise Invalid("Validation failed: Language is not a valid BCP 47 tag")
    return tag


async def create(app: App, account_id: int, wishes: Wishes) -> int:
    """Make an empty board of a local account; its id. Emits BoardChanged.

    Raises `Invalid` (no title, too long, too many boards) and `Forbidden` for an account that has moved away.
    """
    values: dict[str, Any] = {"description": "", "language": None} | wishes.values()
    if "title" not in values:
        raise Invalid("Validation failed: Title can't be blank")
    async with app.db.transaction():
        sql = f"SELECT uri, url, moved_to_uri FROM accounts WHERE id = ? AND domain = ''{app.db.lock}"  # noqa: S608
        owner = await app.db.row(sql, account_id)
        if owner is None:
            raise NotFound
        if owner["moved_to_uri"] is not None:
            raise Forbidden("Your account has moved: end that before you post")
        count = await app.db.value("SELECT COUNT(*) AS value FROM boards WHERE account_id = ?", account_id)
        if count >= MAX_BOARDS:
            raise Invalid(f"Validation failed: You have {MAX_BOARDS} boards already")
        board_id = app.ids.next()
        row = {"id": board_id, "account_id": account_id, **values, "cover_post_id": None}
        row |= {"uri": f"{owner['uri']}/boards/{board_id}", "url": f"{owner['url']}/boards/{board_id}"}
        row |= {"created_at": app.now(), "updated_at": app.now()}
        await app.db.execute(
            f"INSERT INTO boards ({', '.join(row)}) VALUES ({', '.join('?' for _ in row)})",  # noqa: S608  our names
            *row.values(),
        )
        await app.emit(BoardChanged(board_id, account_id, change="made"))
    return board_id


async def own(app: App, account_id: int, board_id: int) -> Row:
    """Return a board of an account, and hold it until the running transaction ends. Raises `NotFound`."""
    row = await app.db.row(
        f"SELECT * FROM boards WHERE id = ? AND account_id = ?{app.db.lock}",  # noqa: S608
        board_id,
        account_id,
    )
    if row is None:
        raise NotFound
    return row


async def update(app: App, account_id: int, board_id: int, wishes: Wishes) -> None:
    """Change a board of one's own. Emits BoardChanged. Raises `NotFound` and `Invalid`."""
    values = wishes.values()
    async with app.db.transaction():
        await own(app, account_id, board_id)
        if values.get("cover_post_id") and not await _is_on(app, board_id, values["cover_post_id"]):
            raise Invalid("Validation failed: The cover must be a post of the board")
        values["updated_at"] = app.now()
        names = ", ".join(f"{name} = ?" for name in values)
        await app.db.execute(f"UPDATE boards SET {names} WHERE id = ?", *values.values(), board_id)  # noqa: S608
        await app.emit(BoardChanged(board_id, account_id, change="changed"))


async def delete(app: App, account_id: int, board_id: int) -> None:
    """Delete a board of one's own; the posts stay. Emits BoardChanged before it goes. Raises `NotFound`."""
    async with app.db.transaction():
        row = await own(app, account_id, board_id)
        await app.emit(BoardChanged(board_id, account_id, change="removed"))
        await app.db.write(
            (
                "INSERT INTO tombstones (uri, former_type, created_at) VALUES (?, 'OrderedCollection', ?)"
                " ON CONFLICT DO NOTHING",
                (row["uri"], app.now()),
            ),
            ("DELETE FROM boards WHERE id = ?", (board_id,)),
        )


async def add(app: App, account_id: int, board_id: int, post_id: int) -> bool:
    """Put a post in front of a board of one's own; False when it is there already. Emits BoardItemChanged.

    Of a boost, the boosted post is meant. Raises `NotFound` (no such board; no post that the owner may see),
    `Forbidden` (it is not for everybody, one of the two blocks the other, its author withdrew) and `Invalid` (full).
    """
    async with app.db.transaction():
        await own(app, account_id, board_id)
        post = await visibility.original(app, account_id, post_id)
        await _check(app, account_id, board_id, post)
        if await app.db.value("SELECT COUNT(*) AS value FROM board_items WHERE board_id = ?", board_id) >= MAX_ITEMS:
            raise Invalid(f"Validation failed: A board has {MAX_ITEMS} posts at most")
        if await _is_on(app, board_id, post["id"]):
            return False
        await app.db.returning(_ITEM, app.ids.next(), board_id, post["id"], app.now(), board_id)
        await app.db.execute("UPDATE boards SET updated_at = ? WHERE id = ?", app.now(), board_id)
        await app.emit(BoardItemChanged(board_id, account_id, post["id"], post["account_id"], listed=True))
        return True


async def _check(app: App, account_id: int, board_id: int, post: Row) -> None:
    if post["visibility"] not in OPEN or (post["visibility"] != "public" and post["account_id"] != account_id):
        raise Forbidden("Only public posts can be on a board")
    refused = await app.db.row(
        "SELECT 1 AS value FROM board_refusals WHERE board_id = ? AND account_id = ?", board_id, post["account_id"]
    )
    blocked = await app.db.row(
        "SELECT 1 AS value FROM blocks WHERE account_id = ? AND target_id = ?", account_id, post["account_id"]
    )
    if refused is not None or blocked is not None:
        raise Forbidden("This post cannot be on this board")


async def _is_on(app: App, board_id: int, post_id: int) -> bool:
    sql = "SELECT 1 AS value FROM board_items WHERE board_id = ? AND post_id = ?"
    return await app.db.row(sql, board_id, post_id) is not None


async def remove(app: App, account_id: int, board_id: int, post_id: int) -> None:
    """Take a post off a board of one's own. Emits BoardItemChanged. Raises `NotFound`."""
    async with app.db.transaction():
        await own(app, account_id, board_id)
        await _take_off(app, account_id, board_id, post_id)


async def _take_off(app: App, owner_id: int, board_id: int, post_id: int) -> None:
    author = await app.db.value("SELECT account_id AS value FROM posts WHERE id = ?", post_id)
    gone = await app.db.execute("DELETE FROM board_items WHERE board_id = ? AND post_id = ?", board_id, post_id)
    if not gone or author is None:
        raise NotFound
    await app.db.execute(
        "UPDATE boards SET updated_at = ?, cover_post_id = CASE WHEN cover_post_id = ? THEN NULL ELSE cover_post_id END"
        " WHERE id = ?",
        app.now(),
        post_id,
        board_id,
    )
    await app.emit(BoardItemChanged(board_id, owner_id, post_id, author, listed=False))


async def withdraw(app: App, author_id: int, board_id: int) -> int:
    """Take all of an author's posts off somebody else's board for good; how many. Emits BoardItemChanged for each.

    Raises `NotFound` where none is on it.
    """
    async with app.db.transaction():
        board = await app.db.row(f"SELECT account_id FROM boards WHERE id = ?{app.db.lock}", board_id)  # noqa: S608
        rows = await app.db.rows(
            "SELECT i.post_id FROM board_items i JOIN posts p ON p.id = i.post_id"
            " WHERE i.board_id = ? AND p.account_id = ? ORDER BY i.id",
            board_id,
            author_id,
        )
        if board is None or not rows or board["account_id"] == author_id:
            raise NotFound
        await app.db.execute(
            "INSERT INTO board_refusals (board_id, account_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            board_id,
            author_id,
            app.now(),
        )
        for row in rows:
            await _take_off(app, board["account_id"], board_id, row["post_id"])
        return len(rows)


async def place(app: App, account_id: int, board_id: int, post_id: int, *, before: int | None) -> None:
    """Put a post of a board of one's own right before another one of it (None: at the end). Raises `NotFound`.

    Others see the new order when they next look: nothing is sent for it.
    """
    async with app.db.transaction():
        await own(app, account_id, board_id)
        sql = "SELECT id, post_id, position FROM board_items WHERE board_id = ? ORDER BY position, id"
        rows = await app.db.rows(sql, board_id)
        order = [row["post_id"] for row in rows]
        if post_id not in order or (before is not None and before not in order):
            raise NotFound
        if before == post_id:
            return
        order.remove(post_id)
        order.insert(len(order) if before is None else order.index(before), post_id)
        now_at = {row["post_id"]: row["position"] for row in rows}
        moved = [(at, board_id, one) for at, one in enumerate(order) if now_at[one] != at]
        await app.db.execute_many("UPDATE board_items SET position = ? WHERE board_id = ? AND post_id = ?", moved)
        await app.db.execute("UPDATE boards SET updated_at = ? WHERE id = ?", app.now(), board_id)
