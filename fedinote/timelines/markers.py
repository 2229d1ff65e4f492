"""How far a person has read a timeline, kept in step between devices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row

TIMELINES = ("home", "notifications")


@dataclass(frozen=True, slots=True)
class ReadMarker:
    """The last item read in a timeline; `version` grows with each change."""

    timeline: str
    last_read_id: int
    version: int
    updated_at: datetime


def _marker(row: Row) -> ReadMarker:
    return ReadMarker(row["timeline"], row["last_read_id"], row["version"], from_ms(row["updated_at"]))


async def read(app: App, account_id: int, timelines: Sequence[str]) -> list[ReadMarker]:
    """Return a person's markers for these timelines; those that were never set are left out."""
    rows = await app.db.rows(
        "SELECT timeline, last_read_id, version, updated_at FROM markers"
        " WHERE account_id = ? AND timeline IN_TEXTS(?) ORDER BY timeline",
        account_id,
        list(timelines),
    )
    return [_marker(row) for row in rows]


async def write(app: App, account_id: int, positions: Mapping[str, int]) -> list[ReadMarker]:
    """Set markers by timeline; return them as they are now. Unknown timelines are left out."""
    written: list[ReadMarker] = []
    async with app.db.transaction():
        for timeline in TIMELINES:
            if timeline not in positions:
                continue
            rows = await app.db.returning(
                "INSERT INTO markers (account_id, timeline, last_read_id, version, updated_at) VALUES (?, ?, ?, 0, ?)"
                " ON CONFLICT (account_id, timeline) DO UPDATE SET last_read_id = excluded.last_read_id,"
                " version = markers.version + 1, updated_at = excluded.updated_at"
                " RETURNING timeline, last_read_id, version, updated_at",
                account_id,
                timeline,
                positions[timeline],
                app.now(),
            )
            written.append(_marker(rows[0]))
    return written
