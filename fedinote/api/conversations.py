"""Private conversations. https://docs.joinmastodon.org/methods/conversations/"""

from typing import Any

from fedinote.api.entities.conversations import conversations as entities
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.timelines import conversations

_READ, _WRITE = ("read:statuses",), ("write:conversations",)


async def index(call: Call) -> Page:
    """List the caller's conversations, the one with the newest post first."""
    asked = paging(call)
    found = asked.arrange(await conversations.page(call.app, call.me.account_id, asked.sql))
    return Page(await entities(call.app, found, call.me), [one.last_post_id for one in found])


async def _mark(call: Call, *, unread: bool) -> dict[str, Any]:
    marked = await conversations.mark(call.app, call.me.account_id, call.id(), unread=unread)
    return (await entities(call.app, [marked], call.me))[0]


async def read(call: Call) -> dict[str, Any]:
    """Mark a conversation as read."""
    return await _mark(call, unread=False)


async def unread(call: Call) -> dict[str, Any]:
    """Mark a conversation as unread."""
    return await _mark(call, unread=True)


async def remove(call: Call) -> dict[str, Any]:
    """Take a conversation off the list."""
    await conversations.remove(call.app, call.me.account_id, call.id())
    return {}


ROUTES = (
    route("GET", "/api/v1/conversations", index, auth="user", scopes=_READ),
    route("POST", "/api/v1/conversations/{id}/read", read, auth="user", scopes=_WRITE),
    route("POST", "/api/v1/conversations/{id}/unread", unread, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/conversations/{id}", remove, auth="user", scopes=_WRITE),
)
