"""Reactions with an emoji to what the staff tells everybody. https://docs.joinmastodon.org/methods/announcements/"""

from collections.abc import Sequence

from fedinote.events import AnnouncementReacted
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.house import announcements
from fedinote.text import emoji as spelling

MAX_KINDS = 8
"""How many different emoji an announcement takes, as in Mastodon."""
_UNKNOWN = "Validation failed: Name is not a recognized emoji"

_COUNTED = """
SELECT e.id, e.announcement_id, e.name, COUNT(r.id) AS count, MAX(c.url) AS url, MAX(c.static_url) AS static_url,
  SUM(CASE WHEN r.account_id = ? THEN 1 ELSE 0 END) AS mine, MIN(r.id) AS first
FROM announcement_emojis e LEFT JOIN announcement_reactions r ON r.emoji_id = e.id
  LEFT JOIN custom_emojis c ON c.shortcode = e.name AND c.domain = ''
WHERE {which} GROUP BY e.id, e.announcement_id, e.name ORDER BY first, e.id
"""
_OF = _COUNTED.format(which="e.announcement_id IN_INTS(?)")
_ONE = _COUNTED.format(which="e.id = ?")
_MAKE = """
INSERT INTO announcement_emojis (id, announcement_id, key, name) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
_KINDS = """
SELECT COUNT(DISTINCT e.id) AS value FROM announcement_emojis e JOIN announcement_reactions r ON r.emoji_id = e.id
WHERE e.announcement_id = ? AND e.key <> ?
"""


async def add(app: App, account_id: int, announcement_id: int, name: str) -> None:
    """React with a Unicode emoji or one of ours (`tea`); repeating it changes nothing. Emits AnnouncementReacted.

    Raises NotFound for what is not shown at present, Invalid for what is no emoji and for the ninth kind.
    """
    wanted = await _chosen(app, name)
    key = spelling.key(wanted)
    async with app.db.transaction():
        await app.db.rows(f"SELECT id FROM announcements WHERE id = ?{app.db.lock}", announcement_id)  # noqa: S608
        if not await announcements.by_id(app, announcement_id):
            raise NotFound
        if await app.db.value(_KINDS, announcement_id, key) >= MAX_KINDS:
            raise Invalid("Validation failed: Limit of different reactions reached")
        await app.db.execute(_MAKE, app.ids.next(), announcement_id, key, wanted)
        emoji_id = await _emoji(app, announcement_id, key)
        made = await app.db.returning(
            "INSERT INTO announcement_reactions (emoji_id, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
            " RETURNING id",
            emoji_id,
            account_id,
        )
        if made:
            await app.emit(AnnouncementReacted(announcement_id, emoji_id))


async def remove(app: App, account_id: int, announcement_id: int, name: str) -> None:
    """Take a reaction back. Emits AnnouncementReacted. Raises NotFound where there is none."""
    async with app.db.transaction():
        emoji_id = await _emoji(app, announcement_id, spelling.key(_bare(name)))
        gone = await app.db.execute(
            "DELETE FROM announcement_reactions WHERE emoji_id = ? AND account_id = ?", emoji_id, account_id
        )
        if not gone:
            raise NotFound
        await app.emit(AnnouncementReacted(announcement_id, emoji_id))


def _bare(name: str) -> str:
    return name.removeprefix(":").removesuffix(":")


async def _chosen(app: App, name: str) -> str:
    if spelling.is_emoji(name):
        return name
    bare = _bare(name)
    if not spelling.is_shortcode(bare):
        raise Invalid(_UNKNOWN)
    sql = "SELECT shortcode AS value FROM custom_emojis WHERE shortcode = ? AND domain = '' AND disabled_at IS NULL"
    found: str | None = await app.db.value(sql, bare)
    if found is None:
        raise Invalid(_UNKNOWN)
    return found


async def _emoji(app: App, announcement_id: int, key: str) -> int:
    found: int | None = await app.db.value(
        "SELECT id AS value FROM announcement_emojis WHERE announcement_id = ? AND key = ?", announcement_id, key
    )
    if found is None:
        raise NotFound
    return found


async def counted(app: App, announcement_ids: Sequence[int], viewer_id: int) -> list[Row]:
    """Return what people reacted with, in the order in which the emoji came: one query for all announcements.

    Rows of announcement_id, name, url and static_url (None for Unicode), count (never 0), and `mine` (0 or 1).
    """
    if not announcement_ids:
        return []
    rows = await app.db.rows(_OF, viewer_id, list(announcement_ids))
    return [row for row in rows if row["count"]]


async def by_id(app: App, emoji_id: int) -> Row | None:
    """Return one such row, also with a count of 0; None when the announcement is not there any more."""
    return await app.db.row(_ONE, 0, emoji_id)
