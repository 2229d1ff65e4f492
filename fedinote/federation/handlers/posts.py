"""Create, Update and Delete. Update of an actor is a profile's, Delete of an actor its end."""

from dataclasses import replace
from datetime import datetime

import msgspec

from fedinote.activitypub import vocab
from fedinote.activitypub.audience import narrower
from fedinote.activitypub.quirks import same_origin
from fedinote.events import PostEdited
from fedinote.federation import actors, approving, contents, fetching, incoming, quoting, resolve, surroundings
from fedinote.federation.fetching import Budget
from fedinote.federation.handlers import quotes
from fedinote.federation.handlers.targets import remember_undone
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Gone, Malformed, NotFound, Refused
from fedinote.posts import holding, polls, publishing, renewed, revising, wishes
from fedinote.posts.drafts import encoded
from fedinote.posts.languages import decoded


async def create(app: App, verified: VerifiedActivity) -> None:
    """Store a new post, count a vote, or fetch what is not the signer's to say."""
    budget = Budget()
    objects = verified.activity.objects
    votes = [o for o in objects if isinstance(o, vocab.Post) and o.is_vote]
    for vote in votes:
        if await count_vote(app, verified, vote):
            continue
        if len(objects) > 1:
            raise Refused(reason="a vote for no poll of ours")
    if votes:
        return
    match verified.activity.object:
        case vocab.Post() as post if incoming.own_object(post, verified.signer_uri):
            await _store(app, verified, post, budget)
        case vocab.Post() | vocab.Ref() as other if other.id:
            await _store_fetched(app, other.id, budget)
        case _:
            raise Malformed(reason="Create without an object that we read")


async def _store(app: App, verified: VerifiedActivity, post: vocab.Post, budget: Budget) -> None:
    author = await _row(app, verified.signer_id)
    post = _as_narrow_as(verified.activity, post, author)
    if await app.db.row("SELECT 1 AS value FROM posts WHERE uri = ?", post.id):
        return
    if not await incoming.is_wanted(app, post, author):
        raise Refused(reason="it concerns nobody here")
    try:
        await resolve.store_post(app, post, author, budget)
    except Forbidden:
        if post.in_reply_to:
            await approving.turn_away(app, verified.signer_id, post.id, post.in_reply_to)
        raise


def _as_narrow_as(activity: vocab.Activity, post: vocab.Post, author: Row) -> vocab.Post:
    """Use the activity's audience where the object has none, or where only followers or those named see it so (S47).

    Between public and unlisted the object decides: BookWyrm sends public posts in unlisted activities.
    """
    addressed = replace(post, to=activity.to, cc=activity.cc)
    if not (post.to or post.cc or post.audience):
        return addressed
    if not (activity.to or activity.cc) or (activity.to, activity.cc) == (post.to, post.cc):
        return post
    followers = author["followers_url"] or None
    own, of_activity = incoming.visibility_of(post, followers), incoming.visibility_of(addressed, followers)
    seen = narrower(own, of_activity)
    return addressed if seen not in (own, "unlisted") else post


async def _store_fetched(app: App, uri: str, budget: Budget) -> None:
    if fetching.is_ours(app, uri):
        raise Refused(reason="a Create of an object of ours")
    document = await fetching.document(app, uri, budget)
    post = incoming.parsed(document)
    author = await actors.resolve(app, post.attributed_to, budget)
    if not await incoming.is_wanted(app, post, author):
        raise Refused(reason="it concerns nobody here")
    await resolve.store_document(app, document, budget)


async def _row(app: App, account_id: int) -> Row:
    row = await app.db.row("SELECT * FROM accounts WHERE id = ?", account_id)
    if row is None:
        raise NotFound
    return row


async def count_vote(app: App, verified: VerifiedActivity, vote: vocab.Post) -> bool:
    """Count an answer to a poll of ours (FEP-9967); False when it answers no poll that we have."""
    row = await app.db.row(
        "SELECT q.id, q.options, q.translations FROM polls q JOIN posts p ON p.id = q.post_id"
        " WHERE p.uri = ? AND p.local = TRUE",
        vote.in_reply_to or "",
    )
    if row is None:
        return False
    # A server that shows the poll in another of its languages may answer in that.
    for titles in ([option["title"] for option in _options(row)], *decoded(row["translations"]).values()):
        if vote.title in titles:
            await polls.vote(app, verified.signer_id, row["id"], [titles.index(vote.title)], local=False)
            break
    return True


def _options(row: Row) -> list[dict[str, object]]:
    found: list[dict[str, object]] = msgspec.json.decode(row["options"])
    return found


async def update(app: App, verified: VerifiedActivity) -> None:
    """Take a new version of a post, new counts of a poll, or a new profile; only from its owner (A12)."""
    budget = Budget()
    match verified.activity.object:
        case vocab.Actor() as actor if actor.id == verified.signer_uri:
            await actors.renew(app, actor, budget)
        case vocab.Post() as post if incoming.own_object(post, verified.signer_uri):
            await revise(app, verified.signer_id, post, budget)
        case vocab.Ref(id=uri) if uri == verified.signer_uri:
            await actors.fetch(app, uri, budget)
        case vocab.Ref(id=uri) | vocab.Unknown(id=str(uri)) if same_origin(uri, verified.signer_uri):
            post = incoming.parsed(await fetching.document(app, uri, budget))
            if not incoming.own_object(post, verified.signer_uri):
                raise Refused(reason="Update of a post of somebody else")
            await revise(app, verified.signer_id, post, budget)
        case _:
            raise Refused(reason="Update of something that is not the signer's")


