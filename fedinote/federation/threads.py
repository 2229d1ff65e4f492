"""Threads made whole: when one is opened, or an answer from elsewhere arrives in it, the rest is fetched in a job.

The collection of the conversation (`context`, FEP-7888, FEP-f228) is asked first, where who began it keeps one; else
the `replies` of every post, branch by branch. All of it within one budget: 500 posts and 600 requests for a thread,
150 for one host, a minute of time, and a rest before the same thread is asked for again.
"""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import same_id, same_origin
from fedinote.events import PostPublished
from fedinote.federation import actors, fetching, incoming, pages, refreshes, resolve, surroundings
from fedinote.federation.fetching import Budget
from fedinote.federation.refreshes import Order, Refreshing
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError

JOB = "federation.fetch_thread"
MAX_POSTS = 500
MAX_LEVELS = 100
REQUESTS = 600
REQUESTS_FOR_A_HOST = 150
AT_ONCE = 4
SECONDS = 60.0
KNOWN = 200
"""How many posts of the thread that are here already are asked for their answers."""
ANSWERED_DELAY = 30.0  # seconds, in which the ancestors of an answer arrive
STRANGERS_AN_HOUR = 120
"""How many threads people who are not logged in may have completed in an hour, all together."""
ASK_AGAIN = 5
"""After how many seconds whoever waits for a thread should look again."""

# Upwards to the top of what is known here.
_TOP = """
WITH RECURSIVE up(id, parent, depth) AS (
  SELECT o.id, o.in_reply_to_id, 0 FROM posts b JOIN posts o ON o.id = COALESCE(b.reblog_of_id, b.id) WHERE b.id = ?
  UNION ALL
  SELECT p.id, p.in_reply_to_id, up.depth + 1 FROM posts p JOIN up ON p.id = up.parent WHERE up.depth < 100)
SELECT p.id, p.uri, p.local, p.visibility, p.created_at, p.conversation_id, p.in_reply_to_uri
FROM up JOIN posts p ON p.id = up.id ORDER BY up.depth DESC LIMIT 1
"""
_ELSEWHERE = """
SELECT 1 AS value FROM posts WHERE conversation_id = ? AND local = FALSE AND reblog_of_id IS NULL
  AND visibility IN ('public', 'unlisted') LIMIT 1
"""
_KNOWN = """
SELECT uri FROM posts WHERE conversation_id = ? AND local = FALSE AND reblog_of_id IS NULL
  AND visibility IN ('public', 'unlisted') ORDER BY id LIMIT ?
"""


async def opened(app: App, post_id: int, *, stranger: bool = False) -> Refreshing | None:
    """Have the thread of a post completed that somebody looks at; None when there is nothing to do now.

    Only threads that are public, and that somebody elsewhere takes part in. The caller has checked that the post may
    be seen. `stranger`: who looks is not logged in.
    """
    top = await app.db.row(_TOP, post_id)
    if top is None or not await _is_shared(app, top):
        return None
    every = refreshes.rest(app, from_ms(top["created_at"]))
    order = Order("post", top["id"], JOB, every, an_hour=STRANGERS_AN_HOUR if stranger else None)
    return await refreshes.begin(app, order)


async def _is_shared(app: App, top: Row) -> bool:
    if top["visibility"] not in ("public", "unlisted"):
        return False
    return not top["local"] or await app.db.row(_ELSEWHERE, top["conversation_id"]) is not None


