"""Like, Announce, Add and Remove."""

from dataclasses import replace

from fedinote.activitypub import vocab
from fedinote.activitypub.audience import is_public
from fedinote.activitypub.quirks import same_origin
from fedinote.federation import fetching, resolve
from fedinote.federation.fetching import Budget
from fedinote.federation.handlers import forwarded
from fedinote.federation.handlers.targets import was_undone
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.errors import Malformed, NotFound, Refused
from fedinote.posts import interactions


async def like(app: App, verified: VerifiedActivity) -> None:
    """Count a like of a post that is known here and that the signer may see."""
    activity = verified.activity
    uri = activity.id or f"{verified.signer_uri}#likes/{activity.object_id}"
    if await was_undone(app, verified.signer_id, uri):
        return
    post_id = await app.db.value("SELECT id AS value FROM posts WHERE uri = ?", activity.object_id or "")
    if post_id is None:
        raise NotFound(reason="like of an unknown post")
    await interactions.favourite(app, verified.signer_id, post_id, uri=uri)


async def announce(app: App, verified: VerifiedActivity) -> None:
    """Boost a post, which is fetched from its origin when unknown; of an activity see `_pass_on`."""
    activity = verified.activity
    target = activity.object
    if target is None or target.id is None or activity.id is None:
        raise Malformed(reason="Announce without an id or object")
    if isinstance(target, vocab.Activity):
        await _pass_on(app, verified, target)
        return
    if await was_undone(app, verified.signer_id, activity.id) or not await _wanted(app, verified.signer_id, target.id):
        return
    post_id = await resolve.post(app, target.id, Budget())
    await interactions.boost(app, verified.signer_id, post_id, _shown(activity), uri=activity.id, at=activity.published)


async def _pass_on(app: App, verified: VerifiedActivity, inner: vocab.Activity) -> None:
    """Take what a group that somebody here follows says that its members did (FEP-1b12).

    Only what the origin says now is believed (S37). A new post is boosted by the group; an activity never is (S36).
    """
    booster = await app.db.row("SELECT actor_type FROM accounts WHERE id = ?", verified.signer_id)
    if booster is None or booster["actor_type"] != "Group" or not await _followed(app, verified.signer_id):
        raise Refused(reason="Announce of an activity")
    if inner.type in ("Update", "Delete"):
        await forwarded.refetch(app, replace(verified, activity=inner, own=False))
    elif inner.type == "Create" and inner.object_id is not None:
        post_id = await resolve.post(app, inner.object_id, Budget())
        activity = verified.activity
        shown = _shown(activity)
        await interactions.boost(app, verified.signer_id, post_id, shown, uri=activity.id, at=activity.published)


def _shown(activity: vocab.Activity) -> str:
    if any(is_public(uri) for uri in activity.to):
        return "public"
    return "unlisted" if any(is_public(uri) for uri in activity.cc) else "private"


async def _wanted(app: App, booster_id: int, uri: str) -> bool:
    """Tell whether a boost concerns anybody here: the booster is followed, or the post is ours (S48)."""
    return fetching.is_ours(app, uri) or await _followed(app, booster_id)


async def _followed(app: App, account_id: int) -> bool:
    """Tell whether somebody here follows an account."""
    row = await app.db.row(
        "SELECT 1 AS value FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.target_id = ? AND f.accepted AND a.domain = '' LIMIT 1",
        account_id,
    )
    return row is not None


async def add(app: App, verified: VerifiedActivity) -> None:
    """Pin a post of the signer's to its own profile (S41)."""
    uri = await _featured_object(app, verified)
    post_id = await resolve.post(app, uri, Budget())
    await interactions.pin(app, verified.signer_id, post_id)


async def remove(app: App, verified: VerifiedActivity) -> None:
    """Take a post of the signer's off its own profile."""
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
