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
from fedinote.infra.errors import FediNoteError, Invalid, TooMany, Unauthorized
from fedinote.web import browser, shell
from fedinote.web.auth.entering import WrongPresent, begin_session
from fedinote.web.auth.mistakes import told
from fedinote.web.browser import Visit
from fedinote.web.pages import address, form, page

PATH = "/auth/password"


async def password_page(request: Request) -> Response:
    """GET /auth/password: the form, for somebody who is signed in."""
    return await _form(request, await browser.member(request))


async def _form(request: Request, here: Visit, error: FediNoteError | None = None, status: int = 200) -> Response:
    return await shell.show(
        request,
        here,
        "auth/password.html",
        status=status,
        headers={"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {},
        error="" if error is None else told(here.words, error),
    )


async def change(request: Request) -> Response:
    """POST /auth/password: with the old password and a new one. Other browsers and all apps are signed out.

    There are ten attempts in ten minutes for an account, beside those of signing in.
    """
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    try:
        await _change(here.app, here.member, values, address(request))
    except Unauthorized:
        return await _form(request, here, WrongPresent(), 422)
    except (Invalid, TooMany) as error:
        return await _form(request, here, error, error.status)
    return await begin_session(request, here.member.user_id, "/settings/security")


async def _change(app: App, person: SignedIn, values: dict[str, str], visitor: str) -> None:
    limits.attempt(app, f"password:user:{person.user_id}", limits.PASSWORD)
    await users.check_password(app, person.username, values.get("present", ""), address=visitor)
    await users.set_password(app, person.user_id, values.get("password", ""))


ROUTES = (
    Route(PATH, page(password_page), methods=["GET"]),
    Route(PATH, page(change), methods=["POST"]),
)
