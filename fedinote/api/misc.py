"""Small things that clients ask for at their start."""

from typing import Any

from fedinote.api.routing import Call, route


async def custom_emojis(call: Call) -> Any:
    """GET /api/v1/custom_emojis: ours. https://docs.joinmastodon.org/methods/custom_emojis/"""
    rows = await call.app.db.rows(
        "SELECT shortcode, url, static_url, category, visible FROM custom_emojis WHERE domain = ''"
        " AND disabled_at IS NULL ORDER BY shortcode"
    )
    return [
        {
            "shortcode": row["shortcode"],
            "url": row["url"],
            "static_url": row["static_url"],
            "visible_in_picker": bool(row["visible"]),
            "category": row["category"],
        }
        for row in rows
    ]


ROUTES = (route("GET", "/api/v1/custom_emojis", custom_emojis, auth="public"),)
