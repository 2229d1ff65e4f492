"""What groups pass on (FEP-1b12), by an Announce of what a member or moderator did; and conversations (FEP-171b).

The group may speak for itself alone. What it says that others did is believed for a proof of theirs, or because
their own server says so when it is asked (S37). Of what moderators do, removing a post has an effect here, and only on
posts that were made in that group (S32); locks, bans and changes of moderators concern the group's own server.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from fedinote.activitypub import vocab
from fedinote.activitypub.audience import is_public
from fedinote.activitypub.quirks import host_of, same_origin
from fedinote.federation import actors, approving, fetching, groups, incoming, proving, resolve
from fedinote.federation.approving import Interaction
from fedinote.federation.fetching import Budget
from fedinote.federation.handlers import forwarded, interactions, posts, relations
from fedinote.federation.handlers.targets import was_undone
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Malformed, NotFound, Refused
from fedinote.posts import interactions as verbs
from fedinote.posts import publishing
from fedinote.posts.drafts import encoded

VOTES_A_MINUTE = 60
"""How many likes that groups pass on are asked for at one server in a minute; the others are let go."""
MAX_URI = 2048


@dataclass(frozen=True, slots=True)
class _Passed:
    """What a group passes on: its account, its own activity, and the inner one that it carries."""

    group: Row
    outer: VerifiedActivity
    inner: vocab.Activity
    budget: Budget = field(default_factory=Budget)


async def announce(app: App, verified: VerifiedActivity) -> None:
    """Take what a group passes on, or boost a post. An activity is never boosted (S36)."""
    inner = verified.activity.object
    if not isinstance(inner, vocab.Activity):
        await interactions.announce(app, verified)
        return
    if verified.activity.id is None:
        raise Malformed(reason="Announce without an id")
    group = await app.db.row("SELECT id, uri, actor_type FROM accounts WHERE id = ?", verified.signer_id)
    if group is None or group["actor_type"] != "Group" or not await _wanted(app, verified.signer_id, inner):
        raise Refused(reason="Announce of an activity")
    effect = _EFFECTS.get(inner.type)
    if effect is not None:
        await effect(app, _Passed(group, verified, inner))


async def _wanted(app: App, group_id: int, inner: vocab.Activity) -> bool:
    """Tell whether it concerns anybody here: the group is followed, or it is about something of ours."""
    return fetching.is_ours(app, inner.object_id or "") or await groups.followed_here(app, group_id)


async def _believed(app: App, passed: _Passed) -> VerifiedActivity | None:
    """Return the inner activity as its actor's own when its proof holds; None otherwise."""
    document = passed.outer.activity.embedded
    if document is None:
        return None
    row = await proving.proven(app, document, passed.budget)
    return None if row is None else _own(passed.inner, row, document)


async def _once(app: App, own: VerifiedActivity, take: Callable[[App, VerifiedActivity], Awaitable[None]]) -> None:
    """Let an activity have its effect, once: by repeating old words nobody brings an old state back. Raises Refused."""
    if await forwarded.was_taken(app, own):
        raise Refused(reason="what is passed on had its effect already")
    await take(app, own)
    await forwarded.remember(app, own)


def _own(activity: vocab.Activity, row: Row, document: Mapping[str, object]) -> VerifiedActivity:
    return VerifiedActivity(activity, row["id"], row["uri"], own=True, body=(encoded(document) or "").encode())


async def _asked(app: App, passed: _Passed) -> VerifiedActivity:
    """Ask the server of the actor for the inner activity; what it serves under that id is its actor's own.

    Raises Refused when it serves something else, and like `fetching.document`.
    """
    told = passed.inner
    if told.id is None or not same_origin(told.id, told.actor) or fetching.is_ours(app, told.id):
        raise Refused(reason="passed on without a proof or an id that could be asked for")
    document = await fetching.vouched(app, told.id, passed.budget)
    served = vocab.parse_activity(document)
    if (served.type, served.actor, served.object_id) != (told.type, told.actor, told.object_id):
        raise Refused(reason="the origin serves another activity than what was passed on")
    return _own(served, await actors.exactly(app, served.actor, passed.budget), document)


async def _verified(app: App, passed: _Passed) -> VerifiedActivity:
    """Return the inner activity, proven or as its origin serves it. Raises Forbidden for a suspended actor."""
    own = await _believed(app, passed) or await _asked(app, passed)
    active = await app.db.row("SELECT 1 AS value FROM accounts WHERE id = ? AND suspended_at IS NULL", own.signer_id)
    if active is None:
        raise Forbidden(reason="passed on for a suspended actor")
    return own


async def _create(app: App, passed: _Passed) -> None:
    """Store a post; a new topic is shown to the followers of the group as its boost, an answer in its thread."""
    post_id = await _new_post(app, passed)
    row = await app.db.row("SELECT in_reply_to_id, in_reply_to_uri FROM posts WHERE id = ?", post_id)
    if row is None or row["in_reply_to_id"] is not None or row["in_reply_to_uri"] is not None:
        return
    outer = passed.outer.activity
    if await was_undone(app, passed.group["id"], outer.id or ""):
        return
    done = Interaction("announce", outer.id or "", post_id, passed.group["id"])
    await approving.check(app, done, outer.authorization, passed.budget)
    shown = "public" if any(is_public(uri) for uri in outer.to) else "unlisted"
    await verbs.boost(app, passed.group["id"], post_id, shown, uri=outer.id, at=outer.published)


