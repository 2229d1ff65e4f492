"""The page about the server: who runs it by which rules, what it translates with, and which software it is."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import profiles
from fedinote.infra.app import App
from fedinote.infra.errors import Unavailable
from fedinote.text.language_names import own_name
from fedinote.translation import routing
from fedinote.translation.engine import Kind, Location
from fedinote.translation.routing import Router
from fedinote.web import cards
from fedinote.web.pages import app_of, page, render

WHERE = {
    Location.LOCAL: "It runs on the same machine as this server, so no text leaves it.",
    Location.NETWORK: "It runs on a machine of the same people; posts that are not public are not sent to it.",
    Location.THIRD_PARTY: "It is run by somebody else: only public and unlisted posts are sent there, when a reader"
    " asks, without the reader's name or address.",
}


async def about(request: Request) -> Response:
    """GET /about."""
    app = app_of(request)
    settings = app.settings
    contact = await profiles.find(app, settings.instance.contact_account) if settings.instance.contact_account else None
    return render(
        app,
        "about.html",
        headers={"Cache-Control": "public, max-age=60"},
        languages=[(tag, own_name(tag)) for tag in settings.instance.languages],
        contact=next(iter(await cards.people(app, [contact.id] if contact else [])), None),
        mode=settings.registrations.mode,
        engines=_engines(app),
        translated=await _languages(app),
    )


def _engines(app: App) -> list[dict[str, Any]]:
    """Return what translates, in order: names, and where it runs; empty when there is nothing."""
    router: Router | None = app.translator
    return [
        {"name": one.name, "where": WHERE[one.location], "converts": one.kind is Kind.CONVERSION}
        for one in (router.engines if router else ())
    ]


async def _languages(app: App) -> list[str]:
    """Return the own names of all languages that are translated; empty when no engine answers."""
    router: Router | None = app.translator
    if router is None or not routing.translates(app):
        return []
    try:
        known = await router.languages(lambda engine: engine.kind is Kind.MACHINE)
    except Unavailable:
        return []
    return sorted(map(own_name, known.keys() | {target for targets in known.values() for target in targets}))


ROUTES = (Route("/about", page(about), methods=["GET"]),)
