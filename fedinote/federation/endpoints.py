"""What other servers ask for and send to: actors, posts, collections, inboxes."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from fedinote.activitypub import render
from fedinote.activitypub.quirks import host_of
from fedinote.activitypub.signatures import SignedRequest, read_signature
from fedinote.federation import collections, documents, fetching, inbox, verification, wellknown
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Forbidden, Gone, NotFound, Unauthorized, UnsupportedType
from fedinote.posts import publishing, visibility

log = logging.getLogger(__name__)

ACTIVITY_JSON = "application/activity+json; charset=utf-8"
LARGEST_ID = 2**63 - 1

Endpoint = Callable[[Request], Awaitable[Response]]


def app_of(request: Request) -> App:
    """Return the App behind a request."""
    found: App = request.app.state.app
    return found


def _activity(document: dict[str, Any], status: int = 200, *, private: bool = False) -> Response:
    headers = {
        "Vary": "Accept, Signature",
        "Cache-Control": "private, no-store" if private else "public, max-age=60",
    }
    return Response(msgspec.json.encode(document), status, headers, ACTIVITY_JSON)


def wants_activity(scope: Scope, *, default: bool) -> bool:
    """Tell whether an Accept header prefers ActivityPub to HTML; `default` decides where it says neither."""
    accept = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"accept"), "")
    best = {"activity": 0.0, "html": 0.0, "any": 0.0}
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = _quality(parameters)
        if fetching.is_activity_type(part) or kind in ("application/activity+json", "application/ld+json"):
            best["activity"] = max(best["activity"], weight)
        elif kind in ("text/html", "application/xhtml+xml"):
            best["html"] = max(best["html"], weight)
        elif kind == "application/json":
            best["activity"] = max(best["activity"], weight * 0.9)
        elif kind in ("*/*", "application/*", "text/*"):
            best["any"] = max(best["any"], weight)
    if best["activity"] or best["html"]:
        return best["activity"] >= best["html"]
    return default


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return max(0.0, min(1.0, float(parameter[2:])))
            except ValueError:
                return 0.0
    return 1.0


class ActivityRoute(Route):
    """A path that is also a page: taken here only when ActivityPub is asked for."""

    default = False

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match like a Route, unless the Accept header asks for a page."""
        match, child = super().matches(scope)
        if match is Match.FULL and not wants_activity(scope, default=self.default):
            return Match.NONE, {}
        return match, child


class ObjectRoute(ActivityRoute):
    """The same, for ids: whoever asks for nothing in particular gets ActivityPub."""

    default = True


async def signer(request: Request) -> Row | None:
    """Return the account that signed a GET, or None. In authorized-fetch mode an unsigned one is refused (401)."""
    app = app_of(request)
    required = app.settings.federation.authorized_fetch
    if "signature" not in request.headers:
        if required:
            raise Unauthorized("This server answers signed requests only")
        return None
    try:
        return await verification.signer_of(app, _signed(request, b""))
    except Unauthorized:
        if required:
            raise
        return None


def _signed(request: Request, body: bytes) -> SignedRequest:
    raw: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    target = raw.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
    return SignedRequest(request.method, target, request.scope["headers"], body)


async def receive(request: Request) -> Response:
    """POST to an inbox: 202 once the activity is on disk."""
    app = app_of(request)
    if not inbox.is_inbox_type(request.headers.get("content-type", "")):
        raise UnsupportedType("An inbox takes application/activity+json")
    if "name" in request.path_params:
        await _local(app, request.path_params["name"])
    signed = _signed(request, await request.body())
    try:
        await inbox.receive(app, signed)
    except FediNoteError as error:
        log.info("activity refused", extra={"status": error.status, "reason": error.reason, "host": _sender(signed)})
        raise
    return Response(status_code=202)


def _sender(signed: SignedRequest) -> str:
    """Return the host that a request says it comes from, for the log; "" when it says nothing."""
    try:
        return host_of(read_signature(signed.headers).key_id)
    except Unauthorized:
        return ""


async def _local(app: App, name: str) -> Row:
    """Return a local account that is there; Gone for one that was deleted, NotFound otherwise."""
    row = await app.db.row(
        "SELECT * FROM accounts WHERE username_key = ? AND domain = '' AND actor_type <> 'Application'", name.lower()
    )
    if row is None:
        raise NotFound
    if row["deleted_at"] is not None:
        raise Gone
    return row


