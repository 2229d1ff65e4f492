"""Small pieces that several entities share: times, custom emoji, and the addresses of stored files."""

from functools import lru_cache
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso

_decode = msgspec.json.Decoder().decode


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


def emojis(text: str | None) -> list[dict[str, Any]]:
    """Return the CustomEmoji entities of a snapshot column: pictures for the :shortcodes: in a text."""
    return [
        {
            "shortcode": one["shortcode"],
            "url": one["url"],
            "static_url": one.get("static_url") or one["url"],
            "visible_in_picker": False,
        }
        for one in listed(text)
    ]


def file_url(app: App, key: str) -> str:
    """Return where a stored file is served."""
    return f"{app.settings.base}/media/{key}"
