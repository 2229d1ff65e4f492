"""Timelines of members: home, this server, all servers, one's lists; and what one keeps: bookmarks and favourites."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.timelines import lists, queries
from fedinote.timelines.queries import Slice
from fedinote.timelines.window import Window
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.client import announced, cursor
from fedinote.web.client.shown import fragment, lines
from fedinote.web.pages import page, wants_part


@dataclass(frozen=True, slots=True)
class Timeline:
    """How a timeline is shown. `stream` is what its page listens to at `/live`, "" for nothing.

    `empty` says what to do where nothing is to be seen; `box`: one can write right there.
    """

    key: str
    title: str
    empty: str
    stream: str = ""
    context: str = "home"
    box: bool = False


async def home(request: Request) -> Response:
    """GET /home: whom and what the member follows."""
    here = await browser.member(request)
    asked = cursor.window(request)
    found = await queries.home(here.app, here.member.account_id, asked)
    empty = here.words.gettext("Follow people and tags, and what they post appears here. Explore shows whom there is.")
    timeline = Timeline("home", here.words.gettext("Home"), empty, "home", box=True)
    top = asked.max_id is None and asked.min_id is None
    told = await announced.current(request, here) if top else []
    return await show(request, here, (found, asked), timeline, announced=told)


async def local(request: Request) -> Response:
    """GET /public/local: what is posted on this server, for its members alone too."""
    here = await browser.member(request)
    asked = cursor.window(request)
    found = await queries.house(here.app, here.member.account_id, asked)
    empty = here.words.gettext("Nobody has posted here yet.")
    return await show(
        request, here, (found, asked), Timeline("local", here.words.gettext("This server"), empty, "local", "public")
    )


async def federated(request: Request) -> Response:
    """GET /public: public posts from all servers that this one hears of."""
    here = await browser.member(request)
    asked = cursor.window(request)
    found = await queries.public(here.app, here.member.account_id, asked)
    empty = here.words.gettext("Posts from other servers appear here once somebody here follows people there.")
    timeline = Timeline("public", here.words.gettext("All servers"), empty, "public", "public")
    return await show(request, here, (found, asked), timeline)


async def list_(request: Request) -> Response:
    """GET /lists/{id}: what the members of one of one's lists post."""
    here = await browser.member(request)
    me = here.member.account_id
    own = await lists.show(here.app, me, cursor.of_path(request, "list_id"))
    asked = cursor.window(request)
    found = await queries.list_(here.app, me, own.id, asked)
    empty = here.words.gettext("Nothing yet. Add people whom you follow to this list.")
    timeline = Timeline("list", own.title, empty, f"list:{own.id}")
    return await show(request, here, (found, asked), timeline, own=own)


async def bookmarks(request: Request) -> Response:
    """GET /bookmarks: what the member keeps, for nobody else to see."""
    here = await browser.member(request)
    asked = cursor.window(request)
    found = await queries.bookmarks(here.app, here.member.account_id, asked)
    empty = here.words.gettext("Bookmark a post to find it again here. Nobody else sees your bookmarks.")
    return await show(
        request, here, (found, asked), Timeline("bookmarks", here.words.gettext("Bookmarks"), empty, context="thread")
    )


async def favourites(request: Request) -> Response:
    """GET /favourites: the posts that the member likes."""
    here = await browser.member(request)
    asked = cursor.window(request)
    found = await queries.favourites(here.app, here.member.account_id, asked)
    empty = here.words.gettext("Posts that you like appear here.")
    return await show(
        request, here, (found, asked), Timeline("favourites", here.words.gettext("Favourites"), empty, context="thread")
    )


async def show(
    request: Request, here: Visit, read: tuple[Slice, Window], timeline: Timeline, **values: Any
) -> Response:
    """Return the page of a timeline, or what a script of ours asks for: the posts alone."""
    found, asked = read
    part = cursor.part(found, asked)
    shown = {
        "timeline": timeline,
        "items": await lines(request, here, part.ids, timeline.context),
        "first": part.first,
        "older": part.older,
        "newest": max(part.ids, default=0),
        "path": request.url.path,
        "announced": (),
        **values,
    }
    if wants_part(request):
        return await fragment(request, here, "client/_items.html", **shown)
    return await shell.show(request, here, "client/timeline.html", **shown)


ROUTES = (
    Route("/home", page(home), methods=["GET"]),
    Route("/public/local", page(local), methods=["GET"]),
    Route("/public", page(federated), methods=["GET"]),
    Route("/lists/{list_id:int}", page(list_), methods=["GET"]),
    Route("/bookmarks", page(bookmarks), methods=["GET"]),
    Route("/favourites", page(favourites), methods=["GET"]),
)
