"""Inbox forwarding (ActivityPub 7.1.2): what is said in a thread of ours reaches the followers of its author.

The activity goes on as it came, byte for byte; whoever gets it believes its proof, or asks its origin.
"""

from collections.abc import Sequence

from fedinote.activitypub import vocab
from fedinote.activitypub.audience import is_public
from fedinote.activitypub.quirks import host_of
from fedinote.federation import fetching, queueing
from fedinote.federation.queueing import Audience
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App

FORWARDED = "forwarded"
"""In the place of a host in `received_activities`: activities that were passed on, each once."""
MAX_ID = 2048

_SPOKEN = frozenset({"Create", "Update", "Delete"})
_WITH_COLLECTION = frozenset({"Like", "Dislike", "EmojiReact", "Announce"})

# Who of us owns the post that it is about, the one that this answers, or the thread; and who may be told of it.
_OWNERS = """
SELECT DISTINCT o.id, o.followers_url, t.visibility, p.visibility AS said FROM posts p
JOIN posts t ON t.id IN (p.id, p.in_reply_to_id, p.conversation_id) JOIN accounts o ON o.id = t.account_id
WHERE p.uri = ? AND t.local AND o.domain = '' AND o.suspended_at IS NULL AND t.visibility <> 'direct'
  AND t.reblog_of_id IS NULL AND NOT EXISTS (SELECT 1 FROM accounts s WHERE s.id = ? AND s.silenced_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = o.id AND b.target_id = ?)
"""


async def owners(app: App, verified: VerifiedActivity) -> tuple[int, ...]:
    """Return the local accounts whose followers get an activity too, before it has its effect; mostly none.

    Answers (made, changed, deleted) to a post of a public thread, when they are public or addressed to the author's
    followers; likes and boosts only when addressed to them. Nothing that none of them could believe: it must have a
    proof or a signature of its own, or be public, so that its origin shows it.
    """
    uri = _about(verified.activity)
    if uri is None or (verified.activity.type in _WITH_COLLECTION and not _addressed(app, verified.activity)):
        return ()
    # What somebody said before the owner blocked it may be taken back where it was passed on to.
    blockable = 0 if verified.activity.type == "Delete" else verified.signer_id
    rows = await app.db.rows(_OWNERS, uri, verified.signer_id, blockable)
    if not rows or not _believable(verified):
        return ()
    public = verified.activity.type in _SPOKEN and _is_public(verified.activity)
    named = _audience(verified.activity)
    return tuple(
        row["id"]
        for row in rows
        if row["followers_url"] in named or (public and {row["visibility"], row["said"]} <= {"public", "unlisted"})
    )


def _about(activity: vocab.Activity) -> str | None:
    """Return the id of the post through which an activity belongs to a thread."""
    if activity.type in ("Create", "Update"):
        return activity.object.in_reply_to if isinstance(activity.object, vocab.Post) else None
    return activity.object_id if activity.type in _SPOKEN | _WITH_COLLECTION else None


def _audience(activity: vocab.Activity) -> frozenset[str]:
    """Return everybody to whom an activity or its object is addressed."""
    post = activity.object if isinstance(activity.object, vocab.Post) else None
    inner = (*post.to, *post.cc, *post.audience) if post else ()
    return frozenset((*activity.to, *activity.cc, *activity.audience, *inner))


def _addressed(app: App, activity: vocab.Activity) -> bool:
    return any(fetching.is_ours(app, uri) and uri.endswith("/followers") for uri in _audience(activity))


def _is_public(activity: vocab.Activity) -> bool:
    """Tell whether an answer is public, by its own audience and by the activity's, as far as they have any."""
    post = activity.object
    own = (*post.to, *post.cc) if isinstance(post, vocab.Post) else ()
    stated = [audience for audience in (own, (*activity.to, *activity.cc)) if audience]
    if not stated:
        return activity.type == "Delete"
    return all(any(map(is_public, audience)) for audience in stated)


def _believable(verified: VerifiedActivity) -> bool:
    document = vocab.decode(verified.body)
    carried = isinstance(document.get("proof"), dict) or isinstance(document.get("signature"), dict)
    return carried or _is_public(verified.activity)


async def forward(app: App, verified: VerifiedActivity, owner_ids: Sequence[int]) -> None:
    """Pass an activity on to the followers of local accounts, once, after it had its effect here.

    Not to the servers that have it already: its own, and those of the people to whom it is addressed.
    """
    activity = verified.activity
    told = [owner for owner in owner_ids if await queueing.anybody(app, Audience(owner))]
    if not told or activity.id is None or len(activity.id) > MAX_ID or not await _had_effect(app, verified):
        return
    but = await _hosts_that_have_it(app, verified)
    async with app.db.transaction():
        if not await _first(app, verified, activity.id):
            return
        for owner in told:
            await queueing.queue_forward(
                app, owner, verified.body, but_hosts=but, order_key=activity.object_id or activity.id
            )


async def _had_effect(app: App, verified: VerifiedActivity) -> bool:
    """Tell whether an answer was stored, a like counted: what is refused here, or only repeated, is not passed on."""
    activity, me = verified.activity, verified.signer_id
    if activity.type == "Delete":
        return True
    made = (activity.object_id if activity.type in ("Create", "Update") else activity.id) or ""
    return (
        await app.db.row(
            "SELECT 1 AS value FROM posts WHERE uri = ? AND account_id = ?"
            " UNION ALL SELECT 1 FROM favourites WHERE uri = ? AND account_id = ?"
            " UNION ALL SELECT 1 FROM reactions WHERE uri = ? AND account_id = ? LIMIT 1",
            *(made, me) * 3,
        )
        is not None
    )


async def _first(app: App, verified: VerifiedActivity, activity_id: str) -> bool:
    """Note that an activity is passed on; False when it was already, whoever brought it then."""
    made = await app.db.returning(
        "INSERT INTO received_activities (id, signer_host, activity_id, signer, received_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING RETURNING id",
        app.ids.next(),
        FORWARDED,
        activity_id,
        verified.signer_uri,
        app.now(),
    )
    return bool(made)


async def _hosts_that_have_it(app: App, verified: VerifiedActivity) -> list[str]:
    rows = await app.db.rows(
        "SELECT DISTINCT domain FROM accounts WHERE domain <> '' AND (id = ? OR uri IN_TEXTS(?))",
        verified.signer_id,
        list(_audience(verified.activity)),
    )
    return [row["domain"] for row in rows] + [host_of(verified.signer_uri)]
