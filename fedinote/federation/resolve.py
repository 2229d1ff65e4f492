"""From a name to the thing: actor ids, handles, post ids and pasted URLs, fetched when they are unknown here."""

import asyncio
import hashlib
import re

from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import host_of, same_id, same_origin
from fedinote.federation import actors, approving, fetching, incoming, surroundings
from fedinote.federation.approving import Interaction
from fedinote.federation.fetching import Budget
from fedinote.infra import jobs
from fedinote.infra.answers import Response
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Forbidden, Malformed, NotFound, Refused
from fedinote.posts import belongings, publishing
from fedinote.text import compose

ANCESTOR_JOB = "federation.fetch_ancestor"
MAX_DEPTH = 20
MAX_URI = 2048
PATIENCE = 6.0  # seconds that an author waits for people who are mentioned for the first time

_LINK = re.compile(rb"<link\b[^>]{0,2000}>", re.IGNORECASE)
_LINK_HEADER = re.compile(r"<([^<>\s]{1,2048})>([^<>]{0,1000})")
_PARAMETER = re.compile(r';\s*(rel|type)\s*=\s*("(?:[^"\\]|\\.){0,300}"|[^\s;,"]{1,300})')
MAX_LINKS = 20_000
_ATTRIBUTE = re.compile(rb"""([a-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)


async def account(app: App, acct: str, *, budget: Budget | None = None) -> int | None:
    """Return the id of the account with this handle, asking its server when it is unknown; None when there is none."""
    try:
        return await asked(app, acct, budget or Budget())
    except FediNoteError:
        return None


async def asked(app: App, acct: str, budget: Budget) -> int:
    """Return the id of the account with this handle, asking its server when it is unknown.

    Raises NotFound or Malformed where there is no such account, Unavailable where its server does not say, and else
    like `fetching.document`.
    """
    handle = actors.handle_of(acct if "@" in acct.lstrip("@") else f"{acct.lstrip('@')}@{app.settings.host}")
    domain = "" if handle.host in app.settings.own_hosts else handle.host
    known: int | None = await app.db.value(
        "SELECT id AS value FROM accounts WHERE username_key = ? AND domain = ? AND deleted_at IS NULL",
        handle.username.lower(),
        domain,
    )
    if known is not None:
        return known
    if not domain:
        raise NotFound
    _, target = await fetching.webfinger(app, handle, budget)
    if target is None:
        raise NotFound
    return int((await actors.resolve(app, target, budget))["id"])


async def post(app: App, uri: str, budget: Budget, *, depth: int = 0, quiet: bool = False) -> int:
    """Return the id of the post with this URI, fetching and storing it when it is unknown.

    Only what the origin itself serves is believed. Raises like `fetching.document`, and NotFound for what was deleted.
    """
    known: int | None = await app.db.value("SELECT id AS value FROM posts WHERE uri = ?", uri)
    if known is not None:
        return known
    if fetching.is_ours(app, uri) or await publishing.is_deleted(app, uri):
        raise NotFound
    return await store_document(app, await fetching.document(app, uri, budget), budget, depth=depth, quiet=quiet)


async def store_document(
    app: App, document: dict[str, object], budget: Budget, *, depth: int = 0, quiet: bool = False
) -> int:
    """Store a fetched post; its id. Raises Malformed, Refused (author of another origin), Forbidden (policy)."""
    found = incoming.parsed(document)
    if not same_origin(found.attributed_to, found.id):
        raise Refused(reason="the author is of another origin than the object")
    author = await actors.resolve(app, found.attributed_to, budget)
    return await store_post(app, found, author, budget, depth=depth, quiet=quiet)


async def store_post(
    app: App, found: vocab.Post, author: Row, budget: Budget, *, depth: int = 0, quiet: bool = False
) -> int:
    """Store a post that its origin vouches for, and queue its unknown parent unless `depth` is at its end.

    `quiet`: nobody is told and no home timeline gets it, however new it is. Raises Forbidden when policy rejects.
    """
    new = await incoming.to_new_post(app, found, author, budget)
    if new.in_reply_to_id is not None:
        done = Interaction("reply", found.id, new.in_reply_to_id, author["id"])
        await approving.check(app, done, found.reply_authorization, budget)
    await surroundings.meet_group(app, found, budget)
    async with app.db.transaction():
        await publishing.hold(app, found.id)
        taken_back = undone(author["id"], found.id)
        if await publishing.is_deleted(app, found.id) or await publishing.is_deleted(app, taken_back):
            raise NotFound
        post_id = await publishing.store(app, new, quiet=quiet)
        if post_id is not None:
            await surroundings.keep(app, post_id, found, new=True)
            if new.in_reply_to_uri and new.in_reply_to_id is None and depth < MAX_DEPTH:
                await _queue_ancestor(app, new.in_reply_to_uri, depth + 1)
    if post_id is None:  # after the end of the transaction, which holds the audit log's row
        raise Forbidden(reason="rejected by policy")
    return post_id


def undone(signer_id: int, uri: str) -> str:
    """Return the tombstone of what an account took back before it came; nobody else's words are concerned by it."""
    return f"{signer_id} undid {uri}"[:MAX_URI]


async def _queue_ancestor(app: App, uri: str, depth: int) -> None:
    key = "ancestor " + hashlib.sha256(uri.encode()).hexdigest()
    await jobs.enqueue(app, ANCESTOR_JOB, {"uri": uri, "depth": depth}, key=key, priority=7)


async def fetch_ancestor(app: App, uri: str, depth: int, *, budget: Budget | None = None) -> None:
    """Fetch a post that another one answers (a job)."""
    post_id = await post(app, uri, budget or Budget(5), depth=depth)
    author_id = await app.db.value("SELECT account_id AS value FROM posts WHERE id = ?", post_id)
    if author_id is not None:  # it may have come by another way while its answers were stored
        held = ("UPDATE posts SET replies_count = replies_count WHERE id = ?", (post_id,))
        await app.db.atomic(held, *belongings.adoption(uri, author_id, post_id))


async def url(app: App, text: str) -> tuple[str, int] | None:
    """Resolve a pasted URL to ("account" | "status", id): known here, ActivityPub itself, or a page that links to it.

    None when it leads to nothing that we can show.
    """
    known = await _known_url(app, text)
    if known is not None or fetching.is_ours(app, text):
        return known
    budget = Budget()
    try:
        document = await _document_or_linked(app, text, budget)
        if vocab.is_actor(document):
            row = await actors.store(app, vocab.parse_actor(document), budget)
            return "account", int(row["id"])
        return "status", await store_document(app, document, budget)
    except FediNoteError:
        return None


async def _known_url(app: App, text: str) -> tuple[str, int] | None:
    accounts, posts = await app.db.many(
        ("SELECT id FROM accounts WHERE (uri = ? OR url = ?) AND deleted_at IS NULL LIMIT 1", (text, text)),
        ("SELECT id FROM posts WHERE uri = ? OR url = ? LIMIT 1", (text, text)),
    )
    if accounts:
        return "account", accounts[0]["id"]
    return ("status", posts[0]["id"]) if posts else None


async def _document_or_linked(app: App, text: str, budget: Budget) -> dict[str, object]:
    """Fetch a document, or the one that an HTML page on the same host names as its ActivityPub form."""
    try:
        return await fetching.document(app, text, budget)
    except (Refused, Malformed):
        budget.spend(host_of(text))
        page = await app.outbound.get(text, accept=f"{fetching.ACCEPT}, text/html", limit=fetching.MAX_DOCUMENT)
        link = _header_alternate(page) or alternate(page.body) if page.content_type == "text/html" else None
        if page.status != 200 or link is None or host_of(link) != host_of(page.url) or same_id(link, text):
            raise NotFound from None
        return await fetching.document(app, link, budget)


def _header_alternate(page: Response) -> str | None:
    """Find the ActivityPub form of a page in its Link headers (RFC 8288); an http(s) URL or None."""
    stated = ",".join(value for name, value in page.headers.items() if name.lower() == "link")
    for match in _LINK_HEADER.finditer(stated[:MAX_LINKS]):
        fields = dict(_PARAMETER.findall(match[2]))
        if "alternate" in fields.get("rel", "").strip('"').lower().split() and fetching.is_activity_type(
            fields.get("type", "").strip('"').replace("\\", "")
        ):
            return vocab.web_uri(match[1])
    return None


def alternate(body: bytes) -> str | None:
    """Find `<link rel="alternate" type="application/activity+json" href>` in a page; an http(s) URL or None."""
    for match in _LINK.finditer(body[:200_000]):
        attributes = {m[1].lower(): (m[2] or m[3] or m[4] or b"") for m in _ATTRIBUTE.finditer(match.group())}
        kind = attributes.get(b"type", b"").decode("utf-8", "replace").replace("&quot;", '"')
        if b"alternate" in attributes.get(b"rel", b"").lower().split() and fetching.is_activity_type(kind):
            return vocab.web_uri(attributes.get(b"href", b"").decode("utf-8", "replace").replace("&amp;", "&"))
    return None


async def mentions(app: App, text: str) -> None:
    """Make the remote people whom a text names known here, before it is published; those not found stay text."""
    handles = [handle for handle in compose.find_mentions(text) if "@" in handle][:10]
    if not handles:
        return
    try:
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            for handle in handles:
                group.create_task(account(app, handle, budget=Budget(5)))
    except TimeoutError:
        return
