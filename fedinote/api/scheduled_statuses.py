"""Posts that are published later. https://docs.joinmastodon.org/methods/scheduled_statuses/"""

from typing import Any

from fedinote.api.entities.scheduled_statuses import scheduled_statuses
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.infra.errors import Invalid
from fedinote.posts import scheduling
from fedinote.posts.scheduling import Scheduled

_READ, _WRITE = ("read:statuses",), ("write:statuses",)


async def index(call: Call) -> Page:
    """List the caller's plans."""
    asked = paging(call)
    plans = asked.arrange(await scheduling.page(call.app, call.me.account_id, asked.sql))
    return Page(await scheduled_statuses(call.app, plans), [one.id for one in plans])


async def _entity(call: Call, plan: Scheduled) -> dict[str, Any]:
    return (await scheduled_statuses(call.app, [plan]))[0]


async def show(call: Call) -> dict[str, Any]:
    """Show one of the caller's plans."""
    return await _entity(call, await scheduling.show(call.app, call.me.account_id, call.id()))


async def move(call: Call) -> dict[str, Any]:
    """Plan a post for another time."""
    due = call.params.moment("scheduled_at")
    if due is None:
        raise Invalid("Validation failed: scheduled_at can't be blank")
    return await _entity(call, await scheduling.move(call.app, call.me.account_id, call.id(), due))


async def cancel(call: Call) -> dict[str, Any]:
    """Publish a planned post never."""
    await scheduling.cancel(call.app, call.me.account_id, call.id())
    return {}


ROUTES = (
    route("GET", "/api/v1/scheduled_statuses", index, auth="user", scopes=_READ),
    route("GET", "/api/v1/scheduled_statuses/{id}", show, auth="user", scopes=_READ),
    route("PUT", "/api/v1/scheduled_statuses/{id}", move, auth="user", scopes=_WRITE),
    route("PATCH", "/api/v1/scheduled_statuses/{id}", move, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/scheduled_statuses/{id}", cancel, auth="user", scopes=_WRITE),
)
