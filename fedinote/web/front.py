"""The front page: what this server is, what to do next, and what people here wrote lately."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import users
from fedinote.infra.app import App
from fedinote.timelines import queries
from fedinote.timelines.window import Window
from fedinote.translation import routing
from fedinote.web import browser, cards
from fedinote.web.pages import page, render

LATEST = 10


async def front(request: Request) -> Response:
    """GET /: the server's name and description, and the next step for whoever looks at it, the latest public posts."""
    here = await browser.visit(request)
    owned = here.person is not None or await users.has_owner(here.app)
    latest = await queries.public(here.app, None, Window(LATEST), origin="local")
    response = render(
        here.app,
        "front.html",
        person=here.person,
        owned=owned,
        mode=here.app.settings.registrations.mode,
        form_token=here.form_token(),
        posts=await cards.cards(here.app, latest.ids),
        address=here.app.url("/"),
        server=_server(here.app),
        translates=routing.translates(here.app),
    )
    return here.keep(response) if here.person is not None else response


def _server(app: App) -> str:
    """Return what an app has to be told: the host, and the whole address where apps would guess https wrongly."""
    return app.settings.host if app.settings.secure else app.settings.base


ROUTES = (Route("/", page(front), methods=["GET"]),)
