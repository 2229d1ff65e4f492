"""Actors and their keys (ActivityPub 4, FEP-521a)."""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fedinote.activitypub.media import page_url, picture, picture_description
from fedinote.activitypub.permissions import bits, rule_of
from fedinote.activitypub.quirks import host_of, same_id, same_origin
from fedinote.activitypub.shapes import (
    boolean,
    first,
    items,
    line,
    plain,
    reference,
    references,
    required_uri,
    shown_line,
    text,
    types,
    web_uri,
    when,
    wish,
)
from fedinote.activitypub.tags import Emoji, emojis, hashtags, tags_of
from fedinote.infra.errors import Malformed

ACTOR_TYPES = frozenset({"Person", "Service", "Application", "Group", "Organization"})

MAX_FIELDS = 50
MAX_FIELD = 2047
MAX_NAME = 2048
MAX_SUMMARY = 20_480
MAX_ALIASES = 256
MAX_KEYS = 10
MAX_PEM = 8192

_NOT_IN_USERNAME = re.compile(r"[^\w.~+-]")
_NO_DATE = "0000-00-00"
_KEY_TYPES = frozenset({"Key", "CryptographicKey"})


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key for HTTP signatures. `owner` is the actor that is said to own it: the reader checks the claim both ways."""

    id: str
    owner: str
    pem: str


@dataclass(frozen=True, slots=True)
class Multikey:
    """A key for proofs and signatures (FEP-521a), in multibase; `controller` is the actor itself."""

    id: str
    controller: str
    multibase: str
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """An account of another server, as its document describes it.

    Texts are as received (HTML unsanitised), cut to the published limits. URLs of collections may be on any host:
    what they hold is judged by its own ids. `inbox` may be on another host than `id`; `shared_inbox` never is on
    another host than `inbox` (private posts would go to a third party). `keys` holds only keys that name this actor
    as their owner. `implements` lists specifications by URL (FEP-844e), `webfinger` is an unverified hint (FEP-2c59).
    `feature_policy` says who may put it into a collection, as the bits of `permissions.bits`; None: nothing is said.
    """

    id: str
    type: str
    username: str
    inbox: str
    name: str = ""
    summary: str = ""
    url: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    featured_tags: str | None = None
    shared_inbox: str | None = None
    icon: str | None = None
    image: str | None = None
    icon_description: str = ""
    image_description: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    emojis: tuple[Emoji, ...] = ()
    hashtags: tuple[str, ...] = ()
    keys: tuple[PublicKey, ...] = ()
    multikeys: tuple[Multikey, ...] = ()
    locked: bool = False
    discoverable: bool = False
    indexable: bool = False
    memorial: bool = False
    suspended: bool = False
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    attribution_domains: tuple[str, ...] = ()
    machine_translation: str = "any"
    implements: tuple[str, ...] = ()
    webfinger: str | None = None
    feature_policy: int | None = None
    published: datetime | None = None
    updated: datetime | None = None

    @property
    def bot(self) -> bool:
        """Whether a program writes here (Service or Application)."""
        return self.type in ("Service", "Application")

    @property
    def group(self) -> bool:
        """Whether this is a group that forwards what its members write (FEP-1b12)."""
        return self.type == "Group"


def is_actor(document: dict[str, Any]) -> bool:
    """Whether one of the document's types is that of an actor."""
    return not ACTOR_TYPES.isdisjoint(types(document))


def parse_actor(document: dict[str, Any]) -> Actor:
    """The actor in a document.

    Raises `Malformed` without an http(s) id, an actor type, an http(s) inbox or a usable preferredUsername, and when
    every key it states belongs to somebody else (an actor that claims a foreign key is not taken over at all).
    """
    document = plain(document)
    kind = next((name for name in types(document) if name in ACTOR_TYPES), None)
    if kind is None:
        raise Malformed(reason="not an actor")
    identity, inbox = required_uri(document, "id"), required_uri(document, "inbox")
    username = clean_username(document.get("preferredUsername"))
    if not username:
        raise Malformed(reason="preferredUsername is missing")
    return Actor(
        id=identity,
        type=kind,
        username=username,
        inbox=inbox,
        shared_inbox=_shared_inbox(document, inbox),
        keys=_own_keys(document, identity),
        multikeys=_multikeys(document, identity),
        **_profile(document),
        **_collections(document),
        **_flags(document),
        **_links(document),
    )


def clean_username(value: Any) -> str:
    """The name without blanks, control characters and direction overrides; what could mislead (`@`, `/`) becomes `_`.

    "" when nothing is left.
    """
    return _NOT_IN_USERNAME.sub("_", line(value, MAX_NAME).replace(" ", ""))


def _profile(document: dict[str, Any]) -> dict[str, Any]:
    tags = tags_of(document)
    return {
        "name": shown_line(_worded(document, "name"), MAX_NAME),
        "summary": text(_worded(document, "summary"), MAX_SUMMARY),
        "url": page_url(document.get("url")),
        "icon": picture(document.get("icon")),
        "image": picture(document.get("image")),
        "icon_description": picture_description(document.get("icon")),
        "image_description": picture_description(document.get("image")),
        "fields": _fields(document),
        "emojis": emojis(tags),
        "hashtags": hashtags(tags),
        "published": when(document.get("published")),
        "updated": when(document.get("updated")),
    }


def _worded(document: dict[str, Any], key: str) -> Any:
    """The value itself, or where it is missing or a map, the first text of the language map (`nameMap`)."""
    value = document.get(key)
    texts = value if isinstance(value, dict) else document.get(f"{key}Map")
    if isinstance(value, str) or not isinstance(texts, dict):
        return value
    return next((one for one in texts.values() if isinstance(one, str) and one.strip()), None)