async def revise(app: App, author_id: int, post: vocab.Post, budget: Budget) -> None:
    """Bring a known post up to date; one that is unknown is stored when it concerns somebody here."""
    author = await _row(app, author_id)
    row = await app.db.row("SELECT * FROM posts WHERE uri = ?", post.id)
    if row is None:
        if not await incoming.is_wanted(app, post, author) or await publishing.is_deleted(app, post.id):
            return
        await resolve.store_post(app, post, author, budget)
        row = await _stored(app, post.id)  # perhaps an older version, which came by another way at the same moment
    if row["account_id"] != author_id or row["local"] or row["reblog_of_id"] is not None:
        raise Refused(reason="Update of a post of somebody else")
    new = await incoming.to_new_post(app, post, author, budget)
    await surroundings.keep(app, row["id"], post)
    await quoting.renew(app, row, new)
    await wishes.renew(app, row["id"], new.machine_translation)
    edited_at = new.edited_at or _first_edit(row, post)
    if edited_at is not None and not await renewed.renew(app, row, new, edited_at):
        await revising.revise(app, row, replace(new, edited_at=edited_at))
    await _refresh_poll(app, row, post)


async def _stored(app: App, uri: str) -> Row:
    row = await app.db.row("SELECT * FROM posts WHERE uri = ?", uri)
    if row is None:
        raise NotFound
    return row


def _first_edit(row: Row, post: vocab.Post) -> datetime | None:
    """Return `updated` where it equals `published`, as Ghost has it; once only, as later ones could not be ordered."""
    same = post.updated is not None and post.updated == post.published
    return post.updated if same and row["edited_at"] is None else None


async def _refresh_poll(app: App, row: Row, post: vocab.Post) -> None:
    """Take over the counts of a remote poll; they come without `updated`, so they are no edit."""
    if post.poll is None:
        return
    options = [{"title": option.name, "votes": option.votes} for option in post.poll.options]
    known = await app.db.row("SELECT * FROM polls WHERE post_id = ?", row["id"])
    if known is None or [o["title"] for o in _options(known)] != [o["title"] for o in options]:
        return
    voters = post.poll.voters if post.poll.voters is not None else sum(o.votes for o in post.poll.options)
    ends_at = contents.poll_end(post.poll, app.now())
    ended = known["expires_at"] is not None and known["expires_at"] <= to_ms(app.now())
    if ended and ends_at is not None and ends_at <= app.now():
        ends_at = from_ms(known["expires_at"])  # it ended when it ended, however often that is said
    ends_ms = None if ends_at is None else to_ms(ends_at)
    if (known["voters_count"], known["expires_at"], _options(known)) == (voters, ends_ms, options):
        return
    async with app.db.transaction():
        await app.db.execute(
            "UPDATE polls SET options = ?, voters_count = ?, expires_at = ? WHERE post_id = ?",
            encoded(options),
            voters,
            ends_at,
            row["id"],
        )
        if ends_at is not None and ends_ms != known["expires_at"]:
            await polls.plan_close(app, known["id"], ends_at)
        await app.emit(PostEdited(row["id"], row["account_id"], False, row["visibility"], ()))


async def delete(app: App, verified: VerifiedActivity) -> None:
    """Remove a post of the signer's, or the signer itself; a post that is not here yet never will be (A13, S31)."""
    uri = verified.activity.object_id
    if uri is None:
        raise Malformed(reason="Delete without an object")
    if uri == verified.signer_uri:
        await actors.mark_deleted(app, uri)
        return
    if not same_origin(uri, verified.signer_uri):
        raise Refused(reason="Delete of an object of another origin")
    if await quotes.revoked(app, verified, uri):
        return
    async with app.db.transaction():
        await publishing.hold(app, uri)  # it may be on its way in by a boost or a search at this very moment
        row = await app.db.row("SELECT id, account_id, uri, visibility, reblog_of_id FROM posts WHERE uri = ?", uri)
        if row is None:
            await _remember(app, verified.signer_id, uri)
            return
        if row["account_id"] == verified.signer_id:
            await publishing.delete(app, row["id"])
            return
    if not await is_gone(app, row):
        raise Refused(reason="Delete of a post of somebody else")
    await publishing.delete(app, row["id"])


async def _remember(app: App, signer_id: int, uri: str) -> None:
    """Remember that the signer deleted a post of its own, if it was one; others may still send what they wrote."""
    await holding.forget(app, uri, signer_id)
    if await actors.by_uri(app, uri) is None:
        await remember_undone(app, signer_id, uri)


async def is_gone(app: App, row: Row) -> bool:
    """Ask the origin of a post (uri, visibility, reblog_of_id) whether it is gone.

    "Not found" is no proof for what a stranger may not see (many servers hide private posts so), nor for boosts,
    which many servers do not serve at all.
    """
    if row["reblog_of_id"] is not None:
        return False
    try:
        await fetching.document(app, row["uri"], Budget(2))
    except Gone:
        return True
    except NotFound:
        return row["visibility"] in ("public", "unlisted")
    except (Malformed, Refused):
        return False
    return False
