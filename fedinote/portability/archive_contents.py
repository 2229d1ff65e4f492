"""What is in an archive: the documents that Mastodon's has, under the same names, our CSV files, and two of our own.

Addresses of own files are made paths inside the archive, like in Mastodon's.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

import fedinote
from fedinote.activitypub.context import post_context
from fedinote.federation import documents
from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.portability import archive_records, exports
from fedinote.portability.packing import Entry

FILES = "media_attachments/files/"
FORMAT = 1
BATCH = 500
CSV_NAMES: Mapping[str, str] = {
    "follows": "following_accounts.csv",
    "blocks": "blocked_accounts.csv",
    "mutes": "muted_accounts.csv",
    "lists": "lists.csv",
    "bookmarks": "bookmarks.csv",
    "domain_blocks": "blocked_domains.csv",
}
"""The names that Mastodon gives these files."""
_COLLECTIONS = {
    "likes.json": "SELECT x.id, p.uri FROM favourites x JOIN posts p ON p.id = x.post_id"
    " WHERE x.account_id = ? AND x.id > ? ORDER BY x.id LIMIT ?",
    "bookmarks.json": "SELECT x.id, p.uri FROM bookmarks x JOIN posts p ON p.id = x.post_id"
    " WHERE x.account_id = ? AND x.id > ? ORDER BY x.id LIMIT ?",
}


async def activity(app: App, row: Row) -> dict[str, Any] | None:
    """Return what an outbox has of a post or boost (id, reblog_of_id); None where it is gone meanwhile.

    A post for its own server alone is marked by `localOnly`.
    """
    try:
        if row["reblog_of_id"] is not None:
            found = await documents.boost(app, await documents.boost_row(app, row["id"]))
        else:
            post = await documents.post(app, row["id"], private=True)
            found = documents.create(post)
            if post.row["visibility"] == "local":
                found["object"] |= {"localOnly": True}
    except NotFound:
        return None
    plain: dict[str, Any] = _inside(app, {name: value for name, value in found.items() if name != "@context"})
    return plain


def _inside(app: App, value: Any) -> Any:
    """Turn the addresses of our files, however deep in a document, into paths of the archive."""
    if isinstance(value, dict):
        return {name: _inside(app, one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_inside(app, one) for one in value]
    prefix = app.url("/media/")
    return f"/{FILES}{value[len(prefix) :]}" if isinstance(value, str) and value.startswith(prefix) else value


async def before(app: App, account: Row, now: datetime) -> list[Entry]:
    """Return the files that come first: profile and pictures, likes and bookmarks, the CSV files and our own two."""
    found = [await _actor(app, account, now)]
    for name in ("avatar", "header"):
        key = account[name]
        with contextlib.suppress(NotFound):
            found.append(Entry(f"{name}.{key.rpartition('.')[2]}", [app.storage.path(key)], now))
    parts: dict[str, list[bytes | Path]] = {}
    for name in _COLLECTIONS:
        parts[name] = [part async for part in _collection(app, account["id"], name)]
    for kind, name in CSV_NAMES.items():
        parts[name] = [(await exports.export(app, account["id"], kind)).encode()]
    parts["account.json"] = [msgspec.json.encode(await archive_records.of(app, account["id"]))]
    parts["fedinote.json"] = [msgspec.json.encode(await _ours(app, account, now))]
    return [*found, *(Entry(name, content, now) for name, content in parts.items())]


async def _actor(app: App, account: Row, now: datetime) -> Entry:
    document = await documents.account(app, account["id"])
    for name, key in (("icon", account["avatar"]), ("image", account["header"])):
        if key and name in document:
            file = "avatar" if name == "icon" else "header"
            document[name] = {**document[name], "url": f"{file}.{key.rpartition('.')[2]}"}
    document |= {"outbox": "outbox.json", "likes": "likes.json", "bookmarks": "bookmarks.json"}
    return Entry("actor.json", [msgspec.json.encode(document)], now)


async def _collection(app: App, account_id: int, name: str) -> AsyncIterator[bytes]:
    """Give the bytes of a collection of ids, a batch at a time."""
    last, first = 0, True
    yield _head(name, None)
    while rows := await app.db.rows(_COLLECTIONS[name], account_id, last, BATCH):
        last = rows[-1]["id"]
        listed = b",".join(msgspec.json.encode(row["uri"]) for row in rows)
        yield listed if first else b"," + listed
        first = False
    yield b"]}"


def _head(name: str, total: int | None) -> bytes:
    head: dict[str, Any] = {"@context": post_context(translated=True), "id": name, "type": "OrderedCollection"}
    if total is not None:
        head["totalItems"] = total
    return msgspec.json.encode(head)[:-1] + b',"orderedItems":['


def outbox_head(total: int) -> bytes:
    """Return the beginning of outbox.json, up to its first activity; `]}` is its end."""
    return _head("outbox.json", total)


async def _ours(app: App, account: Row, now: datetime) -> dict[str, Any]:
    boards = await app.db.rows("SELECT * FROM boards WHERE account_id = ? ORDER BY id", account["id"])
    items = await app.db.rows(
        "SELECT i.board_id, i.post_id, p.uri FROM board_items i JOIN posts p ON p.id = i.post_id"
        " WHERE i.board_id IN_INTS(?) ORDER BY i.board_id, i.position, i.id",
        [board["id"] for board in boards],
    )
    return {
        "format": FORMAT,
        "software": f"FediNote {fedinote.__version__}",
        "account": account["uri"],
        "created_at": iso(now),
        "boards": [_board(board, [item for item in items if item["board_id"] == board["id"]]) for board in boards],
    }


def _board(board: Row, items: list[Row]) -> dict[str, Any]:
    cover = next((item["uri"] for item in items if item["post_id"] == board["cover_post_id"]), None)
    return {
        "id": board["uri"],
        "title": board["title"],
        "description": board["description"],
        "language": board["language"],
        "cover": cover,
        "posts": [item["uri"] for item in items],
    }
