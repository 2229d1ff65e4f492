"""What goes out, as JSON documents: activities and collections here, actors and posts in their own files.

Every builder is pure; ids are given by the caller, on our own host, for every activity (others drop those without).
`bto` and `bcc` are never written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fedinote.activitypub.context import ACTIVITYSTREAMS, post_context, quote_context, reaction_context
from fedinote.activitypub.render_actors import (
    ActorOut,
    EmojiOut,
    HashtagOut,
    ImageOut,
    MultikeyOut,
    actor,
    emoji,
    instance_actor,
    instant,
)
from fedinote.activitypub.render_notes import MediaOut, MentionOut, NoteOut, PollOut, note, vote

__all__ = [
    "ActorOut",
    "EmojiOut",
    "Envelope",
    "HashtagOut",
    "ImageOut",
    "MediaOut",
    "MentionOut",
    "MultikeyOut",
    "NoteOut",
    "PollOut",
    "accept",
    "actor",
    "add",
    "announce",
    "block",
    "collection",
    "collection_page",
    "create",
    "delete",
    "delete_actor",
    "flag",
    "follow",
    "instance_actor",
    "instant",
    "like",
    "move",
    "note",
    "quote_authorization",
    "quote_request",
    "react",
    "reject",
    "remove",
    "tombstone",
    "undo",
    "update",
    "vote",
]

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who does it and who is told: what every activity has. `published` only where the moment matters."""

    id: str
    actor: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    published: datetime | None = None


def _activity(envelope: Envelope, kind: str, context: Any = ACTIVITYSTREAMS, **properties: Any) -> Document:
    document: Document = {"@context": context, "id": envelope.id, "type": kind, "actor": envelope.actor}
    if envelope.published:
        document["published"] = instant(envelope.published)
    if envelope.to:
        document["to"] = list(envelope.to)
    if envelope.cc:
        document["cc"] = list(envelope.cc)
    return document | properties


def _embedded(document: Mapping[str, Any]) -> Document:
    """A document inside another one: the outer context holds for both."""
    return {key: value for key, value in document.items() if key not in ("@context", "bto", "bcc")}


def _context_of(*documents: Mapping[str, Any]) -> Any:
    return next((found["@context"] for found in documents if "@context" in found), ACTIVITYSTREAMS)


def create(envelope: Envelope, post: Mapping[str, Any]) -> Document:
    """Create of a rendered note or vote."""
    return _activity(envelope, "Create", _context_of(post), object=_embedded(post))


def update(envelope: Envelope, changed: Mapping[str, Any]) -> Document:
    """Update of a rendered note, question (new counts) or actor."""
    return _activity(envelope, "Update", _context_of(changed), object=_embedded(changed))


def tombstone(object_id: str, *, former_type: str | None = None, deleted: datetime | None = None) -> Document:
    """What is left of a deleted object; also the body of its answer 410."""
    document: Document = {"@context": post_context(), "id": object_id, "type": "Tombstone", "atomUri": object_id}
    if former_type:
        document["formerType"] = former_type
    if deleted:
        document["deleted"] = instant(deleted)
    return document


def delete(envelope: Envelope, remains: Mapping[str, Any]) -> Document:
    """Delete of a post, with its tombstone."""
    return _activity(envelope, "Delete", _context_of(remains), object=_embedded(remains))


def delete_actor(envelope: Envelope) -> Document:
    """Delete of the actor itself, by its id alone."""
    return _activity(envelope, "Delete", object=envelope.actor)


def follow(envelope: Envelope, target: str) -> Document:
    """Follow of an actor. Keep its id: Accept, Reject and Undo name it."""
    return _activity(envelope, "Follow", object=target)


def accept(envelope: Envelope, request: Mapping[str, Any], *, result: str | None = None) -> Document:
    """Accept of a Follow or QuoteRequest, which is embedded whole (Threads and old servers do not look ids up).

    `result` is the stamp for a quote.
    """
    extra = {"result": result} if result else {}
    context = quote_context() if result else ACTIVITYSTREAMS
    return _activity(envelope, "Accept", context, object=_embedded(request), **extra)


