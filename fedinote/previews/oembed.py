"""What a page's oEmbed document says (https://oembed.com), as far as it is of use and safe.

As in Mastodon: photos, videos and links count; "rich" ones do not, since most of them are scripts. Of a video's HTML
nothing is passed on: the address of its first iframe is taken, and the iframe is written anew, in a sandbox.
"""

import html
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from fedinote.previews.pages import MAX_NAME, MAX_TITLE, address, attributes_at, plain, side
from fedinote.text.urls import host_of

_MAX_HTML = 8192
_IFRAME = re.compile(r"<iframe(?=\s)", re.IGNORECASE)
_SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms"


@dataclass(frozen=True, slots=True)
class Embed:
    """A document of the types link, photo or video. Texts are plain, "" when absent; `html` is ours, or ""."""

    kind: str
    title: str = ""
    author_name: str = ""
    author_url: str | None = None
    provider_name: str = ""
    provider_url: str | None = None
    image: str | None = None
    embed_url: str | None = None
    html: str = ""
    width: int = 0
    height: int = 0


def read(document: Any, base: str, own_hosts: Collection[str]) -> Embed | None:
    """Read the document that was found at `base`; None when it is none, of a type not shown, or without its content."""
    if not isinstance(document, dict) or str(document.get("version", "1.0")) not in ("1.0", "1"):
        return None
    kind = document.get("type")
    width, height = side(document.get("width")), side(document.get("height"))
    image = address(document.get("thumbnail_url"), base)
    embed_url, code = None, ""
    if kind == "photo":
        image = embed_url = address(document.get("url"), base)
    elif kind == "video":
        code = iframe(_source(document.get("html"), base), width, height, own_hosts)
    elif kind == "link":
        width = height = 0
    if kind not in ("link", "photo", "video") or (kind == "photo" and not embed_url) or (kind == "video" and not code):
        return None
    return Embed(
        kind=kind,
        title=plain(document.get("title"), MAX_TITLE),
        author_name=plain(document.get("author_name"), MAX_NAME),
        author_url=address(document.get("author_url"), base),
        provider_name=plain(document.get("provider_name"), MAX_NAME),
        provider_url=address(document.get("provider_url"), base),
        image=image,
        embed_url=embed_url,
        html=code,
        width=width,
        height=height,
    )


def _source(code: Any, base: str) -> str | None:
    found = _IFRAME.search(code[:_MAX_HTML]) if isinstance(code, str) else None
    if found is None:
        return None
    return address(attributes_at(found.string, found.end())[0].get("src"), base)


def iframe(source: str | None, width: int, height: int, own_hosts: Collection[str]) -> str:
    """Return an iframe for an https address of somebody else's, else "".

    A frame of our own origin would reach out of its sandbox.
    """
    if source is None or not source.startswith("https://"):
        return ""
    if host_of(source) in {own.partition(":")[0] for own in own_hosts}:
        return ""
    sides = f' width="{width}" height="{height}"' if width and height else ""
    return (
        f'<iframe src="{html.escape(source)}"{sides} frameborder="0" scrolling="no" allowfullscreen="true"'
        f' sandbox="{_SANDBOX}"></iframe>'
    )
