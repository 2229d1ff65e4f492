"""Hashtags of a member: following and unfollowing them, and which ones are followed."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import NotFound
from fedinote.timelines import queries, tags, topics
from fedinote.timelines.queries import Tags
from fedinote.timelines.window import Window
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.client import cursor
from fedinote.web.client.timelines import Timeline, show
from fedinote.web.pages import NOTHING, Handler, form, page, redirect

_MANY = 200
_NAMES = "SELECT t.id, t.display FROM tags t WHERE t.id IN_INTS(?)"
_FOLLOWED = (
    "SELECT 1 AS value FROM followed_tags f JOIN tags t ON t.id = f.tag_id WHERE f.account_id = ? AND t.name = ?"
)


async def member_page(request: Request, here: Visit, name: str) -> Response:
    """Return the page of a hashtag for a member: what they may see with it, live, and whether they follow it."""
    try:
        wanted = tags.parse(name)
    except NotFound:
        raise NotFound(NOTHING) from None
    me = here.member.account_id
    asked = cursor.window(request)
    names = await topics.names(here.app, wanted.name, me)
    whole = Tags(tuple(dict.fromkeys((*names, wanted.name))), whole=True)
    found = await queries.tag(here.app, me, whole, asked)
    empty = here.words.gettext("Nobody has posted with this tag yet.")
    timeline = Timeline("tag", f"#{wanted.display}", empty, f"tag:{wanted.display}", "public")
    return await show(
        request,
        here,
        (found, asked),
        timeline,
        tag=wanted.display,
        followed=await here.app.db.row(_FOLLOWED, me, wanted.name) is not None,
        others=[one for one in names if one != wanted.name],
    )


def _follow(*, wanted: bool) -> Handler:
    """Return the handler of POST /tags/{name}/follow, or of /unfollow."""

    async def done(request: Request) -> Response:
        here = await browser.member(request)
        values = await form(request)
        browser.check_form(request, here, values)
        name = request.path_params["name"]
        if wanted:
            await tags.follow(here.app, here.member.account_id, name)
        else:
            await tags.unfollow(here.app, here.member.account_id, name)
        place = f"/tags/{quote(tags.parse(name).display, safe='')}"
        return redirect(browser.safe_path(values["next"]) if values.get("next") else place)

    return done


async def followed(request: Request) -> Response:
    """GET /followed_tags: the tags whose posts come home."""
    here = await browser.member(request)
    found = await tags.followed_page(here.app, here.member.account_id, Window(_MANY).sql)
    rows = await here.app.db.rows(_NAMES, [one.tag_id for one in found])
    names = {row["id"]: row["display"] for row in rows}
    shown = [names[one.tag_id] for one in found if one.tag_id in names]
    return await shell.show(request, here, "client/tags.html", tags=shown)


ROUTES = (
    Route("/followed_tags", page(followed), methods=["GET"]),
    Route("/tags/{name}/follow", page(_follow(wanted=True)), methods=["POST"]),
    Route("/tags/{name}/unfollow", page(_follow(wanted=False)), methods=["POST"]),
)
