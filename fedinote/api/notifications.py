"""Notifications, one by one. https://docs.joinmastodon.org/methods/notifications/"""

from typing import Any

from fedinote.api.entities import notifications as entities
from fedinote.api.paging import Page, paging
from fedinote.api.params import is_id
from fedinote.api.routing import Call, route
from fedinote.auth.viewer import rank
from fedinote.infra.errors import NotFound
from fedinote.notifications import queries
from fedinote.notifications.queries import Wanted

_READ, _WRITE = ("read:notifications",), ("write:notifications",)
_MODERATORS_ONLY = ("admin.report", "admin.sign_up")


def wanted(call: Call) -> Wanted:
    """Read types, exclude_types and account_id; who moderates no more is not shown what only moderators are told."""
    kinds = call.params.list("types")
    hidden = () if rank(call.me.role) else _MODERATORS_ONLY
    sender = call.params.text("account_id")
    if sender is not None and not is_id(sender):
        raise NotFound
    return Wanted(
        kinds=tuple(kinds) if kinds else None,
        not_kinds=(*call.params.list("exclude_types"), *hidden),
        from_id=None if sender is None else int(sender),
    )


async def index(call: Call) -> Page:
    """List the caller's notifications."""
    asked = paging(call, 40, 80)
    found = asked.arrange(await queries.page(call.app, call.me.account_id, asked.sql, wanted(call)))
    return Page(await entities.of(call.app, found, call.me), [one.id for one in found])


async def show(call: Call) -> dict[str, Any]:
    """Show one of the caller's notifications."""
    found = await entities.notifications(call.app, [call.id()], call.me)
    if not found:
        raise NotFound
    return found[0]


async def clear(call: Call) -> dict[str, Any]:
    """Put all of them away."""
    await queries.clear(call.app, call.me.account_id)
    return {}


async def dismiss(call: Call) -> dict[str, Any]:
    """Put one away."""
    await queries.dismiss(call.app, call.me.account_id, call.id())
    return {}


async def unread_count(call: Call) -> dict[str, Any]:
    """Count those after the read marker, up to `limit` (100 by default, 1,000 at most)."""
    most = call.params.number("limit", 100)
    return {"count": await queries.unread_count(call.app, call.me.account_id, wanted(call), most)}


ROUTES = (
    route("GET", "/api/v1/notifications", index, auth="user", scopes=_READ),
    route("GET", "/api/v1/notifications/unread_count", unread_count, auth="user", scopes=_READ),
    route("POST", "/api/v1/notifications/clear", clear, auth="user", scopes=_WRITE),
    route("GET", "/api/v1/notifications/{id}", show, auth="user", scopes=_READ),
    route("POST", "/api/v1/notifications/{id}/dismiss", dismiss, auth="user", scopes=_WRITE),
)
