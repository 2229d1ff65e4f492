"""The page of a hashtag: the latest public posts that carry it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import NotFound
from fedinote.timelines import queries, tags
from fedinote.timelines.queries import Tags
from fedinote.timelines.window import Window
from fedinote.translation import routing
from fedinote.web.pages import NOTHING, app_of, page, query, render
from fedinote.web.profiles import PAGE, part, position


async def tag(request: Request) -> Response:
    """GET /tags/{name}: posts from here and elsewhere, newest first; `?max_id=` goes on below a post."""
    app = app_of(request)
    try:
        wanted = tags.parse(request.path_params["name"])
    except NotFound:
        raise NotFound(NOTHING) from None
    window = Window(PAGE + 1, max_id=position(query(request)))
    found = await queries.tag(app, None, Tags((wanted.name,)), window)
    posts, older = await part(app, found.ids, PAGE)
    return render(
        app,
        "tag.html",
        headers={"Cache-Control": "public, max-age=60"},
        tag=wanted.display,
        posts=posts,
        older=older,
        translates=routing.translates(app),
    )


ROUTES = (Route("/tags/{name}", page(tag), methods=["GET"]),)
