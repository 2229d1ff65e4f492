"""Beginning a session, whichever way somebody proved who they are; and proving it once more before dangerous steps."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from fedinote.auth import locked, sessions
from fedinote.auth.limits import Limit
from fedinote.auth.models import User
from fedinote.infra.errors import Forbidden, Unauthorized
from fedinote.web import browser
from fedinote.web.browser import Visit
from fedinote.web.pages import address, app_of, redirect

CONFIRM = "/auth/confirm"
LOCKED = "/auth/locked"
ANSWERS = Limit(25, 300, "address")
"""Answers of passkeys that an address may send: each costs a look into the database, and arithmetic."""


class WrongPresent(Unauthorized):
    """Somebody who is signed in did not know the password (401)."""

    message = "The present password is wrong"


async def come_in(request: Request, here: Visit, user: User, onward: str) -> Response:
    """Sign in somebody who proved who they are, as `begin_session`; whose login is shut gets to the page of those."""
    if await locked.look(here.app, user) is None:
        return await begin_session(request, user.id, onward)
    response = browser.give_pass(here.app, redirect(LOCKED), locked.give(here.app, user, here.binding))
    return here.keep(response)


async def begin_session(request: Request, user_id: int, onward: str) -> Response:
    """Sign the browser in with a new session and send it on to a path of ours; the session it had ends."""
    app = app_of(request)
    token = await sessions.start(
        app,
        user_id,
        user_agent=request.headers.get("user-agent", ""),
        address=address(request),
        old=request.cookies.get(browser.cookie_name(app, browser.SESSION)),
    )
    if await sessions.signed_in(app, token) is None:
        await sessions.end(app, token)
        raise Forbidden("This account is suspended.")
    return browser.sign_in(app, redirect(onward), token)


def unconfirmed(here: Visit, back: str) -> Response | None:
    """Return where to go first when somebody should prove again who they are; None when they did a short while ago.

    `back` is the page (of ours) from which they begin anew. For changes that would help a thief who found a browser
    open: second factors, keys, moving away, deleting the account.
    """
    if sessions.confirmed(here.app, here.member):
        return None
    return redirect(f"{CONFIRM}?next={quote(back)}")
