"""The pages for getting in: signing in and out, and letting an app act for oneself (OAuth consent)."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import oauth, sessions, users
from fedinote.auth.clients import OOB
from fedinote.auth.models import User
from fedinote.auth.oauth import RedirectedError
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, Forbidden, TooMany, Unauthorized
from fedinote.web import browser
from fedinote.web.browser import Visit
from fedinote.web.pages import address, app_of, form, message, page, query, redirect, render

_ASKED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
_YES = frozenset({"true", "True", "TRUE", "t", "1", "yes", "on"})
_SCOPES = {
    "read": "Read everything in your account, private posts included",
    "write": "Write, change and delete posts, and change your profile",
    "follow": "Follow, mute and block people for you",
    "push": "Send you notifications",
    "profile": "See your name and your profile",
    "admin:read": "Read what moderators can read",
    "admin:write": "Do what moderators can do",
}


async def sign_in_page(request: Request) -> Response:
    """GET /auth/sign_in: the form. `next` is where to go on afterwards."""
    here = await browser.visit(request)
    onward = browser.safe_path(query(request).get("next", "/"))
    return _sign_in_form(here, onward)


def _sign_in_form(here: Visit, onward: str, *, login: str = "", error: str = "", status: int = 200) -> Response:
    mode = here.app.settings.registrations.mode
    response = render(
        here.app,
        "sign_in.html",
        status=status,
        form_action=False,
        form_token=here.form_token(),
        onward=onward,
        login=login,
        error=error,
        person=here.person,
        can_sign_up=mode in ("open", "approval"),
    )
    return here.keep(response)


async def sign_in(request: Request) -> Response:
    """POST /auth/sign_in: check the password, begin a new session, go on to `next`."""
    here = await browser.visit(request)
    values = await form(request)
    browser.check_form(request, here, values)
    onward = browser.safe_path(values.get("next", "/"))
    login = values.get("login", "")
    try:
        user = await users.check_password(here.app, login, values.get("password", ""), address=address(request))
    except Unauthorized as error:
        return _sign_in_form(here, onward, login=login, error=error.message, status=401)
    except TooMany as error:
        response = _sign_in_form(here, onward, login=login, error=error.message, status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    _check_state(user)
    return await begin_session(request, user, onward)


def _check_state(user: User) -> None:
    if user.state == "pending":
        raise Forbidden("Your account is waiting for a moderator's approval.")
    if user.state != "active":
        raise Forbidden("Your login is disabled. Ask the people who run this server why.")


async def begin_session(request: Request, user: User, onward: str) -> Response:
    """Sign the browser in with a new session and send it on to a path of ours."""
    app = app_of(request)
    token = await sessions.start(
        app,
        user.id,
        user_agent=request.headers.get("user-agent", ""),
        address=address(request),
        old=request.cookies.get(browser.cookie_name(app, browser.SESSION)),
    )
    if await sessions.signed_in(app, token) is None:
        await sessions.end(app, token)
        raise Forbidden("This account is suspended.")
    return browser.sign_in(app, redirect(onward), token)


async def sign_out_page(request: Request) -> Response:
    """GET /auth/sign_out: a button, since a link that somebody else plants must not sign anybody out."""
    here = await browser.visit(request)
    return here.keep(render(here.app, "sign_out.html", form_token=here.form_token(), person=here.person))


async def sign_out(request: Request) -> Response:
    """POST /auth/sign_out: end the session on the server and take the cookie."""
    here = await browser.visit(request)
    browser.check_form(request, here, await form(request))
    if here.person is not None:
        await sessions.end(here.app, here.person.token)
    return browser.sign_out(here.app, redirect("/"))


async def authorize_page(request: Request) -> Response:
    """GET /oauth/authorize: ask the person whether the app may act for them."""
    here = await browser.visit(request)
    values = query(request)
    asked = _asked(values)
    try:
        wanted = await oauth.check_request(here.app, asked)
    except RedirectedError as error:
        # Only somebody who is signed in is sent to an app's address: links in mails must not bounce strangers there.
        return _to_sign_in(asked) if here.person is None else _refused(here.app, error)
    if here.person is None or values.get("force_login") in _YES:
        return _to_sign_in(asked)
    granted = oauth.grantable(wanted, here.person.role)
    return render(
        here.app,
        "consent.html",
        form_action=False,
        client=wanted.client,
        person=here.person,
        scopes=[describe(scope) for scope in granted],
        target=None if wanted.out_of_band else wanted.redirect_uri,
        asked=asked,
        form_token=here.form_token(),
    )


async def authorize(request: Request) -> Response:
    """POST /oauth/authorize: the person's decision. With "allow" the app gets a code, else an error."""
    here = await browser.visit(request)
    values = await form(request)
    asked = _asked(values)
    if here.person is None:
        return _to_sign_in(asked)
    browser.check_form(request, here, values)
    try:
        wanted = await oauth.check_request(here.app, asked)
    except RedirectedError as error:
        return _refused(here.app, error)
    decision = values.get("decision")
    if decision not in ("allow", "deny"):
        raise BadRequest
    if decision == "deny":
        fault = ("access_denied", "The resource owner or authorization server denied the request.")
        return _refused(here.app, RedirectedError(*fault, redirect_uri=wanted.redirect_uri, state=wanted.state))
    code = await oauth.grant(here.app, wanted, user_id=here.person.user_id, role=here.person.role)
    if wanted.out_of_band:
        return render(here.app, "oob.html", client=wanted.client, code=code)
    return redirect(oauth.answer_url(here.app, wanted.redirect_uri, wanted.state, code=code))


def _asked(values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name] for name in _ASKED if name in values}


def _to_sign_in(asked: Mapping[str, str]) -> Response:
    return redirect("/auth/sign_in?" + urlencode({"next": f"/oauth/authorize?{urlencode(asked)}"}))


def _refused(app: App, error: RedirectedError) -> Response:
    if error.redirect_uri == OOB:
        title = "Access denied" if error.code == "access_denied" else "The app made a mistake"
        text = "The app was not connected." if error.code == "access_denied" else error.message
        return message(app, title, text, status=200 if error.code == "access_denied" else 400)
    return redirect(
        oauth.answer_url(app, error.redirect_uri, error.state, error=error.code, error_description=error.message)
    )


def describe(scope: str) -> str:
    """Return what a scope allows, as a person reads it."""
    if scope in _SCOPES:
        return _SCOPES[scope]
    whole, _, part = scope.rpartition(":")
    verb = {"read": "Read", "write": "Change", "admin:read": "Moderation: read", "admin:write": "Moderation: change"}
    return f"{verb.get(whole, whole)} {part.replace('_', ' ')}"


ROUTES = (
    Route("/auth/sign_in", page(sign_in_page), methods=["GET"]),
    Route("/auth/sign_in", page(sign_in), methods=["POST"]),
    Route("/auth/sign_out", page(sign_out_page), methods=["GET"]),
    Route("/auth/sign_out", page(sign_out), methods=["POST"]),
    Route("/oauth/authorize", page(authorize_page), methods=["GET"]),
    Route("/oauth/authorize", page(authorize), methods=["POST"]),
)
