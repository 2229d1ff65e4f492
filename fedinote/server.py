"""The ASGI application: what every answer has, the one error handler, and which part serves which path.

`create` puts it together. From the outside in: request id and headers (CORS on errors too), the error handler, the
limit of bodies, and then the client API, files, or the pages and ActivityPub. The Date header is the HTTP server's.
"""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from types import SimpleNamespace

import msgspec
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fedinote.api import access, cors, errors
from fedinote.api.routes import ROUTES as API
from fedinote.api.routing import Api
from fedinote.federation import throttling
from fedinote.federation.endpoints import ROUTES as FEDERATION
from fedinote.infra import gate, migrations
from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.infra.errors import BadRequest, Busy, FediNoteError, NotFound, TooLarge
from fedinote.infra.ratelimit import Allowance
from fedinote.portability import archive_imports
from fedinote.web import files, pages
from fedinote.web.data import importing
from fedinote.web.explore.routes import FEEDS
from fedinote.web.routes import ROUTES as PAGES

MAX_BODY = 1_000_000
MAX_PICTURES = 12_600_000  # an avatar and a header in one form
BODY_SECONDS = 30
SLOWEST = 16_384  # bytes that come in a second, after that
PACKED_FROM = 2_000
_PICTURES = frozenset({"/api/v1/accounts/update_credentials", "/api/v1/profile"})
_UPLOADS = frozenset({"/api/v1/media", "/api/v2/media", "/c2s/media"})
_log = logging.getLogger(__name__)


def create(app: App) -> ASGIApp:
    """Return the ASGI application of an instance whose database is open."""
    return Server(app, pages=[*FEEDS, *FEDERATION, *PAGES])


