"""Accounts of other servers: from actor documents to rows, with the handle that both sides confirm."""

from datetime import timedelta
from typing import Any

from fedinote.activitypub import discovery, vocab
from fedinote.activitypub.discovery import Handle
from fedinote.activitypub.quirks import host_of, same_id
from fedinote.federation import fetching
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Forbidden, Gone, NotFound, Refused
from fedinote.policy import domains
from fedinote.posts.drafts import encoded
from fedinote.text import html
from fedinote.text.urls import safe_url

STALE = timedelta(days=2)

_COLUMNS = (
    "username", "username_key", "domain", "url", "actor_type", "display_name", "note", "fields", "emojis",
    "avatar_remote", "header_remote", "locked", "discoverable", "indexable", "memorial", "inbox_url",
    "shared_inbox_url", "outbox_url", "followers_url", "following_url", "featured_url", "moved_to_uri",
    "also_known_as", "fetched_at",
)  # fmt: skip


async def by_uri(app: App, uri: str) -> Row | None:
    """Return the account's row, or None when it is not known here."""
    return await app.db.row("SELECT * FROM accounts WHERE uri = ?", uri)


async def resolve(app: App, uri: str, budget: Budget, *, fresh: bool = False) -> Row:
    """Return the account of an actor's id, fetching it when it is unknown (or when `fresh`, or stale).

    Raises like `fetching.document`; a stale account whose server does not answer is returned as it is.
    """
    row = await by_uri(app, uri)
    if row is not None and (row["domain"] == "" or not (fresh or _stale(app, row))):
        return row
    try:
        return await fetch(app, uri, budget)
    except FediNoteError:
        if row is None or fresh:
            raise
        return row


def _stale(app: App, row: Row) -> bool:
    return row["fetched_at"] is None or row["fetched_at"] < to_ms(app.now() - STALE)


async def fetch(app: App, uri: str, budget: Budget) -> Row:
    """Fetch an actor and store it. Raises like `fetching.document`; Gone marks a known account as deleted."""
    try:
        document = await fetching.document(app, uri, budget)
    except Gone:
        await mark_deleted(app, uri)
        raise
    return await store(app, vocab.parse_actor(document), budget)


async def store(app: App, actor: vocab.Actor, budget: Budget) -> Row:
    """Make or refresh the account of an actor whose document came from its own id. Returns the row.

    Raises Forbidden for blocked domains, Refused when its handle belongs to another actor.
    """
    if fetching.is_ours(app, actor.id):
        raise Refused(reason="an actor of ours cannot come from elsewhere")
    known = await by_uri(app, actor.id)
    handle = await _handle(app, actor, budget) if known is None else Handle(actor.username, known["domain"])
    if await domains.suspended(app, host_of(actor.id)) or await domains.suspended(app, handle.host):
        raise Forbidden(reason="the domain is blocked here")
    values = await _values(app, actor, handle)
    async with app.db.transaction():
        account_id = known["id"] if known else await _insert(app, actor, values)
        if known:
            assignments = ", ".join(f"{column} = ?" for column in _COLUMNS)
            await app.db.execute(f"UPDATE accounts SET {assignments} WHERE id = ?", *values, account_id)  # noqa: S608
        await _store_keys(app, account_id, actor)
    row = await by_uri(app, actor.id)
    if row is None:
        raise NotFound
    return row


async def renew(app: App, actor: vocab.Actor, budget: Budget) -> Row:
    """Take the new profile that an actor sent of itself.

    Other keys, and inboxes on another host, count only when its own document has them too, so that a key that was
    lent or stolen for a moment does not take the account over (A12). Raises like `fetch` and `store`.
    """
    known = await by_uri(app, actor.id)
    keys = await app.db.rows(
        "SELECT k.key_id, k.public_pem FROM account_keys k JOIN accounts a ON a.id = k.account_id WHERE a.uri = ?",
        actor.id,
    )
    same_keys = {(k["key_id"], k["public_pem"]) for k in keys} == {(k.id, k.pem) for k in actor.keys}
    if known is None or not same_keys or host_of(known["inbox_url"]) != host_of(actor.inbox):
        return await fetch(app, actor.id, budget)
    return await store(app, actor, budget)