async def actor(request: Request) -> Response:
    """GET of an account's actor document."""
    app = app_of(request)
    await signer(request)
    row = await _local(app, request.path_params["name"])
    return _activity(await documents.account(app, row["id"]))


async def instance_actor(request: Request) -> Response:
    """GET /actor: always answered, also unsigned (two strict servers could not meet otherwise)."""
    app = app_of(request)
    row = await app.db.row("SELECT id FROM accounts WHERE uri = ?", app.url("/actor"))
    if row is None:
        raise NotFound
    return _activity(await documents.account(app, row["id"]))


async def status(request: Request) -> Response:
    """GET of a post's object, or of a boost's Announce; to those who may see it, by their signature."""
    app = app_of(request)
    asking = await signer(request)
    account = await _local(app, request.path_params["name"])
    post_id = request.path_params["post_id"]
    row = await _visible(app, asking, post_id, account)
    private = row["visibility"] not in ("public", "unlisted")
    if row["reblog_of_id"] is not None:
        boost = await documents.boost(app, await documents.boost_row(app, row["id"]))
        return _activity(boost, private=private)
    found = await documents.post(app, row["id"])
    if request.url.path.endswith("/activity"):
        return _activity(documents.create(found), private=private)
    return _activity(found.document, private=private)


async def _visible(app: App, asking: Row | None, post_id: int, account: Row) -> Row:
    """Return a local post of this account that the signer may see; Gone when it was deleted, NotFound otherwise."""
    if post_id > LARGEST_ID:
        raise NotFound
    try:
        row = await visibility.sees(app, asking["id"] if asking else None, post_id)
    except NotFound:
        if await publishing.is_deleted(app, f"{account['uri']}/statuses/{post_id}"):
            raise Gone from None
        raise
    if row["account_id"] != account["id"] or not row["local"]:
        raise NotFound
    return row


async def emoji(request: Request) -> Response:
    """GET of a custom emoji of ours."""
    return _activity(await documents.custom_emoji(app_of(request), request.path_params["shortcode"]))


def _collection(build: Callable[[App, Row, Request], Awaitable[dict[str, Any]]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        app = app_of(request)
        await signer(request)
        row = await _local(app, request.path_params["name"])
        if row["suspended_at"] is not None:
            raise Forbidden("This account is suspended")
        return _activity(await build(app, row, request))

    return endpoint


async def post_collection(request: Request) -> Response:
    """GET of a post's replies, likes or shares."""
    app = app_of(request)
    asking = await signer(request)
    account = await _local(app, request.path_params["name"])
    row = await _visible(app, asking, request.path_params["post_id"], account)
    private = row["visibility"] not in ("public", "unlisted")
    kind = request.url.path.rpartition("/")[2]
    if kind == "replies":
        return _activity(await collections.replies(app, row, request), private=private)
    total = row["favourites_count"] if kind == "likes" else row["reblogs_count"]
    return _activity(render.collection(f"{row['uri']}/{kind}", total=total), private=private)


async def to_profile(request: Request) -> Response:
    """Send a browser that follows an id to the page of it."""
    app = app_of(request)
    row = await _local(app, request.path_params["name"])
    post_id = request.path_params.get("post_id")
    return RedirectResponse(row["url"] if post_id is None else f"{row['url']}/{post_id}", 302)


_USER = "/users/{name}"
_POST = f"{_USER}/statuses/{{post_id:int}}"

ROUTES: tuple[BaseRoute, ...] = (
    *wellknown.ROUTES,
    Route("/inbox", receive, methods=["POST"]),
    Route("/actor", instance_actor),
    Route("/actor/inbox", receive, methods=["POST"]),
    Route(f"{_USER}/inbox", receive, methods=["POST"]),
    Route(f"{_USER}/outbox", _collection(collections.outbox)),
    Route(f"{_USER}/followers", _collection(collections.followers)),
    Route(f"{_USER}/following", _collection(collections.following)),
    Route(f"{_USER}/collections/featured", _collection(collections.featured)),
    Route(f"{_POST}/activity", status),
    Route(f"{_POST}/replies", post_collection),
    Route(f"{_POST}/likes", post_collection),
    Route(f"{_POST}/shares", post_collection),
    Route("/emojis/{shortcode}", emoji),
    ObjectRoute(_USER, actor),
    ObjectRoute(_POST, status),
    ActivityRoute("/@{name}", actor),
    ActivityRoute("/@{name}/{post_id:int}", status),
    Route(_USER, to_profile),
    Route(_POST, to_profile),
)
