"""What people publish: notes, articles, polls, videos, events and their kin, all read as a `Post`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fedinote.activitypub.actors import ACTOR_TYPES
from fedinote.activitypub.media import Attachment, Link, attachments, links, page_url, picture
from fedinote.activitypub.permissions import Rule, rule_of
from fedinote.activitypub.polls import Poll, parse_poll
from fedinote.activitypub.quirks import WITH_EXCERPT, quote_of, title_of
from fedinote.activitypub.shapes import (
    boolean,
    count,
    first,
    items,
    language_map,
    language_tag,
    line,
    plain,
    reference,
    references,
    required_uri,
    text,
    types,
    web_uri,
    when,
    wish,
)
from fedinote.activitypub.tags import Emoji, Mention, emojis, hashtags, mentions, object_links, tags_of
from fedinote.activitypub.versions import Version, parse_versions
from fedinote.infra.errors import Malformed

POST_TYPES = frozenset(
    {"Note", "Question", "ChatMessage", "GeneratedNote", "Article", "Page", "Event", "Video", "Audio", "Image"}
    | {"Review", "Quotation", "Comment"}
)

MAX_CONTENT = 100_000
MAX_SUMMARY = 20_480
MAX_TITLE = 2048


@dataclass(frozen=True, slots=True)
class Source:
    """What the author typed, before it became HTML; `media_type` such as `text/markdown`, or None."""

    text: str
    media_type: str | None


@dataclass(frozen=True, slots=True)
class InteractionPolicy:
    """The author's rules for others (FEP-044f, GoToSocial); None where nothing is said."""

    can_quote: Rule | None
    can_reply: Rule | None
    can_like: Rule | None
    can_announce: Rule | None


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and where an Event is; `place` is one line."""

    start: datetime | None
    end: datetime | None
    place: str | None


@dataclass(frozen=True, slots=True)
class Post:
    """An object that becomes a post.

    `content` is raw, in `content_type` (nearly always `text/html`) and NOT sanitised; `content_map` has the same in
    several languages. `authors` are all who are named, `attributed_to` is the person among them. `summary` is a
    content warning or an excerpt, see `content_warning`. `published` is None when not stated. The counts are None
    when the other server does not tell them. `quote` is unverified: FEP-044f consent is in `quote_authorization`.
    """

    id: str
    type: str
    attributed_to: str
    authors: tuple[str, ...] = ()
    content: str = ""
    content_type: str = "text/html"
    content_map: dict[str, str] | None = None
    language: str | None = None
    title: str | None = None
    title_map: dict[str, str] | None = None
    summary: str = ""
    summary_map: dict[str, str] | None = None
    versions: tuple[Version, ...] = ()
    preview: str | None = None
    sensitive: bool = False
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    in_reply_to: str | None = None
    url: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    links: tuple[Link, ...] = ()
    image: str | None = None
    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[str, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    poll: Poll | None = None
    occasion: Occasion | None = None
    quote: str | None = None
    quote_legacy: bool = False
    quote_authorization: str | None = None
    reply_authorization: str | None = None
    policy: InteractionPolicy | None = None
    machine_translation: str = "any"
    replies: str | None = None
    replies_count: int | None = None
    likes_count: int | None = None
    shares_count: int | None = None
    source: Source | None = None
    conversation: str | None = None
    context: str | None = None

    @property
    def is_vote(self) -> bool:
        """Whether this is an answer to a poll (FEP-9967): a Note with a name, a parent and nothing to read."""
        return self.type == "Note" and bool(self.title and self.in_reply_to) and not self.content

    @property
    def content_warning(self) -> str:
        """The summary where it is a warning; "" for articles, pages, videos and the like, where it is an excerpt."""
        return "" if self.type in WITH_EXCERPT else self.summary


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a deleted object."""

    id: str
    former_type: str | None
    deleted: datetime | None


def is_post(document: dict[str, Any]) -> bool:
    """Whether one of the document's types can be read as a post."""
    return not POST_TYPES.isdisjoint(types(document))


def parse_post(document: dict[str, Any], *, author: str | None = None) -> Post:
    """The post in a document; `author` stands in where `attributedTo` is missing (the actor of a Create).

    Raises `Malformed` without a readable type, an http(s) id or anybody to attribute it to.
    """
    document = plain(document)
    kind = next((name for name in types(document) if name in POST_TYPES), None)
    if kind is None:
        raise Malformed(reason="not a kind of post")
    identity = required_uri(document, "id")
    authors = tuple(uri for uri in references(document.get("attributedTo")) if web_uri(uri)) or (
        (author,) if author else ()
    )
    if not authors:
        raise Malformed(reason="attributedTo is missing")
    return Post(
        id=identity,
        type=kind,
        attributed_to=_person(document.get("attributedTo")) or authors[0],
        authors=authors,
        poll=parse_poll(document) if kind == "Question" else None,
        occasion=_occasion(document) if kind == "Event" else None,
        **_texts(document, identity),
        **_addresses(document),
        **_media(document),
        **_tags(document, identity),
        **_surroundings(document),
    )


def _person(value: Any) -> str | None:
    """The one who wrote it: PeerTube names the account (Person) and the channel (Group), in either order."""
    typed = [entry for entry in items(value) if isinstance(entry, dict)]
    people = (entry for entry in typed if not (ACTOR_TYPES - {"Group"}).isdisjoint(types(entry)))
    return next((uri for entry in people if (uri := web_uri(entry))), None)


