"""What a person's policy keeps apart, and that policy. https://docs.joinmastodon.org/methods/notifications/#requests"""

from dataclasses import asdict
from typing import Any

from fedinote.api.entities.notifications import requests as entities
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.infra.errors import NotFound
from fedinote.notifications import policy, requests

_READ, _WRITE = ("read:notifications",), ("write:notifications",)
_REQUESTS = "/api/v1/notifications/requests"
_POLICY = "/api/v2/notifications/policy"


async def index(call: Call) -> Page:
    """List the caller's requests."""
    asked = paging(call, 40, 80)
    found = asked.arrange(await requests.page(call.app, call.me.account_id, asked.sql))
    return Page(await entities(call.app, found, call.me), [one.id for one in found])


async def show(call: Call) -> dict[str, Any]:
    """Show one of the caller's requests."""
    one = await requests.show(call.app, call.me.account_id, call.id())
    found = await entities(call.app, [one], call.me)
    if not found:
        raise NotFound
    return found[0]


async def accept(call: Call) -> dict[str, Any]:
    """Let the sender of a request in."""
    if not await requests.accept(call.app, call.me.account_id, [call.id()]):
        raise NotFound
    return {}


async def dismiss(call: Call) -> dict[str, Any]:
    """Put a request away."""
    if not await requests.dismiss(call.app, call.me.account_id, [call.id()]):
        raise NotFound
    return {}


async def accept_all(call: Call) -> dict[str, Any]:
    """Let the senders of several requests in (`id[]`)."""
    await requests.accept(call.app, call.me.account_id, call.params.ids("id"))
    return {}


async def dismiss_all(call: Call) -> dict[str, Any]:
    """Put several requests away (`id[]`)."""
    await requests.dismiss(call.app, call.me.account_id, call.params.ids("id"))
    return {}


async def merged(call: Call) -> dict[str, Any]:
    """Tell whether what was accepted is with the other notifications."""
    return {"merged": await requests.merged(call.app, call.me.account_id)}


async def _shown(call: Call, own: policy.Policy) -> dict[str, Any]:
    waiting = await requests.summary(call.app, call.me.account_id)
    counts = {"pending_requests_count": waiting.requests, "pending_notifications_count": waiting.notifications}
    return {**asdict(own), "summary": counts}


async def show_policy(call: Call) -> dict[str, Any]:
    """Show the caller's policy and what waits."""
    return await _shown(call, await policy.get(call.app, call.me.account_id))


async def update_policy(call: Call) -> dict[str, Any]:
    """Change the caller's policy; `for_strangers` and `new_account_days` are FediNote's own."""
    given = ((name, call.params.text(name)) for name in policy.RULES)
    changes = {name: level for name, level in given if level is not None}
    days = call.params.number(policy.DAYS) if policy.DAYS in call.params else None
    return await _shown(call, await policy.update(call.app, call.me.account_id, changes, days))


async def no_more(call: Call) -> None:
    """Answer that there is no such thing: Mastodon removed it in 3.0, for `/{id}/dismiss`."""
    raise NotFound


ROUTES = (
    route("GET", _REQUESTS, index, auth="user", scopes=_READ),
    route("GET", f"{_REQUESTS}/merged", merged, auth="user", scopes=_READ),
    route("POST", f"{_REQUESTS}/accept", accept_all, auth="user", scopes=_WRITE),
    route("POST", f"{_REQUESTS}/dismiss", dismiss_all, auth="user", scopes=_WRITE),
    route("GET", f"{_REQUESTS}/{{id}}", show, auth="user", scopes=_READ),
    route("POST", f"{_REQUESTS}/{{id}}/accept", accept, auth="user", scopes=_WRITE),
    route("POST", f"{_REQUESTS}/{{id}}/dismiss", dismiss, auth="user", scopes=_WRITE),
    route("GET", _POLICY, show_policy, auth="user", scopes=_READ),
    route("PATCH", _POLICY, update_policy, auth="user", scopes=_WRITE),
    route("PUT", _POLICY, update_policy, auth="user", scopes=_WRITE),
    route("POST", "/api/v1/notifications/dismiss", no_more, auth="user", scopes=_WRITE),
)
