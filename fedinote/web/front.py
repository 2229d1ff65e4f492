"""The front page: what this server is, and what to do next."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import users
from fedinote.web import browser
from fedinote.web.pages import page, render


async def front(request: Request) -> Response:
    """GET /: the server's name and description, and the next step for whoever looks at it."""
    here = await browser.visit(request)
    owned = here.person is not None or await users.has_owner(here.app)
    response = render(
        here.app,
        "front.html",
        person=here.person,
        owned=owned,
        mode=here.app.settings.registrations.mode,
        form_token=here.form_token(),
    )
    return here.keep(response) if here.person is not None else response


ROUTES = (Route("/", page(front), methods=["GET"]),)
