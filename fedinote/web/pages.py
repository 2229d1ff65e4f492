"""HTML pages: errors as pages, and reading what a browser sends. `shell` renders them in their frame."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, Busy, FediNoteError, NotFound, TooLarge, TooMany, UnsupportedType
from fedinote.infra.ratelimit import counted, whole_address
from fedinote.web import browser, shell, templating
from fedinote.web.words import Words, choose

Handler = Callable[[Request], Awaitable[Response]]
NOTHING = "There is nothing here, or it is not public."
UPLOADS = ("/settings/profile", "/publish", "/compose/media", "/admin/pictures")
"""Paths (and what lies below them) whose forms carry files: as large as uploads may be."""
_OURS = 500
_BARE = (NotFound.message, "Not Found")  # what programs read
_MAX_FORM = 262_144
_MAX_FIELDS = 200
_MAX_FILES = 40
# A last segment with a dot; of handles, which have the name of a server, those that end as files do.
_FILE = re.compile(
    r"/(?!@)[^/]*\.[^/]*\Z|\.(?:css|m?js|map|json|xml|txt|csv|pdf|jpe?g|png|gif|svgz?|ico|webp|avif|bmp|tiff?|mp[34]|ogg"
    r"|web[mp]|flac|wav|midi?|woff2?|ttf|otf|eot|zip|gz|tar|bz2|7z|rar|jar|class|swf|docx?|xlsx?|pptx?|exe|iso|apk|dmg)\Z",
    re.IGNORECASE,
)
_PATIENCE = 2.0  # seconds that the frame of an error's page may take
PART = "x-part"
_log = logging.getLogger(__name__)


def app_of(request: Request) -> App:
    """Return the instance that serves a request; `server.py` put it into the state of the ASGI application."""
    app: App = request.app.state.app
    return app


def wants_part(request: Request) -> bool:
    """Tell whether one of our scripts asks for a part of a page (header `X-Part`)."""
    return PART in request.headers


def render(
    app: App,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    form_action: bool = True,
    words: Words | None = None,
    **values: Any,
) -> HTMLResponse:
    """Return a page for somebody of whom nothing is known but the words they read; `shell.show` for all others."""
    settings = app.settings
    frame = {"instance": settings.instance, "host": settings.handle_host, "now": app.now(), "theme": "auto"}
    frame |= {"me": None, "first_steps": False, "unread": 0, "path": "", "notice": "", "form_token": "", "here": None}
    html = templating.render(app, template, words or choose(settings.instance.languages), {**frame, **values})
    policy = shell.CSP if not form_action else f"{shell.CSP}; form-action 'self'"
    return HTMLResponse(html, status, headers={**shell.HEADERS, "Content-Security-Policy": policy, **(headers or {})})


def message(app: App, title: str, text: str, *, status: int = 200, link: tuple[str, str] | None = None) -> HTMLResponse:
    """Return a page that says one thing; `link` is (address, words)."""
    return render(app, "message.html", status=status, title=title, text=text, link=link)


def failure(app: App, error: FediNoteError, words: Words, *, theme: str = "auto") -> HTMLResponse:
    """Return the page that says what went wrong, with a way on, to somebody of whom nothing is known."""
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    title, text = _said(error, words)
    return render(
        app,
        "message.html",
        status=error.status,
        headers=headers,
        words=words,
        theme=theme,
        title=title,
        text=text,
        link=("/", words.gettext("To the front page")),
    )


def _said(error: FediNoteError, words: Words) -> tuple[str, str]:
    """Return the heading and the sentence for an error, in the reader's language."""
    titles = {
        403: words.gettext("Not allowed"),
        404: words.gettext("Not found"),
        405: words.gettext("Not possible here"),
        410: words.gettext("Gone"),
        429: words.gettext("Too many requests"),
    }
    ours = words.gettext("Something went wrong") if error.status >= _OURS else words.gettext("That did not work")
    return titles.get(error.status, ours), words.error(NOTHING if error.message in _BARE else error.message)


async def refused(request: Request, error: FediNoteError) -> Response:
    """Return the page of an error: a member keeps their language and their way about.

    It costs no query but for a browser with a session that asks for a page: pictures, programs and floods get the bare
    one, and so does everybody when the database cannot be asked. An address that ends like a file gets the bare one
    too: some caches keep those, whatever their headers say, and the frame names the member.
    """
    app = app_of(request)
    asks = browser.cookie_name(app, browser.SESSION) in request.cookies and not isinstance(error, TooMany | Busy)
    reads = request.method == "POST" or "text/html" in request.headers.get("accept", "")
    if asks and reads and not _FILE.search(request.url.path):
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await _at_home(request, error)
        except Exception:  # noqa: BLE001 what went wrong may be the database itself
            _log.warning("an error's page without its frame", exc_info=True)
        else:
            if found is not None:
                return found
    return failure(app, error, browser.words_of(request), theme=browser.theme(request))


