"""Board entities. A part of FediNote's own."""

from collections.abc import Sequence
from typing import Any

from fedinote.api.entities.media import media
from fedinote.api.entities.values import moment
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.posts import board_reading


async def boards(app: App, rows: Sequence[Row], viewer_id: int | None) -> list[dict[str, Any]]:
    """Turn rows of `board_reading` into entities, as a viewer sees them. Two queries."""
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    counts = await board_reading.counts(app, ids, viewer_id)
    pictures = await board_reading.pictures(app, ids, viewer_id)
    return [_board(app, row, counts.get(row["id"], 0), pictures.get(row["id"], [])) for row in rows]


def _board(app: App, row: Row, count: int, pictures: Sequence[Row]) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "uri": row["uri"],
        "url": row["url"],
        "title": row["title"],
        "description": row["description"],
        "language": row["language"],
        "account_id": str(row["account_id"]),
        "statuses_count": count,
        "cover_id": None if row["cover_post_id"] is None else str(row["cover_post_id"]),
        "pictures": [media(app, one) for one in pictures],
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["updated_at"]),
    }
