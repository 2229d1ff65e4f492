"""Reactions with an emoji: Pleroma's and Akkoma's routes, and glitch-soc's, with the same effect.

https://docs-develop.pleroma.social/backend/development/API/pleroma_api/
"""

from typing import Any

from fedinote.api.entities import reactions as entities
from fedinote.api.entities.statuses import status
from fedinote.api.routing import Call, route
from fedinote.posts import reactions, visibility

_READ, _WRITE = ("read:statuses",), ("write:favourites",)


async def _after(call: Call) -> Any:
    post = await visibility.original(call.app, call.me.account_id, call.id())
    return await status(call.app, post["id"], call.viewer)


async def react(call: Call) -> Any:
    """Add a reaction: a Unicode emoji, one of ours by name, or another server's that the post has (`name@host`)."""
    await visibility.original(call.app, call.me.account_id, call.id())
    emoji = await reactions.chosen(call.app, call.id(), call.path["emoji"])
    await reactions.react(call.app, call.me.account_id, call.id(), emoji)
    return await _after(call)


async def unreact(call: Call) -> Any:
    """Take a reaction back. Nothing happens when there is none."""
    await reactions.unreact(call.app, call.me.account_id, call.id(), reactions.name_of(call.app, call.path["emoji"]))
    return await _after(call)


async def index(call: Call) -> Any:
    """List the reactions to a post with the people behind them, in the order in which the emoji came."""
    post = await visibility.original(call.app, call.viewer_id, call.id())
    return await entities.with_people(call.app, post["id"], call.viewer)


async def show(call: Call) -> Any:
    """List the people who reacted with one emoji."""
    post = await visibility.original(call.app, call.viewer_id, call.id())
    name = reactions.name_of(call.app, call.path["emoji"])
    return await entities.with_people(call.app, post["id"], call.viewer, name)


_PLEROMA = "/api/v1/pleroma/statuses/{id}/reactions"

ROUTES = (
    route("GET", _PLEROMA, index, auth="optional-user", scopes=_READ),
    route("GET", f"{_PLEROMA}/{{emoji}}", show, auth="optional-user", scopes=_READ),
    route("PUT", f"{_PLEROMA}/{{emoji}}", react, auth="user", scopes=_WRITE),
    route("DELETE", f"{_PLEROMA}/{{emoji}}", unreact, auth="user", scopes=_WRITE),
    route("POST", "/api/v1/statuses/{id}/react/{emoji}", react, auth="user", scopes=_WRITE),
    route("POST", "/api/v1/statuses/{id}/unreact/{emoji}", unreact, auth="user", scopes=_WRITE),
)
