"""What a report is about, for moderators: the posts whatever their visibility, their files, and who is who."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.moderation.cases.understanding import Reading
from fedinote.web import attachments
from fedinote.web.attachments import File

_POSTS = """SELECT p.id, p.visibility, p.sensitive, p.created_at, a.username, a.domain FROM posts p
 JOIN accounts a ON a.id = p.account_id WHERE p.id IN_INTS(?) AND p.reblog_of_id IS NULL"""
_NAMES = "SELECT id, username, domain FROM accounts WHERE id IN_INTS(?)"
_STAFF = """SELECT a.id, a.username FROM users u JOIN accounts a ON a.id = u.account_id
 WHERE u.role <> 'member' AND u.state = 'active' AND a.suspended_at IS NULL AND a.deleted_at IS NULL ORDER BY u.id"""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A post that a report names. `link` is its page here."""

    id: int
    link: str
    visibility: str
    sensitive: bool
    created: datetime
    reading: Reading | None
    files: tuple[File, ...]


async def exhibits(app: App, ids: Sequence[int], readings: dict[int, Reading]) -> list[Exhibit]:
    """Return posts in the order of the ids; those that are gone are left out. Two queries, none for none."""
    if not ids:
        return []
    rows, media = await app.db.many((_POSTS, (list(ids),)), attachments.query(ids))
    found = {row["id"]: _exhibit(app, row, media, readings) for row in rows}
    return [found[one] for one in ids if one in found]


def _exhibit(app: App, row: Row, media: Iterable[Row], readings: dict[int, Reading]) -> Exhibit:
    handle = f"@{row['username']}@{row['domain']}" if row["domain"] else f"@{row['username']}"
    return Exhibit(
        id=row["id"],
        link=f"/{handle}/{row['id']}",
        visibility=row["visibility"],
        sensitive=bool(row["sensitive"]),
        created=from_ms(row["created_at"]),
        reading=readings.get(row["id"]),
        files=tuple(attachments.file(app, one) for one in media if one["post_id"] == row["id"]),
    )


async def handles(app: App, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the handles of accounts by id: "@name" for people of this server. One query, none for none."""
    wanted = sorted({one for one in ids if one is not None})
    rows = await app.db.rows(_NAMES, wanted) if wanted else []
    return {row["id"]: f"@{row['username']}" + (f"@{row['domain']}" if row["domain"] else "") for row in rows}


async def staff(app: App) -> list[tuple[int, str]]:
    """Return (account, handle) of those who moderate here, in the order in which they came."""
    return [(row["id"], f"@{row['username']}") for row in await app.db.rows(_STAFF)]
