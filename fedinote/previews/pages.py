"""What a web page says of itself: Open Graph, Twitter's tags, JSON-LD, its title. Pure functions over its text.

https://ogp.me, https://schema.org/Article, https://blog.joinmastodon.org/2024/07/highlighting-journalism-on-mastodon/
(`fediverse:creator`). Nothing here trusts what it reads: texts lose their markup and are cut, addresses go through
`text.urls`, and the time is linear in the page: of its tags the first two thousand are looked at.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from fedinote.infra.clock import from_iso
from fedinote.infra.errors import FediNoteError
from fedinote.text import language
from fedinote.text.urls import safe_url

MAX_TITLE = 500
MAX_TEXT = 2000
MAX_NAME = 250
MAX_ADDRESS = 2048
MAX_SIDE = 16_384
_MAX_TAGS = 2000
_MAX_TAG = 8192
_MAX_ATTRIBUTES = 32
_MAX_SCRIPT = 262_144
_MAX_SCRIPTS = 8
_MAX_NODES = 200
_MAX_DEPTH = 6

_INTERESTING = re.compile(r"<(?:(!--)|(html|meta|link|title|script|style)(?=[\s/>]))", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""[\s/]*([^\s"'<>/=]{1,128})(?:\s{0,64}=\s{0,64}(?:"([^"]{0,8192})"|'([^']{0,8192})'|([^\s"'<>]{1,4096})))?"""
)
_MARKUP = re.compile(r"<[^<>]{0,1000}>")
_SPACE = re.compile(r"\s+")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CREATOR = re.compile(r"@?([\w.-]{1,64})@([\w.:-]{1,253})")
_ARTICLES = frozenset({"Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "WebPage", "VideoObject"})


@dataclass(slots=True)
class Found:
    """The raw material: `<meta>` by property or name (the first that says something), `<link>`, JSON-LD, title."""

    metas: dict[str, str] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    title: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of itself. Texts are plain, "" when absent; addresses are http(s), None when absent.

    `url` is where the page says it is (on its own host only). `creator` is a handle without "@" at its beginning,
    `player` an https address for an iframe, `oembed` where more is said as JSON.
    """

    url: str
    title: str = ""
    description: str = ""
    language: str | None = None
    author_name: str = ""
    author_url: str | None = None
    creator: str = ""
    provider_name: str = ""
    image: str | None = None
    image_description: str = ""
    width: int = 0
    height: int = 0
    player: str | None = None
    published_at: datetime | None = None
    oembed: str | None = None


def read(text: str, url: str) -> Page:
    """Read the page at `url` (where it was found, after redirects)."""
    found = scan(text)
    article = _article(found.scripts)
    metas = found.metas
    player = address(metas.get("twitter:player"), url)
    sides = ("twitter:player:width", "twitter:player:height") if player else ("og:image:width", "og:image:height")
    return Page(
        url=_own_address(found, url),
        title=_first(
            MAX_TITLE, article.get("headline"), metas.get("og:title"), metas.get("twitter:title"), found.title
        ),
        description=_first(MAX_TEXT, *_descriptions(article, metas)),
        language=_language(article.get("inLanguage")) or _language(found.language),
        author_name=_first(MAX_NAME, _name(article.get("author")), metas.get("og:author"), metas.get("author")),
        author_url=address(_entry(article.get("author")).get("url"), url),
        creator=_handle(metas.get("fediverse:creator", "")),
        provider_name=_first(MAX_NAME, _name(article.get("publisher")), metas.get("og:site_name")),
        image=address(_image(article, metas), url),
        image_description=_first(MAX_TEXT, metas.get("og:image:alt"), metas.get("twitter:image:alt")),
        width=side(metas.get(sides[0])),
        height=side(metas.get(sides[1])),
        player=player if player and player.startswith("https://") else None,
        published_at=_moment(article.get("datePublished")) or _moment(metas.get("article:published_time")),
        oembed=_oembed(found, url),
    )


def _descriptions(article: dict[str, Any], metas: dict[str, str]) -> tuple[Any, ...]:
    names = ("og:description", "twitter:description", "description")
    return (article.get("description"), *(metas.get(name) for name in names))


def _image(article: dict[str, Any], metas: dict[str, str]) -> Any:
    named = next((metas[one] for one in ("og:image", "og:image:url", "twitter:image") if metas.get(one)), None)
    image = article.get("image")
    image = image[0] if isinstance(image, list) and image else image
    return named or (image.get("url") if isinstance(image, dict) else image)


def scan(text: str) -> Found:
    """Collect what may be of use from a page, in one pass over it."""
    found, at, text_lower = Found(), 0, None
    for _ in range(_MAX_TAGS):
        match = _INTERESTING.search(text, at)
        if match is None:
            break
        at = match.end()
        if match[1]:
            at = _after(text, at, "-->")
            continue
        name = match[2].lower()
        attributes, at = attributes_at(text, at)
        if name not in ("title", "script", "style"):
            _keep(found, name, attributes)
            continue
        if text_lower is None:
            text_lower = text.lower()
            text_lower = text_lower if len(text_lower) == len(text) else text  # "İ" grows
        end = text_lower.find(f"</{name}", at)
        end = len(text) if end < 0 else end
        _keep_content(found, name, attributes, text[at : min(end, at + _MAX_SCRIPT + 1)])
        at = end
    return found


def _after(text: str, at: int, mark: str) -> int:
    end = text.find(mark, at)
    return len(text) if end < 0 else end + len(mark)


def attributes_at(text: str, at: int) -> tuple[dict[str, str], int]:
    """Read attributes from a place behind a tag's name; the first of a name counts. Returns them and the tag's end."""
    values: dict[str, str] = {}
    limit = at + _MAX_TAG
    for _ in range(_MAX_ATTRIBUTES):
        match = _ATTRIBUTE.match(text, at, limit)
        if match is None:
            break
        at = match.end()
        values.setdefault(match[1].lower(), html.unescape(match[2] or match[3] or match[4] or ""))
    end = text.find(">", at, limit)
    return values, at if end < 0 else end + 1


def _keep(found: Found, name: str, attributes: dict[str, str]) -> None:
    if name == "html":
        found.language = found.language or attributes.get("lang", "")
    elif name == "link":
        found.links.append(
            (attributes.get("rel", "").lower(), attributes.get("type", "").lower(), attributes.get("href", ""))
        )
    else:
        content = attributes.get("content", "").strip()
        for key in ("property", "name"):
            if content and (said := attributes.get(key, "").strip().lower()):
                found.metas.setdefault(said, content)


def _keep_content(found: Found, name: str, attributes: dict[str, str], content: str) -> None:
    if name == "title":
        found.title = found.title or html.unescape(content[:_MAX_TAG])
    elif name == "script" and attributes.get("type", "").lower() == "application/ld+json":
        found.scripts += [content] if len(content) <= _MAX_SCRIPT and len(found.scripts) < _MAX_SCRIPTS else []


# -- JSON-LD ----------------------------------------------------------------------------------------------------------


def _article(scripts: list[str]) -> dict[str, Any]:
    """Return the article that the page describes in JSON-LD: the first with a headline; {} when there is none."""
    for script in scripts:
        text = script.replace("<![CDATA[", "").replace("]]>", "").strip()
        try:
            value = msgspec.json.decode(text.encode("utf-8", "replace"))
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            continue
        for node in _nodes(value, 0):
            if _types(node) & _ARTICLES and isinstance(node.get("headline"), str) and node["headline"].strip():
                return node
    return {}


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Give the objects of a list, and those in `@graph`."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for one in value[:_MAX_NODES]:
            yield from _nodes(one, depth + 1)
    elif isinstance(value, dict):
        yield value
        yield from _nodes(value.get("@graph", []), depth + 1)


def _types(node: dict[str, Any]) -> set[str]:
    said = node.get("@type")
    return {one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str)}


def _entry(value: Any) -> dict[str, Any]:
    """Return the first object of a property that may be an object, a list of them, or a text (its name)."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return {"name": value}
    return value if isinstance(value, dict) else {}


def _name(value: Any) -> Any:
    if isinstance(value, list):
        names = [_entry([one]).get("name") for one in value[:8]]
        return ", ".join(one for one in names if isinstance(one, str) and one.strip())
    return _entry(value).get("name")


# -- pieces -----------------------------------------------------------------------------------------------------------


def plain(value: Any, most: int) -> str:
    """Return a text in one line without markup, entities and invisible characters, cut to `most`; "" for no text."""
    if not isinstance(value, str):
        return ""
    text = value[: most * 8]
    for _ in range(2):  # titles are often escaped twice
        text = html.unescape(_MARKUP.sub(" ", text))
    text = _SPACE.sub(" ", _UNSEEN.sub("", _MARKUP.sub(" ", text))).strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _first(most: int, *values: Any) -> str:
    return next((text for value in values if (text := plain(value, most))), "")


def address(value: Any, base: str) -> str | None:
    """Return an address, made absolute from `base`; None for what is no http(s) address or is too long."""
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_ADDRESS:
        return None
    try:
        found = safe_url(urljoin(base, value.strip()))
    except ValueError:
        return None
    return found if found is not None and len(found.encode("utf-8", "replace")) <= MAX_ADDRESS else None


def side(value: Any) -> int:
    """Return pixels, from a number or a text; 0 for what is none."""
    if isinstance(value, float) and abs(value) < MAX_SIDE:
        value = int(value)
    text = str(value).strip().removesuffix("px") if isinstance(value, str | int) else ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return number if number <= MAX_SIDE else 0


def _own_address(found: Found, url: str) -> str:
    """Return where the page says it is, if that is on the host that it came from; else where it was found."""
    canonical = next((href for rel, _, href in found.links if "canonical" in rel.split()), "")
    for said in (canonical, found.metas.get("og:url")):
        own = address(said, url)
        if own is not None and urlsplit(own)[:2] == urlsplit(url)[:2]:
            return own.partition("#")[0]
    return url


def _oembed(found: Found, url: str) -> str | None:
    kinds = ("application/json+oembed", "text/json+oembed")
    said = next((href for rel, kind, href in found.links if "alternate" in rel.split() and kind in kinds), None)
    return address(said, url)


def _language(value: Any) -> str | None:
    return language.canonical(value) if isinstance(value, str) and value else None


def _handle(text: str) -> str:
    match = _CREATOR.fullmatch(text.strip())
    return f"{match[1]}@{match[2].lower()}" if match else ""


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return from_iso(value.strip()[:64])
    except FediNoteError:
        return None
