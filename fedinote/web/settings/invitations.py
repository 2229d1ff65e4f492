"""Invitation links of a member, where the settings let members invite."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import inviting
from fedinote.infra.errors import Invalid
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.pages import form, page
from fedinote.web.settings.answers import done, number

PATH = "/settings/invitations"


async def show(request: Request) -> Response:
    """GET /settings/invitations."""
    return await _page(request, await browser.member(request))


async def _page(request: Request, here: Visit, error: Invalid | None = None) -> Response:
    person = here.member
    return await shell.show(
        request,
        here,
        "settings/invitations.html",
        status=200 if error is None else error.status,
        allowed=inviting.allowed(here.app, person.role),
        links=await inviting.of(here.app, person.user_id),
        uses=inviting.USES,
        days=inviting.DAYS,
        error="" if error is None else here.words.error(error.message),
    )


async def change(request: Request) -> Response:
    """POST /settings/invitations: make a link, or take one back (`withdraw`, its id)."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    person = here.member
    if "withdraw" in values:
        await inviting.withdraw(here.app, person.user_id, number(values["withdraw"]))
        return done(here, PATH, here.words.gettext("The link is good for nobody any more."))
    try:
        uses, days = number(values.get("uses", "")), number(values.get("days", ""))
        await inviting.create(here.app, person.user_id, person.role, uses=uses, days=days)
    except Invalid as error:
        return await _page(request, here, error)
    return done(here, PATH, here.words.gettext("The link is ready."))


ROUTES = (Route(PATH, page(show), methods=["GET"]), Route(PATH, page(change), methods=["POST"]))
