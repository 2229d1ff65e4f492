"""The page of a post with its conversation, its part for dialogs, and what it said before it was edited."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import NotFound
from fedinote.web import browser, cards, learning, shell
from fedinote.web.browser import Visit
from fedinote.web.cards import Card
from fedinote.web.client import people
from fedinote.web.client.people import Thread
from fedinote.web.client.shown import fragment
from fedinote.web.pages import NOTHING, app_of, page, redirect, wants_part
from fedinote.web.profiles import headers_of, number, owner

_PREVIEW = 300
_DEEPEST = 4
_PARENTS = "SELECT id, in_reply_to_id AS parent FROM posts WHERE id IN_INTS(?)"
_EDITS = """SELECT content, spoiler_text, language, media, poll, created_at FROM post_edits WHERE post_id = ?
 ORDER BY created_at DESC, id DESC LIMIT 100"""


async def post(request: Request) -> Response:
    """GET /@{name}/{id}: the post for whoever may see it, with its thread; for our script (X-Part) without the frame.

    Visitors see public and unlisted posts; answers that are not public are left out.
    """
    here = await browser.visit(request)
    found = await visible(here, request)
    thread = await people.thread(request, here, found.id)
    values: dict[str, Any] = {
        "thread": thread,
        "item": thread.post,
        "depth": await depths(here.app, thread),
        "notes": await learning.notes(here.app, found, _reads(request, here)),
    }
    if wants_part(request):
        return await fragment(request, here, "notes/_note.html", **values)
    return await shell.show(
        request, here, "notes/note.html", headers=_headers(here, found), **values, **_about(here, found)
    )


def _reads(request: Request, here: Visit) -> str | None:
    """Return the language in which whoever looks gets notes on words; None when nobody knows it."""
    return here.person.locale if here.person is not None else next(iter(browser.languages(request)), None)


def _headers(here: Visit, found: Card) -> dict[str, str]:
    return headers_of(found.uri, shared=here.person is None)


def _about(here: Visit, found: Card) -> dict[str, Any]:
    """Return what is told of the page in its head: to search engines, and to those who show links."""
    app = here.app
    address = app.url(found.link)
    film = next((one for one in found.media if one.kind == "video" and one.source), None)
    picture = _picture(found)
    hidden = bool(found.sensitive or found.warning)
    return {
        "summary": found.text[:_PREVIEW],
        "address": address,
        "oembed": app.url(f"/api/oembed?{urlencode({'url': address})}"),
        "picture": app.url(picture) if picture else "",
        "film": None if film is None or hidden else film,
        "base": app.settings.base,
    }


def _picture(card: Card) -> str:
    """Return the path of the picture for previews elsewhere: the first attached one, unless it is sensitive."""
    shown = () if card.sensitive or card.warning else card.media
    return next((one.preview for one in shown if one.preview), card.person.picture)


async def depths(app: App, thread: Thread) -> dict[int, int]:
    """Return how far the answers of a thread are set in: 1 for those to the post itself, and at most four steps."""
    ids = [one.id for one in thread.below]
    parents = {row["id"]: row["parent"] for row in await app.db.rows(_PARENTS, ids)} if ids else {}
    known = {thread.post.id: 0}
    for one in ids:  # each stands below what it answers
        known[one] = min(_DEEPEST, known.get(parents.get(one, 0), 0) + 1)
    return known


async def visible(here: Visit, request: Request) -> Card:
    """Return the post of the address as whoever looks may see it; the same `NotFound` for everything else."""
    me = None if here.person is None else here.person.account_id
    return await _found(here.app, request, me)


async def public(app: App, request: Request) -> Card:
    """Return the post of the address; the same `NotFound` for one that is not there, not public, or somebody else's."""
    return await _found(app, request, None)


async def _found(app: App, request: Request, viewer_id: int | None) -> Card:
    account = await owner(app, request.path_params["name"])
    found = await cards.cards(app, [number(request.path_params["post_id"])], viewer_id)
    if not found or found[0].person.id != account.id or not found[0].local:
        raise NotFound(NOTHING)
    return found[0]


async def history(request: Request) -> Response:
    """GET /@{name}/{id}/history: the versions of an edited post, the present one first."""
    here = await browser.visit(request)
    found = await visible(here, request)
    rows = await app_of(request).db.rows(_EDITS, found.id)
    if not rows:
        return redirect(found.link)
    versions = [
        {
            "content": row["content"],
            "warning": row["spoiler_text"],
            "language": row["language"] or "",
            "when": from_ms(row["created_at"]),
            "files": len(msgspec.json.decode(row["media"] or "[]", type=list[Any])),
            "options": [one["title"] for one in msgspec.json.decode(row["poll"] or "[]", type=list[dict[str, Any]])],
        }
        for row in rows
    ]
    return await shell.show(request, here, "notes/history.html", post=found, versions=versions)


ROUTES = (
    Route("/@{name}/{post_id}", page(post), methods=["GET"]),
    Route("/@{name}/{post_id}/history", page(history), methods=["GET"]),
)
