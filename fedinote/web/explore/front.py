"""The front page: visitors see what this place is and what people share here; members go to their home."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import users
from fedinote.infra.app import App
from fedinote.timelines.explore_pool import View
from fedinote.web import browser, pages, shell
from fedinote.web.explore import about, exploring
from fedinote.web.pages import page

HOME = "/home"


async def front(request: Request) -> Response:
    """GET /: 303 to /home for members; for visitors the server's name, how to join, and Explore."""
    here = await browser.visit(request)
    if here.person is not None:
        return pages.redirect(HOME)
    app = here.app
    return await shell.show(
        request,
        here,
        "explore/front.html",
        headers=exploring.VISITORS,
        owned=await users.has_owner(app),
        mode=app.settings.registrations.mode,
        address=app.url("/"),
        server=_server(app),
        numbers=await about.numbers(app),
        **await exploring.whole(here, View(), None),
    )


def _server(app: App) -> str:
    """Return what an app has to be told: the host, and the whole address where apps would guess https wrongly."""
    return app.settings.host if app.settings.secure else app.settings.base


ROUTES = (Route("/", page(front), methods=["GET"]),)