def _collections(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "outbox": web_uri(document.get("outbox")),
        "followers": web_uri(document.get("followers")),
        "following": web_uri(document.get("following")),
        "featured": web_uri(document.get("featured")),
        "featured_tags": web_uri(document.get("featuredTags")),
        "feature_policy": _feature_policy(document),
    }


def _feature_policy(document: dict[str, Any]) -> int | None:
    policy = first(document.get("interactionPolicy"))
    rule = rule_of(policy.get("canFeature")) if isinstance(policy, dict) else None
    if rule is None:
        return None
    followers, following = web_uri(document.get("followers")), web_uri(document.get("following"))
    return bits(rule, required_uri(document, "id"), followers, following)


def _flags(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "locked": boolean(document.get("manuallyApprovesFollowers")),
        "discoverable": boolean(document.get("discoverable")),
        "indexable": boolean(document.get("indexable")),
        "memorial": boolean(document.get("memorial")),
        "suspended": boolean(document.get("suspended")),
        "machine_translation": wish(document.get("machineTranslation")),
    }


def _links(document: dict[str, Any]) -> dict[str, Any]:
    generator = first(document.get("generator"))
    implements = generator.get("implements") if isinstance(generator, dict) else None
    aliases = (web_uri(alias) for alias in items(document.get("alsoKnownAs")))
    domains = (line(domain, 253).lower() for domain in items(document.get("attributionDomains")))
    return {
        "also_known_as": tuple(dict.fromkeys(alias for alias in aliases if alias))[:MAX_ALIASES],
        "moved_to": web_uri(document.get("movedTo")),
        "attribution_domains": tuple(domain for domain in domains if domain)[:50],
        "implements": references(implements)[:50],
        "webfinger": line(document.get("webfinger"), MAX_NAME) or None,
    }


def _fields(document: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The profile fields: PropertyValue, or where there is none, the Note and Link of FEP-fb2a.

    Many send each field in both forms. Attachments of other types (IdentityProof, Image) are not fields.
    """
    entries = [entry for entry in items(document.get("attachment")) if isinstance(entry, dict)]
    found = [_named(entry, entry.get("value")) for entry in entries if "PropertyValue" in types(entry)]
    found = found or [_named(entry, value) for entry in entries if (value := _metadata(entry))]
    return tuple(field for field in found if any(field))[:MAX_FIELDS]


def _named(entry: dict[str, Any], value: Any) -> tuple[str, str]:
    return line(entry.get("name"), MAX_FIELD), text(value, MAX_FIELD)


def _metadata(entry: dict[str, Any]) -> Any:
    """The value of a field by FEP-fb2a as HTML: the content of a Note, a link of a Link; None for anything else.

    streams has a birthday of zeros for those who do not tell theirs.
    """
    if "Note" in types(entry):
        content = _worded(entry, "content")
        return None if content == _NO_DATE else content
    target = web_uri(entry.get("href")) if "Link" in types(entry) else None
    if target is None:
        return None
    shown = html.escape(target)
    return f'<a href="{shown}">{shown}</a>'


def _shared_inbox(document: dict[str, Any], inbox: str) -> str | None:
    """The shared inbox, when it is on the inbox's host. Misskey and Discourse have it at the top level as well."""
    endpoints = first(document.get("endpoints"))
    stated = web_uri(endpoints.get("sharedInbox")) if isinstance(endpoints, dict) else None
    found = stated or web_uri(document.get("sharedInbox"))
    return found if found and host_of(found) == host_of(inbox) else None


def parse_keys(document: dict[str, Any]) -> tuple[PublicKey, ...]:
    """The signature keys in an actor, in a key stub (an actor with its key alone) or in a bare key document.

    At most 10. Whose they really are is not judged: the owner must list the same key in turn.
    """
    document = plain(document)
    bare = not _KEY_TYPES.isdisjoint(types(document)) or "publicKeyPem" in document
    entries = [document] if bare else items(document.get("publicKey"))
    holder = None if bare else web_uri(document.get("id"))
    found = [_key(entry, holder) for entry in entries[:MAX_KEYS] if isinstance(entry, dict)]
    return tuple(key for key in found if key)


def _key(entry: dict[str, Any], holder: str | None) -> PublicKey | None:
    identity, pem = web_uri(entry.get("id")), text(entry.get("publicKeyPem"), MAX_PEM)
    # Bridgy Fed leaves the owner out: the actor in whose document the key stands is meant.
    owner = web_uri(entry.get("owner")) or web_uri(entry.get("controller")) or holder
    return PublicKey(identity, owner, pem) if identity and owner and "-----BEGIN" in pem else None


def _own_keys(document: dict[str, Any], identity: str) -> tuple[PublicKey, ...]:
    stated = parse_keys(document)
    own = tuple(key for key in stated if same_id(key.owner, identity) and same_origin(key.id, identity))
    if stated and not own:
        raise Malformed(reason="the key belongs to another actor")
    return own


def _multikeys(document: dict[str, Any], identity: str) -> tuple[Multikey, ...]:
    found = []
    for entry in items(document.get("assertionMethod"))[:MAX_KEYS]:
        if not isinstance(entry, dict) or "Multikey" not in types(entry):
            continue
        key_id, controller = reference(entry.get("id")), reference(entry.get("controller"))
        multibase = line(entry.get("publicKeyMultibase"), MAX_PEM)
        if key_id and multibase and controller and same_id(controller, identity) and same_origin(key_id, identity):
            found.append(Multikey(key_id, controller, multibase, when(entry.get("expires"))))
    return tuple(found)
