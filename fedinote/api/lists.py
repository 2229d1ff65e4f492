"""Lists of people. https://docs.joinmastodon.org/methods/lists/"""

from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.lists import of_list
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.timelines import lists

_READ, _WRITE = ("read:lists",), ("write:lists",)


async def index(call: Call) -> list[dict[str, Any]]:
    """List the caller's lists."""
    return [of_list(one) for one in await lists.of(call.app, call.me.account_id)]


async def show(call: Call) -> dict[str, Any]:
    """Show one of the caller's lists."""
    return of_list(await lists.show(call.app, call.me.account_id, call.id()))


async def containing(call: Call) -> list[dict[str, Any]]:
    """List the caller's lists that an account is in."""
    return [of_list(one) for one in await lists.containing(call.app, call.me.account_id, call.id())]


async def create(call: Call) -> dict[str, Any]:
    """Make a list."""
    made = await lists.create(
        call.app,
        call.me.account_id,
        call.params.text("title", ""),
        replies_policy=call.params.text("replies_policy", "list"),
        exclusive=call.params.flag("exclusive"),
    )
    return of_list(made)


async def update(call: Call) -> dict[str, Any]:
    """Change a list."""
    changed = await lists.update(
        call.app,
        call.me.account_id,
        call.id(),
        title=call.params.text("title"),
        replies_policy=call.params.text("replies_policy"),
        exclusive=call.params.flag("exclusive", None),
    )
    return of_list(changed)


async def delete(call: Call) -> dict[str, Any]:
    """Delete a list."""
    await lists.delete(call.app, call.me.account_id, call.id())
    return {}


async def members(call: Call) -> Page:
    """List the members of a list; `limit=0` gives all of them."""
    everybody = call.params.number("limit", 40) == 0
    asked = paging(call, 40, 80)
    pager = None if everybody else asked.sql
    found = await lists.members_page(call.app, call.me.account_id, call.id(), pager)
    if not everybody:
        found = asked.arrange(found)
    items = await accounts(call.app, [one.account_id for one in found], call.viewer)
    return Page(items, () if everybody else [one.id for one in found])


async def add(call: Call) -> dict[str, Any]:
    """Put accounts into a list."""
    await lists.add(call.app, call.me.account_id, call.id(), call.params.ids("account_ids"))
    return {}


async def remove(call: Call) -> dict[str, Any]:
    """Take accounts out of a list."""
    await lists.remove(call.app, call.me.account_id, call.id(), call.params.ids("account_ids"))
    return {}


ROUTES = (
    route("GET", "/api/v1/lists", index, auth="user", scopes=_READ),
    route("POST", "/api/v1/lists", create, auth="user", scopes=_WRITE),
    route("GET", "/api/v1/lists/{id}", show, auth="user", scopes=_READ),
    route("PUT", "/api/v1/lists/{id}", update, auth="user", scopes=_WRITE),
    route("PATCH", "/api/v1/lists/{id}", update, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/lists/{id}", delete, auth="user", scopes=_WRITE),
    route("GET", "/api/v1/lists/{id}/accounts", members, auth="user", scopes=_READ),
    route("POST", "/api/v1/lists/{id}/accounts", add, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/lists/{id}/accounts", remove, auth="user", scopes=_WRITE),
    route("GET", "/api/v1/accounts/{id}/lists", containing, auth="user", scopes=_READ),
)
