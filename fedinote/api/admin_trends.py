"""What the staff decides about trends and hashtags. https://docs.joinmastodon.org/methods/admin/trends/"""

from collections.abc import Awaitable, Callable
from typing import Any

from fedinote.api.entities import trends as entities
from fedinote.api.entities.statuses import statuses
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Answer, Call, Route, route
from fedinote.api.trends import listing, window
from fedinote.infra.errors import NotFound
from fedinote.moderation import moderator
from fedinote.moderation.house import trending
from fedinote.moderation.moderator import Moderator, Power
from fedinote.timelines import trend_reviews, trends

_READ, _WRITE = ("admin:read",), ("admin:write",)
_TRENDS = "/api/v1/admin/trends"
_TAGS = "/api/v1/admin/tags"
Handler = Callable[[Call], Awaitable[Any]]


async def _acting(call: Call) -> Moderator:
    return await moderator.acting(call.app, call.me, Power.TRENDS)


async def tags(call: Call) -> Answer:
    """GET /api/v1/admin/trends/tags: what is talked about, allowed or not."""
    await _acting(call)
    limit, offset = window(call, 10, 100)
    ids = await trends.tags(call.app, limit, offset, everything=True)
    return listing(call, await entities.admin_tags(call.app, ids, call.me), ids, limit, offset)


async def posts(call: Call) -> Answer:
    """GET /api/v1/admin/trends/statuses."""
    await _acting(call)
    limit, offset = window(call, 20, 100)
    ids = await trends.posts(call.app, call.me.account_id, limit, offset, everything=True)
    found = await statuses(call.app, ids, call.me, context="thread")
    decided = await trend_reviews.decided(call.app, "post", ids)
    return listing(call, entities.admin_posts(call.app, found, decided), ids, limit, offset)


async def links(call: Call) -> Answer:
    """GET /api/v1/admin/trends/links."""
    await _acting(call)
    limit, offset = window(call, 10, 100)
    ids = await trends.links(call.app, limit, offset, everything=True)
    return listing(call, await entities.admin_links(call.app, ids), ids, limit, offset)


async def publishers(call: Call) -> Answer:
    """GET /api/v1/admin/trends/links/publishers: hosts of links that were among the trends."""
    await _acting(call)
    limit, offset = window(call, 40, 100)
    found = await trend_reviews.publishers(call.app, limit, offset)
    items = [entities.publisher(call.app, one) for one in found]
    return listing(call, items, [one.id for one in found], limit, offset)


def _on_tag(*, allowed: bool) -> Handler:
    async def handler(call: Call) -> Any:
        await trending.rule_tag(call.app, await _acting(call), call.id(), trendable=allowed)
        return await _tag(call)

    return handler


def _on_post(*, allowed: bool) -> Handler:
    async def handler(call: Call) -> Any:
        await trending.decide(call.app, await _acting(call), "post", call.id(), allowed=allowed)
        found = await statuses(call.app, [call.id()], call.me, context="thread")
        return next(iter(entities.admin_posts(call.app, found, {call.id()})), {})

    return handler


def _on_link(*, allowed: bool) -> Handler:
    async def handler(call: Call) -> Any:
        await trending.decide(call.app, await _acting(call), "link", call.id(), allowed=allowed)
        return (await entities.admin_links(call.app, [call.id()]))[0]

    return handler


def _on_publisher(*, allowed: bool) -> Handler:
    async def handler(call: Call) -> Any:
        decided = await trending.decide_publisher(call.app, await _acting(call), call.id(), allowed=allowed)
        return entities.publisher(call.app, decided)

    return handler


async def list_tags(call: Call) -> Page:
    """GET /api/v1/admin/tags: the newest first."""
    await _acting(call)
    asked = paging(call, 100, 200)
    ids = await trend_reviews.tag_page(call.app, asked.limit, asked.max_id)
    return Page(await entities.admin_tags(call.app, ids, call.me), ids)


async def show_tag(call: Call) -> Any:
    """GET /api/v1/admin/tags/:id."""
    await _acting(call)
    return await _tag(call)


async def _tag(call: Call) -> Any:
    found = await entities.admin_tags(call.app, [call.id()], call.me)
    if not found:
        raise NotFound
    return found[0]


async def update_tag(call: Call) -> Any:
    """PUT /api/v1/admin/tags/:id: whether it may be used, found and among the trends, and how it is written."""
    params = call.params
    await trending.rule_tag(
        call.app,
        await _acting(call),
        call.id(),
        usable=params.flag("usable", None),
        trendable=params.flag("trendable", None),
        listable=params.flag("listable", None),
        display=params.text("display_name"),
    )
    return await _tag(call)


def _decisions(kind: str, on: Callable[..., Handler]) -> tuple[Route, Route]:
    path = f"{_TRENDS}/{kind}/{{id}}"
    return (
        route("POST", f"{path}/approve", on(allowed=True), auth="user", scopes=_WRITE),
        route("POST", f"{path}/reject", on(allowed=False), auth="user", scopes=_WRITE),
    )


ROUTES = (
    route("GET", f"{_TRENDS}/tags", tags, auth="user", scopes=_READ),
    route("GET", f"{_TRENDS}/statuses", posts, auth="user", scopes=_READ),
    route("GET", f"{_TRENDS}/links", links, auth="user", scopes=_READ),
    route("GET", f"{_TRENDS}/links/publishers", publishers, auth="user", scopes=_READ),
    *_decisions("tags", _on_tag),
    *_decisions("statuses", _on_post),
    *_decisions("links", _on_link),
    *_decisions("links/publishers", _on_publisher),
    route("GET", _TAGS, list_tags, auth="user", scopes=_READ),
    route("GET", f"{_TAGS}/{{id}}", show_tag, auth="user", scopes=_READ),
    route("PUT", f"{_TAGS}/{{id}}", update_tag, auth="user", scopes=_WRITE),
)
