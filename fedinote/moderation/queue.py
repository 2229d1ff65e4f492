"""The queue of reports: those that are open, those that one moderator has taken on, those that are closed."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden
from fedinote.moderation.moderator import Moderator, Power

PARTS = ("open", "mine", "closed")
_QUEUE = """SELECT r.id, r.category, r.comment, r.post_ids, r.target_id, r.assigned_to_id, r.created_at,
 r.action_taken_at, t.username, t.domain, w.username AS assignee FROM reports r
 JOIN accounts t ON t.id = r.target_id LEFT JOIN accounts w ON w.id = r.assigned_to_id"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report in the queue. `handle` is the reported account's; `assignee` is "" where nobody works on it."""

    id: int
    target_id: int
    handle: str
    category: str
    comment: str
    posts: int
    assignee: str
    created_at: datetime
    closed_at: datetime | None


async def page(app: App, by: Moderator, part: str, size: int, *, after: int | None = None) -> list[Waiting]:
    """Return a page of one of PARTS: oldest first, closed ones newest first. `after` is the last id seen. `Forbidden`.

    One query.
    """
    if not by.may(Power.REPORTS):
        raise Forbidden
    closed = part == "closed"
    conditions, values = [f"r.action_taken_at IS {'NOT ' if closed else ''}NULL"], []
    if part == "mine":
        conditions.append("r.assigned_to_id = ?")
        values.append(by.account_id)
    if after is not None:
        conditions.append(f"r.id {'<' if closed else '>'} ?")
        values.append(after)
    order = "DESC" if closed else "ASC"
    sql = f"{_QUEUE} WHERE {' AND '.join(conditions)} ORDER BY r.id {order} LIMIT ?"
    return [_waiting(app, row) for row in await app.db.rows(sql, *values, size)]


def _waiting(app: App, row: Row) -> Waiting:
    return Waiting(
        id=row["id"],
        target_id=row["target_id"],
        handle=f"@{row['username']}@{row['domain'] or app.settings.handle_host}",
        category=row["category"],
        comment=row["comment"],
        posts=len(msgspec.json.decode(row["post_ids"])),
        assignee=row["assignee"] or "",
        created_at=from_ms(row["created_at"]),
        closed_at=None if row["action_taken_at"] is None else from_ms(row["action_taken_at"]),
    )
