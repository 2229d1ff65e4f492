"""Boards as pages show them: a list of covers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.posts import board_reading
from fedinote.web.attachments import File, file

WASHES = 6


@dataclass(frozen=True, slots=True)
class Shelf:
    """A board in a list. `pictures` are paths of ours with their descriptions, the cover first; `wash` colours it
    where there are none.
    """

    id: int
    title: str
    description: str
    language: str
    owner: str
    link: str
    count: int
    pictures: tuple[File, ...]
    wash: int
    updated: datetime


async def shelves(app: App, rows: Sequence[Row], viewer_id: int | None) -> list[Shelf]:
    """Turn rows of `board_reading` into what a list shows. Two queries."""
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    counts = await board_reading.counts(app, ids, viewer_id)
    found = await board_reading.pictures(app, ids, viewer_id)
    return [
        Shelf(
            id=row["id"],
            title=row["title"],
            description=row["description"],
            language=row["language"] or "",
            owner=row["username"],
            link=f"/@{row['username']}/boards/{row['id']}",
            count=counts.get(row["id"], 0),
            pictures=tuple(one for one in (file(app, raw) for raw in found.get(row["id"], [])) if one.preview),
            wash=row["id"] // 7 % WASHES,
            updated=from_ms(row["updated_at"]),
        )
        for row in rows
    ]
