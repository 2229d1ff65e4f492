"""What other servers ask for and send to: actors, posts, collections, inboxes."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from fedinote.activitypub import render
from fedinote.activitypub.quirks import host_of
from fedinote.activitypub.signatures import SignedRequest, read_signature
from fedinote.federation import (
    approving,
    boards,
    collections,
    curating,
    departures,
    documents,
    inbox,
    quoting,
    reacting,
    readers,
    synchronisation,
    throttling,
    verification,
    wellknown,
)
from fedinote.federation.answering import activity as _activity
from fedinote.federation.answering import app_of
from fedinote.federation.c2s import door, kept, outbox, tools
from fedinote.federation.c2s import inbox as own_inbox
from fedinote.federation.c2s.door import local as _local
from fedinote.federation.c2s.door import named as _named
from fedinote.federation.negotiation import ActivityRoute, ObjectRoute
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Forbidden, Gone, NotFound, Unauthorized, UnsupportedType
from fedinote.posts import publishing, visibility

log = logging.getLogger(__name__)

LARGEST_ID = 2**63 - 1

Endpoint = Callable[[Request], Awaitable[Response]]


async def signer(request: Request) -> Row | None:
    """Return the account that asks in a GET: by its signature, or by the token of its client; None for strangers.

    In authorized-fetch mode these are refused (401).
    """
    app = app_of(request)
    if door.token_of(request) is not None:
        viewer = await door.viewer_of(request, door.READ)
        return await app.db.row("SELECT id, uri, domain FROM accounts WHERE id = ?", viewer.account_id)
    required = app.settings.signed_only
    if "signature" not in request.headers:
        if required:
            raise Unauthorized("This server answers signed requests only")
        return None
    try:
        return await _counted(app, request)
    except Unauthorized:
        if required:
            raise
        return None


async def _counted(app: App, request: Request) -> Row:
    """Return who signed, whose server has not asked too often. Raises what `verification.signer_of` does, TooMany."""
    found = await verification.signer_of(app, _signed(request, b""))
    throttling.fetches(app, found["domain"])
    return found


def _signed(request: Request, body: bytes) -> SignedRequest:
    raw: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    target = raw.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
    scheme = "https" if app_of(request).settings.secure else "http"
    return SignedRequest(request.method, target, request.scope["headers"], body, scheme)


async def receive(request: Request) -> Response:
    """POST to an inbox: 202 once the activity is on disk."""
    app = app_of(request)
    address = throttling.address_of(app, request)
    throttling.admit(app, address)
    if not inbox.is_inbox_type(request.headers.get("content-type", "")):
        raise UnsupportedType("An inbox takes application/activity+json")
    if "name" in request.path_params:
        await _local(app, request.path_params["name"])
    signed = _signed(request, await request.body())
    try:
        if await inbox.receive(app, signed):
            throttling.welcome(app, address)
    except FediNoteError as error:
        throttling.note(app, address, error)
        log.info("activity refused", extra={"status": error.status, "reason": error.reason, "host": _sender(signed)})
        raise
    return Response(status_code=202)


def _sender(signed: SignedRequest) -> str:
    """Return the host that a request says it comes from, for the log; "" when it says nothing."""
    try:
        return host_of(read_signature(signed.headers).key_id)
    except Unauthorized:
        return ""


async def actor(request: Request) -> Response:
    """GET of an account's actor document."""
    app = app_of(request)
    await signer(request)
    row = await _named(app, request.path_params["name"])
    if row["deleted_at"] is not None:
        return _activity(await departures.remains(app, row), Gone.status)
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
    try:
        row = await _visible(app, asking, post_id, account)
    except Gone:
        return _activity(await documents.tombstone(app, f"{account['uri']}/statuses/{post_id}"), Gone.status)
    private = row["visibility"] not in ("public", "unlisted")
    if row["reblog_of_id"] is not None:
        boost = await documents.boost(app, await documents.boost_row(app, row["id"]))
        return _activity(boost, private=private)
    found = await documents.post(app, row["id"])
    await readers.note(app, row, asking)
    if request.url.path.endswith("/activity"):
        return _activity(documents.create(found), private=private)
    return _activity(found.document, private=private)


