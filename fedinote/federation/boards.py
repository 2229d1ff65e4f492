"""Boards of people here as other servers see them: OrderedCollections below the actor, and what is told of them.

(ActivityStreams 2.0, Vocabulary 2.3; ActivityPub 4.1 `streams`.)
"""

from typing import Any

from starlette.requests import Request

from fedinote.activitypub import audience as addressing
from fedinote.activitypub import render
from fedinote.activitypub.context import ACTIVITYSTREAMS
from fedinote.activitypub.render_actors import ImageOut, instant, picture
from fedinote.events import BoardChanged, BoardItemChanged
from fedinote.federation.queueing import Audience, anybody, queue
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Gone, NotFound
from fedinote.posts import board_reading, boards, publishing

PAGE = 40
_MOST = 2**63 - 1
_DIGITS = 19


def list_url(owner_uri: str) -> str:
    """Return the address of the collection of an account's boards."""
    return f"{owner_uri}/boards"


async def listing(app: App, account: Row, request: Request) -> dict[str, Any]:
    """The boards of an account, by their ids; those that changed last first."""
    rows = await board_reading.of(app, account["id"], None)
    found = render.collection(list_url(account["uri"]), total=len(rows), items=[row["uri"] for row in rows])
    return {**found, "attributedTo": account["uri"]}


async def one(app: App, account: Row, request: Request) -> dict[str, Any]:
    """One board of an account; with `page` a page of the ids of its posts. `NotFound`; `Gone` once it is deleted."""
    board_id = min(request.path_params["board_id"], _MOST)
    try:
        row = await board_reading.one(app, None, board_id)
    except NotFound:
        if await publishing.is_deleted(app, f"{list_url(account['uri'])}/{board_id}"):
            raise Gone from None
        raise
    if row["account_id"] != account["id"]:
        raise NotFound
    after = request.query_params.get("page")
    return await document(app, row) if after is None else await _page(app, row, after)


async def document(app: App, row: Row) -> dict[str, Any]:
    """Render a board (a row of `board_reading`) without its posts, which are on its pages."""
    total = (await board_reading.counts(app, [row["id"]], None)).get(row["id"], 0)
    found: dict[str, Any] = {
        "@context": ACTIVITYSTREAMS,
        "id": row["uri"],
        "type": "OrderedCollection",
        "attributedTo": row["owner_uri"],
        **_words(row),
        "url": row["url"],
        "to": [addressing.PUBLIC],
        "published": instant(from_ms(row["created_at"])),
        "updated": instant(from_ms(row["updated_at"])),
        "totalItems": total,
        "first": f"{row['uri']}?page=true",
    }
    cover = (await board_reading.pictures(app, [row["id"]], None, 1)).get(row["id"])
    if cover:
        url = app.url(f"/media/{cover[0]['key']}") if cover[0]["key"] else cover[0]["remote_url"]
        found["image"] = picture(ImageOut(url, cover[0]["media_type"] or "image/jpeg"))
    return found


def _words(row: Row) -> dict[str, Any]:
    """Title and description; in a language map too where the owner says in which language they are."""
    words: dict[str, Any] = {"name": row["title"]}
    if row["description"]:
        words["summary"] = row["description"]
    return words | ({f"{name}Map": {row["language"]: text} for name, text in words.items()} if row["language"] else {})


async def _page(app: App, row: Row, after: str) -> dict[str, Any]:
    place = None if after == "true" else _place(after)
    items = await board_reading.items(app, row["id"], None, limit=PAGE, after=place)
    uris = {
        one["id"]: one["uri"]
        for one in await app.db.rows("SELECT id, uri FROM posts WHERE id IN_INTS(?)", [item.post_id for item in items])
    }
    more = f"{row['uri']}?page={items[-1].position}.{items[-1].id}" if len(items) == PAGE else None
    return render.collection_page(
        f"{row['uri']}?page={after}",
        part_of=row["uri"],
        items=[uris[item.post_id] for item in items if item.post_id in uris],
        next_page=more,
    )


def _place(text: str) -> tuple[int, int]:
    """Read where a page begins: the position and the id of the item before it. Raises `BadRequest`."""
    position, _, item_id = text.partition(".")
    digits = position.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and item_id.isascii() and item_id.isdigit()):
        raise BadRequest("There is no such page")
    if max(len(digits), len(item_id)) > _DIGITS:
        raise BadRequest("There is no such page")
    return max(-_MOST, min(int(position), _MOST)), min(int(item_id), _MOST)


# -- told -------------------------------------------------------------------------------------------------------------


async def _board(app: App, board_id: int) -> Row | None:
    return await app.db.row(
        "SELECT b.*, a.uri AS owner_uri, a.followers_url FROM boards b JOIN accounts a ON a.id = b.account_id"
        " WHERE b.id = ?",
        board_id,
    )


def _activity(app: App, kind: str, row: Row, cc: list[str], **fields: Any) -> dict[str, Any]:
    return {
        "@context": ACTIVITYSTREAMS,
        "id": f"{row['owner_uri']}#boards/{app.ids.next()}",
        "type": kind,
        "actor": row["owner_uri"],
        "to": [addressing.PUBLIC],
        "cc": cc,
        **fields,
    }


async def on_board_changed(app: App, event: BoardChanged) -> None:
    """Tell the owner's followers: Add to the list of boards, Update of one, Remove from the list."""
    row = await _board(app, event.board_id)
    people = Audience(event.account_id)
    if row is None or not await anybody(app, people):
        return
    cc, target = [row["followers_url"]], list_url(row["owner_uri"])
    if event.change == "removed":
        body = _activity(app, "Remove", row, cc, object=row["uri"], target=target)
    else:
        whole = {name: value for name, value in (await document(app, row)).items() if name != "@context"}
        kind, more = ("Add", {"target": target}) if event.change == "made" else ("Update", {})
        body = _activity(app, kind, row, cc, object=whole, **more)
    await queue(app, event.account_id, body, people, order_key=row["uri"])


async def on_board_item_changed(app: App, event: BoardItemChanged) -> None:
    """Add or Remove of a post, by its id: to the owner's followers, and to who wrote it."""
    row = await _board(app, event.board_id)
    people = Audience(event.account_id, (event.author_id,))
    if row is None or not await anybody(app, people):
        return
    post = await app.db.row(
        "SELECT p.uri, a.uri AS author_uri FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.id = ?",
        event.post_id,
    )
    if post is None:
        return
    cc = [row["followers_url"], *([post["author_uri"]] if event.author_id != event.account_id else [])]
    kind = "Add" if event.listed else "Remove"
    body = _activity(app, kind, row, cc, object=post["uri"], target=row["uri"])
    await queue(app, event.account_id, body, people, order_key=row["uri"])


async def withdrawn(app: App, signer_id: int, target: str | None, post_uri: str | None) -> bool:
    """Take a Remove, by its author, of a post from a board of ours: the author leaves it for good.

    False where it is about something else, or nothing of the signer's is there.
    """
    if not target or not post_uri:
        return False
    row = await app.db.row(
        "SELECT b.id FROM boards b JOIN board_items i ON i.board_id = b.id JOIN posts p ON p.id = i.post_id"
        " WHERE b.uri = ? AND p.uri = ? AND p.account_id = ? AND b.account_id <> ?",
        target,
        post_uri,
        signer_id,
        signer_id,
    )
    if row is None:
        return False
    await boards.withdraw(app, signer_id, row["id"])
    return True
