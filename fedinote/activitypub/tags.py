"""What hangs in an object's `tag`: mentions, hashtags, custom emoji and object links (FEP-e232)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fedinote.activitypub.media import picture
from fedinote.activitypub.shapes import items, line, reference, types, web_uri, when

MAX_TAGS = 1000
MAX_EMOJI = 500
MAX_HASHTAG = 200
MAX_SHORTCODE = 2048

_SHORTCODE = re.compile(r"[\w+.-]+")
# FEP-e232: a Link tag whose media type is that of ActivityPub objects.
_OBJECT_TYPES = ("application/activity+json", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"')


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor named in the text. `name` is as written: `@user@host`, the local form `@user`, or ""."""

    href: str
    name: str


@dataclass(frozen=True, slots=True)
class Emoji:
    """A custom emoji; `shortcode` without colons, `id` and `updated` None when not stated or not readable."""

    shortcode: str
    url: str
    id: str | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class ObjectLink:
    """A link to another ActivityPub object (FEP-e232); `rel` tells a quote from a mere reference."""

    href: str
    name: str
    rel: tuple[str, ...] = ()


def tags_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The tag objects of a document, whether it has a list or a single one."""
    return [tag for tag in items(document.get("tag"))[:MAX_TAGS] if isinstance(tag, dict)]


def mentions(tags: list[dict[str, Any]]) -> tuple[Mention, ...]:
    """Each mentioned actor once, in order; entries without an http(s) href are left out."""
    found: dict[str, Mention] = {}
    for tag in tags:
        href = web_uri(tag.get("href")) if "Mention" in types(tag) else None
        if href:
            found.setdefault(href, Mention(href, line(tag.get("name"), 500)))
    return tuple(found.values())


def hashtags(tags: list[dict[str, Any]]) -> tuple[str, ...]:
    """The hashtags as written, without `#`; each once whatever its case. PeerTube sends them without `#` and href."""
    found: dict[str, str] = {}
    for tag in tags:
        if "Hashtag" in types(tag):
            name = line(tag.get("name"), MAX_HASHTAG).lstrip("#\uff03")
            if name and not re.search(r"\s", name):
                found.setdefault(name.casefold(), name)
    return tuple(found.values())


def emojis(tags: list[dict[str, Any]]) -> tuple[Emoji, ...]:
    """The custom emoji, each shortcode once; those without a usable name or picture are left out."""
    found: dict[str, Emoji] = {}
    for tag in tags:
        if "Emoji" not in types(tag):
            continue
        # Akkoma may write :name@host: for an emoji of a third server.
        shortcode = line(tag.get("name"), MAX_SHORTCODE).strip(":").partition("@")[0]
        url = picture(tag.get("icon"))
        if url and _SHORTCODE.fullmatch(shortcode):
            emoji = Emoji(shortcode, url, reference(tag.get("id")), when(tag.get("updated")))
            found.setdefault(shortcode, emoji)
    return tuple(found.values())[:MAX_EMOJI]


def object_links(tags: list[dict[str, Any]]) -> tuple[ObjectLink, ...]:
    """The FEP-e232 links among the tags."""
    found = []
    for tag in tags:
        media_type = " ".join(line(tag.get("mediaType"), 200).lower().replace(";", "; ").split())
        href = web_uri(tag.get("href"))
        if "Link" in types(tag) and href and media_type in _OBJECT_TYPES:
            rel = tuple(part for part in items(tag.get("rel")) if isinstance(part, str))[:10]
            found.append(ObjectLink(href, line(tag.get("name"), 500), rel))
    return tuple(found)
