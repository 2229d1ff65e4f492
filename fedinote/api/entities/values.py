"""Small pieces that several entities share: times, custom emoji, and the addresses of stored files."""

from functools import lru_cache
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.media import remote

_decode = msgspec.json.Decoder().decode
_UNLISTED = {"visible_in_picker": False}


@lru_cache(maxsize=8192)
def moment(milliseconds: int) -> str:
    """Return epoch milliseconds as `2026-01-02T03:04:05.678Z`."""
    return iso(from_ms(milliseconds))


def moment_or_none(milliseconds: int | None) -> str | None:
    """Return epoch milliseconds as a timestamp; None stays None."""
    return None if milliseconds is None else moment(milliseconds)


def listed(text: str | None) -> list[Any]:
    """Decode a JSON column that holds a list; None and what is no list give an empty one."""
    if text is None or text == "[]":
        return []
    value = _decode(text)
    return value if isinstance(value, list) else []


def mapped(text: str | None) -> dict[str, Any]:
    """Decode a JSON column that holds an object; None and what is no object give an empty one."""
    if text is None or text == "{}":
        return {}
    value = _decode(text)
    return value if isinstance(value, dict) else {}


def emojis(app: App, text: str | None) -> list[dict[str, Any]]:
    """Return the CustomEmoji entities of a snapshot column: pictures for the :shortcodes: in a text."""
    return [
        {"shortcode": one["shortcode"], **emoji_picture(app, one["url"], one.get("static_url")), **_UNLISTED}
        for one in listed(text)
    ]


def emoji_picture(app: App, url: str, static_url: str | None) -> dict[str, str]:
    """Return `url` and `static_url` of an emoji: those of other servers are shown through this one."""
    if url.startswith(app.settings.base):
        return {"url": url, "static_url": static_url or url}
    return {
        "url": here(app, remote.emoji(app, url), url),
        "static_url": here(app, remote.emoji(app, static_url or url, small=True), static_url or url),
    }


def here(app: App, path: str, otherwise: str) -> str:
    """Return the absolute form of a path of ours, or another address where there is none."""
    return f"{app.settings.base}{path}" if path else otherwise


def file_url(app: App, key: str) -> str:
    """Return where a stored file is served."""
    return f"{app.settings.base}/media/{key}"
