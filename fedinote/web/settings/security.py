"""How one signs in: authenticator app, passkeys, recovery codes. Every change here wants a fresh proof of who it is."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec
import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import factors, passkeys, recovery, sessions, totp
from fedinote.infra.errors import BadRequest, Conflict, Invalid, NotFound, TooMany
from fedinote.web import browser, shell
from fedinote.web.auth.entering import unconfirmed
from fedinote.web.browser import Visit
from fedinote.web.pages import form, page, redirect
from fedinote.web.settings.answers import done, number

PATH = "/settings/security"
APP = f"{PATH}/app"
_SHOWN = (Invalid, TooMany)


async def show(request: Request) -> Response:
    """GET /settings/security: what there is. Looking needs no proof, changing does."""
    return await _page(request, await browser.member(request))


async def _page(request: Request, here: Visit, error: Invalid | TooMany | None = None) -> Response:
    app, person = here.app, here.member
    keys = await passkeys.rows_of(app, person.user_id)
    options = ""
    if passkeys.possible(app) and len(keys) < passkeys.MOST and sessions.confirmed(app, person):
        known = [key["credential_id"] for key in keys]
        made = passkeys.registration(app, person.user_id, person.username, known=known, browser=here.binding)
        options = msgspec.json.encode(made).decode()
    return await shell.show(
        request,
        here,
        "settings/security.html",
        status=200 if error is None else error.status,
        has=await factors.of(app, person.user_id),
        keys=await passkeys.of(app, person.user_id),
        options=options,
        possible=passkeys.possible(app),
        confirmed=sessions.confirmed(app, person),
        error="" if error is None else here.words.error(error.message),
    )


async def change(request: Request) -> Response:
    """POST /settings/security: `do` says what. Without a fresh proof, that is asked for first and nothing changes."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    do = _DO.get(values.get("do", ""))
    if do is None:
        raise BadRequest
    if first := unconfirmed(here, PATH):
        return first
    try:
        return await do(request, here, values)
    except _SHOWN as error:
        return await _page(request, here, error)


async def _prove(request: Request, here: Visit, values: Mapping[str, str]) -> Response:
    return redirect(PATH)


async def _begin_app(request: Request, here: Visit, values: Mapping[str, str]) -> Response:
    await totp.begin(here.app, here.member.user_id)
    return redirect(APP)


async def _end_app(request: Request, here: Visit, values: Mapping[str, str]) -> Response:
    await factors.turn_off_app(here.app, here.member.user_id)
    return done(here, PATH, here.words.gettext("The authenticator app is not asked for any more."))


async def _add_key(request: Request, here: Visit, values: Mapping[str, str]) -> Response:
    person = here.member
    codes = await factors.add_passkey(
        here.app,
        person.user_id,
        values.get("answer", ""),
        name=values.get("name", ""),
        browser=here.binding,
        keep_session=person.token,
    )
    if codes:
        return await _codes(request, here, codes)
    return done(here, PATH, here.words.gettext("The passkey is ready."))


async def _rename_key(request: Request, here: Visit, values: Mapping[str, str]) -> Response:
    await passkeys.rename(here.app, here.member.user_id, number(values.get("id", "")), values.get("name", ""))
    return done(here, PATH)


async def _remove_key(request: Request, here: Visit, values: Mapping[str, str]) -> Response:
    await factors.remove_passkey(here.app, here.member.user_id, number(values.get("id", "")))
    return done(here, PATH, here.words.gettext("The passkey is gone."))


async def _renew_codes(request: Request, here: Visit, values: Mapping[str, str]) -> Response:
    if not (await factors.of(here.app, here.member.user_id)).on:
        raise Conflict
    return await _codes(request, here, await recovery.renew(here.app, here.member.user_id))


async def _codes(request: Request, here: Visit, codes: list[str]) -> Response:
    """Show recovery codes, this once."""
    return await shell.show(request, here, "settings/codes.html", codes=codes)


_Do = Callable[[Request, Visit, Mapping[str, str]], Awaitable[Response]]
_DO: dict[str, _Do] = {
    "prove": _prove,
    "begin-app": _begin_app,
    "end-app": _end_app,
    "add-key": _add_key,
    "rename-key": _rename_key,
    "remove-key": _remove_key,
    "renew-codes": _renew_codes,
}


async def app_page(request: Request) -> Response:
    """GET /settings/security/app: the secret as a QR code and in letters, and a field for the first code."""
    here = await browser.member(request)
    if first := unconfirmed(here, APP):
        return first
    return await _app(request, here)


async def _app(request: Request, here: Visit, error: Invalid | TooMany | None = None) -> Response:
    setup = await totp.waiting(here.app, here.member.user_id)
    if setup is None:
        return redirect(PATH)
    drawn = segno.make(setup.uri, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff")
    return await shell.show(
        request,
        here,
        "settings/authenticator.html",
        status=200 if error is None else error.status,
        secret=" ".join(setup.secret[at : at + 4] for at in range(0, len(setup.secret), 4)),
        uri=setup.uri,
        drawn=drawn,
        error="" if error is None else here.words.error(error.message),
    )


async def confirm_app(request: Request) -> Response:
    """POST /settings/security/app: the first code. From then on a code is asked for; the browser gets a new session."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    if first := unconfirmed(here, APP):
        return first
    person = here.member
    try:
        codes = await factors.turn_on_app(here.app, person.user_id, values.get("code", ""), keep_session=person.token)
    except _SHOWN as error:
        return await _app(request, here, error)
    except NotFound:
        return redirect(PATH)
    if codes:
        return await _codes(request, here, codes)
    return done(here, PATH, here.words.gettext("The authenticator app is on."))


ROUTES = (
    Route(PATH, page(show), methods=["GET"]),
    Route(PATH, page(change), methods=["POST"]),
    Route(APP, page(app_page), methods=["GET"]),
    Route(APP, page(confirm_app), methods=["POST"]),
)
