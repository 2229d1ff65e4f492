"""Like, EmojiReact, Announce, Add and Remove."""

from fedinote.activitypub import vocab
from fedinote.activitypub.audience import is_public
from fedinote.activitypub.quirks import same_origin
from fedinote.federation import approving, boards, fetching, reacting, resolve
from fedinote.federation.approving import Interaction
from fedinote.federation.fetching import Budget
from fedinote.federation.handlers.targets import MAX_URI, was_undone
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.errors import Malformed, NotFound, Refused
from fedinote.posts import interactions, reactions
from fedinote.posts.reactions import Emoji
from fedinote.text.emoji import MAX_LENGTH


async def like(app: App, verified: VerifiedActivity) -> None:
    """Count a like of a post that is known here and that the signer may see; with an emoji it is a reaction.

    FEP-c0e0 has a Like with content treated as an EmojiReact. A content that is no emoji (older servers send a whole
    sentence) leaves a like.
    """
    await _approve(app, verified, or_like=True)


async def emoji_react(app: App, verified: VerifiedActivity) -> None:
    """Take a reaction with exactly one emoji (FEP-c0e0, S38). Raises Refused for anything else."""
    await _approve(app, verified, or_like=False)


async def _approve(app: App, verified: VerifiedActivity, *, or_like: bool) -> None:
    activity = verified.activity
    unnamed = f"{verified.signer_uri}#likes/{activity.object_id}/{activity.content[:MAX_LENGTH]}"
    uri = activity.id or unnamed[:MAX_URI]
    if await was_undone(app, verified.signer_id, uri):
        return
    post_id = await app.db.value("SELECT id AS value FROM posts WHERE uri = ?", activity.object_id or "")
    if post_id is None:
        raise NotFound(reason="like of an unknown post")
    if not fetching.is_ours(app, activity.object_id or ""):
        done = Interaction("like", uri, post_id, verified.signer_id)
        await approving.check(app, done, activity.authorization, Budget())
    emoji = await _emoji(app, verified)
    if emoji is not None:
        await reactions.react(app, verified.signer_id, post_id, emoji, uri=uri)
    elif or_like:
        await interactions.favourite(app, verified.signer_id, post_id, uri=uri)
    else:
        raise Refused(reason="reaction without exactly one emoji")


async def _emoji(app: App, verified: VerifiedActivity) -> Emoji | None:
    if not verified.activity.content:
        return None
    domain = await app.db.value("SELECT domain AS value FROM accounts WHERE id = ?", verified.signer_id)
    return await reacting.emoji_of(app, verified.activity, str(domain))


async def announce(app: App, verified: VerifiedActivity) -> None:
    """Boost a post, which is fetched from its origin when unknown; of an activity see `groups.announce`."""
    activity = verified.activity
    target = activity.object
    if target is None or target.id is None or activity.id is None:
        raise Malformed(reason="Announce without an id or object")
    if await was_undone(app, verified.signer_id, activity.id) or not await _wanted(app, verified.signer_id, target.id):
        return
    post_id = await resolve.post(app, target.id, Budget())
    done = Interaction("announce", activity.id, post_id, verified.signer_id)
    await approving.check(app, done, activity.authorization, Budget())
    await interactions.boost(app, verified.signer_id, post_id, _shown(activity), uri=activity.id, at=activity.published)


def _shown(activity: vocab.Activity) -> str:
    if any(is_public(uri) for uri in activity.to):
        return "public"
    return "unlisted" if any(is_public(uri) for uri in activity.cc) else "private"


async def _wanted(app: App, booster_id: int, uri: str) -> bool:
    """Tell whether a boost concerns anybody here: the booster is followed, or the post is ours (S48)."""
    return fetching.is_ours(app, uri) or await _followed(app, booster_id)


async def _followed(app: App, account_id: int) -> bool:
    """Tell whether somebody here follows an account, or asked to: the boost may come before the Accept."""
    row = await app.db.row(
        "SELECT 1 AS value FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.target_id = ? AND a.domain = '' LIMIT 1",
        account_id,
    )
    return row is not None


async def add(app: App, verified: VerifiedActivity) -> None:
    """Pin a post of the signer's to its own profile (S41)."""
    uri = await _featured_object(app, verified)
    post_id = await resolve.post(app, uri, Budget())
    await interactions.pin(app, verified.signer_id, post_id)


async def remove(app: App, verified: VerifiedActivity) -> None:
    """Take a post of the signer's off its own profile, or off a board of somebody here."""
    if await boards.withdrawn(app, verified.signer_id, verified.activity.target, verified.activity.object_id):
        return
    uri = await _featured_object(app, verified)
    post_id = await app.db.value("SELECT id AS value FROM posts WHERE uri = ?", uri)
    if post_id is not None:
        await interactions.unpin(app, verified.signer_id, post_id)


async def _featured_object(app: App, verified: VerifiedActivity) -> str:
    featured = await app.db.value("SELECT featured_url AS value FROM accounts WHERE id = ?", verified.signer_id)
    uri = verified.activity.object_id
    if not featured or verified.activity.target != featured:
        raise Refused(reason="the target is not the signer's featured collection")
    if uri is None or not same_origin(uri, verified.signer_uri):
        raise Refused(reason="the object is not the signer's")
    return uri