def _texts(document: dict[str, Any], identity: str) -> dict[str, Any]:
    content, content_map = (
        text(document.get("content"), MAX_CONTENT),
        _content_map(document),
    )
    summary, summary_map = (
        text(document.get("summary"), MAX_SUMMARY),
        language_map(document.get("summaryMap"), MAX_SUMMARY),
    )
    language = _language(document, content, content_map)
    title, names = title_of(document), language_map(document.get("nameMap"), MAX_TITLE)
    preview = first(document.get("preview"))
    return {
        "content": content or content_map.get(language or "") or next(iter(content_map.values()), ""),
        "content_type": line(document.get("mediaType"), 100).split(";")[0].lower() or "text/html",
        "content_map": content_map or None,
        "language": language,
        "title": line(title, MAX_TITLE) or None,
        "title_map": {tag: line(name, MAX_TITLE) for tag, name in names.items()} if names else None,
        "summary": summary or summary_map.get(language or "") or next(iter(summary_map.values()), ""),
        "summary_map": summary_map or None,
        "versions": parse_versions(document, identity, content_map.keys() | summary_map.keys()),
        "preview": (text(preview.get("content"), MAX_SUMMARY) or None) if isinstance(preview, dict) else None,
        "source": _source(document.get("source")),
    }


def _content_map(document: dict[str, Any]) -> dict[str, str]:
    """The text by language; some write the map into `content` itself."""
    stated = document.get("contentMap")
    return language_map(document.get("content") if stated is None else stated, MAX_CONTENT)


def _language(document: dict[str, Any], content: str, content_map: dict[str, str]) -> str | None:
    """The language of `content`: the contentMap key with the same text, else the only key, else what else is said.

    Other places: Lemmy's `language.identifier` and `@language` in the `@context`.
    """
    same = next((tag for tag, translated in content_map.items() if translated == content), None)
    if same:
        return same
    stated = document.get("contentMap") or document.get("content")
    keys = list(stated) if isinstance(stated, dict) else []
    # Mbin sends {"en": null} with null content: still a statement of the language.
    if keys and (len(keys) == 1 or not content):
        return language_tag(keys[0])
    lemmy = document.get("language")
    if isinstance(lemmy, dict):
        return language_tag(lemmy.get("identifier"))
    return _context_language(document.get("@context"))


def _context_language(context: Any) -> str | None:
    stated = [entry["@language"] for entry in items(context) if isinstance(entry, dict) and "@language" in entry]
    return language_tag(stated[-1]) if stated else None


def _source(value: Any) -> Source | None:
    value = first(value)
    if isinstance(value, str):
        return Source(text(value, MAX_CONTENT), None) if value else None
    if not isinstance(value, dict) or not text(value.get("content"), MAX_CONTENT):
        return None
    return Source(text(value.get("content"), MAX_CONTENT), line(value.get("mediaType"), 100) or None)


def _addresses(document: dict[str, Any]) -> dict[str, Any]:
    """The recipients. `bto` and `bcc` are not even read (ActivityPub 6)."""
    return {
        "to": references(document.get("to")),
        "cc": references(document.get("cc")),
        "audience": references(document.get("audience")),
    }


def _media(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": page_url(document.get("url")),
        "attachments": attachments(document),
        "links": links(document),
        "image": picture(document.get("image")) or picture(document.get("icon")),
        "sensitive": boolean(document.get("sensitive")),
    }


def _tags(document: dict[str, Any], identity: str) -> dict[str, Any]:
    tags = tags_of(document)
    return {
        "mentions": mentions(tags),
        "hashtags": hashtags(tags),
        "emojis": emojis(tags),
        "quote": quote_of(document, identity, object_links(tags)),
        "quote_legacy": web_uri(document.get("quote")) is None,
        "reply_authorization": web_uri(document.get("replyAuthorization")) or web_uri(document.get("approvedBy")),
        "quote_authorization": web_uri(document.get("quoteAuthorization")),
        "policy": _policy(document.get("interactionPolicy")),
    }


def _surroundings(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "in_reply_to": reference(document.get("inReplyTo")),
        "published": when(document.get("published")),
        "updated": when(document.get("updated")),
        "replies": web_uri(document.get("replies")) or web_uri(document.get("comments")),
        "replies_count": _total(document.get("replies")),
        "likes_count": _total(document.get("likes")),
        "shares_count": _total(document.get("shares")),
        "conversation": reference(document.get("conversation")),
        "context": reference(document.get("context")),
        "machine_translation": wish(document.get("machineTranslation")),
    }


def _total(collection: Any) -> int | None:
    collection = first(collection)
    return count(collection.get("totalItems")) if isinstance(collection, dict) else None


def _policy(value: Any) -> InteractionPolicy | None:
    value = first(value)
    if not isinstance(value, dict):
        return None
    rules = [rule_of(value.get(name)) for name in ("canQuote", "canReply", "canLike", "canAnnounce")]
    return InteractionPolicy(*rules) if any(rules) else None


def _occasion(document: dict[str, Any]) -> Occasion:
    return Occasion(when(document.get("startTime")), when(document.get("endTime")), _place(document.get("location")))


def _place(value: Any) -> str | None:
    """One line of a place: a text, a Place with a name, or else its address (a text or a PostalAddress) or URL."""
    place = first(value)
    if not isinstance(place, dict):
        return line(place, 500) or None
    address = first(place.get("address"))
    if isinstance(address, dict):
        parts = (line(address.get(key), 200) for key in ("streetAddress", "addressLocality", "addressCountry"))
        address = ", ".join(part for part in parts if part)
    return line(place.get("name"), 500) or line(address, 500) or web_uri(place.get("url"))


def parse_tombstone(document: dict[str, Any]) -> Tombstone:
    """The remains of a deleted object; raises `Malformed` without an http(s) id."""
    document = plain(document)
    former = next((name for name in items(document.get("formerType")) if isinstance(name, str)), None)
    return Tombstone(required_uri(document, "id"), former, when(document.get("deleted")))