class Server:
    """Serves one instance. Pages and ActivityPub are Starlette routes; the App is their `request.app.state.app`."""

    def __init__(self, app: App, *, pages: Sequence[BaseRoute]) -> None:
        self.app = app
        self.api = Api(app, API)
        self.files = files.Files(app)
        self.pages = Router(pages, redirect_slashes=False)
        # What browsers read goes out packed. Nothing can be guessed by its length: each page's form tokens are its own.
        self.packed_pages = GZipMiddleware(self.pages, minimum_size=PACKED_FROM, compresslevel=4)
        self.packed_files = GZipMiddleware(self.files, minimum_size=PACKED_FROM, compresslevel=6)
        self.html_headers = _html_headers(app)
        self.state = SimpleNamespace(state=State({"app": app}))
        limits = app.settings.limits
        per_cpu = limits.parallel_per_cpu if limits.enabled else 0
        # What other servers send has a door of its own: a flood of it keeps none of our people waiting.
        self.gate, self.inbox_gate = gate.gate_of(per_cpu), gate.gate_of(per_cpu / 2)

    @property
    def max_upload(self) -> int:
        """The most bytes of a form with a file; beside it there may be a thumbnail."""
        media = self.app.settings.media
        return max(media.max_image_bytes, media.max_video_bytes) + media.max_image_bytes + MAX_BODY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        path: str = scope["path"]
        if path.endswith("/") and path != "/":  # clients ask for both forms, and not all follow redirects
            scope = {**scope, "path": path.rstrip("/") or "/"}
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._websocket(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        delivery = scope["method"] == "POST" and scope["path"].endswith("/inbox")
        ticket = gate.Ticket(self.inbox_gate if delivery else self.gate, lambda: self._whose(scope, delivery))
        answer = _Answer(self, scope, send, ticket)
        if cors.is_preflight(scope):
            await send({"type": "http.response.start", "status": 204, "headers": cors.PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            if not scope["path"].startswith("/health"):
                if not delivery:  # which works once its body is there
                    await ticket.take()
                await access.admit(self.app, scope)
            await self._serve(scope, _Body(scope, receive, self._limit(scope["path"]), ticket), answer)
        except ClientDisconnect:
            _log.debug("client went away")
        except Exception as error:
            if answer.started:
                _log.exception("answer broken off", extra={"request_id": answer.request_id})
                raise
            refusal = await _refusal(self, error, scope)
            await refusal(scope, receive, answer)
        finally:
            ticket.give()

    def _whose(self, scope: Scope, delivery: bool) -> tuple[str, bool]:
        """Return the address of a request, and whether servers that are known send from there."""
        address = access.address_of(self.app, HTTPConnection(scope))
        return address, delivery and throttling.is_welcome(self.app, address)

    def _limit(self, path: str) -> int:
        if path == importing.ARCHIVE:
            return archive_imports.MAX_BYTES + MAX_BODY
        if path in _UPLOADS or path.startswith(("/api/v1/media/", *pages.UPLOADS)):
            return self.max_upload
        return MAX_PICTURES + MAX_BODY if path in _PICTURES else MAX_BODY

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if _is_api(path) or self.api.knows(path):
            await self.api(scope, receive, send)
        elif self.files.serves(path):
            await (self.packed_files if path.startswith("/static/") else self.files)(scope, receive, send)
        elif path.startswith("/health"):
            await (await self._health(path))(scope, receive, send)
        else:
            if not path.endswith("/inbox"):
                access.count(self.app, HTTPConnection(scope), None, access.ADDRESS)
            pages = self.packed_pages if _reads_html(scope) else self.pages
            await pages({**scope, "app": self.state}, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        opened = False

        async def watch(message: Message) -> None:
            nonlocal opened
            opened = opened or message["type"] != "websocket.close"
            await send(message)

        try:
            await access.admit(self.app, scope)
            await self.api(scope, receive, watch)
        except Exception as error:  # noqa: BLE001 as above
            refusal = errors.response(_known(error), scope["path"])
            if opened:
                await send({"type": "websocket.close", "code": 1011})
            elif "websocket.http.response" in scope.get("extensions", {}):
                await refusal(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})

    async def _health(self, path: str) -> Response:
        """Answer whether the process runs (live), and whether it can do its work (ready: database, migrations)."""
        if path == "/health":  # a word, as Mastodon answers it
            return Response(b"OK", media_type="text/plain")
        if path == "/health/live":
            return Response(b'{"status":"ok"}', media_type="application/json")
        if path != "/health/ready":
            raise NotFound
        problem = await _problem(self.app)
        body = {"status": "ok"} if problem is None else {"status": "unavailable", "problem": problem}
        return Response(msgspec.json.encode(body), 200 if problem is None else 503, media_type="application/json")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                self.app.bus.close()  # ends the streams, so that the server can stop
                await send({"type": "lifespan.shutdown.complete"})
                return


class _Answer:
    """The `send` of a request: adds the headers that every answer has, and remembers whether it has begun."""

    __slots__ = ("request_id", "scope", "send", "server", "started", "ticket")

    def __init__(self, server: Server, scope: Scope, send: Send, ticket: gate.Ticket) -> None:
        self.server = server
        self.ticket = ticket
        self.scope = scope
        self.send = send
        self.started = False
        self.request_id = secrets.token_hex(8)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.ticket.give()  # the work is done; the client may be slow
            headers = [*message.get("headers", ()), (b"x-request-id", self.request_id.encode())]
            self._add(headers)
            message = {**message, "headers": headers}
        await self.send(message)

    def _add(self, headers: list[tuple[bytes, bytes]]) -> None:
        present = {name for name, _ in headers}
        if cors.is_open(self.scope["path"]):
            headers += [pair for pair in cors.HEADERS if pair[0] not in present]
        allowance: Allowance | None = self.scope.get(access.ALLOWANCE)
        if allowance is not None:
            headers += (
                (b"x-ratelimit-limit", str(allowance.limit).encode()),
                (b"x-ratelimit-remaining", str(allowance.remaining).encode()),
                (b"x-ratelimit-reset", iso(allowance.reset).encode()),
            )
        if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
            if any(name == b"content-security-policy" and b"frame-ancestors *" in value for name, value in headers):
                present.add(b"x-frame-options")
            headers += [pair for pair in self.server.html_headers if pair[0] not in present]


class _Body:
    """The `receive` of a request: counts the bytes that really come, and does not wait for them for ever.

    The whole must come within half a minute, and a second more for every 16 KiB of it.
    """

    __slots__ = ("end", "left", "limit", "receive", "scope", "ticket")

    def __init__(self, scope: Scope, receive: Receive, limit: int, ticket: gate.Ticket) -> None:
        self.scope = scope
        self.receive = receive
        self.left = self.limit = limit
        self.ticket = ticket
        self.end = 0.0

    async def __call__(self) -> Message:
        if self.scope["method"] in ("GET", "HEAD") or self.end < 0:
            return await self.receive()
        self.end = self.end or asyncio.get_running_loop().time() + BODY_SECONDS
        self.ticket.give()
        try:
            async with asyncio.timeout_at(self.end + (self.limit - self.left) / SLOWEST):
                message = await self.receive()
        except TimeoutError:
            raise BadRequest("The request took too long to arrive") from None
        await self.ticket.take()
        if not message.get("more_body"):
            self.end = -1.0  # what comes now is the news that the client went away, at any time
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            raise TooLarge(f"The request is larger than {self.limit // 1_000_000} MB")
        return message


def _known(error: Exception) -> FediNoteError:
    """Turn any exception into one of the tree; what is our own fault is logged, and nothing of it is told."""
    if isinstance(error, FediNoteError):
        if error.status >= 500 and not isinstance(error, Busy):  # of these there are very many at once
            _log.error("request failed", extra={"reason": str(error)})
        return error
    if isinstance(error, HTTPException):
        known = FediNoteError(str(error.detail))
        known.status = error.status_code
        return known
    _log.error("unexpected error", exc_info=error)
    return FediNoteError()


def _reads_html(scope: Scope) -> bool:
    return "text/html" in HTTPConnection(scope).headers.get("accept", "")


def _is_api(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


async def _refusal(server: Server, error: Exception, scope: Scope) -> ASGIApp:
    known = _known(error)
    path: str = scope["path"]
    accept = HTTPConnection(scope).headers.get("accept", "")
    for_program = "text/html" not in accept and (cors.is_open(path) or path == "/inbox" or "json" in accept)
    if _is_api(path) or server.api.knows(path) or for_program:
        return errors.response(known, path)
    page = await pages.refused(Request({**scope, "app": server.state}), known)
    page.headers.update(errors.headers(known))
    return page


async def _problem(app: App) -> str | None:
    """Tell what keeps the instance from doing its work, or None. Nothing is written, but it must be possible."""
    try:
        await app.db.execute("DELETE FROM idempotency_keys WHERE id = -1")
        waiting = await migrations.pending(app.db)
    except migrations.MigrationError as error:
        return str(error)
    except Exception:  # noqa: BLE001 whatever it is: not ready
        _log.warning("database not usable", exc_info=True)
        return "the database cannot be written"
    return f"{len(waiting)} migrations are not applied" if waiting else None


def _html_headers(app: App) -> list[tuple[bytes, bytes]]:
    """Return what pages are guarded by. No form-action and no opener policy: they break clients' log-in windows."""
    scheme = "https:" if app.settings.secure else "https: http:"
    policy = (
        f"default-src 'self'; img-src 'self' data: {scheme}; media-src 'self' {scheme}; object-src 'none';"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    ]
    if app.settings.secure:
        headers.append((b"strict-transport-security", b"max-age=63072000"))
    return headers
