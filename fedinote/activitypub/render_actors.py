"""Actor documents of this server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fedinote.activitypub.audience import PUBLIC
from fedinote.activitypub.context import actor_context


@dataclass(frozen=True, slots=True)
class ImageOut:
    """A picture of ours by its public URL."""

    url: str
    media_type: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class EmojiOut:
    """A custom emoji; `id` is its own document's URL (None where its server gave none), `shortcode` without colons."""

    id: str | None
    shortcode: str
    image: ImageOut
    updated: datetime


@dataclass(frozen=True, slots=True)
class HashtagOut:
    """A hashtag; `name` without `#`, `href` the page of the tag here."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class MultikeyOut:
    """A key for proofs (FEP-521a), in multibase."""

    id: str
    multibase: str


@dataclass(frozen=True, slots=True)
class ActorOut:
    """A local account as others shall see it.

    `summary` and the values of `fields` are HTML. `endpoints` are further URLs beside the shared inbox (`proxyUrl`,
    `oauthTokenEndpoint`, …). A suspended account is rendered with `suspended` and without its texts and pictures.
    """

    id: str
    username: str
    key_id: str
    public_key_pem: str
    inbox: str
    type: str = "Person"
    name: str = ""
    summary: str = ""
    url: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    featured_tags: str | None = None
    featured_collections: str | None = None
    streams: tuple[str, ...] = ()
    liked: str | None = None
    shared_inbox: str | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict)
    icon: ImageOut | None = None
    image: ImageOut | None = None
    fields: tuple[tuple[str, str], ...] = ()
    emojis: tuple[EmojiOut, ...] = ()
    hashtags: tuple[HashtagOut, ...] = ()
    multikeys: tuple[MultikeyOut, ...] = ()
    locked: bool = False
    discoverable: bool = False
    indexable: bool = False
    memorial: bool = False
    suspended: bool = False
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    attribution_domains: tuple[str, ...] = ()
    machine_translation: str = "any"
    webfinger: str | None = None
    published: datetime | None = None


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC with `Z`; milliseconds only when there are any (two edits in a second must differ)."""
    moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond >= 1000 else "seconds") + "Z"


def actor(account: ActorOut) -> dict[str, Any]:
    """The actor document of a local account."""
    document: dict[str, Any] = {
        "@context": actor_context(multikeys=bool(account.multikeys)),
        "id": account.id,
        "type": account.type,
        "preferredUsername": account.username,
        **_present(_addresses(account)),
        "manuallyApprovesFollowers": account.locked,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "memorial": account.memorial,
        "publicKey": {"id": account.key_id, "owner": account.id, "publicKeyPem": account.public_key_pem},
        "endpoints": {**_present({"sharedInbox": account.shared_inbox}), **account.endpoints},
        **({"streams": list(account.streams)} if account.streams else {}),
        **_present({"movedTo": account.moved_to, "webfinger": account.webfinger}),
        **wish(account.machine_translation),
    }
    if account.multikeys:
        document["assertionMethod"] = [_multikey(key, account.id) for key in account.multikeys]
    if account.suspended:
        return document | {"suspended": True, "name": "", "summary": ""}
    return document | _profile(account)


def instance_actor(
    *,
    actor_id: str,
    host: str,
    key_id: str,
    public_key_pem: str,
    about_url: str,
    multikeys: tuple[MultikeyOut, ...] = (),
) -> dict[str, Any]:
    """The server's own actor, which signs fetches, relays and reports. Served to everybody, even in secure mode.

    Its account is `host@host`, as with Mastodon; it approves no followers by itself.
    """
    return actor(
        ActorOut(
            id=actor_id,
            type="Application",
            username=host,
            key_id=key_id,
            public_key_pem=public_key_pem,
            inbox=f"{actor_id}/inbox",
            outbox=f"{actor_id}/outbox",
            url=about_url,
            locked=True,
            multikeys=multikeys,
        )
    )


def wish(value: str) -> dict[str, str]:
    """What the author allows machine translation to do with the words; left out where it may do anything."""
    return {} if value == "any" else {"machineTranslation": value}


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _addresses(account: ActorOut) -> dict[str, str | None]:
    return {
        "inbox": account.inbox,
        "outbox": account.outbox,
        "followers": account.followers,
        "following": account.following,
        "featured": account.featured,
        "featuredTags": account.featured_tags,
        "featuredCollections": account.featured_collections,
        "liked": account.liked,
        "url": account.url,
    }


def _policy(account: ActorOut) -> dict[str, Any]:
    """Who may put the account into a collection without asking twice (FEP-7aa9): all who find it, or nobody."""
    if account.featured_collections is None:
        return {}
    who = [PUBLIC] if account.discoverable else [account.id]
    return {"interactionPolicy": {"canFeature": {"automaticApproval": who}}}


def _profile(account: ActorOut) -> dict[str, Any]:
    profile: dict[str, Any] = {
        **_policy(account),
        "name": account.name,
        "summary": account.summary,
        "tag": [*map(hashtag, account.hashtags), *map(emoji, account.emojis)],
        "attachment": [{"type": "PropertyValue", "name": name, "value": value} for name, value in account.fields],
        "alsoKnownAs": list(account.also_known_as),
        "attributionDomains": list(account.attribution_domains),
    }
    if account.published:
        # The day alone: the moment of registration is nobody's business.
        profile["published"] = account.published.astimezone(UTC).strftime("%Y-%m-%dT00:00:00Z")
    if account.icon:
        profile["icon"] = picture(account.icon)
    if account.image:
        profile["image"] = picture(account.image)
    return profile


def _multikey(key: MultikeyOut, owner: str) -> dict[str, str]:
    return {"id": key.id, "type": "Multikey", "controller": owner, "publicKeyMultibase": key.multibase}


def picture(image: ImageOut) -> dict[str, str]:
    """An Image object; its description is the `summary`, as Mastodon reads it for avatars and headers."""
    document = {"type": "Image", "mediaType": image.media_type, "url": image.url}
    return document | ({"summary": image.description} if image.description else {})


def emoji(entry: EmojiOut) -> dict[str, Any]:
    """An Emoji tag (FEP-9098)."""
    return {
        **({"id": entry.id} if entry.id else {}),
        "type": "Emoji",
        "name": f":{entry.shortcode}:",
        "updated": instant(entry.updated),
        "icon": picture(entry.image),
    }


def hashtag(entry: HashtagOut) -> dict[str, str]:
    """A Hashtag tag."""
    return {"type": "Hashtag", "href": entry.href, "name": f"#{entry.name}"}
