"""HTML pages: rendering with safe headers, errors as pages, and reading what a browser sends."""

from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import fedinote
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, FediNoteError, NotFound, TooLarge, TooMany, UnsupportedType
from fedinote.infra.ratelimit import counted, whole_address

Handler = Callable[[Request], Awaitable[Response]]
_TEMPLATES = Path(__file__).parent / "templates"
_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# "same-origin", not "no-referrer": with that one browsers send `Origin: null` with our own forms.
_HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NOTHING = "There is nothing here, or it is not public."
_TITLES = {403: "Not allowed", 404: "Not found", 405: "Not possible here", 410: "Gone", 429: "Too many requests"}
_OURS = 500
_BARE = (NotFound.message, "Not Found")  # what programs read
_MAX_FORM = 65_536
_MAX_FIELDS = 60


def app_of(request: Request) -> App:
    """Return the instance that serves a request; `server.py` put it into the state of the ASGI application."""
    app: App = request.app.state.app
    return app


def render(
    app: App,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    form_action: bool = True,
    **values: Any,
) -> HTMLResponse:
    """Return a page. Values are escaped in the template; nothing inline is allowed to run.

    `form_action` False leaves that directive out: Chromium applies it to the redirect that follows a form too, and an
    app's log-in would hang. No Cross-Origin-Opener-Policy is set, because apps open the log-in in a popup.
    """
    environment: Environment | None = app.caches.get("pages")
    if environment is None:
        environment = app.caches["pages"] = _environment(app)
    html = environment.get_template(template).render(**values)
    policy = f"{_CSP}; form-action 'self'" if form_action else _CSP
    return HTMLResponse(html, status, headers={**_HEADERS, "Content-Security-Policy": policy, **(headers or {})})


def _environment(app: App) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    settings = app.settings
    environment.globals.update(instance=settings.instance, host=settings.handle_host, version=fedinote.__version__)
    return environment


def message(
    app: App, title: str, text: str, *, status: int = 200, link: tuple[str, str] | None = None, retry: int | None = None
) -> HTMLResponse:
    """Return a page that says one thing; `link` is (address, words), `retry` seconds for Retry-After."""
    headers = {} if retry is None else {"Retry-After": str(retry)}
    return render(app, "message.html", status=status, headers=headers, title=title, text=text, link=link)


def failure(app: App, error: FediNoteError) -> HTMLResponse:
    """Return the page that says what went wrong, with a way on; every error that a browser sees looks like this."""
    retry = error.retry_after if isinstance(error, TooMany) else None
    title = _TITLES.get(error.status, "Something went wrong" if error.status >= _OURS else "That did not work")
    text = NOTHING if error.message in _BARE else error.message
    return message(app, title, text, status=error.status, retry=retry, link=("/", "To the front page"))


def page(handler: Handler) -> Handler:
    """Wrap a handler so that errors of the tree become pages that a person can read."""

    async def wrapped(request: Request) -> Response:
        try:
            return await handler(request)
        except FediNoteError as error:
            if error.status >= 500:
                raise
            return failure(app_of(request), error)

    return wrapped


def redirect(location: str) -> Response:
    """Send the browser on with a GET. The location must be our own path, or an address that was registered."""
    return Response(status_code=303, headers={**_HEADERS, "Location": location})


def query(request: Request) -> dict[str, str]:
    """Return the query's parameters. `BadRequest` when one comes twice: two readers could see different ones."""
    return _once(request.scope["query_string"].decode("latin-1"))


async def form(request: Request) -> dict[str, str]:
    """Return the fields of an urlencoded form of at most 64 KiB. `BadRequest`, `UnsupportedType` or `TooLarge`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise UnsupportedType
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM:
            raise TooLarge
    return _once(body.decode("latin-1"))


def _once(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise BadRequest from error
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
