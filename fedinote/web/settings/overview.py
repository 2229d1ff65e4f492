"""The first page of the settings: who one is here, what is set, and which browsers signed in of late."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import factors, sessions
from fedinote.web import browser, shell
from fedinote.web.pages import page
from fedinote.web.settings import devices

PATH = "/settings"
NEW = timedelta(days=3)
"""How long a browser that signed in is pointed out in the others."""
MOST = 3


async def overview(request: Request) -> Response:
    """GET /settings."""
    here = await browser.member(request)
    app, since = here.app, here.app.now() - NEW
    found = await sessions.of(app, here.member)
    return await shell.show(
        request,
        here,
        "settings/overview.html",
        fresh=[
            (devices.name(here.words, one.user_agent), one) for one in found if not one.here and one.created_at > since
        ][:MOST],
        has=await factors.of(app, here.member.user_id),
    )


ROUTES = (Route(PATH, page(overview), methods=["GET"]),)
