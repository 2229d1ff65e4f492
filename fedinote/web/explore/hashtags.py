"""The page of a hashtag for visitors: the latest public posts that carry it, as cards. Members get their timeline."""

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import NotFound
from fedinote.text.compose import Hashtag
from fedinote.timelines import queries, tags, topics
from fedinote.timelines.queries import Tags
from fedinote.timelines.window import Window
from fedinote.web import browser, pages, shell
from fedinote.web.browser import Visit
from fedinote.web.client.tags import member_page
from fedinote.web.explore import tiles
from fedinote.web.explore.exploring import VISITORS
from fedinote.web.pages import NOTHING, page, query
from fedinote.web.profiles import position

PAGE = 20


async def show(request: Request) -> Response:
    """GET /tags/{name}: posts from here and elsewhere, newest first; `?max_id=` goes on below a post."""
    here = await browser.visit(request)
    if here.person is not None:
        return await member_page(request, here, request.path_params["name"])
    wanted = parsed(request.path_params["name"])
    window = Window(PAGE + 1, max_id=position(query(request)))
    found = await queries.tag(here.app, None, Tags((wanted.name,)), window)
    who = await tiles.reader(here.app, None, here.words.tag)
    address = f"/tags/{quote(wanted.display)}"
    older = f"{address}?max_id={found.ids[PAGE - 1]}" if len(found.ids) > PAGE else ""
    shown: dict[str, Any] = {"tiles": await tiles.tiles(here.app, found.ids[:PAGE], who), "more": older}
    if pages.wants_part(request):
        return await shell.fragment(request, here, "explore/_page.html", **shown)
    return await shell.show(
        request,
        here,
        "explore/tag.html",
        headers=VISITORS,
        tag=wanted.display,
        address=address,
        topic=await _topic(here, wanted),
        **shown,
    )


def parsed(name: str) -> Hashtag:
    """Return the hashtag of an address. `NotFound` when it can be none."""
    try:
        return tags.parse(name)
    except NotFound:
        raise NotFound(NOTHING) from None


async def _topic(here: Visit, wanted: Hashtag) -> tuple[str, str] | None:
    """Return the address and the title of the topic that a hashtag belongs to, if any."""
    found = await topics.of_tag(here.app, wanted.name)
    return None if found is None else (f"/explore/topics/{quote(found.slug)}", found.title(here.words.tag))


ROUTES = (Route("/tags/{name}", page(show), methods=["GET"]),)
