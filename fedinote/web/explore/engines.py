"""What is told of translation: which engines there are, where they run, and how much of people's words they got."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.app import App
from fedinote.infra.errors import Unavailable
from fedinote.text.language_names import own_name
from fedinote.translation import accounting, routing
from fedinote.translation.engine import Kind, Location
from fedinote.translation.routing import Router
from fedinote.web import browser, shell
from fedinote.web.pages import page
from fedinote.web.words import Words


@dataclass(frozen=True, slots=True)
class Engine:
    """What translates, and in words where it runs; `converts`: between the two scripts of Chinese alone."""

    name: str
    where: str
    converts: bool


def where(words: Words, location: Location) -> str:
    """Return what a place means for whose words go there."""
    _ = words.gettext
    if location is Location.LOCAL:
        return _("It runs on the same machine as this server, so no text leaves it.")
    if location is Location.NETWORK:
        return _("It runs on a machine of the same people; posts that are not public are not sent to it.")
    return _(
        "It is run by somebody else: only public and unlisted posts are sent there, when a reader asks, without the"
        " reader's name or address."
    )


def place(words: Words, location: Location) -> str:
    """Return the name of a place."""
    _ = words.gettext
    if location is Location.LOCAL:
        return _("the same machine as this server")
    if location is Location.NETWORK:
        return _("a machine of the same people")
    return _("somebody else's machine")


def engines(app: App, words: Words) -> list[Engine]:
    """Return what translates here, in order; empty when there is nothing."""
    router: Router | None = app.translator
    return [
        Engine(one.name, where(words, one.location), one.kind is Kind.CONVERSION)
        for one in (router.engines if router else ())
    ]


async def translated(app: App) -> list[tuple[str, str]]:
    """Return all languages that are translated, by their own names, as (tag, name); empty when no engine answers."""
    router: Router | None = app.translator
    if router is None or not routing.translates(app):
        return []
    try:
        known = await router.languages(lambda engine: engine.kind is Kind.MACHINE)
    except Unavailable:
        return []
    tags = known.keys() | {target for targets in known.values() for target in targets}
    return sorted(((tag, own_name(tag)) for tag in tags), key=lambda one: one[1])


async def show(request: Request) -> Response:
    """GET /about/translation: engines, places, rules, and what each was sent today, this month and in other months."""
    here = await browser.visit(request)
    return await shell.show(
        request,
        here,
        "explore/engines.html",
        accounts=await accounting.accounts(here.app),
        places={location: place(here.words, location) for location in Location},
        conversion=Kind.CONVERSION,
    )


ROUTES = (Route("/about/translation", page(show), methods=["GET"]),)
