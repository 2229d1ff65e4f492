"""The page that says to which engines people's words may go, and how much of them went."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.translation import accounting
from fedinote.translation.engine import Kind, Location
from fedinote.web.pages import app_of, page, render

PLACES = {
    Location.LOCAL: "the same machine as this server",
    Location.NETWORK: "a machine of the same people",
    Location.THIRD_PARTY: "somebody else's machine",
}


async def about_translation(request: Request) -> Response:
    """GET /about/translation: engines, places, rules, and what each was sent today, this month and in other months."""
    app = app_of(request)
    return render(
        app,
        "about_translation.html",
        headers={"Cache-Control": "public, max-age=60"},
        accounts=await accounting.accounts(app),
        places=PLACES,
        conversion=Kind.CONVERSION,
    )


ROUTES = (Route("/about/translation", page(about_translation), methods=["GET"]),)