async def _insert(app: App, actor: vocab.Actor, values: list[Any]) -> int:
    marks = ", ".join("?" for _ in _COLUMNS)
    published = min(actor.published or app.now(), app.now())
    block = await domains.find(app, host_of(actor.id), values[_COLUMNS.index("domain")])
    limited = block.domain if block is not None and block.severity == "silence" else None
    made = await app.db.returning(
        f"INSERT INTO accounts (id, uri, created_at, silenced_at, silenced_by_domain, note_source, avatar, header,"  # noqa: S608
        f" hide_collections, followers_count, following_count, statuses_count, {', '.join(_COLUMNS)})"
        f" VALUES (?, ?, ?, ?, ?, '', '', '', FALSE, 0, 0, 0, {marks}) ON CONFLICT DO NOTHING RETURNING id",
        app.ids.next(),
        actor.id,
        published,
        app.now() if limited else None,
        limited,
        *values,
    )
    if made:
        return int(made[0]["id"])
    found = await app.db.value("SELECT id AS value FROM accounts WHERE uri = ?", actor.id)
    if found is None:
        raise Refused(reason="the handle belongs to another actor")
    return int(found)


async def _values(app: App, actor: vocab.Actor, handle: Handle) -> list[Any]:
    block = await domains.find(app, handle.host)
    pictures = block is None or not block.reject_media
    emojis = [{"shortcode": e.shortcode, "url": e.url, "static_url": e.url} for e in actor.emojis] if pictures else []
    fields = [
        {"name": html.to_text(name), "value": html.sanitise(value), "verified_at": None} for name, value in actor.fields
    ]
    return [
        actor.username, actor.username.lower(), handle.host, safe_url(actor.url or "") or actor.id, actor.type,
        actor.name or actor.username, html.sanitise(actor.summary), encoded(fields), encoded(emojis),
        (actor.icon or "") if pictures else "", (actor.image or "") if pictures else "", actor.locked,
        actor.discoverable, actor.indexable, actor.memorial, actor.inbox, actor.shared_inbox or "",
        actor.outbox or "", actor.followers or "", actor.following or "", actor.featured or "", actor.moved_to,
        encoded(list(actor.also_known_as)), app.now(),
    ]  # fmt: skip


async def _store_keys(app: App, account_id: int, actor: vocab.Actor) -> None:
    """Keep exactly the keys that the actor's own document lists: a key that it no longer lists is no longer valid."""
    ids = [key.id for key in actor.keys]
    rows = await app.db.rows("SELECT key_id, public_pem FROM account_keys WHERE account_id = ?", account_id)
    if {(r["key_id"], r["public_pem"]) for r in rows} == {(k.id, k.pem) for k in actor.keys}:
        return
    await app.db.execute("DELETE FROM account_keys WHERE account_id = ?", account_id)
    await app.db.execute_many(
        "INSERT INTO account_keys (account_id, key_id, public_pem, created_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [(account_id, key.id, key.pem, app.now()) for key in actor.keys if key.id in ids],
    )


async def _handle(app: App, actor: vocab.Actor, budget: Budget) -> Handle:
    """Return the handle that WebFinger confirms both ways; the host of the id when it does not (A10, FEP-03c1)."""
    plain = Handle(actor.username, host_of(actor.id))
    try:
        subject, target = await fetching.webfinger(app, plain, budget)
        if subject is None or target is None or not same_id(target, actor.id):
            return plain
        if subject.host in (plain.host, app.settings.host):
            return plain
        # The other host speaks for the name that it was asked about, and for no other one.
        if subject.username.lower() != actor.username.lower():
            return plain
        confirmed, target = await fetching.webfinger(app, subject, budget)
        if confirmed is not None and confirmed.host == subject.host and target and same_id(target, actor.id):
            return Handle(actor.username, subject.host)
    except FediNoteError:
        pass
    return plain


async def mark_deleted(app: App, uri: str) -> None:
    """Hide an account whose own server says that it is gone: its posts, follows and keys go."""
    row = await by_uri(app, uri)
    if row is None or row["domain"] == "" or row["deleted_at"] is not None:
        return
    now = app.now()
    await app.db.atomic(
        ("UPDATE accounts SET deleted_at = ?, suspended_at = COALESCE(suspended_at, ?) WHERE id = ?",
         (now, now, row["id"])),
        ("DELETE FROM account_keys WHERE account_id = ?", (row["id"],)),
        ("UPDATE accounts SET followers_count = followers_count - 1 WHERE followers_count > 0 AND id IN"
         " (SELECT target_id FROM follows WHERE follower_id = ? AND accepted)", (row["id"],)),
        ("UPDATE accounts SET following_count = following_count - 1 WHERE following_count > 0 AND id IN"
         " (SELECT follower_id FROM follows WHERE target_id = ? AND accepted)", (row["id"],)),
        ("DELETE FROM follows WHERE follower_id = ? OR target_id = ?", (row["id"], row["id"])),
        ("DELETE FROM notifications WHERE from_account_id = ?", (row["id"],)),
        ("DELETE FROM posts WHERE account_id = ?", (row["id"],)),
        ("INSERT INTO tombstones (uri, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", (uri, now)),
    )  # fmt: skip


def handle_of(text: str) -> Handle:
    """Parse `user@host`; raises Malformed."""
    return discovery.parse_handle(text)
