"""Activities: somebody did something to something (ActivityStreams 2.0, ActivityPub 7)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fedinote.activitypub.actors import Actor, is_actor, parse_actor
from fedinote.activitypub.objects import Post, Tombstone, is_post, parse_post, parse_tombstone
from fedinote.activitypub.shapes import first, items, plain, reference, references, text, types, web_uri, when
from fedinote.activitypub.tags import Emoji, emojis, tags_of
from fedinote.infra.errors import Malformed

ACTIVITY_TYPES = frozenset(
    {"Create", "Update", "Delete", "Follow", "Accept", "TentativeAccept", "Reject", "TentativeReject", "Undo"}
    | {"Like", "Dislike", "EmojiReact", "Announce", "Add", "Remove", "Block", "Flag", "Move", "Ignore", "Bite"}
    | {"QuoteRequest", "LikeRequest", "ReplyRequest", "AnnounceRequest", "FeatureRequest", "Lock", "Offer", "Invite"}
    | {"Join", "Leave", "Listen", "Read", "View", "Arrive", "Travel"}
)

# The author's consent to a like or boost, by GoToSocial; the last is its older name.
_AUTHORIZATIONS = ("likeAuthorization", "announceAuthorization", "approvedBy")

MAX_OBJECTS = 100
MAX_CONTENT = 20_480
# Announce(Create(Note)) is the deepest that anybody sends on purpose.
MAX_NESTING = 3


@dataclass(frozen=True, slots=True)
class Ref:
    """An object by its id alone."""

    id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """An embedded object that we do not read: of a foreign type, or without what its type needs."""

    id: str | None
    type: str | None


@dataclass(frozen=True, slots=True)
class Activity:
    """What an actor says it did. Nothing in it is verified: whether the signer is the actor, who owns the object.

    `id` is None when missing or not http(s). `objects` has everything in `object`, which may be a list (reports, and
    GoToSocial's votes); `embedded` is the first embedded object as it came, without `bto` and `bcc`. `content` is the
    comment of a Flag or the emoji of a reaction, `emojis` the pictures for it. `instrument` is the quoting post of a
    QuoteRequest, `result` the stamp that an Accept grants, `authorization` the consent that a like
    or boost names.
    """

    id: str | None
    type: str
    actor: str
    objects: "tuple[Object, ...]" = ()
    target: str | None = None
    origin: str | None = None
    result: str | None = None
    authorization: str | None = None
    instrument: "Object | None" = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    published: datetime | None = None
    content: str = ""
    summary: str = ""
    emojis: tuple[Emoji, ...] = ()
    embedded: dict[str, Any] | None = None

    @property
    def object(self) -> "Object | None":
        """The (first) object; None when there is none."""
        return self.objects[0] if self.objects else None

    @property
    def object_id(self) -> str | None:
        """The id of the (first) object, whatever it is."""
        return self.objects[0].id if self.objects else None

    @property
    def object_ids(self) -> tuple[str, ...]:
        """The ids of all objects that have one."""
        return tuple(entry.id for entry in self.objects if entry.id)


Object = Ref | Post | Actor | Activity | Tombstone | Unknown


def is_activity(document: dict[str, Any]) -> bool:
    """Whether one of the document's types is that of an activity that we know by name."""
    return not ACTIVITY_TYPES.isdisjoint(types(document))


def parse_activity(document: dict[str, Any]) -> Activity:
    """The activity in a document; unknown types parse like known ones, and whoever handles it ignores them.

    `actor` may be an id, an object with an id, or a list of one of these; a list of several is refused, as one of them
    could be smuggled past the check of the signer. Raises `Malformed` for that, and without a type or an actor.
    """
    return _activity(plain(document), MAX_NESTING)


def _activity(document: dict[str, Any], depth: int) -> Activity:
    names = types(document)
    kind = next((name for name in names if name in ACTIVITY_TYPES), names[0] if names else None)
    if kind is None or is_post(document) or is_actor(document):
        raise Malformed(reason="not an activity")
    actor = _one_actor(document.get("actor"))
    entries = items(document.get("object"))[:MAX_OBJECTS]
    return Activity(
        id=web_uri(document.get("id")),
        type=kind,
        actor=actor,
        objects=tuple(found for entry in entries if (found := _object(entry, actor, depth))),
        instrument=_object(first(document.get("instrument")), actor, depth),
        embedded=next((_without_blind(entry) for entry in entries if isinstance(entry, dict)), None),
        **_rest(document),
    )


def _rest(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "target": reference(document.get("target")),
        "origin": reference(document.get("origin")),
        "result": reference(document.get("result")),
        "authorization": next(
            (uri for name in _AUTHORIZATIONS if (uri := web_uri(document.get(name))) is not None), None
        ),
        "to": references(document.get("to")),
        "cc": references(document.get("cc")),
        "audience": references(document.get("audience")),
        "published": when(document.get("published")),
        # Misskey repeats the emoji of a reaction; older versions have it only there.
        "content": text(document.get("content"), MAX_CONTENT) or text(document.get("_misskey_reaction"), MAX_CONTENT),
        "summary": text(document.get("summary"), MAX_CONTENT),
        "emojis": emojis(tags_of(document)),
    }


def _one_actor(value: Any) -> str:
    if len(items(value)) > 1:
        raise Malformed(reason="several actors")
    actor = web_uri(value)
    if actor is None:
        raise Malformed(reason="actor is missing or not an http(s) URI")
    return actor


def _without_blind(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in ("bto", "bcc")}


def _object(value: Any, actor: str, depth: int) -> Object | None:
    if not isinstance(value, dict):
        identity = reference(value)
        return Ref(identity) if identity else None
    identity, names = reference(value.get("id")), types(value)
    if not names and identity:
        return Ref(identity)
    try:
        return _typed_object(value, actor, depth) or Unknown(identity, names[0] if names else None)
    except Malformed:
        return Unknown(identity, names[0] if names else None)


def _typed_object(value: dict[str, Any], actor: str, depth: int) -> Object | None:
    if is_activity(value):
        # GoToSocial's Like in a LikeRequest says whose it is as an object does.
        named = value if "actor" in value else {**value, "actor": value.get("attributedTo")}
        return _activity(named, depth - 1) if depth > 1 else None
    if is_post(value):
        return parse_post(value, author=actor)
    if is_actor(value):
        return parse_actor(value)
    return parse_tombstone(value) if "Tombstone" in types(value) else None
