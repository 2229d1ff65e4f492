"""Activities brought by somebody else than their actor: believed for their proof, or else the origin is asked."""

from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import host_of, same_origin
from fedinote.federation import actors, fetching, incoming, proving, resolve
from fedinote.federation.fetching import Budget
from fedinote.federation.handlers import posts
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.errors import Refused
from fedinote.posts import publishing


async def proven(app: App, brought: VerifiedActivity) -> VerifiedActivity | None:
    """Return a forwarded activity as its actor's own when its proof holds; or None."""
    return await proving.believed(app, brought, Budget(3))


async def was_taken(app: App, proven: VerifiedActivity) -> bool:
    """Tell whether a proven activity had its effect already, whoever brought it then: a copy must not repeat it."""
    return (
        await app.db.row(
            "SELECT 1 AS value FROM received_activities WHERE signer_host = ? AND activity_id = ?", *_key(proven)
        )
        is not None
    )


async def remember(app: App, proven: VerifiedActivity) -> None:
    """Remember a proven activity as if its actor had brought it."""
    await app.db.execute(
        "INSERT INTO received_activities (id, signer_host, activity_id, signer, received_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        app.ids.next(),
        *_key(proven),
        proven.signer_uri,
        app.now(),
    )


def _key(proven: VerifiedActivity) -> tuple[str, str]:
    return host_of(proven.signer_uri), proven.activity.id or ""


async def refetch(app: App, verified: VerifiedActivity) -> None:
    """Fetch the object of a forwarded Create, Update or Delete from its origin and take what it says now (S23)."""
    activity = verified.activity
    uri = activity.object_id
    if uri is None or not same_origin(uri, activity.actor) or fetching.is_ours(app, uri):
        raise Refused(reason="forwarded without an object of its actor's")
    if activity.type not in ("Create", "Update", "Delete"):
        raise Refused(reason="the signer is not the actor")
    known = await app.db.row("SELECT id, uri, visibility, reblog_of_id FROM posts WHERE uri = ?", uri)
    if activity.type == "Delete":
        if known is not None and await posts.is_gone(app, known):
            await publishing.delete(app, known["id"])
        return
    document = await fetching.document(app, uri, Budget(3))
    await _take(app, vocab.plain(document), known is not None)


async def _take(app: App, document: dict[str, object], known: bool) -> None:
    budget = Budget()
    found = incoming.parsed(document)
    author = await actors.resolve(app, found.attributed_to, budget)
    if known:
        await posts.revise(app, author["id"], found, budget)
    elif await incoming.is_wanted(app, found, author):
        await resolve.store_document(app, document, budget)
