"""Finding hashtags by how they begin."""

import unicodedata

from fedinote.infra.app import App

_LAST = "\U0010ffff"  # after everything that begins with the text before it, compared byte by byte
_BYTES = {"sqlite": "BINARY", "postgresql": '"C"'}
# A tag that stands in private posts alone would tell what is in them.
_TAGS = """SELECT t.id FROM tags t WHERE t.name COLLATE {c} >= ? AND t.name COLLATE {c} < ?
 AND COALESCE(t.listable, TRUE) AND (EXISTS (SELECT 1 FROM post_tags x JOIN posts p ON p.id = x.post_id
   WHERE x.tag_id = t.id AND p.visibility IN ('public', 'unlisted'))
  OR EXISTS (SELECT 1 FROM featured_tags g WHERE g.tag_id = t.id)
  OR EXISTS (SELECT 1 FROM followed_tags f WHERE f.tag_id = t.id AND f.account_id = ?)){reviewed}
 ORDER BY CASE WHEN t.name = ? THEN 0
  WHEN EXISTS (SELECT 1 FROM followed_tags f WHERE f.tag_id = t.id AND f.account_id = ?) THEN 1 ELSE 2 END,
 LENGTH(t.name), t.name LIMIT 200"""
_REVIEWED = " AND (t.reviewed_at IS NOT NULL OR t.name = ?)"


async def named(app: App, viewer_id: int | None, text: str, *, reviewed: bool = False) -> list[int]:
    """Return ids of tags that begin so: the very tag first, then those the viewer follows, then the shortest.

    `reviewed`: of the others only those that moderators looked at.
    """
    wanted = unicodedata.normalize("NFKC", text.removeprefix("#")).lower()  # as tags are folded
    if not wanted:
        return []
    sql = _TAGS.format(c=_BYTES[app.db.dialect], reviewed=_REVIEWED if reviewed else "")
    asker = viewer_id or 0
    more = (wanted,) if reviewed else ()
    rows = await app.db.rows(sql, wanted, wanted + _LAST, asker, *more, wanted, asker)
    return [row["id"] for row in rows]
