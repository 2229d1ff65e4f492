"""The page on which somebody lets an app act for them (OAuth, RFC 6749 section 4.1.1), or refuses."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import oauth
from fedinote.auth.clients import OOB
from fedinote.auth.oauth import RedirectedError
from fedinote.infra.errors import BadRequest
from fedinote.web import browser, shell
from fedinote.web.auth.scope_words import describe
from fedinote.web.browser import Visit
from fedinote.web.pages import form, page, query, redirect

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


async def authorize_page(request: Request) -> Response:
    """GET /oauth/authorize: ask the person whether the app may act for them."""
    here = await browser.visit(request)
    values = query(request)
    asked = _asked(values)
    try:
        wanted = await oauth.check_request(here.app, asked)
    except RedirectedError as error:
        # Only somebody who is signed in is sent to an app's address: links in mails must not bounce strangers there.
        return _to_sign_in(asked) if here.person is None else await _refused(request, here, error)
    if here.person is None or values.get("force_login") in _YES:
        return _to_sign_in(asked)
    return await shell.show(
        request,
        here,
        "auth/consent.html",
        form_action=False,
        client=wanted.client,
        website=host(wanted.client.website),
        scopes=describe(here.words, oauth.grantable(wanted, here.person.role)),
        target=None if wanted.out_of_band else wanted.redirect_uri,
        asked=asked,
        another=_sign_in(asked),
    )


def host(website: str | None) -> str:
    """Return the host of an app's website, which says more than its name: anybody can take any name."""
    try:
        return (urlsplit(website).hostname or "") if website else ""
    except ValueError:
        return ""


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
        return await _refused(request, here, error)
    decision = values.get("decision")
    if decision not in ("allow", "deny"):
        raise BadRequest
    if decision == "deny":
        fault = ("access_denied", "The resource owner or authorization server denied the request.")
        refusal = RedirectedError(*fault, redirect_uri=wanted.redirect_uri, state=wanted.state)
        return await _refused(request, here, refusal)
    code = await oauth.grant(here.app, wanted, user_id=here.person.user_id, role=here.person.role)
    if wanted.out_of_band:
        return await shell.show(request, here, "auth/oob.html", client=wanted.client, code=code)
    return redirect(oauth.answer_url(here.app, wanted.redirect_uri, wanted.state, code=code))


def _asked(values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name] for name in _ASKED if name in values}


def _sign_in(asked: Mapping[str, str]) -> str:
    return "/auth/sign_in?" + urlencode({"next": f"/oauth/authorize?{urlencode(asked)}"})


def _to_sign_in(asked: Mapping[str, str]) -> Response:
    return redirect(_sign_in(asked))


async def _refused(request: Request, here: Visit, error: RedirectedError) -> Response:
    if error.redirect_uri != OOB:
        faults = {"error": error.code, "error_description": error.message}
        return redirect(oauth.answer_url(here.app, error.redirect_uri, error.state, **faults))
    if error.code == "access_denied":
        return await shell.say(
            request, here, here.words.gettext("Access denied"), here.words.gettext("The app was not connected.")
        )
    return await shell.say(request, here, here.words.gettext("The app made a mistake"), error.message, status=400)


ROUTES = (
    Route("/oauth/authorize", page(authorize_page), methods=["GET"]),
    Route("/oauth/authorize", page(authorize), methods=["POST"]),
)
