"""Notifications, one by one. https://docs.joinmastodon.org/methods/notifications/"""

from typing import Any

from fedinote.api.entities import notifications as entities
from fedinote.api.entities import reactions
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
    """Read types, exclude_types, account_id and include_filtered.

    Who moderates no more is not shown what only moderators are told.
    """
    kinds, excluded = reactions.wanted_kinds(call.params.list("types"), call.params.list("exclude_types"))
    hidden = () if rank(call.me.role) else _MODERATORS_ONLY
    sender = call.params.text("account_id")
    if sender is not None and not is_id(sender):
        raise NotFound
    return Wanted(
        kinds=kinds or None,
        not_kinds=(*excluded, *hidden),
        from_id=None if sender is None else int(sender),
        filtered=call.params.flag("include_filtered"),
    )


def as_asked(call: Call, value: dict[str, Any]) -> dict[str, Any]:
    """Give a notification or group of a reaction the type by which the caller knows reactions."""
    return reactions.as_asked(value, call.params.list("types"))


async def index(call: Call) -> Page:
    """List the caller's notifications."""
    asked = paging(call, 40, 80)
    found = asked.arrange(await queries.page(call.app, call.me.account_id, asked.sql, wanted(call)))
    shown = [as_asked(call, one) for one in await entities.of(call.app, found, call.me)]
    return Page(shown, [one.id for one in found])


async def show(call: Call) -> dict[str, Any]:
    """Show one of the caller's notifications."""
    found = await entities.notifications(call.app, [call.id()], call.me)
    if not found:
        raise NotFound
    return as_asked(call, found[0])


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
