"""MediaAttachment entities. https://docs.joinmastodon.org/entities/MediaAttachment/"""

from collections.abc import Iterable
from typing import Any

import msgspec

from fedinote.api.entities.values import file_url, mapped
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.media.models import Media

COLUMNS = """m.id, m.post_id, m.kind, m.key, m.preview_key, m.remote_url, m.remote_preview, m.description, m.blurhash,
 m.meta, m.state"""
_NAMES = ("id", "kind", "key", "preview_key", "remote_url", "remote_preview", "description", "blurhash", "state")
_OF_POSTS = f"SELECT {COLUMNS} FROM media m WHERE m.post_id IN_INTS(?) ORDER BY m.post_id, m.position, m.id"  # noqa: S608


def of_posts(post_ids: Iterable[int]) -> Query:
    """Return the query for the attachments of posts, in their order."""
    return _OF_POSTS, (list(post_ids),)


def media(app: App, row: Row) -> dict[str, Any]:
    """Turn a row into a MediaAttachment. `url` is null while it is being worked on."""
    url = file_url(app, row["key"]) if row["key"] else row["remote_url"]
    return {
        "id": str(row["id"]),
        "type": row["kind"],
        "url": url if row["state"] == "ready" else None,
        "preview_url": _preview(app, row, url) if row["state"] == "ready" else None,
        "remote_url": row["remote_url"],
        "preview_remote_url": row["remote_preview"],
        "text_url": None,
        "meta": mapped(row["meta"]),
        "description": row["description"],
        "blurhash": row["blurhash"],
    }


def _preview(app: App, row: Row, url: str | None) -> str | None:
    """Return the small picture; an image is its own where there is none, and a sound has none."""
    if row["preview_key"]:
        return file_url(app, row["preview_key"])
    return row["remote_preview"] or (None if row["kind"] == "audio" else url)


def of_upload(app: App, upload: Media) -> dict[str, Any]:
    """Turn a model into a MediaAttachment."""
    value = {name: getattr(upload, name) for name in _NAMES}
    return media(app, {**value, "meta": msgspec.json.encode(upload.meta).decode()})
