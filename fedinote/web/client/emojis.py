"""Custom emoji in names and texts, as pictures; those of other servers come through this one (`media.remote`).

One whose picture is not to be shown stays the :name: that it is.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from markupsafe import Markup, escape

from fedinote.infra.app import App
from fedinote.media import remote

Pictures = Mapping[str, str]
"""Paths of ours by shortcode."""

_CODE = re.compile(r":([a-zA-Z0-9_]{2,64}):")
# A tag, whose attributes may hold ">", or a run of text between tags. Nothing in it is tried twice.
_PIECE = re.compile(r"""<(?:[^<>"']++|"[^"]*+"|'[^']*+')*>|[^<]++|<""")


def pictures(app: App, *snapshots: str | None) -> Pictures:
    """Return the pictures of emoji that posts or profiles keep (JSON lists of {shortcode, url, …})."""
    found: dict[str, str] = {}
    for text in snapshots:
        for one in _listed(text):
            if path := path_of(app, one.get("static_url") or one.get("url")):
                found.setdefault(one["shortcode"], path)
    return found


def _listed(text: str | None) -> Iterable[Mapping[str, Any]]:
    if not text or text == "[]":
        return ()
    value = msgspec.json.decode(text)
    return value if isinstance(value, list) else ()


def path_of(app: App, url: str | None) -> str:
    """Return where a page may load the picture of an emoji from: a path of ours, or ""."""
    return remote.emoji(app, url)


def in_text(text: str, found: Pictures) -> Markup:
    """Return a text for a page: escaped, with pictures for the emoji in it."""
    return Markup(_CODE.sub(_shown(found), str(escape(text)))) if found else escape(text)  # noqa: S704  escaped before


def in_html(html: str, found: Pictures) -> str:
    """Return safe HTML with pictures for the emoji in its text; tags and attributes stay as they are."""
    if not found or ":" not in html:
        return html
    shown = _shown(found)
    return _PIECE.sub(lambda piece: piece[0] if piece[0].startswith("<") else _CODE.sub(shown, piece[0]), html)


def _shown(found: Pictures) -> Callable[[re.Match[str]], str]:
    def replaced(code: re.Match[str]) -> str:
        path = found.get(code[1])
        if path is None:
            return code[0]
        return str(
            Markup('<img class="emoji" src="{}" alt="{}" title="{}" loading="lazy">').format(path, code[0], code[0])
        )

    return replaced
