"""Accounts of other servers: from actor documents to rows, with the handle that both sides confirm."""

from datetime import timedelta
from typing import Any

import msgspec

from fedinote.accounts import deletion, links
from fedinote.activitypub import discovery, vocab
from fedinote.activitypub.discovery import Handle
from fedinote.activitypub.quirks import host_of
from fedinote.events import AccountSuspended, AccountWishChanged
from fedinote.federation import assertions, fetching, handles, knocking
from fedinote.federation.fetching import Budget
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Forbidden, Gone, NotFound, Refused
from fedinote.media import emojis
from fedinote.policy import domains
from fedinote.posts.drafts import encoded
from fedinote.text import html
from fedinote.text.urls import safe_url

STALE = timedelta(days=2)
BACK_AFTER = timedelta(days=1)
FOLLOW_UP_JOB = "federation.follow_up"
"""Fetches what an actor's document only names; its function is in `federation.showcases`."""

_COLUMNS = (
    "username", "username_key", "domain", "url", "actor_type", "display_name", "note", "fields", "emojis",
    "avatar_remote", "header_remote", "locked", "discoverable", "indexable", "memorial", "inbox_url",
    "shared_inbox_url", "outbox_url", "followers_url", "following_url", "featured_url", "featured_tags_url",
    "moved_to_uri", "also_known_as", "fetched_at", "attribution_domains", "machine_translation",
    "avatar_description", "header_description", "feature_policy",
)  # fmt: skip


async def by_uri(app: App, uri: str) -> Row | None:
    """Return the account's row, or None when it is not known here."""
    return await app.db.row("SELECT * FROM accounts WHERE uri = ?", uri)


async def resolve(app: App, uri: str, budget: Budget, *, fresh: bool = False) -> Row:
    """Return the account of an actor's id, fetching it when it is unknown (or when `fresh`, or stale).

    Raises like `fetching.document`, and Gone for an account that was deleted a short while ago; a stale account whose
    server does not answer is returned as it is.
    """
    row = await by_uri(app, uri)
    if row is not None and row["deleted_at"] is not None:
        _check_return(app, row)
        fresh = True
    if row is not None and (row["domain"] == "" or not (fresh or is_stale(app, row))):
        return row
    try:
        return await fetch(app, uri, budget)
    except FediNoteError:
        if row is None or fresh:
            raise
        return row


async def exactly(app: App, uri: str, budget: Budget) -> Row:
    """Return the account with this very id, for what is done in its name. Raises like `resolve`.

    A document may give another id than where it was asked for, and that one counts then: whoever serves it does not
    become that actor, so it is Refused here (A04).
    """
    row = await resolve(app, uri, budget)
    if row["uri"] != uri:
        raise Refused(reason="the actor says that it is another one")
    return row


