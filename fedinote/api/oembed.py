"""Our public posts for other websites: https://oembed.com and https://docs.joinmastodon.org/methods/oembed/

The answer frames the page of `web.embeds` and has no script. Only what everybody may read has one; everything else
answers 404, as if it were not there.
"""

from html import escape
from typing import Any

from fedinote.api.entities.values import file_url, mapped
from fedinote.api.routing import Call, route
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import visibility

_USUAL, _NARROWEST, _WIDEST = 400, 200, 1200
_HEIGHT = 400
_DAY = 86_400
_WORDS, _TRACK = 230, 150
"""Pixels that words (a few lines of them) and a player of music take in the frame; pictures take what they need."""
_TALLEST = 900
_FILES = """SELECT kind, meta, key, preview_key FROM media WHERE post_id = ? AND state = 'ready'
 ORDER BY position, id"""
_POST = """SELECT p.sensitive, p.spoiler_text, p.id, a.username, a.display_name FROM posts p
 JOIN accounts a ON a.id = p.account_id WHERE (p.url = ? OR p.uri = ?) AND p.local = TRUE AND p.reblog_of_id IS NULL
 AND a.deleted_at IS NULL AND """


async def show(call: Call) -> dict[str, Any]:
    """Describe the post at `url` for embedding it; `maxwidth` and `maxheight` are in pixels."""
    if call.params.text("format", "json").lower() != "json":
        raise Invalid("Validation failed: Format must be json")
    address = call.params.need("url", max=2048).strip().partition("#")[0].partition("?")[0].rstrip("/")
    keep, params = visibility.condition("p", None)
    row = await call.app.db.row(_POST + keep, address, address, *params)
    if row is None:
        raise NotFound
    settings = call.app.settings
    page = f"{settings.base}/@{row['username']}/{row['id']}"
    name = row["display_name"] or row["username"]
    width, height = _side(call, "maxwidth", _USUAL), _side(call, "maxheight", 0)
    files = [] if row["sensitive"] or row["spoiler_text"] else await call.app.db.rows(_FILES, row["id"])
    return {
        "type": "rich",
        "version": "1.0",
        "title": f"New post by {name}",
        "author_name": name,
        "author_url": f"{settings.base}/@{row['username']}",
        "provider_name": settings.instance.title,
        "provider_url": f"{settings.base}/",
        "cache_age": _DAY,
        "html": _html(page, name, width, height or _height(files, width)),
        "width": width,
        "height": height or (_height(files, width) if files else None),
        **_thumbnail(call, files),
    }


def _height(files: list[Row], width: int) -> int:
    """Return how high the frame should be, so that the first picture or video is seen whole, and a track below it."""
    seen = next((one for one in files if one["kind"] in ("image", "gifv", "video")), None)
    tracks = sum(_TRACK for one in files if one["kind"] == "audio")
    if seen is None:
        return max(_HEIGHT, _WORDS + tracks)
    across, down = _sides(seen, "original")
    return min(_TALLEST, _WORDS + tracks + round(width * (down / across if across and down else 0.75)))


def _thumbnail(call: Call, files: list[Row]) -> dict[str, Any]:
    """Describe the small picture of the first file that has one, with its size (oembed.com, section 2.3.4)."""
    shown = ((one, one["preview_key"] or (one["key"] if one["kind"] == "image" else "")) for one in files)
    found = next(((one, key) for one, key in shown if key), None)
    if found is None:
        return {}
    across, down = _sides(found[0], "small")
    if not across or not down:
        return {}
    return {"thumbnail_url": file_url(call.app, found[1]), "thumbnail_width": across, "thumbnail_height": down}


def _sides(row: Row, which: str) -> tuple[int, int]:
    size = mapped(row["meta"]).get(which) or {}
    return size.get("width") or 0, size.get("height") or 0


def _side(call: Call, name: str, usual: int) -> int:
    given = call.params.number(name, 0)
    return usual if given <= 0 else min(max(given, _NARROWEST), _WIDEST)


def _html(page: str, name: str, width: int, height: int) -> str:
    link = escape(page)
    return (
        f'<blockquote cite="{link}"><a href="{link}" target="_blank" rel="noopener">Post by {escape(name)}</a>'
        "</blockquote>"
        f'<iframe src="{link}/embed" width="{width}" height="{height}" title="{escape(f"Post by {name}")}"'
        ' sandbox="allow-popups allow-popups-to-escape-sandbox" loading="lazy" frameborder="0"></iframe>'
    )


ROUTES = (route("GET", "/api/oembed", show, auth="public"),)