async def on_post_published(app: App, event: PostPublished) -> None:
    """Complete the thread that an answer to or for somebody here belongs to, when others began it."""
    if event.local or not event.fresh or event.visibility not in ("public", "unlisted"):
        return
    people = [*event.mentioned_ids, event.in_reply_to_account_id]
    concerned = [one for one in people if one is not None]
    if not concerned:
        return
    here = await app.db.row(
        "SELECT 1 AS value FROM posts p JOIN accounts a ON a.id IN_INTS(?) AND a.domain = '' WHERE p.id = ?"
        " AND (p.in_reply_to_uri IS NOT NULL OR p.in_reply_to_id IN (SELECT r.id FROM posts r WHERE r.local = FALSE))",
        concerned,
        event.post_id,
    )
    if here is None:
        return
    top = await app.db.row(_TOP, event.post_id)
    if top is not None:
        every = refreshes.rest(app, from_ms(top["created_at"]))
        await refreshes.begin(app, Order("post", top["id"], JOB, every, delay=ANSWERED_DELAY))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A post to visit: its document where its own origin gave it already, and what it must answer."""

    uri: str
    document: dict[str, Any] | None = None
    parent: str | None = None


@dataclass(slots=True)
class _Crawl:
    """One thread being completed: what may still be spent, what was seen, and how much is new."""

    app: App
    refresh_id: int
    budget: Budget = field(default_factory=lambda: Budget(REQUESTS, per_host=REQUESTS_FOR_A_HOST))
    seen: set[str] = field(default_factory=set)
    counts: dict[int, vocab.Post] = field(default_factory=dict)
    found: int = 0
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def fresh(self, items: list[pages.Item], parent: str | None) -> list[_Entry]:
        """Return the entries that were not seen yet and are not ours, as far as there is room."""
        entries = []
        for item in items:
            if item.id in self.seen or len(self.seen) >= MAX_POSTS or fetching.is_ours(self.app, item.id):
                continue
            self.seen.add(item.id)
            entries.append(_Entry(item.id, item.document, parent))
        return entries


async def fetch(app: App, refresh_id: int) -> None:
    """Complete a thread (a job)."""
    top_id = await app.db.value("SELECT post_id AS value FROM refreshes WHERE id = ?", refresh_id)
    top = await app.db.row(_TOP, top_id or 0)
    if top is None:
        return
    crawl = _Crawl(app, refresh_id)
    try:
        async with asyncio.timeout(SECONDS):
            await _complete(crawl, await _climbed(crawl, top))
    except TimeoutError:
        pass
    finally:
        for post_id, post in crawl.counts.items():  # again, as answers that were told of are here now
            await surroundings.keep(app, post_id, post)
        await refreshes.finish(app, refresh_id, crawl.found)


async def _climbed(crawl: _Crawl, top: Row) -> Row:
    """Fetch what the top of the known thread answers, up to twenty times; the new top."""
    for _ in range(resolve.MAX_DEPTH):
        if top["in_reply_to_uri"] is None:
            break
        try:
            await resolve.fetch_ancestor(crawl.app, top["in_reply_to_uri"], resolve.MAX_DEPTH, budget=crawl.budget)
        except FediNoteError:
            break
        crawl.found += 1
        higher = await crawl.app.db.row(_TOP, top["id"])
        if higher is None or higher["id"] == top["id"]:
            break
        top = higher
    return top


async def _complete(crawl: _Crawl, top: Row) -> None:
    rows = await crawl.app.db.rows(_KNOWN, top["conversation_id"], KNOWN)
    known = [pages.Item(uri) for uri in dict.fromkeys([top["uri"], *(row["uri"] for row in rows)])]
    level = crawl.fresh(known, None)
    if not top["local"] and await _by_context(crawl, top, level):
        return
    for _ in range(MAX_LEVELS):
        if not level:
            return
        below = await _side_by_side(crawl, level)
        level = [entry for entries in below for entry in entries]
        await refreshes.note(crawl.app, crawl.refresh_id, crawl.found)


async def _by_context(crawl: _Crawl, top: Row, level: list[_Entry]) -> bool:
    """Take the whole conversation from where its beginner keeps it; False when it is not kept, or not whole."""
    try:
        document = await fetching.document(crawl.app, top["uri"], crawl.budget)
        level[:] = [_Entry(e.uri, document, None) if e.uri == top["uri"] else e for e in level]
        post = incoming.parsed(document)
        context = surroundings.conversation_of(post)
        if context is None or not same_origin(context, post.id):
            return False
        limits = pages.Limits(items=MAX_POSTS, pages=20)
        listed = await pages.gather(crawl.app, context, stood_in=post.id, budget=crawl.budget, limits=limits)
    except FediNoteError:
        return False
    entries = [entry for entry in crawl.fresh(list(listed.items.values()), None) if entry.uri != top["uri"]]
    found = [one for one in await asyncio.gather(*(_loaded(crawl, entry) for entry in entries)) if one is not None]
    for loaded in sorted(found, key=lambda one: one.post.published or crawl.app.now()):
        parent = loaded.post.in_reply_to or ""
        if parent in crawl.seen or fetching.is_ours(crawl.app, parent):
            await _stored(crawl, loaded)
    return bool(listed.items) and len(listed.items) >= (listed.total or 0)


async def _side_by_side(crawl: _Crawl, level: list[_Entry]) -> list[list[_Entry]]:
    async def visit(entry: _Entry) -> list[_Entry]:
        try:
            return await _visited(crawl, entry)
        except FediNoteError:  # gone, refused, the budget is spent: the other branches go on
            return []

    return await asyncio.gather(*(visit(entry) for entry in level))


@dataclass(frozen=True, slots=True)
class _Loaded:
    document: dict[str, Any]
    post: vocab.Post


async def _loaded(crawl: _Crawl, entry: _Entry) -> _Loaded | None:
    """Get the document of a post from its origin, and make its author known; None when it cannot be had."""
    async with crawl.slots:
        try:
            document = entry.document or await fetching.document(crawl.app, entry.uri, crawl.budget)
            post = incoming.parsed(vocab.plain(document))
            await actors.resolve(crawl.app, post.attributed_to, crawl.budget)
        except FediNoteError:
            return None
    return _Loaded(vocab.plain(document), post)


async def _visited(crawl: _Crawl, entry: _Entry) -> list[_Entry]:
    """Store a post if it is new, and return its answers that were not seen yet."""
    loaded = await _loaded(crawl, entry)
    if loaded is None or (entry.parent is not None and not same_id(loaded.post.in_reply_to or "", entry.parent)):
        return []
    post_id = await _stored(crawl, loaded)
    source = loaded.document.get("replies") or loaded.document.get("comments")
    if source is None or post_id is None:
        return []
    async with crawl.slots:
        listed = await pages.gather(crawl.app, source, stood_in=loaded.post.id, budget=crawl.budget)
    if listed.total is not None:
        crawl.counts[post_id] = replace(loaded.post, replies_count=listed.total)
    return crawl.fresh(list(listed.items.values()), loaded.post.id)


async def _stored(crawl: _Crawl, loaded: _Loaded) -> int | None:
    """Store a post, or take its present counts when it is here already; its id, None when it is not taken."""
    app, uri = crawl.app, loaded.post.id
    post_id: int | None = await app.db.value("SELECT id AS value FROM posts WHERE uri = ?", uri)
    if post_id is not None:
        await surroundings.keep(app, post_id, loaded.post)
    else:
        try:
            post_id = await resolve.store_document(app, loaded.document, crawl.budget, depth=resolve.MAX_DEPTH)
        except FediNoteError:
            return None
        crawl.found += 1
    crawl.counts[post_id] = loaded.post
    return post_id