async def _new_post(app: App, passed: _Passed) -> int:
    """Return the post of a Create, as its author proves or its origin serves it."""
    match passed.inner.object:
        case vocab.Post(is_vote=True):
            raise Refused(reason="a vote is nothing to pass on")
        case vocab.Post() as post:
            own = await _believed(app, passed)
            if own is not None and incoming.own_object(post, own.signer_uri):
                author = await actors.resolve(app, own.signer_uri, passed.budget)
                return await resolve.store_post(app, post, author, passed.budget)
            return await resolve.post(app, post.id, passed.budget)
        case vocab.Ref(id=str(uri)) | vocab.Unknown(id=str(uri)):
            return await resolve.post(app, uri, passed.budget)
        case _:
            raise Malformed(reason="Create without an object that we read")


async def _update(app: App, passed: _Passed) -> None:
    own = await _believed(app, passed)
    if own is not None:
        await _once(app, own, posts.update)
    else:
        await forwarded.refetch(app, replace(passed.outer, activity=passed.inner, own=False))


async def _delete(app: App, passed: _Passed) -> None:
    """Delete a post: of the actor itself, or, by a moderator, out of the group (S32)."""
    uri = passed.inner.object_id or ""
    row = await app.db.row(
        "SELECT p.id, p.uri, p.local, p.audience_uri, a.uri AS author_uri FROM posts p"
        " JOIN accounts a ON a.id = p.account_id WHERE p.uri = ? AND p.reblog_of_id IS NULL",
        uri,
    )
    if row is None:
        raise NotFound(reason="Delete of an unknown post")
    if passed.inner.actor != row["author_uri"]:
        await _take_out(app, passed.group, row)
        return
    own = await _believed(app, passed)
    if own is not None:
        await posts.delete(app, own)
    else:
        await forwarded.refetch(app, replace(passed.outer, activity=passed.inner, own=False))


async def _take_out(app: App, group: Row, row: Row) -> None:
    """Remove a post from a group by its moderators: the group's boost of it, and the post itself unless it is ours."""
    if row["audience_uri"] != group["uri"]:
        raise Refused(reason="Delete by a moderator of a post that is not in the group")
    async with app.db.transaction():
        if row["local"]:
            await verbs.unboost(app, group["id"], row["id"])
            return
        await publishing.delete(app, row["id"])
        await app.db.execute(
            "INSERT INTO tombstones (uri, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            _removed(group, row["uri"]),
            app.now(),
        )


def _removed(group: Row, uri: str) -> str:
    return f"{group['uri']} removed {uri}"[:MAX_URI]


async def _like(app: App, passed: _Passed) -> None:
    """Count a like of a post that is known here. Votes are many, so a server is asked for a few of them only."""
    known = await app.db.row("SELECT 1 AS value FROM posts WHERE uri = ?", passed.inner.object_id or "")
    if known is None:
        raise NotFound(reason="like of an unknown post")
    _limit(app, passed)
    await interactions.like(app, await _verified(app, passed))


def _limit(app: App, passed: _Passed) -> None:
    host = host_of(passed.inner.actor)
    if not app.limiter.hit(f"votes that groups pass on {host}", VOTES_A_MINUTE, 60.0).allowed:
        raise Refused(reason="too many votes of one server")


async def _undo(app: App, passed: _Passed) -> None:
    """Undo of a like by its actor, or of the removal of a post by the group. Of anything else nothing is to be done."""
    match passed.inner.object:
        case vocab.Activity(type="Like"):
            _limit(app, passed)
            await _once(app, await _verified(app, passed), relations.undo)
        case vocab.Activity(type="Delete") as done:
            await _put_back(app, passed, done.object_id or "")
        case _:
            return


async def _put_back(app: App, passed: _Passed, uri: str) -> None:
    """Fetch a post again that the moderators of the group had removed."""
    mark = _removed(passed.group, uri)
    if not await app.db.execute("DELETE FROM tombstones WHERE uri = ?", mark):
        raise NotFound(reason="nothing that this group removed")
    await app.db.execute("DELETE FROM tombstones WHERE uri = ?", uri)
    await resolve.post(app, uri, passed.budget)


async def add(app: App, verified: VerifiedActivity) -> None:
    """Take what the owner of a conversation adds to it (FEP-171b), or pin a post.

    The owner must be followed here, as its followers are whom it tells. What is added is believed like what groups
    pass on.
    """
    activity = verified.activity
    inner = activity.object
    if not isinstance(inner, vocab.Activity):
        await interactions.add(app, verified)
        return
    if activity.target is None or not same_origin(activity.target, verified.signer_uri):
        raise Refused(reason="an activity added to a collection of somebody else")
    owner = await app.db.row("SELECT id, uri FROM accounts WHERE id = ?", verified.signer_id)
    if owner is None or not await groups.followed_here(app, verified.signer_id):
        raise Refused(reason="a conversation of somebody whom nobody here follows")
    if inner.type == "Create":
        await _added(app, _Passed(owner, verified, inner))


async def _added(app: App, passed: _Passed) -> None:
    """Store what somebody wrote in a conversation; its owner's followers may see what its author addressed to them."""
    own = await _verified(app, passed)
    post = own.activity.object
    if not isinstance(post, vocab.Post) or post.is_vote or not incoming.own_object(post, own.signer_uri):
        raise Refused(reason="nothing of the actor's was added to the conversation")
    author = await actors.resolve(app, own.signer_uri, passed.budget)
    await resolve.store_post(app, post, author, passed.budget)


_EFFECTS: Mapping[str, Callable[[App, _Passed], Awaitable[None]]] = {
    "Create": _create,
    "Update": _update,
    "Delete": _delete,
    "Like": _like,
    "Undo": _undo,
}
