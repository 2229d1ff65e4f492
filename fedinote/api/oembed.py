"""Our public posts for other websites: https://oembed.com and https://docs.joinmastodon.org/methods/oembed/

The answer frames the page of `web.embeds` and has no script. Only what everybody may read has one; everything else
answers 404, as if it were not there.
"""

from html import escape
from typing import Any

from fedinote.api.routing import Call, route
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import visibility

_USUAL, _NARROWEST, _WIDEST = 400, 200, 1200
_HEIGHT = 400
_DAY = 86_400
_POST = """SELECT p.id, a.username, a.display_name FROM posts p JOIN accounts a ON a.id = p.account_id
 WHERE (p.url = ? OR p.uri = ?) AND p.local = TRUE AND p.reblog_of_id IS NULL AND a.deleted_at IS NULL AND """


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
    return {
        "type": "rich",
        "version": "1.0",
        "title": f"New post by {name}",
        "author_name": name,
        "author_url": f"{settings.base}/@{row['username']}",
        "provider_name": settings.instance.title,
        "provider_url": f"{settings.base}/",
        "cache_age": _DAY,
        "html": _html(page, name, width, height or _HEIGHT),
        "width": width,
        "height": height or None,
    }


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
