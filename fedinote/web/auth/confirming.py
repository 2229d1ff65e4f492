"""The page that asks once more who somebody is, before changes that would help a thief with an open browser."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import limits, passkeys, sessions, users
from fedinote.auth.users import WrongPassword
from fedinote.infra.errors import FediNoteError, TooMany, Unauthorized
from fedinote.web import browser, shell
from fedinote.web.auth.entering import ANSWERS, CONFIRM, WrongPresent
from fedinote.web.browser import Visit
from fedinote.web.pages import address, form, page, query, redirect


async def confirm_page(request: Request) -> Response:
    """GET /auth/confirm: the form. `next` is where to go on afterwards."""
    here = await browser.member(request)
    return await _form(request, here, browser.safe_path(query(request).get("next", "/settings")))


async def _form(request: Request, here: Visit, onward: str, error: FediNoteError | None = None) -> Response:
    app = here.app
    keys = await passkeys.rows_of(app, here.member.user_id) if passkeys.possible(app) else []
    options = msgspec.json.encode(passkeys.login(app, browser=here.binding, keys=keys)).decode() if keys else ""
    return await shell.show(
        request,
        here,
        "auth/confirm.html",
        status=200 if error is None else error.status,
        headers={"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {},
        onward=onward,
        options=options,
        error="" if error is None else here.words.error(error.message),
    )


async def confirm(request: Request) -> Response:
    """POST /auth/confirm: the password or a passkey, then on to `next`. Ten tries in ten minutes for an account."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    onward = browser.safe_path(values.get("next", "/settings"))
    try:
        await _check(here, values, address(request))
    except WrongPassword:
        return await _form(request, here, onward, WrongPresent())
    except (Unauthorized, TooMany) as error:
        return await _form(request, here, onward, error)
    await sessions.confirm(here.app, here.member.token)
    return redirect(onward)


async def _check(here: Visit, values: dict[str, str], visitor: str) -> None:
    app, person = here.app, here.member
    if answer := values.get("answer", ""):
        limits.attempt(app, f"passkey:address:{visitor}", ANSWERS)
        await passkeys.identify(app, answer, browser=here.binding, user_id=person.user_id)
        return
    limits.attempt(app, f"password:user:{person.user_id}", limits.PASSWORD)
    await users.check_password(app, person.username, values.get("password", ""), address=visitor)


ROUTES = (
    Route(CONFIRM, page(confirm_page), methods=["GET"]),
    Route(CONFIRM, page(confirm), methods=["POST"]),
)
