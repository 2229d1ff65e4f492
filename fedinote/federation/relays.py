"""Relays that this server subscribes to, of both kinds (FEP-ae0c): asking, leaving, and sending them what is public.

A relay of Mastodon's kind is an inbox that is asked to follow everything public; it gets our activities as they are.
One of LitePub's kind is an actor that is followed; it gets an Announce of each post by the server's own actor. What
they bring is taken in `federation.handlers.relays`.
"""

from urllib.parse import urlsplit

from fedinote.activitypub import audience as addressing
from fedinote.activitypub import render, vocab
from fedinote.activitypub.quirks import host_of, same_origin
from fedinote.activitypub.render import Envelope
from fedinote.events import PostDeleted, PostEdited, PostPublished, VersionsChanged
from fedinote.federation import actors, approving, documents, fetching
from fedinote.federation.fetching import Budget
from fedinote.federation.queueing import queue_to_inbox
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator
from fedinote.policy import domains

MASTODON, LITEPUB = "mastodon", "litepub"
KINDS = (MASTODON, LITEPUB)
PENDING, ACCEPTED, REJECTED = "pending", "accepted", "rejected"


async def everything(app: App) -> list[Row]:
    """Return all relays, oldest first: id, kind, state, inbox_url, actor_uri, created_at, answered_at."""
    return await app.db.rows("SELECT * FROM relays ORDER BY id")


async def find(app: App, text: str) -> Row:
    """Return the relay with this id, inbox or actor. Raises NotFound."""
    row = await app.db.row(
        "SELECT * FROM relays WHERE CAST(id AS TEXT) = ? OR inbox_url = ? OR actor_uri = ?", text, text, text
    )
    if row is None:
        raise NotFound("No such relay")
    return row


def kind_of(url: str) -> str:
    """Guess the kind from the address: an inbox is given for Mastodon's kind, an actor for LitePub's."""
    return MASTODON if urlsplit(url).path.rstrip("/").endswith("/inbox") else LITEPUB


async def add(app: App, url: str, kind: str | None = None, *, by: Moderator | None = None) -> Row:
    """Subscribe to a relay by the address of its inbox (mastodon) or of its actor (litepub); return its row.

    `by` is None for the command line. `kind` is guessed from the address when it is None. Raises Invalid when the
    address is none, is ours, or is there already; Forbidden when its domain is blocked here; like `fetching.document`
    when a LitePub relay's actor cannot be had.
    """
    if vocab.web_uri(url) is None or not host_of(url) or fetching.is_ours(app, url) or kind not in (None, *KINDS):
        raise Invalid("A relay is given by the URL of its inbox or of its actor on another server")
    if await domains.suspended(app, host_of(url)):
        raise Forbidden("This domain is blocked here")
    kind = kind or kind_of(url)
    inbox, actor, followers = (url, "", "") if kind == MASTODON else await _actor(app, url)
    relay_id, me = app.ids.next(), await _own_actor(app)
    async with app.db.transaction():
        made = await app.db.returning(
            "INSERT INTO relays (id, kind, state, inbox_url, actor_uri, followers_url, follow_uri, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (inbox_url) DO NOTHING RETURNING *",
            relay_id, kind, PENDING, inbox, actor, followers, f"{me['uri']}#relays/{relay_id}", app.now(),
        )  # fmt: skip
        if not made:
            raise Invalid("This relay is there already")
        await queue_to_inbox(app, me["id"], _follow(made[0], me), inbox, made[0]["follow_uri"])
        await _note(app, "relay.add", made[0], by)
    return made[0]


async def _note(app: App, action: str, relay: Row, by: Moderator | None) -> None:
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type="relay",
        target=relay["inbox_url"],
        detail={"via": "" if by else "command line", "kind": relay["kind"]},
    )


async def _actor(app: App, url: str) -> tuple[str, str, str]:
    row = await actors.resolve(app, url, Budget(5), fresh=True)
    return row["inbox_url"], row["uri"], row["followers_url"]


async def remove(app: App, relay_id: int, *, by: Moderator | None = None) -> Row:
    """Leave a relay: it is told, and nothing it brings is taken any more. Return what it was. Raises NotFound."""
    me = await _own_actor(app)
    async with app.db.transaction():
        gone = await app.db.returning("DELETE FROM relays WHERE id = ? RETURNING *", relay_id)
        if not gone:
            raise NotFound("No such relay")
        relay = gone[0]
        undone = render.undo(Envelope(f"{relay['follow_uri']}/undo", me["uri"]), _follow(relay, me))
        await queue_to_inbox(app, me["id"], undone, relay["inbox_url"], relay["follow_uri"])
        await _note(app, "relay.remove", relay, by)
    return relay


def _follow(relay: Row, me: Row) -> render.Document:
    target = addressing.PUBLIC if relay["kind"] == MASTODON else relay["actor_uri"]
    to = () if relay["kind"] == MASTODON else (target,)
    return render.follow(Envelope(relay["follow_uri"], me["uri"], to), target)


async def _own_actor(app: App) -> Row:
    row = await app.db.row("SELECT id, uri FROM accounts WHERE uri = ?", app.url("/actor"))
    if row is None:
        raise NotFound(reason="there is no instance actor; run `fedinote migrate`")
    return row


