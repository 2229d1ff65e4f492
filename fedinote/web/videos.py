"""Video notes one after another, as high as the window: a list of players that works without scripts."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import NotFound
from fedinote.text import language
from fedinote.timelines import explore, topics
from fedinote.timelines.explore_pool import View
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.client.items import Item
from fedinote.web.client.shown import fragment, lines
from fedinote.web.pages import NOTHING, page, query, wants_part

PATH = "/explore/videos"
SIZE = 8


async def show(request: Request) -> Response:
    """GET /explore/videos: what Explore has in videos, in its order; `?topic=`, `?lang=`, and `?after=` to go on.

    Our script gets more of them without the frame.
    """
    here = await browser.visit(request)
    values = query(request)
    view = await _view(here, values)
    me = None if here.person is None else here.person.account_id
    try:
        found = await explore.page(here.app, me, view, after=values.get("after"), limit=SIZE)
    except NotFound:
        raise NotFound(NOTHING) from None
    shown: dict[str, Any] = {
        "items": [one for one in await lines(request, here, found.ids, "public") if _film(one)],
        "more": _path(view, found.after) if found.after else "",
    }
    if wants_part(request):
        return await fragment(request, here, "notes/_videos.html", **shown)
    headers = {} if here.person else {"Cache-Control": "private, max-age=15", "Vary": "Accept, Accept-Language, Cookie"}
    return await shell.show(request, here, "notes/videos.html", headers=headers, **shown)


def _film(item: Item) -> bool:
    return any(one.kind in ("video", "gifv") and one.source for one in item.card.media)


async def _view(here: Visit, values: dict[str, str]) -> View:
    stated = values.get("lang", "")
    tag = language.canonical(stated) if stated else None
    if stated and tag is None:
        raise NotFound(NOTHING)
    slug = values.get("topic") or None
    if slug is not None:
        await topics.named(here.app, slug)
    return View(topic=slug, language=language.base_of(tag) if tag else None, kind="videos")


def _path(view: View, after: str) -> str:
    values = {"topic": view.topic, "lang": view.language, "after": after}
    return f"{PATH}?{urlencode({name: value for name, value in values.items() if value})}"


ROUTES = (Route(PATH, page(show), methods=["GET"]),)