async def _visible(app: App, asking: Row | None, post_id: int, account: Row) -> Row:
    """Return a local post of this account that the signer may see; Gone when it was deleted, NotFound otherwise.

    What is for this server alone has no document, not even for those who live here.
    """
    if post_id > LARGEST_ID:
        raise NotFound
    try:
        row = await visibility.sees(app, asking["id"] if asking else None, post_id)
    except NotFound:
        if await publishing.is_deleted(app, f"{account['uri']}/statuses/{post_id}"):
            raise Gone from None
        raise
    if row["account_id"] != account["id"] or not row["local"] or row["visibility"] == "local":
        raise NotFound
    return row


async def emoji(request: Request) -> Response:
    """GET of a custom emoji of ours."""
    return _activity(await documents.custom_emoji(app_of(request), request.path_params["shortcode"]))


async def quote_authorization(request: Request) -> Response:
    """GET of the stamp by which an account of ours lets a post quote one of its posts."""
    app = app_of(request)
    asking = await signer(request)
    account = await _local(app, request.path_params["name"])
    post_id = min(request.path_params["post_id"], LARGEST_ID)
    document = await quoting.stamp_document(app, account, post_id, asking["id"] if asking else None)
    return _activity(document, private=asking is not None)


async def authorization(request: Request) -> Response:
    """GET of an account's consent to an answer, like or boost; to those who may see the post, by their signature."""
    app = app_of(request)
    asking = await signer(request)
    account = await _local(app, request.path_params["name"])
    found = await approving.document(app, account, min(request.path_params["approval_id"], LARGEST_ID))
    await visibility.sees(app, asking["id"] if asking else None, found["post_id"])
    return _activity(approving.rendered(found), private=asking is not None)


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
    """GET of a post's replies, likes, shares or reactions."""
    app = app_of(request)
    asking = await signer(request)
    account = await _local(app, request.path_params["name"])
    row = await _visible(app, asking, request.path_params["post_id"], account)
    private = row["visibility"] not in ("public", "unlisted")
    kind = request.url.path.rpartition("/")[2]
    if kind == "replies":
        answers = await collections.replies(app, row, request, _id(asking))
        return _activity(answers, private=private or asking is not None)
    if kind == "reactions":
        return _activity(await reacting.collection(app, row), private=private)
    total = row["favourites_count"] if kind == "likes" else row["reblogs_count"]
    return _activity(render.collection(f"{row['uri']}/{kind}", total=total), private=private)


async def read_outbox(request: Request) -> Response:
    """GET of an outbox: what is public and unlisted; all of it for its owner's client."""
    app = app_of(request)
    asking = await signer(request)
    row = await _local(app, request.path_params["name"])
    if row["suspended_at"] is not None:
        raise Forbidden("This account is suspended")
    if _id(asking) == row["id"]:
        return await kept.outbox(request, row)
    return _activity(await collections.outbox(app, row, request))


async def own_like(request: Request) -> Response:
    """GET of a Like of somebody here."""
    return await kept.like(request, _id(await signer(request)))


async def own_reaction(request: Request) -> Response:
    """GET of a reaction of somebody here, for those who may see the post."""
    app = app_of(request)
    asking = _id(await signer(request))
    return _activity(await reacting.show(app, request.path_params["reaction_id"], asking), private=True)


async def conversation(request: Request) -> Response:
    """GET of a conversation that somebody here began with a public post."""
    app = app_of(request)
    asking = await signer(request)
    top_id = min(request.path_params["post_id"], LARGEST_ID)
    await visibility.sees(app, _id(asking), top_id)
    top = await documents.boost_row(app, top_id)
    public = top["visibility"] in ("public", "unlisted")
    if not public or not top["local"] or top["reblog_of_id"] is not None or top["conversation_id"] != top_id:
        raise NotFound
    return _activity(await collections.conversation(app, top, request), private=asking is not None)


