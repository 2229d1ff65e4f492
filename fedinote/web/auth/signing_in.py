"""The pages for signing in: name and password, then (where there is one) the second factor; or a passkey alone."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import factors, halfway, limits, passkeys, refusals, sessions, users
from fedinote.auth.models import User
from fedinote.auth.refusals import SignUpRefused
from fedinote.infra.errors import FediNoteError, Invalid, NotFound, TooMany, Unauthorized
from fedinote.web import browser, shell
from fedinote.web.auth.entering import ANSWERS, come_in
from fedinote.web.browser import Visit
from fedinote.web.pages import address, form, page, query, redirect

_SHOWN = (Invalid, Unauthorized, TooMany)


async def sign_in_page(request: Request) -> Response:
    """GET /auth/sign_in: the form. `next` is where to go on afterwards."""
    here = await browser.visit(request)
    return await _form(request, here, browser.safe_path(query(request).get("next", "/")))


async def _form(
    request: Request, here: Visit, onward: str, *, login: str = "", error: FediNoteError | None = None
) -> Response:
    mode = here.app.settings.registrations.mode
    return await shell.show(
        request,
        here,
        "auth/sign_in.html",
        status=200 if error is None else error.status,
        headers=_wait(error),
        form_action=False,
        onward=onward,
        login=login,
        error="" if error is None else here.words.error(error.message),
        can_sign_up=mode in ("open", "approval"),
        options=_options(here) if passkeys.possible(here.app) else "",
    )


def _wait(error: FediNoteError | None) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}


def _options(here: Visit, keys: Any = ()) -> str:
    return msgspec.json.encode(passkeys.login(here.app, browser=here.binding, keys=keys)).decode()


async def sign_in(request: Request) -> Response:
    """POST /auth/sign_in: check the password; then begin a session and go on to `next`, or ask for the second factor.

    Nothing tells a wrong name from a wrong password; a second factor is spoken of after the right one only, and that
    the login is shut after both.
    """
    here = await browser.visit(request)
    values = await form(request)
    browser.check_form(request, here, values)
    onward, login = browser.safe_path(values.get("next", "/")), values.get("login", "")
    try:
        user = await users.check_password(here.app, login, values.get("password", ""), address=address(request))
    except SignUpRefused as refused:
        return await _refused(request, here, refused)
    except (Unauthorized, TooMany) as error:
        return await _form(request, here, onward, login=login, error=error)
    if (await factors.of(here.app, user.id)).on:
        return await _second(request, here, user, onward)
    return await come_in(request, here, user, onward)


async def _refused(request: Request, here: Visit, refused: SignUpRefused) -> Response:
    return await shell.show(
        request, here, "auth/refused.html", status=refused.status, refused=refused, days=refusals.KEPT.days
    )


async def _second(
    request: Request, here: Visit, user: User, onward: str, *, error: FediNoteError | None = None
) -> Response:
    """Return the page that asks for the second factor; its form carries the proof of the first."""
    app = here.app
    has = await factors.of(app, user.id)
    keys = await passkeys.rows_of(app, user.id) if has.passkeys and passkeys.possible(app) else []
    return await shell.show(
        request,
        here,
        "auth/second_step.html",
        status=200 if error is None else error.status,
        headers=_wait(error),
        form_action=False,
        has=has,
        proof=halfway.prove(app, user, here.binding),
        options=_options(here, keys) if keys else "",
        onward=onward,
        error="" if error is None else here.words.error(error.message),
    )


async def second_step(request: Request) -> Response:
    """POST /auth/second_step: a code, a recovery code, or a passkey's answer, from a browser that knew the password."""
    here = await browser.visit(request)
    values = await form(request)
    browser.check_form(request, here, values)
    onward = browser.safe_path(values.get("next", "/"))
    try:
        user = await halfway.whose(here.app, values.get("proof", ""), here.binding)
    except Unauthorized as error:
        return await _form(request, here, onward, error=error)
    try:
        if answer := values.get("answer", ""):
            limits.attempt(here.app, f"passkey:address:{address(request)}", ANSWERS)
            await passkeys.identify(here.app, answer, browser=here.binding, user_id=user.id)
        else:
            await factors.check_code(here.app, user.id, values.get("code", ""))
    except _SHOWN as error:
        return await _second(request, here, user, onward, error=error)
    return await come_in(request, here, user, onward)


async def passkey(request: Request) -> Response:
    """POST /auth/passkey: sign in with a passkey alone, which is possession and finger (or PIN) at once."""
    here = await browser.visit(request)
    values = await form(request)
    browser.check_form(request, here, values)
    onward = browser.safe_path(values.get("next", "/"))
    try:
        limits.attempt(here.app, f"passkey:address:{address(request)}", ANSWERS)
        user_id = await passkeys.identify(here.app, values.get("answer", ""), browser=here.binding)
        user = await users.by_id(here.app, user_id)
    except (*_SHOWN, NotFound) as error:
        return await _form(request, here, onward, error=error)
    return await come_in(request, here, user, onward)


async def sign_out_page(request: Request) -> Response:
    """GET /auth/sign_out: a button, since a link that somebody else plants must not sign anybody out."""
    return await shell.show(request, await browser.visit(request), "auth/sign_out.html")


async def sign_out(request: Request) -> Response:
    """POST /auth/sign_out: end the session on the server and take the cookie."""
    here = await browser.visit(request)
    browser.check_form(request, here, await form(request))
    if here.person is not None:
        await sessions.end(here.app, here.person.token)
    return browser.sign_out(here.app, redirect("/"))


ROUTES = (
    Route("/auth/sign_in", page(sign_in_page), methods=["GET"]),
    Route("/auth/sign_in", page(sign_in), methods=["POST"]),
    Route("/auth/second_step", page(second_step), methods=["POST"]),
    Route("/auth/passkey", page(passkey), methods=["POST"]),
    Route("/auth/sign_out", page(sign_out_page), methods=["GET"]),
    Route("/auth/sign_out", page(sign_out), methods=["POST"]),
)
