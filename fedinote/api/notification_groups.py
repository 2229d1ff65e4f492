"""Notifications in groups. https://docs.joinmastodon.org/methods/grouped_notifications/"""

from dataclasses import replace
from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.notification_groups import results
from fedinote.api.notifications import as_asked, wanted
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.notifications import groups, queries

_READ, _WRITE = ("read:notifications",), ("write:notifications",)


def _kinds(call: Call) -> tuple[str, ...]:
    """Return which types are grouped: all that can be, or those of them that the client asks for."""
    return tuple(call.params.list("grouped_types")) if "grouped_types" in call.params else groups.GROUPABLE


def _as_asked(call: Call, value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "notification_groups": [as_asked(call, one) for one in value["notification_groups"]]}


async def index(call: Call) -> Page:
    """List the caller's notifications in groups; a group may come again on a later page with its older part."""
    me, kinds = call.me.account_id, _kinds(call)
    asked = paging(call, 40, 80)
    read = await queries.page(call.app, me, replace(asked, limit=groups.AT_ONCE).sql, wanted(call))
    taken = groups.first(read, asked.limit, kinds)
    notices = asked.arrange(taken)
    found = await groups.of(call.app, me, notices, kinds, filtered=call.params.flag("include_filtered"))
    partial = call.params.text("expand_accounts") == "partial_avatars"
    more = len(taken) < len(read) or len(read) == groups.AT_ONCE or asked.min_id is not None
    ids = [one.id for one in (notices if more else notices[:1])]
    return Page(_as_asked(call, await results(call.app, found, call.me, partial=partial)), ids)


async def show(call: Call) -> dict[str, Any]:
    """Show one of the caller's groups."""
    found = await groups.show(call.app, call.me.account_id, call.path["key"])
    return _as_asked(call, await results(call.app, [found], call.me, paged=False))


async def people(call: Call) -> Page:
    """List the accounts behind a group."""
    asked = paging(call, 40, 80)
    found = asked.arrange(await groups.people(call.app, call.me.account_id, call.path["key"], asked.sql))
    wanted_ids = list(dict.fromkeys(account_id for _, account_id in found))
    return Page(await accounts(call.app, wanted_ids, call.viewer), [one for one, _ in found])


async def dismiss(call: Call) -> dict[str, Any]:
    """Put a group away."""
    await groups.dismiss(call.app, call.me.account_id, call.path["key"])
    return {}


async def unread_count(call: Call) -> dict[str, Any]:
    """Count the groups with something after the read marker, up to `limit` (100 by default, 1,000 at most)."""
    most = call.params.number("limit", 100)
    count = await groups.unread_count(call.app, call.me.account_id, wanted(call), _kinds(call), most)
    return {"count": count}


ROUTES = (
    route("GET", "/api/v2/notifications", index, auth="user", scopes=_READ),
    route("GET", "/api/v2/notifications/unread_count", unread_count, auth="user", scopes=_READ),
    route("GET", "/api/v2/notifications/{key}", show, auth="user", scopes=_READ),
    route("GET", "/api/v2/notifications/{key}/accounts", people, auth="user", scopes=_READ),
    route("POST", "/api/v2/notifications/{key}/dismiss", dismiss, auth="user", scopes=_WRITE),
)
