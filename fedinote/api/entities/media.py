"""MediaAttachment entities. https://docs.joinmastodon.org/entities/MediaAttachment/"""

from collections.abc import Iterable
from typing import Any

import msgspec

from fedinote.api.entities.values import file_url, here, mapped
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.media import remote
from fedinote.media.models import Media

COLUMNS = """m.id, m.post_id, m.kind, m.key, m.preview_key, m.remote_url, m.remote_preview, m.description, m.blurhash,
 m.meta, m.state, m.title, m.artist, m.waveform"""
_NAMES = ("id", "kind", "key", "preview_key", "remote_url", "remote_preview", "description", "blurhash", "state")
_SOUND = ("title", "artist", "waveform")
_OF_POSTS = f"SELECT {COLUMNS} FROM media m WHERE m.post_id IN_INTS(?) ORDER BY m.post_id, m.position, m.id"  # noqa: S608


def of_posts(post_ids: Iterable[int]) -> Query:
    """Return the query for the attachments of posts, in their order."""
    return _OF_POSTS, (list(post_ids),)


def media(app: App, row: Row) -> dict[str, Any]:
    """Turn a row into a MediaAttachment. `url` is null while it is being worked on.

    A sound has the keys `title`, `artist` and `waveform` besides, of our own.
    """
    url, preview = _addresses(app, row)
    return {
        "id": str(row["id"]),
        "type": row["kind"],
        "url": url if row["state"] == "ready" else None,
        "preview_url": preview if row["state"] == "ready" else None,
        "remote_url": row["remote_url"],
        "preview_remote_url": row["remote_preview"],
        "text_url": None,
        "meta": mapped(row["meta"]),
        "description": row["description"],
        "blurhash": row["blurhash"],
        **({name: row[name] or None for name in _SOUND} if row["kind"] == "audio" else {}),
    }


def _addresses(app: App, row: Row) -> tuple[str | None, str | None]:
    """Return where the file is and where the small picture; a sound may have none, an image is its own without one.

    What lies on another server is shown through this one.
    """
    if row["key"]:
        url = file_url(app, row["key"])
        return url, file_url(app, row["preview_key"]) if row["preview_key"] else _own(row, url)
    source, small = remote.attachment(app, row)
    if source:
        return f"{app.settings.base}{source}", here(app, small, "") or None
    return row["remote_url"], row["remote_preview"] or _own(row, row["remote_url"])


def _own(row: Row, url: str | None) -> str | None:
    return None if row["kind"] == "audio" else url


def of_upload(app: App, upload: Media) -> dict[str, Any]:
    """Turn a model into a MediaAttachment."""
    value = {name: getattr(upload, name) for name in (*_NAMES, *_SOUND)}
    return media(app, {**value, "meta": msgspec.json.encode(upload.meta).decode()})