async def _at_home(request: Request, error: FediNoteError) -> Response | None:
    """Return the page of an error in the frame of the member who is signed in, None where nobody is."""
    here = await browser.visit(request)
    if here.person is None:
        return None
    title, text = _said(error, here.words)
    onward = ("/", here.words.gettext("To the front page"))
    return await shell.say(request, here, title, text, status=error.status, link=onward)


def page(handler: Handler) -> Handler:
    """Wrap a handler so that errors of the tree become pages that a person can read, in their language.

    Somebody who has to sign in first is sent to the form and brought back; a script of ours gets the status and the
    words alone.
    """

    async def wrapped(request: Request) -> Response:
        try:
            return await handler(request)
        except FediNoteError as error:
            if error.status >= _OURS:
                raise
            if isinstance(error, browser.SignInFirst) and not wants_part(request):
                return redirect(f"/auth/sign_in?next={quote(_back(request), safe='')}")
            if wants_part(request):
                words = browser.words_of(request)
                return Response(words.error(error.message), error.status, shell.HEADERS, "text/plain; charset=utf-8")
            return await refused(request, error)

    return wrapped


def _back(request: Request) -> str:
    """Return where somebody comes back to after signing in: the page, or the one from which a form was sent."""
    if request.method != "GET":
        return "/"
    asked = request.url.query
    return f"{request.url.path}?{asked}" if asked else request.url.path


def redirect(location: str) -> Response:
    """Send the browser on with a GET. The location must be our own path, or an address that was registered."""
    return Response(status_code=303, headers={**shell.HEADERS, "Location": location})


def query(request: Request) -> dict[str, str]:
    """Return the query's parameters. `BadRequest` when one comes twice: two readers could see different ones."""
    return _once(_pairs(request.scope["query_string"]))


async def form(request: Request) -> dict[str, str]:
    """Return the fields of an urlencoded form of at most 256 KiB, each once.

    `BadRequest`, `UnsupportedType` or `TooLarge`.
    """
    return _once(_pairs(await _body(request)))


async def form_lists(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form in which some come several times (boxes to tick). Errors as `form`."""
    found: dict[str, list[str]] = {}
    for name, value in _pairs(await _body(request)):
        found.setdefault(name, []).append(value)
    return found


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with files. An input without a chosen file is not among `files`."""

    fields: Mapping[str, str]
    lists: Mapping[str, list[str]]
    files: Mapping[str, list[UploadFile]]

    def file(self, name: str) -> UploadFile | None:
        """Return the first file of this name."""
        return next(iter(self.files.get(name, ())), None)


async def upload(request: Request) -> Upload:
    """Return a multipart form (RFC 7578); files are on disk beyond 1 MB. An urlencoded one is read as `form` does.

    The path must be in `UPLOADS`, or the body may have 1 MB only.
    """
    kind = _kind(request)
    if kind != "multipart/form-data":
        plain = await form_lists(request)
        return Upload({name: values[0] for name, values in plain.items()}, plain, {})
    sent = await request.form(max_files=_MAX_FILES, max_fields=_MAX_FIELDS, max_part_size=_MAX_FORM)
    lists: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str):
            lists.setdefault(name, []).append(value)
        elif value.filename:
            files.setdefault(name, []).append(value)
    return Upload({name: values[0] for name, values in lists.items()}, lists, files)


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request) -> bytes:
    if _kind(request) != "application/x-www-form-urlencoded":
        raise UnsupportedType
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM:
            raise TooLarge
    return bytes(body)


def _pairs(text: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("latin-1"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise BadRequest from error


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise BadRequest("A parameter was given twice")
    return values


def address(request: Request) -> str:
    """Return the address that a request is counted under: IPv4 whole, IPv6 as its /64."""
    return counted(ip_of(request))


def ip_of(request: Request) -> str:
    """Return the whole address that a request comes from; proxies are believed only where the settings say so."""
    app = app_of(request)
    trusted = [ip_network(text) for text in app.settings.server.trusted_proxies]
    peer = request.client.host if request.client else ""
    return whole_address(peer, request.headers.get("x-forwarded-for"), trusted)
