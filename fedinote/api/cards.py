"""The preview card of a post by itself, as old clients ask for it."""

from typing import Any

from fedinote.api.entities import cards
from fedinote.api.routing import Call, route
from fedinote.posts import visibility


async def show(call: Call) -> dict[str, Any]:
    """Show a post's preview card; an empty object when it has none."""
    post = await visibility.original(call.app, call.viewer_id, call.id())
    found = await cards.by_id(call.app, [post["card_id"]] if post["card_id"] else [])
    return next(iter(found.values()), {})


ROUTES = (route("GET", "/api/v1/statuses/{id}/card", show, auth="optional-user", scopes=("read:statuses",)),)
