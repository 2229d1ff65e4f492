"""What came for a person, as their client reads it: an inbox made of what is kept (ActivityPub, section 5.2).

Activities are not kept once they had their effect, so the inbox is made anew from the effects: posts and boosts in the
home timeline, posts addressed to the person, likes and boosts of the person's posts, and follows. A post of another
server comes in a Create without an id, as the id that it had there is not kept.
"""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from fedinote.activitypub import render
from fedinote.activitypub.render import Envelope
from fedinote.federation import documents
from fedinote.federation.answering import activity, app_of
from fedinote.federation.c2s import door
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, NotFound
from fedinote.posts import visibility

PAGE = 20
_LAST = 2**63 - 1

# Each part gives its newest ids alone: a page is made of forty rows of each at most.
_PARTS = """
SELECT * FROM (SELECT h.post_id AS id, 'post' AS kind, h.author_id AS actor_id FROM home_entries h
  WHERE h.account_id = ? AND h.author_id <> ? AND h.post_id < ? ORDER BY h.post_id DESC LIMIT 40) a
UNION SELECT * FROM (SELECT m.post_id, 'post', p.account_id FROM post_mentions m JOIN posts p ON p.id = m.post_id
  WHERE m.account_id = ? AND p.account_id <> ? AND m.post_id < ? ORDER BY m.post_id DESC LIMIT 40) b
UNION SELECT * FROM (SELECT f.id, 'like', f.account_id FROM favourites f JOIN posts p ON p.id = f.post_id
  WHERE p.account_id = ? AND f.account_id <> ? AND f.id < ? ORDER BY f.id DESC LIMIT 40) c
UNION SELECT * FROM (SELECT b.id, 'post', b.account_id FROM posts b JOIN posts o ON o.id = b.reblog_of_id
  WHERE o.account_id = ? AND b.account_id <> ? AND b.id < ? ORDER BY b.id DESC LIMIT 40) d
UNION SELECT * FROM (SELECT w.id, 'follow', w.follower_id FROM follows w
  WHERE w.target_id = ? AND w.follower_id <> ? AND w.id < ? ORDER BY w.id DESC LIMIT 40) e
"""
# What is not to be shown keeps its place, so that the pages go on below it.
_ENTRIES = f"""
SELECT u.id, u.kind, (s.suspended_at IS NULL AND s.deleted_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM blocks x WHERE x.account_id = ? AND x.target_id = u.actor_id)
  AND NOT EXISTS (SELECT 1 FROM mutes y WHERE y.account_id = ? AND y.target_id = u.actor_id
    AND (y.expires_at IS NULL OR y.expires_at > ?))) AS shown
FROM ({_PARTS}) u JOIN accounts s ON s.id = u.actor_id ORDER BY u.id DESC LIMIT {PAGE}
"""  # noqa: S608  our own text


async def show(request: Request) -> Response:
    """GET of an own inbox: the collection, or with `page=true` a page of it, newest first. Nobody else may read it."""
    app = app_of(request)
    viewer, account = await door.owner_of(request, ("read",))
    url = account["inbox_url"]
    if request.query_params.get("page") != "true":
        return activity(render.collection(url, total=None, first=f"{url}?page=true"), private=True)
    max_id = _position(request)
    entries = await _entries(app, viewer.account_id, max_id)
    items = await _items(app, viewer.account_id, entries)
    here = {"page": "true"} | ({} if max_id == _LAST else {"max_id": str(max_id)})
    after = f"{url}?page=true&max_id={entries[-1]['id']}" if len(entries) == PAGE else None
    page = render.collection_page(f"{url}?{urlencode(here)}", part_of=url, items=items, next_page=after)
    return activity(page, private=True)


def _position(request: Request) -> int:
    text = request.query_params.get("max_id", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 20):
        raise BadRequest("The parameter `max_id` must be a number")
    return min(int(text or _LAST), _LAST)


async def _entries(app: App, me: int, max_id: int) -> list[Row]:
    return list(await app.db.rows(_ENTRIES, me, me, app.now(), *([me, me, max_id] * 5)))


async def _items(app: App, me: int, entries: list[Row]) -> list[dict[str, Any]]:
    """Render entries as activities; posts that may not be seen any more are left out."""
    seen = await visibility.visible(app, me, [one["id"] for one in entries if one["kind"] == "post"])
    items = []
    for one in entries:
        if not one["shown"] or (one["kind"] == "post" and one["id"] not in seen):
            continue
        try:
            items.append(await _ITEM[one["kind"]](app, one["id"]))
        except NotFound:  # gone since
            continue
    return items


async def _post(app: App, post_id: int) -> dict[str, Any]:
    row = await documents.boost_row(app, post_id)
    if row["reblog_of_id"] is not None:
        return await documents.boost(app, row)
    made = documents.create(await documents.post(app, post_id))
    if not row["local"]:
        del made["id"]
    return made


async def _like(app: App, like_id: int) -> dict[str, Any]:
    return await like(app, "f.id = ?", like_id)


async def like(app: App, where: str, *params: Any) -> dict[str, Any]:
    """Render a like that is kept, found by a condition on `f` (favourites). NotFound."""
    row = await app.db.row(
        "SELECT f.uri, f.created_at, a.uri AS actor, p.uri AS object FROM favourites f"  # noqa: S608  our own text
        f" JOIN accounts a ON a.id = f.account_id JOIN posts p ON p.id = f.post_id WHERE {where}",
        *params,
    )
    return render.like(_envelope(row), _need(row)["object"])


async def _follow(app: App, follow_id: int) -> dict[str, Any]:
    return await follow(app, "f.id = ?", follow_id)


async def follow(app: App, where: str, *params: Any) -> dict[str, Any]:
    """Render a follow that is kept, found by a condition on `f` (follows). NotFound."""
    row = await app.db.row(
        "SELECT f.uri, f.created_at, a.uri AS actor, t.uri AS object FROM follows f"  # noqa: S608  our own text
        f" JOIN accounts a ON a.id = f.follower_id JOIN accounts t ON t.id = f.target_id WHERE {where}",
        *params,
    )
    return render.follow(_envelope(row), _need(row)["object"])


def _need(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def _envelope(row: Row | None) -> Envelope:
    found = _need(row)
    return Envelope(found["uri"], found["actor"], published=from_ms(found["created_at"]))


_ITEM = {"post": _post, "like": _like, "follow": _follow}
