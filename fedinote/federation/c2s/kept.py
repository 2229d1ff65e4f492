"""What clients read again: likes, follows and blocks at their ids, what a person likes, and the own outbox whole."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fedinote.activitypub import render
from fedinote.activitypub.render import Envelope
from fedinote.federation import documents
from fedinote.federation.answering import activity, app_of
from fedinote.federation.c2s import inbox
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, NotFound
from fedinote.posts import visibility

LIKED_PAGE = 40
OUTBOX_PAGE = 20
_LAST = 2**63 - 1


async def like(request: Request, asking: int | None) -> Response:
    """GET of a Like: for who made it, and for the author of the post."""
    uri = app_of(request).url(f"/activities/likes/{request.path_params['like_id']}")
    found = await inbox.like(
        app_of(request), "f.uri = ? AND a.domain = '' AND (f.account_id = ? OR p.account_id = ?)", uri, asking, asking
    )
    return activity(found, private=True)


async def follow(request: Request, account: Row, asking: int | None) -> Response:
    """GET of a Follow: for the two whom it concerns."""
    uri = f"{account['uri']}/follows/{request.path_params['follow_id']}"
    found = await inbox.follow(
        app_of(request),
        "f.uri = ? AND f.follower_id = ? AND (f.follower_id = ? OR f.target_id = ?)",
        uri,
        account["id"],
        asking,
        asking,
    )
    return activity(found, private=True)


async def block(request: Request, account: Row, asking: int | None) -> Response:
    """GET of a Block: for who made it alone."""
    row = await app_of(request).db.row(
        "SELECT b.uri, b.created_at, t.uri AS target FROM blocks b JOIN accounts t ON t.id = b.target_id"
        " WHERE b.uri = ? AND b.account_id = ? AND b.account_id = ?",
        f"{account['uri']}/blocks/{request.path_params['block_id']}",
        account["id"],
        asking,
    )
    if row is None:
        raise NotFound
    envelope = Envelope(row["uri"], account["uri"], published=from_ms(row["created_at"]))
    return activity(render.block(envelope, row["target"]), private=True)


async def outbox(request: Request, account: Row) -> Response:
    """GET of an outbox by its owner: all posts and boosts that have a document, newest first."""
    app, url = app_of(request), account["outbox_url"]
    if request.query_params.get("page") != "true":
        sql = "SELECT COUNT(*) AS value FROM posts WHERE account_id = ? AND visibility NOT IN ('local', 'held')"
        total = await app.db.value(sql, account["id"])
        return activity(render.collection(url, total=total, first=f"{url}?page=true"), private=True)
    max_id = _position(request)
    rows = await app.db.rows(
        "SELECT id FROM posts WHERE account_id = ? AND visibility NOT IN ('local', 'held') AND id < ?"
        " ORDER BY id DESC LIMIT ?",
        account["id"],
        max_id,
        OUTBOX_PAGE,
    )
    ids = [row["id"] for row in rows]
    items = await documents.outbox_items(app, ids)
    after = f"{url}?page=true&max_id={ids[-1]}" if len(ids) == OUTBOX_PAGE else None
    return activity(_page(url, max_id, items, after), private=True)


def _position(request: Request) -> int:
    text = request.query_params.get("max_id", str(_LAST))
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise BadRequest("The parameter `max_id` must be a number")
    return min(int(text), _LAST)


def _page(url: str, max_id: int, items: Sequence[Any], after: str | None) -> dict[str, Any]:
    here = f"{url}?page=true" + ("" if max_id == _LAST else f"&max_id={max_id}")
    return render.collection_page(here, part_of=url, items=items, next_page=after)


async def liked(request: Request, account: Row, asking: int | None) -> Response:
    """GET of what a person likes: the number for everybody, the posts for the person alone."""
    app = app_of(request)
    url = f"{account['uri']}/liked"
    total = await app.db.value("SELECT COUNT(*) AS value FROM favourites WHERE account_id = ?", account["id"])
    own = asking == account["id"]
    if not own or request.query_params.get("page") != "true":
        first = f"{url}?page=true" if own else None
        return activity(render.collection(url, total=total, first=first), private=own)
    return activity(await _liked_page(app, request, account["id"], url), private=True)


async def _liked_page(app: App, request: Request, account_id: int, url: str) -> dict[str, Any]:
    max_id = _position(request)
    rows = await app.db.rows(
        "SELECT f.id, f.post_id, p.uri FROM favourites f JOIN posts p ON p.id = f.post_id"
        " WHERE f.account_id = ? AND f.id < ? ORDER BY f.id DESC LIMIT ?",
        account_id,
        max_id,
        LIKED_PAGE,
    )
    seen = await visibility.visible(app, account_id, [row["post_id"] for row in rows])
    items = [row["uri"] for row in rows if row["post_id"] in seen]
    after = f"{url}?page=true&max_id={rows[-1]['id']}" if len(rows) == LIKED_PAGE else None
    return _page(url, max_id, items, after)
