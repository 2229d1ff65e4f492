"""The browser that asks: its cookies, whom it is signed in as, and whether a form really came from our own page."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from fedinote.auth import locked, sessions
from fedinote.auth.hashes import new_token
from fedinote.auth.sessions import SignedIn
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Unauthorized
from fedinote.infra.keys import COOKIE_KEY
from fedinote.text import language
from fedinote.web import words as catalogues
from fedinote.web.words import OFFERED, Words

SESSION, VISIT, LANGUAGE, THEME, NOTICE, PASS = "session", "visit", "language", "theme", "notice", "locked"
SHORTCUTS = "shortcuts"
FIELD = "form_token"
HEADER = "x-form-token"
THEMES = ("auto", "light", "dark")
SCOPES = frozenset({"read", "write", "follow", "push"})
"""What somebody may do with a session: everything that an app could be allowed to, but what moderators may."""
_FOREIGN = "The form did not come from this site. Go back, reload the page and try again."
_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")
_SEGMENT = r"[A-Za-z0-9_@~-][A-Za-z0-9_@~.-]*+"
_PATH = re.compile(rf"/(?:{_SEGMENT}/)*(?:{_SEGMENT})?")
_MAX_LANGUAGES = 500
_WEIGHT = re.compile(r"q=([01](?:\.[0-9]{0,3})?)")
_QUERY = re.compile(r"[!$-\[\]-~]*")


class SignInFirst(Unauthorized):
    """The page is for members, and nobody is signed in: `pages.page` sends the browser to the form."""

    message = "Sign in first"


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser: which words it reads, who is signed in (or None), and the cookie to which its forms are bound."""

    app: App
    person: SignedIn | None
    binding: str
    fresh: bool
    words: Words

    @property
    def member(self) -> SignedIn:
        """Who is signed in, on pages that are for members only."""
        if self.person is None:
            raise SignInFirst
        return self.person

    @property
    def viewer(self) -> Viewer:
        """The member as the verbs know them; there is no token behind a session."""
        person = self.member
        return Viewer(
            account_id=person.account_id,
            user_id=person.user_id,
            role=person.role,
            scopes=SCOPES,
            token_id=0,
            app_id=0,
            locale=person.locale,
        )

    def form_token(self) -> str:
        """Return a token for a form on a page of this browser; each is different, all stay good with the cookie."""
        salt = secrets.token_hex(8)
        return f"{salt}.{_seal(self.app, salt, self.binding)}"

    def keep(self, response: Response) -> Response:
        """Give a browser that has no cookie yet the one that its forms are bound to."""
        if self.fresh:
            _set(self.app, response, VISIT, self.binding)
        return response


async def visit(request: Request) -> Visit:
    """Return the browser behind a request. One query when it has a session cookie."""
    app: App = request.app.state.app
    cookie = request.cookies.get(cookie_name(app, SESSION))
    person = await sessions.signed_in(app, cookie)
    spoken = words_of(request, person)
    if person is not None:
        return Visit(app, person, person.token, fresh=False, words=spoken)
    known = request.cookies.get(cookie_name(app, VISIT), "")
    fresh = not _COOKIE.fullmatch(known)
    return Visit(app, None, new_token() if fresh else known, fresh=fresh, words=spoken)


async def member(request: Request) -> Visit:
    """Return the browser of somebody who is signed in. Raises `SignInFirst` when nobody is."""
    here = await visit(request)
    if here.person is None:
        raise SignInFirst
    return here


def words_of(request: Request, person: SignedIn | None = None) -> Words:
    """Return the words for a reader: what was chosen here, what their account says, what the browser asks for."""
    app: App = request.app.state.app
    chosen = request.cookies.get(cookie_name(app, LANGUAGE), "")
    own = [person.locale] if person is not None else [chosen] if chosen in OFFERED else []
    return catalogues.choose([*own, *languages(request), *app.settings.instance.languages])


def theme(request: Request) -> str:
    """Return the theme that was chosen in this browser, "auto" where none was."""
    app: App = request.app.state.app
    found = request.cookies.get(cookie_name(app, THEME), "")
    return found if found in THEMES else THEMES[0]


def shortcuts(request: Request) -> bool:
    """Tell whether single keys act in this browser (WCAG 2.2, 2.1.4: they can be switched off); they do at first."""
    app: App = request.app.state.app
    return request.cookies.get(cookie_name(app, SHORTCUTS), "") != "off"


