"""Named judgements about identity and about what particular software sends, each with its reason."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from fedinote.activitypub.shapes import boolean, first, types, web_uri, when
from fedinote.activitypub.tags import ObjectLink

_DEFAULT_PORTS = {"http": 80, "https": 443}

# Types that an implementation may send without an id, because nobody ever refers to them (ActivityPub 3).
TRANSIENT = frozenset({"Follow", "Undo", "Accept", "Reject", "Block", "Like", "View", "Flag", "Update", "Delete"})

# Objects whose summary is an excerpt (or, in old Lemmy and Lotide, the title), not a content warning.
WITH_EXCERPT = frozenset({"Article", "Page", "Event", "Video", "Audio", "Image", "Review", "Quotation", "Comment"})

_LEGACY_QUOTES = ("quote", "quoteUri", "quoteUrl", "quoteURL", "_misskey_quote")
# Pleroma and Misskey mark a quoting Link tag with one of these.
_QUOTE_RELS = frozenset(
    {"https://misskey-hub.net/ns#_misskey_quote", "https://fedibird.com/ns#quoteUri", "https://w3id.org/fep/044f#quote"}
)

_REUSED = re.compile(r"/follows/[^/]+/[^/]+(?:/undo)?")


def _parts(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        return parts if parts.scheme in _DEFAULT_PORTS and parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def origin(uri: str) -> tuple[str, str, int] | None:
    """(scheme, host, port) of an http(s) URI, the default port filled in; None for anything else."""
    parts = _parts(uri)
    if parts is None or parts.hostname is None:
        return None
    return parts.scheme, parts.hostname.rstrip("."), parts.port or _DEFAULT_PORTS[parts.scheme]


def same_origin(a: str, b: str) -> bool:
    """Whether both are http(s) URIs of one scheme, host and port: what one may claim about the other (FEP-fe34)."""
    left = origin(a)
    return left is not None and left == origin(b)


def host_of(uri: str) -> str:
    """The host (with its port unless default) of an http(s) URI, lower case; "" for anything else."""
    found = origin(uri)
    if found is None:
        return ""
    scheme, host, port = found
    host = f"[{host}]" if ":" in host else host
    return host if port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"


def same_id(a: str, b: str) -> bool:
    """Whether two ids name the same thing: scheme and host compare without case and default port, the rest exactly.

    A trailing slash matters (Threads and Takahē have actors with one), except for the bare root of a site:
    micro-blogs give `https://example.org` in one place and `https://example.org/` in another.
    """
    return a == b or (normal_id(a) is not None and normal_id(a) == normal_id(b))


def normal_id(uri: str) -> str | None:
    """The id in one spelling, for comparison only (store and send ids as they were received); None if not http(s)."""
    parts = _parts(uri)
    if parts is None:
        return None
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{parts.scheme}://{host_of(uri)}{parts.path or '/'}{query}{fragment}"


def without_fragment(uri: str) -> str:
    """The document in which an id is defined: a key `…/alice#main-key` is served as part of `…/alice`."""
    return uri.partition("#")[0]


def may_lack_id(kind: str) -> bool:
    """Whether an activity of this type without an id is still processed (it cannot be deduplicated by id)."""
    return kind in TRANSIENT


def reuses_id(identity: str) -> bool:
    """Whether an activity's id is used again and again: Misskey and its kin name a follow by its two accounts.

    `…/follows/<follower>/<followee>`, and the same with `/undo`: who unfollows and follows again sends both anew.
    """
    parts = _parts(identity)
    return parts is not None and _REUSED.fullmatch(parts.path) is not None


def quote_of(document: dict[str, Any], own_id: str | None, links: tuple[ObjectLink, ...]) -> str | None:
    """The id of the quoted object, by FEP-044f or any of the older properties; several mean one quote.

    BookWyrm's Quotation has a `quote` that is HTML: not a URI, so not a quote post. An object that quotes itself
    (seen from Misskey) quotes nothing.
    """
    named = (web_uri(document.get(key)) for key in _LEGACY_QUOTES)
    marked = (link.href for link in links if _is_quote(link))
    found = next((uri for uri in (*named, *marked) if uri), None)
    return None if found is None or (own_id and same_id(found, own_id)) else found


def _is_quote(link: ObjectLink) -> bool:
    """Whether a link says that it quotes; before there were rels, it was called by its own URL, or `RE: ` and that."""
    return bool(_QUOTE_RELS & set(link.rel)) or (not link.rel and link.name.removeprefix("RE: ") == link.href)


def poll_end(document: dict[str, Any]) -> tuple[datetime | None, bool]:
    """(end, closed) of a Question.

    Pleroma puts the end into `closed`, also while it is still ahead; Misskey leaves it out for polls without end;
    some send `closed: true`. A time in `closed` therefore says when, and only a boolean says "already".
    """
    closed = when(document.get("closed"))
    return when(document.get("endTime")) or closed, closed is None and boolean(document.get("closed"))


def title_of(document: dict[str, Any]) -> str | None:
    """The name of an object; old Lemmy pages have their title in `summary`, with neither name nor content."""
    name = first(document.get("name"))
    if isinstance(name, str) and name.strip():
        return name
    names = document.get("nameMap")
    if isinstance(names, dict):
        return next((value for value in names.values() if isinstance(value, str) and value.strip()), None)
    summary = first(document.get("summary"))
    bare = not document.get("content") and set(types(document)) & WITH_EXCERPT
    return summary if bare and isinstance(summary, str) and summary.strip() else None
