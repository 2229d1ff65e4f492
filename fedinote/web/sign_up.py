"""The pages for joining: the form as the mode of registrations allows, and invitation links."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import invites, registrations
from fedinote.auth.registrations import Form
from fedinote.infra.errors import Forbidden, Invalid, NotFound, TooMany
from fedinote.web import browser
from fedinote.web.auth import begin_session
from fedinote.web.browser import Visit
from fedinote.web.pages import address, form, message, page, query, redirect, render


async def sign_up_page(request: Request) -> Response:
    """GET /auth/sign_up: the form, or why there is none."""
    here = await browser.visit(request)
    if here.person is not None:
        return redirect("/")
    match here.app.settings.registrations.mode:
        case "closed":
            raise Forbidden("Nobody can sign up here at the moment.")
        case "invitation":
            raise Forbidden("Signing up here needs an invitation: ask somebody who is here for a link.")
    return _form(here, Form(username="", email="", password=""), onward=query(request).get("next", "/"))


async def invitation_page(request: Request) -> Response:
    """GET /invite/{code}: the form for somebody who was invited. `NotFound` when the link is not good any more."""
    here = await browser.visit(request)
    code = request.path_params["code"]
    offer = await invites.offer(here.app, code)
    if offer is None or (here.app.settings.registrations.mode == "closed" and not offer.by_operator):
        raise NotFound("This invitation does not exist, was used already, or is too old.")
    return _form(here, Form(username="", email="", password="", invite=code), role=offer.role)


def _form(
    here: Visit, filled: Form, *, onward: str = "/", error: str = "", status: int = 200, role: str = "member"
) -> Response:
    response = render(
        here.app,
        "sign_up.html",
        status=status,
        form_token=here.form_token(),
        filled=filled,
        onward=browser.safe_path(onward),
        error=error,
        role=role,
        reason_wanted=here.app.settings.registrations.mode == "approval" and not filled.invite,
    )
    return here.keep(response)


async def sign_up(request: Request) -> Response:
    """POST /auth/sign_up: make the account; sign in at once unless a moderator has to approve."""
    here = await browser.visit(request)
    values = await form(request)
    browser.check_form(request, here, values)
    onward = browser.safe_path(values.get("next", "/"))
    filled = Form(
        username=values.get("username", "").strip(),
        email=values.get("email", "").strip(),
        password=values.get("password", ""),
        reason=values.get("reason", ""),
        invite=values.get("invite", ""),
    )
    try:
        user = await registrations.register(here.app, filled, address=address(request))
    except Invalid as error:
        return _form(here, filled, onward=onward, error=error.message, status=422)
    except TooMany as error:
        response = _form(here, filled, onward=onward, error=error.message, status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    if user.state == "pending":
        text = "Your account was made. You can sign in as soon as a moderator has approved it."
        return message(here.app, "Nearly there", text, link=("/", "To the front page"))
    return await begin_session(request, user, onward)


ROUTES = (
    Route("/auth/sign_up", page(sign_up_page), methods=["GET"]),
    Route("/auth/sign_up", page(sign_up), methods=["POST"]),
    Route("/invite/{code}", page(invitation_page), methods=["GET"]),
)