async def subscribed(app: App, actor_uri: str) -> bool:
    """Tell whether an actor is a relay that accepted our subscription."""
    sql = "SELECT 1 AS value FROM relays WHERE actor_uri = ? AND state = ?"
    return await app.db.row(sql, actor_uri, ACCEPTED) is not None


async def answered(app: App, follow_uri: str | None, signer_uri: str, *, accepted: bool) -> bool:
    """Take the answer to our subscription from the relay's own actor; False when it answers nothing of ours.

    `follow_uri` is None when the answer carries our Follow under an id that the relay made up.
    """
    rows = await app.db.rows("SELECT * FROM relays WHERE actor_uri = ? OR actor_uri = ''", signer_uri)
    mine = [row for row in rows if same_origin(row["inbox_url"], signer_uri)]
    row = next((row for row in mine if follow_uri in (None, row["follow_uri"])), None)
    if row is None or not (row["actor_uri"] or await _owns(app, signer_uri, row["inbox_url"])):
        return False
    await app.db.execute(
        "UPDATE relays SET state = ?, actor_uri = ?, answered_at = ? WHERE id = ?",
        ACCEPTED if accepted else REJECTED,
        signer_uri,
        app.now(),
        row["id"],
    )
    return True


async def _owns(app: App, actor_uri: str, inbox: str) -> bool:
    """Tell whether an inbox is an actor's: on the relay's host there may be others."""
    sql = "SELECT 1 AS value FROM accounts WHERE uri = ? AND (inbox_url = ? OR shared_inbox_url = ?)"
    return await app.db.row(sql, actor_uri, inbox, inbox) is not None


async def accept_follow(app: App, relay_uri: str, follow_uri: str) -> bool:
    """Let a LitePub relay that we asked follow the server's actor in return, as it does; False for anybody else."""
    relay = await app.db.row("SELECT * FROM relays WHERE actor_uri = ? AND kind = ?", relay_uri, LITEPUB)
    if relay is None:
        return False
    me = await _own_actor(app)
    envelope = Envelope(f"{me['uri']}#accepts/{app.ids.next()}", me["uri"], (relay_uri,))
    body = render.accept(envelope, render.follow(Envelope(follow_uri, relay_uri), me["uri"]))
    async with app.db.transaction():
        await queue_to_inbox(app, me["id"], body, relay["inbox_url"], f"answer {relay_uri}")
    return True


async def _accepted(app: App) -> list[Row]:
    return await app.db.rows("SELECT * FROM relays WHERE state = ? ORDER BY id", ACCEPTED)


async def on_post_published(app: App, event: PostPublished) -> None:
    """Send a public post of ours to all relays: the Create, or an Announce of it by the server's actor.

    An answer that waits for somebody's consent goes nowhere yet; it comes here again when there is consent.
    """
    if not event.local or event.visibility != "public":
        return
    relays = await _accepted(app)
    if not relays:
        return
    found = await documents.post(app, event.post_id)
    if await approving.waits(app, found.row["uri"]):
        return
    me = await _own_actor(app)
    for relay in relays:
        if relay["kind"] == MASTODON:
            await _send(app, relay, event.author_id, documents.create(found), found.row["uri"])
        else:
            await _send(app, relay, me["id"], _announce(relay, me, found.row), found.row["uri"])


def _announce(relay: Row, me: Row, post: Row) -> render.Document:
    """Announce a post to the relay and its followers, which is no boost for anybody else to show."""
    to = tuple(uri for uri in (relay["followers_url"], relay["actor_uri"]) if uri)
    announced = Envelope(
        f"{me['uri']}#relayed/{post['id']}/{relay['id']}", me["uri"], to, (), from_ms(post["created_at"])
    )
    return render.announce(announced, post["uri"])


async def _send(app: App, relay: Row, sender_id: int, body: render.Document, about: str) -> None:
    await queue_to_inbox(app, sender_id, body, relay["inbox_url"], about)


async def on_post_edited(app: App, event: PostEdited) -> None:
    """Send the new version of a public post to all relays."""
    if not event.local or event.visibility != "public":
        return
    relays = await _accepted(app)
    if relays:
        found = await documents.post(app, event.post_id)
        for relay in [] if await approving.waits(app, found.row["uri"]) else relays:
            await _send(app, relay, event.author_id, documents.update(found), found.row["uri"])


async def on_versions_changed(app: App, event: VersionsChanged) -> None:
    """Send a public post with its present translations to all relays."""
    await on_post_edited(app, PostEdited(event.post_id, event.author_id, event.local, event.visibility, ()))


async def on_post_deleted(app: App, event: PostDeleted) -> None:
    """Tell all relays that a public post is gone."""
    if not event.local or event.visibility != "public" or event.reblog_of_id is not None:
        return
    relays = await _accepted(app)
    if relays:
        author = str(await app.db.value("SELECT uri AS value FROM accounts WHERE id = ?", event.author_id))
        envelope = Envelope(f"{event.uri}#delete", author, (addressing.PUBLIC,))
        for relay in relays:
            body = render.delete(envelope, render.tombstone(event.uri))
            await _send(app, relay, event.author_id, body, event.uri)
