"""The page about the server: who runs it by which rules, what it translates with, and which software it is."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import profiles
from fedinote.infra.app import App
from fedinote.infra.errors import Unavailable
from fedinote.text.language_names import own_name
from fedinote.translation.engine import Engine, Location
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
        engine=await _engine(app),
    )


async def _engine(app: App) -> dict[str, Any] | None:
    """Return what translates: its name, where it runs, and its languages; None when nothing does."""
    engine: Engine | None = app.translator
    if engine is None:
        return None
    try:
        known = await engine.languages()
    except Unavailable:
        known = {}
    tags = known.keys() | {target for targets in known.values() for target in targets}
    return {"name": engine.name, "where": WHERE[engine.location], "languages": sorted(map(own_name, tags))}


ROUTES = (Route("/about", page(about), methods=["GET"]),)
