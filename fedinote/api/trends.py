"""What is talked about, and the posts about a link. https://docs.joinmastodon.org/methods/trends/"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fedinote.api.entities import trends as entities
from fedinote.api.entities.statuses import statuses
from fedinote.api.entities.tags import tags as tag_entities
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Answer, Call, route
from fedinote.text.urls import safe_url
from fedinote.timelines import trends

MAX_OFFSET = 1000
_READ = ("read:statuses",)


def window(call: Call, default: int, most: int) -> tuple[int, int]:
    """Read limit and offset; beyond `most` and a thousand they are clamped."""
    limit = call.params.number("limit", default)
    offset = call.params.number("offset", 0)
    return (min(limit, most) if limit > 0 else default), min(max(offset, 0), MAX_OFFSET)


def listing(call: Call, items: list[Any], read: Sequence[int], limit: int, offset: int) -> Answer:
    """Return a page by offset with its Link header; `read` are the ids of which `items` were made."""
    address = call.app.settings.base + call.request.scope["path"]
    more = [(offset + limit, "next")] if len(read) >= limit and offset + limit <= MAX_OFFSET else []
    more += [(max(0, offset - limit), "prev")] if offset else []
    links = [f'<{address}?{urlencode({"limit": limit, "offset": at})}>; rel="{rel}"' for at, rel in more]
    return Answer(items, headers=(("link", ", ".join(links)),) if links else ())


async def tags(call: Call) -> Answer:
    """List the hashtags that many people use at present."""
    limit, offset = window(call, 10, 20)
    ids = await trends.tags(call.app, limit, offset)
    return listing(call, await tag_entities(call.app, ids, call.viewer), ids, limit, offset)


async def posts(call: Call) -> Answer:
    """List the posts that many people like and boost at present."""
    limit, offset = window(call, 20, 40)
    ids = await trends.posts(call.app, call.viewer_id, limit, offset)
    return listing(call, await statuses(call.app, ids, call.viewer, context="public"), ids, limit, offset)


async def links(call: Call) -> Answer:
    """List the pages that many people link to at present."""
    limit, offset = window(call, 10, 20)
    ids = await trends.links(call.app, limit, offset)
    return listing(call, await entities.links(call.app, ids), ids, limit, offset)


async def link_timeline(call: Call) -> Page:
    """Show public posts that link to a page which many link to at present; none for any other page."""
    asked = paging(call)
    url = safe_url(call.params.need("url", max=4096).partition("#")[0])
    if url is None:
        return Page()
    found = await trends.link_timeline(call.app, call.viewer_id, url, asked)
    return Page(await statuses(call.app, found.ids, call.viewer, context="public"), found.keys)


ROUTES = (
    route("GET", "/api/v1/trends", tags, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/trends/tags", tags, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/trends/statuses", posts, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/trends/links", links, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/timelines/link", link_timeline, auth="optional-user", scopes=_READ),
)
