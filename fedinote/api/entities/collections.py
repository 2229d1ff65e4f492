"""Collection entities (Mastodon 4.6). https://docs.joinmastodon.org/entities/Collection/"""

from collections.abc import Sequence
from typing import Any

from fedinote.api.entities.values import moment
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.relations import curation


async def collections(app: App, rows: Sequence[Row], viewer_id: int | None) -> list[dict[str, Any]]:
    """Turn rows of collections into entities with their items, in their order. One query."""
    found = await curation.items(app, [row["id"] for row in rows], viewer_id) if rows else []
    return [_collection(app, row, [item(one) for one in found if one["collection_id"] == row["id"]]) for row in rows]


def _collection(app: App, row: Row, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "uri": row["uri"],
        "url": row["url"],
        "name": row["name"],
        "description": row["description"],
        "language": row["language"],
        "account_id": str(row["account_id"]),
        "local": row["domain"] == "",
        "sensitive": bool(row["sensitive"]),
        "discoverable": bool(row["discoverable"]),
        "item_count": len(items),
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["updated_at"]),
        "tag": {"name": row["tag"], "url": app.url(f"/tags/{row['tag'].lower()}")} if row["tag"] else None,
        "items": items,
    }


def item(row: Row) -> dict[str, Any]:
    """Turn one row of `curation.items` into a CollectionItem."""
    return {
        "id": str(row["id"]),
        "account_id": str(row["account_id"]),
        "state": row["state"],
        "created_at": moment(row["created_at"]),
    }
