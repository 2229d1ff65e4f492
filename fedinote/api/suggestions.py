"""Whom one may want to follow. https://docs.joinmastodon.org/methods/suggestions/"""

from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.routing import Call, route
from fedinote.timelines import suggestions

_USUAL, _MOST = 40, 80
_LEGACY = {"featured": "staff", "most_interactions": "global"}
"""What `source` said before there was `sources`; the others are `past_interactions`."""


async def _found(call: Call) -> list[dict[str, Any]]:
    limit = call.params.number("limit", _USUAL)
    limit = min(limit, _MOST) if limit > 0 else _USUAL
    found = await suggestions.suggestions(call.app, call.me.account_id, limit)
    wanted = [one.account_id for one in found]
    people = {one["id"]: one for one in await accounts(call.app, wanted, call.viewer, bios=True)}
    return [
        {
            "source": _LEGACY.get(one.sources[0], "past_interactions"),
            "sources": list(one.sources),
            "account": people[str(one.account_id)],
        }
        for one in found
        if str(one.account_id) in people
    ]


async def index(call: Call) -> list[dict[str, Any]]:
    """Suggest accounts, with the reasons."""
    return await _found(call)


async def index_v1(call: Call) -> list[dict[str, Any]]:
    """Suggest accounts, as older clients read it: the accounts alone."""
    return [one["account"] for one in await _found(call)]


async def dismiss(call: Call) -> dict[str, Any]:
    """Suggest somebody to the caller no more."""
    await suggestions.dismiss(call.app, call.me.account_id, call.id("account_id"))
    return {}


ROUTES = (
    route("GET", "/api/v2/suggestions", index, auth="user", scopes=("read:accounts",)),
    route("GET", "/api/v1/suggestions", index_v1, auth="user", scopes=("read:accounts",)),
    route("DELETE", "/api/v1/suggestions/{account_id}", dismiss, auth="user", scopes=("write:accounts",)),
)
