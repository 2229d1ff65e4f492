"""The page for changing one's own password. It ends everything that was opened with the old one.

This server sends no mail, so there is no link for a forgotten password: the operator gives a new one at the command
line.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import limits, users
from fedinote.auth.sessions import SignedIn
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, TooMany, Unauthorized
from fedinote.web import browser
from fedinote.web.auth import begin_session
from fedinote.web.browser import Visit
from fedinote.web.pages import address, form, page, redirect, render

PATH = "/auth/password"


async def password_page(request: Request) -> Response:
    """GET /auth/password: the form, for somebody who is signed in."""
    here = await browser.visit(request)
    return _to_sign_in() if here.person is None else _form(here)


def _to_sign_in() -> Response:
    return redirect(f"/auth/sign_in?next={PATH}")


def _form(here: Visit, error: str = "", status: int = 200) -> Response:
    return render(
        here.app, "password.html", status=status, form_token=here.form_token(), error=error, person=here.person
    )


async def change(request: Request) -> Response:
    """POST /auth/password: with the old password and a new one. Other browsers and all apps are signed out.

    There are ten attempts in ten minutes for an account, beside those of signing in.
    """
    here = await browser.visit(request)
    if here.person is None:
        return _to_sign_in()
    values = await form(request)
    browser.check_form(request, here, values)
    try:
        await _change(here.app, here.person, values, address(request))
    except (Invalid, Unauthorized) as error:
        message = "The present password is wrong" if isinstance(error, Unauthorized) else error.message
        return _form(here, message, 422)
    except TooMany as error:
        response = _form(here, error.message, error.status)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    return await begin_session(request, await users.by_id(here.app, here.person.user_id), "/")


async def _change(app: App, person: SignedIn, values: dict[str, str], visitor: str) -> None:
    limits.attempt(app, f"password:user:{person.user_id}", limits.PASSWORD)
    await users.check_password(app, person.username, values.get("present", ""), address=visitor)
    await users.set_password(app, person.user_id, values.get("password", ""))


ROUTES = (
    Route(PATH, page(password_page), methods=["GET"]),
    Route(PATH, page(change), methods=["POST"]),
)