def is_stale(app: App, row: Row) -> bool:
    """Tell whether an account (its `fetched_at`) was not fetched for two days."""
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

    What its document only names (pinned posts, hashtags, pages that link back) is looked at later, when it is new or
    stale. Raises Forbidden for blocked domains, Refused when its handle belongs to another actor, and Gone when it was
    deleted a short while ago.
    """
    if fetching.is_ours(app, actor.id):
        raise Refused(reason="an actor of ours cannot come from elsewhere")
    known = await by_uri(app, actor.id)
    if known is not None:
        _check_return(app, known)
    handle = await handles.of(app, actor, known, budget)
    if await domains.suspended(app, host_of(actor.id)) or await domains.suspended(app, handle.host):
        raise Forbidden(reason="the domain is blocked here")
    values = await _values(app, actor, handle, known)
    await knocking.announced(app, actor)
    async with app.db.transaction():
        account_id = known["id"] if known else await _insert(app, actor, values)
        if known:
            assignments = ", ".join(f"{column} = ?" for column in _COLUMNS)
            await app.db.execute(f"UPDATE accounts SET {assignments} WHERE id = ?", *values, account_id)  # noqa: S608
        await _store_keys(app, account_id, actor)
        await assertions.keep(app, account_id, actor)
        return await _settled(app, actor, account_id, known)


async def _settled(app: App, actor: vocab.Actor, account_id: int, known: Row | None) -> Row:
    """Bring the state of a stored account into line with its document, and plan what is looked at later; its row."""
    if known is not None and known["deleted_at"] is not None:
        await app.db.write(
            ("UPDATE accounts SET deleted_at = NULL, suspended_at = NULL WHERE id = ?", (account_id,)),
            ("DELETE FROM tombstones WHERE uri = ?", (actor.id,)),
        )
    row = await by_uri(app, actor.id)
    if row is None:
        raise NotFound
    if actor.suspended != (row["suspended_at"] is not None) and (actor.suspended or row["suspended_by_origin"]):
        await app.db.execute(
            "UPDATE accounts SET suspended_at = ?, suspended_by_origin = ? WHERE id = ?",
            app.now() if actor.suspended else None,
            actor.suspended,
            account_id,
        )
        await app.emit(AccountSuspended(account_id, local=False, suspended=actor.suspended))
        row = await by_uri(app, actor.id) or row
    if known is not None and known["machine_translation"] != actor.machine_translation:
        await app.emit(AccountWishChanged(account_id))
    if not actor.suspended and (known is None or is_stale(app, known)):
        await links.plan(app, account_id, msgspec.json.decode(row["fields"]))
        if row["featured_url"] or row["featured_tags_url"]:
            await jobs.enqueue(
                app, FOLLOW_UP_JOB, {"account_id": account_id}, key=f"follow up {account_id}", priority=8
            )
    return row


async def forget_plans(app: App, account_id: int) -> None:
    """Take back what `store` planned for an account, where a request that was not its own made it known (A01)."""
    for key in (f"follow up {account_id}", f"links {account_id}"):
        await jobs.take_back(app, key)


def _check_return(app: App, row: Row) -> None:
    """Raise Gone for an account that was deleted less than a day ago, or that a moderator deleted.

    After that its server may bring it back, as one that said "gone" by mistake does: without its posts and followers.
    """
    if row["deleted_at"] is None:
        return
    by_a_moderator = row["suspended_at"] is not None and row["suspended_at"] < row["deleted_at"]
    if by_a_moderator or row["deleted_at"] > to_ms(app.now() - BACK_AFTER):
        raise Gone(reason="the account was deleted")


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
    same_keys = same_keys and await assertions.unchanged(app, actor)
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
        f" hide_collections, suspended_by_origin, followers_count, following_count, statuses_count,"
        f" {', '.join(_COLUMNS)})"
        f" VALUES (?, ?, ?, ?, ?, '', '', '', FALSE, FALSE, 0, 0, 0, {marks}) ON CONFLICT DO NOTHING RETURNING id",
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


def _url(actor: vocab.Actor, handle: Handle) -> str:
    """Return the page to open: on the host of the id or of the proven handle, or below it, or else the id."""
    url = safe_url(actor.url or "")
    host = f".{host_of(url)}" if url else ""
    return url if url and host.endswith((f".{host_of(actor.id)}", f".{handle.host}")) else actor.id


async def _values(app: App, actor: vocab.Actor, handle: Handle, known: Row | None) -> list[Any]:
    block = await domains.find(app, handle.host)
    pictures = block is None or not block.reject_media
    found = await emojis.remember(app, handle.host, actor.emojis)
    cleaned = [(html.to_text(name), html.sanitise(value)) for name, value in actor.fields]
    fields = links.merged(cleaned, msgspec.json.decode(known["fields"]) if known else [])
    return [
        handle.username, handle.username.lower(), handle.host, _url(actor, handle), actor.type,
        actor.name or actor.username, html.sanitise(actor.summary), encoded(fields), encoded(found),
        (actor.icon or "") if pictures else "", (actor.image or "") if pictures else "", actor.locked,
        actor.discoverable, actor.indexable, actor.memorial, actor.inbox, actor.shared_inbox or "",
        actor.outbox or "", actor.followers or "", actor.following or "", actor.featured or "",
        actor.featured_tags or "", actor.moved_to,
        encoded(list(actor.also_known_as)), app.now(), encoded(list(actor.attribution_domains) or None),
        actor.machine_translation,
        actor.icon_description if pictures else "", actor.image_description if pictures else "", actor.feature_policy,
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


async def mark_deleted(app: App, uri: str) -> None:
    """Delete the account of another server whose own word it is that it is gone; all that it made goes with it."""
    row = await by_uri(app, uri)
    if row is not None and row["domain"] != "":
        await deletion.delete(app, row["id"])


def handle_of(text: str) -> Handle:
    """Parse `user@host`; raises Malformed."""
    return discovery.parse_handle(text)