def remember(app: App, response: Response, name: str, value: str) -> Response:
    """Keep a choice (language, theme, shortcuts) in the browser for a year."""
    _set(app, response, name, value, max_age=31_536_000)
    return response


def flash(here: Visit, response: Response, text: str) -> Response:
    """Have the next page say this, once: how what was asked for ended."""
    body = base64.urlsafe_b64encode(text[:500].encode()).decode().rstrip("=")
    _set(here.app, response, NOTICE, f"{body}.{_seal(here.app, body, here.binding)}", max_age=60)
    return response


def notice(request: Request, here: Visit) -> str:
    """Return what the step before wants to have said, "" when there is nothing."""
    body, _, seal = request.cookies.get(cookie_name(here.app, NOTICE), "").partition(".")
    if not body or not hmac.compare_digest(seal.encode(), _seal(here.app, body, here.binding).encode()):
        return ""
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()


def drop_notice(app: App, response: Response) -> None:
    """Take a notice that was shown from the browser."""
    _drop(app, response, NOTICE)


def languages(request: Request) -> list[str]:
    """Return the languages that a browser asks for, best first, as canonical tags (RFC 9110, section 12.5.4)."""
    weighed: list[tuple[float, int, str]] = []
    for part in request.headers.get("accept-language", "")[:_MAX_LANGUAGES].split(","):
        name, _, weight = part.partition(";")
        known = language.canonical(name)
        found = _WEIGHT.fullmatch(weight.replace(" ", "")) if weight else None
        worth = float(found[1]) if found else 0.0 if weight else 1.0
        if known and worth:
            weighed.append((-worth, len(weighed), known))
    return list(dict.fromkeys(tag for _, _, tag in sorted(weighed)))


def check_form(request: Request, here: Visit, values: Mapping[str, str]) -> None:
    """Raise `Forbidden` unless a form was sent from a page of ours, shown to this very browser."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in (None, "same-origin", "none") or origin not in (None, here.app.settings.base):
        raise Forbidden(_FOREIGN)
    salt, _, seal = (values.get(FIELD) or request.headers.get(HEADER, "")).partition(".")
    expected = _seal(here.app, salt, here.binding)
    if here.fresh or not hmac.compare_digest(seal.encode(errors="replace"), expected.encode()):
        raise Forbidden(_FOREIGN)


def _seal(app: App, salt: str, binding: str) -> str:
    key = bytes.fromhex(app.secrets[COOKIE_KEY])
    return hmac.new(key, f"form:{salt}:{binding}".encode(errors="replace"), hashlib.sha256).hexdigest()


def sign_in(app: App, response: Response, token: str) -> Response:
    """Give the browser its session; the cookie from before the log-in goes."""
    _set(app, response, SESSION, token, max_age=int(sessions.ABSOLUTE.total_seconds()))
    _drop(app, response, VISIT)
    return response


def sign_out(app: App, response: Response) -> Response:
    """Take the session's cookie from the browser."""
    _drop(app, response, SESSION)
    return response


def give_pass(app: App, response: Response, text: str) -> Response:
    """Give the browser the pass of somebody whose login is shut (`auth.locked`)."""
    _set(app, response, PASS, text, max_age=int(locked.LIFE.total_seconds()))
    return response


def shut_pass(request: Request) -> str:
    """Return the pass that a browser has, "" for none; it is not looked at yet."""
    return request.cookies.get(cookie_name(request.app.state.app, PASS), "")


def drop_pass(app: App, response: Response) -> Response:
    """Take the pass from the browser."""
    _drop(app, response, PASS)
    return response


def cookie_name(app: App, name: str) -> str:
    """Return the full name of a cookie: with https no other host and no other path can set one of ours."""
    return f"__Host-{name}" if app.settings.secure else name


def _set(app: App, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    response.set_cookie(
        cookie_name(app, name),
        value,
        max_age=max_age,
        path="/",
        secure=app.settings.secure,
        httponly=True,
        samesite="lax",  # strict would lose the session on the way from an app to the consent page
    )


def _drop(app: App, response: Response, name: str) -> None:
    response.delete_cookie(cookie_name(app, name), path="/", secure=app.settings.secure, httponly=True, samesite="lax")


def safe_path(text: str) -> str:
    """Return a path of ours to go on to, or "/" for anything that a browser could read as another place."""
    path, question, rest = text.partition("?")
    if len(text) > 8192 or not _PATH.fullmatch(path) or not _QUERY.fullmatch(rest):
        return "/"
    return f"{path}{question}{rest}"
