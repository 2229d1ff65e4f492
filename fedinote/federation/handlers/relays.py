"""What relays say and bring (FEP-ae0c): their answers, and posts of others, which are never boosts by the relay.

Only from relays that this server subscribed to; what they bring is believed for its proof, or else for what its
origin says.
"""

from fedinote.activitypub import vocab
from fedinote.activitypub.audience import is_public
from fedinote.federation import actors, fetching, incoming, proving, relays, resolve
from fedinote.federation.fetching import Budget
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Malformed, Refused
from fedinote.posts import publishing


async def taken(app: App, verified: VerifiedActivity) -> bool:
    """Take an activity that is about a subscription, or a post that a relay brings; False when it is neither."""
    match verified.activity.type:
        case "Accept" | "Reject" if verified.own:
            return await _answer(app, verified)
        case "Follow" if verified.own and verified.activity.object_id == app.url("/actor"):
            uri = verified.activity.id or ""
            return bool(uri) and await relays.accept_follow(app, verified.signer_uri, uri)
        case "Announce" if verified.own and await relays.subscribed(app, verified.signer_uri):
            await _announced(app, verified.activity)
            return True
        case "Create" if not verified.own and await relays.subscribed(app, verified.signer_uri):
            await _created(app, verified)
            return True
    return False


async def _answer(app: App, verified: VerifiedActivity) -> bool:
    follow, me = verified.activity.object, app.url("/actor")
    uri = verified.activity.object_id
    if uri is not None and uri.startswith(me):
        found: str | None = uri
    elif isinstance(follow, vocab.Activity) and (follow.type, follow.actor) == ("Follow", me):
        found = None
    else:
        return False
    return await relays.answered(app, found, verified.signer_uri, accepted=verified.activity.type == "Accept")


async def _announced(app: App, activity: vocab.Activity) -> None:
    """Fetch and store what a relay announces: a post, or an activity that has one."""
    uri = activity.object_id
    if uri is None:
        raise Malformed(reason="Announce of nothing")
    if isinstance(activity.object, vocab.Activity):
        uri = activity.object.object_id or uri
    await _fetch(app, uri, Budget())


async def _created(app: App, verified: VerifiedActivity) -> None:
    """Store a post that a relay passes on as its author sent it."""
    budget = Budget()
    proven = await proving.believed(app, verified, budget)
    post = verified.activity.object
    if proven is None or not isinstance(post, vocab.Post) or not incoming.own_object(post, proven.signer_uri):
        uri = verified.activity.object_id
        if uri is None:
            raise Malformed(reason="Create without an object that can be asked for")
        await _fetch(app, uri, budget)
    elif not await _known(app, post.id):
        await _store(app, post, await actors.resolve(app, proven.signer_uri, budget), budget)


async def _fetch(app: App, uri: str, budget: Budget) -> None:
    """Store what the origin says about a post, unless it is known, ours, or gone."""
    if fetching.is_ours(app, uri) or await _known(app, uri):
        return
    document = await fetching.document(app, uri, budget)
    if vocab.is_activity(document):
        inner = vocab.parse_activity(document).object_id
        if inner is None or fetching.is_ours(app, inner) or await _known(app, inner):
            return
        document = await fetching.document(app, inner, budget)
    post = incoming.parsed(document)
    await _store(app, post, await actors.resolve(app, post.attributed_to, budget), budget)


async def _known(app: App, uri: str) -> bool:
    if await app.db.row("SELECT 1 AS value FROM posts WHERE uri = ?", uri) is not None:
        return True
    return await publishing.is_deleted(app, uri)


async def _store(app: App, post: vocab.Post, author: Row, budget: Budget) -> None:
    """Store a public post like any other. Raises Refused for the rest, and Forbidden when a policy rejects it.

    What it answers is not fetched: a relay brings many answers, and a thread is completed when somebody looks at it.
    """
    if author["suspended_at"] is not None:
        raise Refused(reason="the author is suspended here")
    if not incoming.own_object(post, author["uri"]) or not any(map(is_public, (*post.to, *post.cc))):
        raise Refused(reason="a relay brought what is not public, or not its author's")
    await resolve.store_post(app, post, author, budget, depth=resolve.MAX_DEPTH)
