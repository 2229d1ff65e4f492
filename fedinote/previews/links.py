"""Which link of a post gets a card: the first one that is no mention, no hashtag and no quote."""

import html
import re
from collections.abc import Collection
from itertools import islice

from fedinote.text.quotes import without_fallback
from fedinote.text.urls import host_of, safe_url

MAX_LINK = 2048
_MAX_LINKS = 50
_LINK = re.compile(r"<a\b([^<>]{0,8192})>([^<]{0,256})")
_ATTRIBUTE = re.compile(r'\b(href|class|rel)="([^"]{0,8192})"')
_NO_PAGES = frozenset({"mention", "hashtag", "u-url"})


def first(content: str, own_hosts: Collection[str], known: Collection[str] = ()) -> str | None:
    """Return the address of the page that a post's safe HTML links to first, without its fragment; None without one.

    `known` are addresses that are no pages to show: of those it mentions, and of the post that it quotes. Links to
    this server get no card.
    """
    for match in islice(_LINK.finditer(without_fallback(content)), _MAX_LINKS):
        attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(match[1])}
        link = _page(attributes, match[2].strip(), own_hosts, known)
        if link is not None:
            return link
    return None


def _page(attributes: dict[str, str], words: str, own_hosts: Collection[str], known: Collection[str]) -> str | None:
    href = attributes.get("href", "")
    if _NO_PAGES & set(attributes.get("class", "").split()) or "tag" in attributes.get("rel", "").split():
        return None
    if words.startswith(("@", "#", "＠", "＃")) or href in known:
        return None
    link = safe_url(href.partition("#")[0])
    if link is None or len(link.encode("utf-8", "replace")) > MAX_LINK or _netloc(link) in own_hosts:
        return None
    return link if host_of(link) else None


def _netloc(link: str) -> str:
    return re.split(r"[/?]", link.partition("://")[2], maxsplit=1)[0]