def reject(envelope: Envelope, request: Mapping[str, Any]) -> Document:
    """Reject of a Follow or QuoteRequest, also after it was accepted; embedded whole like in `accept`."""
    context = quote_context() if request.get("type") == "QuoteRequest" else ACTIVITYSTREAMS
    return _activity(envelope, "Reject", context, object=_embedded(request))


def undo(envelope: Envelope, done: Mapping[str, Any]) -> Document:
    """Undo of an activity of the same actor, embedded whole."""
    return _activity(envelope, "Undo", _context_of(done), object=_embedded(done))


def like(envelope: Envelope, object_id: str) -> Document:
    """Like of an object."""
    return _activity(envelope, "Like", object=object_id)


def react(envelope: Envelope, object_id: str, reaction: str, custom: EmojiOut | None = None) -> Document:
    """An emoji reaction (FEP-c0e0) as a Like with content: who does not know reactions counts a favourite.

    `reaction` is one Unicode emoji or `:shortcode:`, with the custom emoji in the latter case.
    """
    tag = {"tag": [emoji(custom)]} if custom else {}
    extra = {"content": reaction, "_misskey_reaction": reaction, **tag}
    return _activity(envelope, "Like", reaction_context(), object=object_id, **extra)


def announce(envelope: Envelope, object_id: str) -> Document:
    """Announce (boost) of an object, by its id: readers fetch it from its origin."""
    return _activity(envelope, "Announce", object=object_id)


def add(envelope: Envelope, entry: str, target: str) -> Document:
    """Add of an object to a collection of the actor (pinning)."""
    return _activity(envelope, "Add", object=entry, target=target)


def remove(envelope: Envelope, entry: str, target: str) -> Document:
    """Remove of an object from a collection of the actor (unpinning)."""
    return _activity(envelope, "Remove", object=entry, target=target)


def block(envelope: Envelope, target: str) -> Document:
    """Block of an actor, sent to that actor alone."""
    return _activity(envelope, "Block", object=target)


def flag(envelope: Envelope, account: str, posts: Sequence[str], comment: str) -> Document:
    """A report, by the instance actor: the account first, then its posts."""
    return _activity(envelope, "Flag", object=[account, *posts], content=comment)


def move(envelope: Envelope, target: str) -> Document:
    """Move of the actor to another account, which must list it in `alsoKnownAs`."""
    return _activity(envelope, "Move", object=envelope.actor, target=target)


def quote_request(envelope: Envelope, quoted: str, quoting: Mapping[str, Any]) -> Document:
    """The question whether one may quote (FEP-044f), with the quoting post embedded."""
    context = _context_of(quoting)
    return _activity(envelope, "QuoteRequest", context, object=quoted, instrument=_embedded(quoting))


def quote_authorization(*, stamp_id: str, author: str, quoting: str, quoted: str) -> Document:
    """The stamp that proves the quoted author's consent; served at its id, 404 once revoked."""
    return {
        "@context": quote_context(),
        "id": stamp_id,
        "type": "QuoteAuthorization",
        "attributedTo": author,
        "interactingObject": quoting,
        "interactionTarget": quoted,
    }


def collection(
    collection_id: str, *, total: int | None, first: str | None = None, items: Sequence[Any] | None = None
) -> Document:
    """An OrderedCollection: either with a first page or with all its items; without either, only the number is told."""
    document: Document = {"@context": post_context(), "id": collection_id, "type": "OrderedCollection"}
    if total is not None:
        document["totalItems"] = total
    if first:
        document["first"] = first
    if items is not None:
        document["orderedItems"] = [_item(item) for item in items]
    return document


def collection_page(
    page_id: str,
    *,
    part_of: str,
    items: Sequence[Any],
    next_page: str | None = None,
    prev_page: str | None = None,
    total: int | None = None,
) -> Document:
    """One OrderedCollectionPage; items are ids or documents, newest first."""
    document: Document = {"@context": post_context(), "id": page_id, "type": "OrderedCollectionPage"}
    document["partOf"] = part_of
    if total is not None:
        document["totalItems"] = total
    if next_page:
        document["next"] = next_page
    if prev_page:
        document["prev"] = prev_page
    document["orderedItems"] = [_item(item) for item in items]
    return document


def _item(item: Any) -> Any:
    return _embedded(item) if isinstance(item, Mapping) else item
