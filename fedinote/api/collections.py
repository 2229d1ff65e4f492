"""Collections of accounts. https://docs.joinmastodon.org/methods/collections/"""

from typing import Any

from fedinote.api.entities import collections as entities
from fedinote.api.entities.accounts import accounts
from fedinote.api.routing import Call, route
from fedinote.infra.errors import NotFound
from fedinote.relations import curation
from fedinote.relations.curation import Wishes

_READ, _WRITE = ("read:collections",), ("write:collections",)
_USUAL, _MOST = 40, 80
_ONE = "/api/v1/collections/{id}"


def _wishes(call: Call) -> Wishes:
    params = call.params
    return Wishes(
        name=params.text("name"),
        description=params.text("description"),
        language=params.text("language"),
        sensitive=params.flag("sensitive", None),
        discoverable=params.flag("discoverable", None),
        tag=params.text("tag_name"),
    )


async def _wrapped(call: Call, collection_id: int) -> dict[str, Any]:
    row = await curation.visible(call.app, call.viewer_id, collection_id)
    return {"collection": (await entities.collections(call.app, [row], call.viewer_id))[0]}


async def create(call: Call) -> Any:
    """POST /api/v1/collections: with `account_ids`, who are asked where they live elsewhere."""
    made = await curation.create(call.app, call.me.account_id, _wishes(call), call.params.ids("account_ids"))
    return await _wrapped(call, made)


async def show(call: Call) -> Any:
    """GET /api/v1/collections/:id, with the accounts in it and its owner."""
    found = (await _wrapped(call, call.id()))["collection"]
    ids = [int(found["account_id"]), *(int(item["account_id"]) for item in found["items"])]
    return {"collection": found, "accounts": await accounts(call.app, list(dict.fromkeys(ids)), call.viewer)}


async def update(call: Call) -> Any:
    """PATCH /api/v1/collections/:id."""
    await curation.update(call.app, call.me.account_id, call.id(), _wishes(call))
    return await _wrapped(call, call.id())


async def delete(call: Call) -> Any:
    """DELETE /api/v1/collections/:id."""
    await curation.delete(call.app, call.me.account_id, call.id())
    return {}


async def add(call: Call) -> Any:
    """POST /api/v1/collections/:collection_id/items: `account_id` is the one to add."""
    wanted = call.params.ids("account_id")
    if not wanted:
        raise NotFound
    collection_id = call.id("collection_id")
    item_id = await curation.add(call.app, call.me.account_id, collection_id, wanted[0])
    found = await curation.items(call.app, [collection_id], call.me.account_id)
    return {"collection_item": entities.item(next(one for one in found if one["id"] == item_id))}


async def remove(call: Call) -> Any:
    """DELETE /api/v1/collections/:collection_id/items/:id."""
    await curation.remove(call.app, call.me.account_id, call.id("collection_id"), call.id())
    return {}


async def revoke(call: Call) -> Any:
    """POST /api/v1/collections/:collection_id/items/:id/revoke: the caller does not want to be in it."""
    await curation.revoke(call.app, call.me.account_id, call.id())
    return {}


def _window(call: Call) -> dict[str, int]:
    limit = call.params.number("limit", _USUAL)
    return {"limit": max(1, min(limit, _MOST)), "offset": max(0, min(call.params.number("offset", 0), 10_000))}


async def of_account(call: Call) -> Any:
    """GET /api/v1/accounts/:account_id/collections: `limit` and `offset`."""
    rows = await curation.of(call.app, call.id("account_id"), call.viewer_id, **_window(call))
    return {"collections": await entities.collections(call.app, rows, call.viewer_id)}


async def in_collections(call: Call) -> Any:
    """GET /api/v1/accounts/:account_id/in_collections: where the caller's own account is in."""
    if call.id("account_id") != call.me.account_id:
        raise NotFound
    rows = await curation.featuring(call.app, call.me.account_id, **_window(call))
    return {"collections": await entities.collections(call.app, rows, call.viewer_id)}


_ITEMS = "/api/v1/collections/{collection_id}/items"

ROUTES = (
    route("GET", "/api/v1/accounts/{account_id}/collections", of_account, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/accounts/{account_id}/in_collections", in_collections, auth="user", scopes=_READ),
    route("POST", "/api/v1/collections", create, auth="user", scopes=_WRITE),
    route("GET", _ONE, show, auth="optional-user", scopes=_READ),
    route("PATCH", _ONE, update, auth="user", scopes=_WRITE),
    route("PUT", _ONE, update, auth="user", scopes=_WRITE),
    route("DELETE", _ONE, delete, auth="user", scopes=_WRITE),
    route("POST", _ITEMS, add, auth="user", scopes=_WRITE),
    route("DELETE", f"{_ITEMS}/{{id}}", remove, auth="user", scopes=_WRITE),
    route("POST", f"{_ITEMS}/{{id}}/revoke", revoke, auth="user", scopes=_WRITE),
)
