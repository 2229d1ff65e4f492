"""/settings/decisions: what was decided about oneself and why, in one's own language; and how to appeal."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, NotFound
from fedinote.moderation.cases import appeals, statements
from fedinote.moderation.cases.statements import Statement
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.desk import told
from fedinote.web.pages import form, page, redirect
from fedinote.web.settings.answers import done, number
from fedinote.web.transparency.account import actions, categories

PATH = "/settings/decisions"


async def listing(request: Request) -> Response:
    """GET /settings/decisions."""
    here = await browser.member(request)
    found = await statements.about(here.app, here.member.account_id)
    return await shell.show(
        request, here, "desk/decisions.html", found=found, actions=actions(here.words), within=appeals.WITHIN.days
    )


async def one(request: Request) -> Response:
    """GET /settings/decisions/{id}."""
    here = await browser.member(request)
    return await _show(request, here, await _own(request, here))


async def _own(request: Request, here: Visit) -> Statement:
    """Return the statement of the address. `NotFound` for another's."""
    found = await statements.get(here.app, number(request.path_params["id"]))
    if found.account_id != here.member.account_id:
        raise NotFound
    return found


async def _show(
    request: Request, here: Visit, about: Statement, *, error: FediNoteError | None = None, text: str = ""
) -> Response:
    return await shell.show(
        request,
        here,
        "desk/decision.html",
        status=error.status if error else 200,
        one=await told.told(here, here.member.account_id, about),
        actions=actions(here.words),
        categories=categories(here.words),
        within=appeals.WITHIN.days,
        problems=[here.words.error(error.message)] if error else [],
        text=text,
    )


async def appeal(request: Request) -> Response:
    """POST /settings/decisions/{id}: ask to decide again, or add to what was asked."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    about, text = await _own(request, here), values.get("text", "")
    try:
        await told.say(here.app, here.member.account_id, here.member.locale, about, text)
    except (Invalid, Forbidden) as error:
        return await _show(request, here, about, error=error, text=text)
    return done(here, f"{PATH}/{about.id}", here.words.gettext("Sent. Somebody will look at it again."))


async def strike(request: Request) -> Response:
    """GET /disputes/strikes/{id}: where apps that know Mastodon send people who want to read a warning."""
    return redirect(f"{PATH}/{number(request.path_params['id'])}")


ROUTES = (
    Route(PATH, page(listing), methods=["GET"]),
    Route(f"{PATH}/{{id}}", page(one), methods=["GET"]),
    Route(f"{PATH}/{{id}}", page(appeal), methods=["POST"]),
    Route("/disputes/strikes/{id}", page(strike), methods=["GET"]),
)
