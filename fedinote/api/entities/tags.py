"""Tag entities with a week of history. https://docs.joinmastodon.org/entities/Tag/"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query

DAYS = 7
_DAY = 86_400_000
_TAGS = """SELECT t.id, t.name, t.display,
 (SELECT COUNT(*) FROM followed_tags f WHERE f.tag_id = t.id AND f.account_id = ?) AS following,
 (SELECT COUNT(*) FROM featured_tags g WHERE g.tag_id = t.id AND g.account_id = ?) AS featuring
 FROM tags t WHERE t.id IN_INTS(?)"""
_HISTORY = """SELECT pt.tag_id, p.created_at / 86400000 AS day, COUNT(*) AS uses,
 COUNT(DISTINCT p.account_id) AS accounts FROM post_tags pt JOIN posts p ON p.id = pt.post_id
 WHERE pt.tag_id IN_INTS(?) AND pt.post_id >= ? AND p.visibility = 'public'
 GROUP BY pt.tag_id, p.created_at / 86400000"""


def url(app: App, name: str) -> str:
    """Return the page of a hashtag here."""
    return f"{app.settings.base}/tags/{quote(name)}"


async def tags(app: App, ids: Sequence[int], viewer: Viewer | None) -> list[dict[str, Any]]:
    """Return Tag entities in the order of the ids; two queries. `following` and `featuring` are for a viewer only."""
    if not ids:
        return []
    today = to_ms(app.now()) // _DAY
    days = range(today, today - DAYS, -1)
    first = (days[-1] * _DAY) << 16  # an id holds its time: older posts are not read at all
    viewer_id = viewer.account_id if viewer else 0
    history: Query = (_HISTORY, (list(ids), first))
    rows, counted = await app.db.many((_TAGS, (viewer_id, viewer_id, list(ids))), history)
    counts = {(row["tag_id"], row["day"]): (row["uses"], row["accounts"]) for row in counted}
    found = {}
    for row in rows:
        value: dict[str, Any] = {"id": str(row["id"]), "name": row["display"], "url": url(app, row["name"])}
        value["history"] = [_day(day, counts.get((row["id"], day), (0, 0))) for day in days]
        if viewer is not None:
            value["following"] = bool(row["following"])
            value["featuring"] = bool(row["featuring"])
        found[row["id"]] = value
    return [found[one] for one in ids if one in found]


def _day(day: int, counted: tuple[int, int]) -> dict[str, str]:
    uses, people = counted
    return {"day": str(day * _DAY // 1000), "uses": str(uses), "accounts": str(people)}