def _id(asking: Row | None) -> int | None:
    return asking["id"] if asking else None


def _of_account(show: Callable[[Request, Row, int | None], Awaitable[Response]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        asking = await signer(request)
        return await show(request, await _local(app_of(request), request.path_params["name"]), _id(asking))

    return endpoint


async def to_profile(request: Request) -> Response:
    """Send a browser that follows an id to the page of it."""
    app = app_of(request)
    row = await _local(app, request.path_params["name"])
    post_id = request.path_params.get("post_id")
    page = row["url"] if post_id is None else f"{row['url']}/{post_id}"
    return RedirectResponse(page, 302, {"Vary": "Accept"})


async def followers_synchronization(request: Request) -> Response:
    """GET of the followers who live where the signer lives (FEP-8fcf); never without a signature."""
    app = app_of(request)
    asking = await _counted(app, request)
    row = await _local(app, request.path_params["name"])
    if row["suspended_at"] is not None or asking["suspended_at"] is not None:
        raise Forbidden("This account is suspended")
    return _activity(await synchronisation.partial(app, row, asking), private=True)


_USER = "/users/{name}"
_POST = f"{_USER}/statuses/{{post_id:int}}"

ROUTES: tuple[BaseRoute, ...] = (
    *wellknown.ROUTES,
    Route("/inbox", receive, methods=["POST"]),
    Route("/actor", instance_actor),
    Route("/actor/inbox", receive, methods=["POST"]),
    Route(f"{_USER}/inbox", receive, methods=["POST"]),
    Route(f"{_USER}/inbox", own_inbox.show),
    Route(f"{_USER}/outbox", outbox.post, methods=["POST"]),
    Route(f"{_USER}/outbox", read_outbox),
    Route(f"{_USER}/liked", _of_account(kept.liked)),
    Route(f"{_USER}/follows/{{follow_id:int}}", _of_account(kept.follow)),
    Route(f"{_USER}/blocks/{{block_id:int}}", _of_account(kept.block)),
    Route(f"{_USER}/activities/{{activity_id:int}}", outbox.show),
    Route("/activities/likes/{like_id:int}", own_like),
    Route("/activities/reactions/{reaction_id:int}", own_reaction),
    Route("/c2s/proxy", tools.proxy, methods=["POST"]),
    Route("/c2s/media", tools.upload, methods=["POST"]),
    Route(f"{_USER}/followers", _collection(collections.followers)),
    Route(f"{_USER}/following", _collection(collections.following)),
    Route(f"{_USER}/followers_synchronization", followers_synchronization),
    Route(f"{_USER}/collections/featured", _collection(collections.featured)),
    Route(f"{_USER}/collections/tags", _collection(collections.tags)),
    Route(f"{_USER}/collections/{{collection_id:int}}", _collection(curating.one)),
    Route(f"{_USER}/featured_collections", _collection(curating.listing)),
    Route(f"{_USER}/boards", _collection(boards.listing)),
    Route(f"{_USER}/boards/{{board_id:int}}", _collection(boards.one)),
    Route(f"{_USER}/feature_authorizations/{{item_id:int}}", _collection(curating.authorization)),
    Route(f"{_USER}/authorizations/{{approval_id:int}}", authorization),
    Route(f"{_USER}/quote_authorizations/{{post_id:int}}", quote_authorization),
    Route(f"{_POST}/activity", status),
    Route(f"{_POST}/replies", post_collection),
    Route(f"{_POST}/likes", post_collection),
    Route(f"{_POST}/shares", post_collection),
    Route(f"{_POST}/reactions", post_collection),
    Route("/contexts/{post_id:int}", conversation),
    Route("/emojis/{shortcode}", emoji),
    ObjectRoute(_USER, actor),
    ObjectRoute(_POST, status),
    ActivityRoute("/@{name}", actor),
    ActivityRoute("/@{name}/{post_id:int}", status),
    Route(_USER, to_profile),
    Route(_POST, to_profile),
)
