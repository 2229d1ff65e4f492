"""Who may open a page of those who run the server. No handler is reached but through `get` and `post`.

Each page names the `Power` it takes. The role is read from the database at that moment, so that who lost it a second
ago is out; members get the same answer as for a page that does not exist. Forms are read and checked here too: no
handler can forget to.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Forbidden, NotFound
from fedinote.moderation import moderator
from fedinote.moderation.moderator import Moderator, Power
from fedinote.web import browser, pages, shell
from fedinote.web.browser import Visit
from fedinote.web.pages import Upload


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who runs the server, at a page that their role may open."""

    request: Request
    here: Visit
    by: Moderator

    @property
    def app(self) -> App:
        """The server."""
        return self.here.app

    def may(self, power: Power) -> bool:
        """Tell whether their role has another power too."""
        return self.by.may(power)

    def gettext(self, message: str, **values: Any) -> str:
        """Return a message in their language."""
        return self.here.words.gettext(message, **values)


_POWER, _HANDLER = "power", "handler"
Show = Callable[[Staff], Awaitable[Response]]
Act = Callable[[Staff, Upload], Awaitable[Response]]


def get(path: str, power: Power, handler: Show) -> Route:
    """Return the route of a page that takes a power to look at."""

    async def endpoint(request: Request) -> Response:
        return await handler(await _staff(request, power))

    return _route(path, power, endpoint, "GET", handler)


def post(path: str, power: Power, handler: Act) -> Route:
    """Return the route of a form that takes a power to send. It must come from a page of ours in this browser."""

    async def endpoint(request: Request) -> Response:
        staff = await _staff(request, power)
        form = await pages.upload(request)
        browser.check_form(request, staff.here, form.fields)
        return await handler(staff, form)

    return _route(path, power, endpoint, "POST", handler)


def _route(path: str, power: Power, endpoint: pages.Handler, method: str, handler: Any) -> Route:
    wrapped = pages.page(endpoint)
    setattr(wrapped, _POWER, power)
    setattr(wrapped, _HANDLER, handler)
    return Route(path, wrapped, methods=[method], name=f"{handler.__module__}.{handler.__qualname__}")


def power_of(route: Route) -> Power:
    """Return the power that a route of these pages takes. AttributeError for a route that was not made here."""
    found: Power = getattr(route.endpoint, _POWER)
    return found


def handler_of(route: Route) -> Show | Act:
    """Return what answers once the guard has let somebody through. AttributeError likewise."""
    found: Show | Act = getattr(route.endpoint, _HANDLER)
    return found


async def _staff(request: Request, power: Power) -> Staff:
    here = await browser.member(request)
    try:
        by = await moderator.acting(here.app, here.viewer, power)
    except Forbidden:
        if moderator.powers(here.member.role):
            raise
        raise NotFound from None
    return Staff(request, here, by)


async def show(staff: Staff, template: str, *, status: int = 200, wide: bool = True, **values: Any) -> HTMLResponse:
    """Return a page with the navigation of those who run the server; only what the role may open is in it."""
    return await shell.show(
        staff.request, staff.here, template, status=status, wide=wide, places=places(staff.by), by=staff.by, **values
    )


def places(by: Moderator) -> frozenset[str]:
    """Return the paths of the pages that are there and that somebody may open."""
    from fedinote.web.admin.routes import ROUTES  # the table that all these pages are in

    return frozenset(
        route.path
        for route in ROUTES
        if "GET" in (route.methods or ()) and "{" not in route.path and by.may(power_of(route))
    )


def done(staff: Staff, path: str, text: str) -> Response:
    """Go on to a page, which says first how the last step ended (`text` is translated already)."""
    return browser.flash(staff.here, pages.redirect(path), text)


def wrong(staff: Staff, error: FediNoteError) -> str:
    """Return what an error says, in the language of who reads it."""
    return staff.here.words.error(error.message)
