"""Follow, Accept, Reject, Undo and Block: each only by the side whose it is."""

from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import same_origin
from fedinote.federation import outgoing, reacting
from fedinote.federation.handlers import approvals, curating, quotes
from fedinote.federation.handlers.targets import local_account, remember_undone, was_undone
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Malformed, NotFound, Refused
from fedinote.posts import interactions, publishing, reactions
from fedinote.relations import blocks, follows

UNDOABLE = frozenset({"Follow", "Block", "Like", "EmojiReact", "Announce"})


async def ignore(app: App, verified: VerifiedActivity) -> None:
    """Take note of nothing."""


async def follow(app: App, verified: VerifiedActivity) -> None:
    """Ask to follow one of our accounts; a request that may not be is answered with Reject."""
    activity = verified.activity
    target = await local_account(app, activity.object_id)
    uri = activity.id or f"{verified.signer_uri}#follows/{target['id']}"
    if await was_undone(app, verified.signer_id, uri):
        return
    try:
        await follows.request(app, verified.signer_id, target["id"], uri=uri)
    except Forbidden:
        await outgoing.reject_follow(app, target["id"], verified.signer_id, uri)


async def accept(app: App, verified: VerifiedActivity) -> None:
    """Let our pending follow of the signer become one (A14): only the target itself can."""
    if await _is_answered(app, verified, agreed=True):
        return
    row = await _our_follow(app, verified.activity.object, verified.signer_id)
    await follows.accept(app, row["follower_id"], verified.signer_id)


async def reject(app: App, verified: VerifiedActivity) -> None:
    """End our follow of the signer, pending or accepted."""
    if await _is_answered(app, verified, agreed=False):
        return
    row = await _our_follow(app, verified.activity.object, verified.signer_id)
    await follows.reject(app, row["follower_id"], verified.signer_id)


async def _is_answered(app: App, verified: VerifiedActivity, *, agreed: bool) -> bool:
    """Give an Accept or Reject to whoever waits for it; False when it is about none of our other requests."""
    for waiting in (quotes.answered, approvals.answered, curating.answered):
        if await waiting(app, verified, agreed=agreed):
            return True
    return False


async def _our_follow(app: App, answered: vocab.Object | None, target_id: int) -> Row:
    """Find the follow that an Accept or Reject answers: by its id, or by (actor, object), with this target."""
    if answered is None:
        raise Malformed(reason="answer to nothing")
    row = await app.db.row(
        "SELECT follower_id FROM follows WHERE uri = ? AND target_id = ?", answered.id or "", target_id
    )
    if row is None and isinstance(answered, vocab.Activity) and answered.type == "Follow":
        row = await app.db.row(
            "SELECT f.follower_id FROM follows f JOIN accounts a ON a.id = f.follower_id"
            " WHERE a.uri = ? AND a.domain = '' AND f.target_id = ?",
            answered.actor,
            target_id,
        )
    if row is None:
        raise NotFound(reason="no such follow of ours")
    return row


async def block(app: App, verified: VerifiedActivity) -> None:
    """Honour a block of one of our accounts."""
    target = await local_account(app, verified.activity.object_id)
    await blocks.block(app, verified.signer_id, target["id"], uri=verified.activity.id)


async def undo(app: App, verified: VerifiedActivity) -> None:
    """Take back an activity of the signer's, found by its id or by what it was about; an early Undo is remembered."""
    done = verified.activity.object
    if done is None:
        raise Malformed(reason="Undo of nothing")
    if isinstance(done, vocab.Activity) and done.actor != verified.signer_uri:
        raise Refused(reason="Undo of somebody else's activity")
    if done.id is not None and not same_origin(done.id, verified.signer_uri):
        raise Refused(reason="Undo of an activity of another origin")
    if isinstance(done, vocab.Activity) and done.type == "Accept":
        await _undo_accept(app, verified, done)
        return
    if await _undo_by_id(app, verified, done.id):
        return
    if isinstance(done, vocab.Activity) and await _undo_by_object(app, verified, done):
        return
    if done.id is not None and not (isinstance(done, vocab.Activity) and done.type not in UNDOABLE):
        await remember_undone(app, verified.signer_id, done.id)


async def _undo_accept(app: App, verified: VerifiedActivity, done: vocab.Activity) -> None:
    """End our follow of the signer, who takes its consent back (so do Misskey and Pleroma)."""
    row = await _our_follow(app, done.object, verified.signer_id)
    await follows.reject(app, row["follower_id"], verified.signer_id)


async def _undo_by_id(app: App, verified: VerifiedActivity, uri: str | None) -> bool:
    """Undo what has this id and is the signer's; its id never has an effect again."""
    if uri is None:
        return False
    me = verified.signer_id
    followed, liked, boosted, blocked, reacted = await app.db.many(
        ("SELECT target_id FROM follows WHERE uri = ? AND follower_id = ?", (uri, me)),
        ("SELECT post_id FROM favourites WHERE uri = ? AND account_id = ?", (uri, me)),
        ("SELECT id FROM posts WHERE uri = ? AND account_id = ? AND reblog_of_id IS NOT NULL", (uri, me)),
        ("SELECT target_id FROM blocks WHERE uri = ? AND account_id = ?", (uri, me)),
        ("SELECT id FROM reactions WHERE uri = ? AND account_id = ?", (uri, me)),
    )
    if not (followed or liked or boosted or blocked or reacted):
        return False
    async with app.db.transaction():
        await remember_undone(app, me, uri)
        for row in followed:
            await follows.undo(app, me, row["target_id"])
        for row in liked:
            await interactions.unfavourite(app, me, row["post_id"])
        for row in boosted:
            await publishing.delete(app, row["id"])
        for row in blocked:
            await blocks.unblock(app, me, row["target_id"])
        if reacted:
            await reactions.unreact_by_uri(app, me, uri)
    return True


async def _undo_by_object(app: App, verified: VerifiedActivity, done: vocab.Activity) -> bool:
    """Undo by (type, object) of the signer, for servers that make a new id for the inner activity."""
    me = verified.signer_id
    target = done.object_id or ""
    match done.type:
        case "Follow" | "Block":
            account_id = await app.db.value("SELECT id AS value FROM accounts WHERE uri = ?", target)
            if account_id is None:
                return False
            verb = follows.undo if done.type == "Follow" else blocks.unblock
            return await verb(app, me, account_id)
        case "Like" | "EmojiReact" if reacting.is_reaction(done):
            return await reacting.undo(app, me, done)
        case "Like" | "Announce":
            post_id = await app.db.value("SELECT id AS value FROM posts WHERE uri = ?", target)
            table = "favourites" if done.type == "Like" else "posts"
            column = "post_id" if done.type == "Like" else "reblog_of_id"
            sql = f"SELECT 1 AS value FROM {table} WHERE account_id = ? AND {column} = ?"  # noqa: S608
            if post_id is None or not await app.db.row(sql, me, post_id):
                return False
            take_back = interactions.unfavourite if done.type == "Like" else interactions.unboost
            await take_back(app, me, post_id)
            return True
        case _:
            return False
