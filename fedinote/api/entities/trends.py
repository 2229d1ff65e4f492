"""Trends::Link entities, and what the staff sees of trends. https://docs.joinmastodon.org/entities/Trends_Link/"""

from collections.abc import Sequence
from typing import Any

from fedinote.api.entities import cards
from fedinote.api.entities.tags import DAYS, tags
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.clock import iso, to_ms
from fedinote.timelines import trend_reviews
from fedinote.timelines.trend_reviews import Publisher

_DAY = 86_400_000
_HISTORY = """SELECT t.id AS card_id, p.created_at / 86400000 AS day, COUNT(*) AS uses,
 COUNT(DISTINCT p.account_id) AS accounts FROM preview_cards t JOIN preview_cards c ON c.url = t.url
 JOIN post_links l ON l.card_id = c.id JOIN posts p ON p.id = l.post_id
 WHERE t.id IN_INTS(?) AND l.post_id >= ? AND p.visibility = 'public'
 GROUP BY t.id, p.created_at / 86400000"""


async def links(app: App, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return Trends::Link entities (cards with a week of history) in the order of the ids: three queries at most."""
    found = await cards.by_id(app, list(ids))
    days = range(to_ms(app.now()) // _DAY, to_ms(app.now()) // _DAY - DAYS, -1)
    first = (days[-1] * _DAY) << 16  # an id holds its time: older posts are not read at all
    rows = await app.db.rows(_HISTORY, list(ids), first) if found else []
    counts = {(row["card_id"], row["day"]): (row["uses"], row["accounts"]) for row in rows}
    return [
        {**found[one], "history": [_day(day, *counts.get((one, day), (0, 0))) for day in days]}
        for one in ids
        if one in found
    ]


def _day(day: int, uses: int, people: int) -> dict[str, str]:
    return {"day": str(day * _DAY // 1000), "uses": str(uses), "accounts": str(people)}


async def admin_links(app: App, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return links as the staff sees them: with `id` and `requires_review`."""
    decided = await trend_reviews.decided(app, "link", list(ids))
    found = dict(zip(await _present(app, ids), await links(app, ids), strict=True))
    return [
        {"id": str(one), **value, "requires_review": _reviewing(app) and one not in decided}
        for one, value in found.items()
    ]


async def _present(app: App, ids: Sequence[int]) -> list[int]:
    rows = await app.db.rows("SELECT id FROM preview_cards WHERE id IN_INTS(?)", list(ids))
    there = {row["id"] for row in rows}
    return [one for one in ids if one in there]


async def admin_tags(app: App, ids: Sequence[int], viewer: Viewer) -> list[dict[str, Any]]:
    """Return Admin::Tag entities in the order of the ids. https://docs.joinmastodon.org/entities/Admin_Tag/"""
    rules = await trend_reviews.tag_rules(app, list(ids))
    shown = app.settings.moderation.trends == "shown"
    values = []
    for value in await tags(app, ids, viewer):
        rule = rules[int(value["id"])]
        values.append(
            {
                **value,
                "trendable": shown if rule.trendable is None else rule.trendable,
                "usable": rule.usable is not False,
                "listable": rule.listable is not False,
                "requires_review": _reviewing(app) and not rule.reviewed,
            }
        )
    return values


def admin_posts(app: App, found: list[dict[str, Any]], decided: set[int]) -> list[dict[str, Any]]:
    """Add to Status entities whether somebody still has to decide about them."""
    return [{**one, "requires_review": _reviewing(app) and int(one["id"]) not in decided} for one in found]


def publisher(app: App, one: Publisher) -> dict[str, Any]:
    """Return a publisher of links, with what was decided about it."""
    shown = app.settings.moderation.trends == "shown"
    return {
        "id": str(one.id),
        "domain": one.host,
        "trendable": shown if one.allowed is None else one.allowed,
        "reviewed_at": None if one.reviewed_at is None else iso(one.reviewed_at),
        "requires_review": _reviewing(app) and one.reviewed_at is None,
    }


def _reviewing(app: App) -> bool:
    return app.settings.moderation.trends == "reviewed"
