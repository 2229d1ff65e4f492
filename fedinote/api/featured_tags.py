"""Hashtags on profiles. https://docs.joinmastodon.org/methods/featured_tags/"""

from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.featured_tags import featured_tag
from fedinote.api.entities.tags import tags
from fedinote.api.routing import Call, route
from fedinote.infra.errors import NotFound
from fedinote.posts import featured_tags

_READ, _WRITE = ("read:accounts",), ("write:accounts",)


async def index(call: Call) -> list[dict[str, Any]]:
    """List the hashtags on the caller's profile."""
    return [featured_tag(call.app, one) for one in await featured_tags.of(call.app, call.me.account_id)]


async def of_account(call: Call) -> list[dict[str, Any]]:
    """List the hashtags on somebody's profile; those of other servers' people are not known here."""
    if not await accounts(call.app, [call.id()], call.viewer):
        raise NotFound
    return [featured_tag(call.app, one) for one in await featured_tags.of(call.app, call.id())]


async def create(call: Call) -> dict[str, Any]:
    """Show a hashtag on the caller's profile."""
    return featured_tag(call.app, await featured_tags.feature(call.app, call.me.account_id, call.params.need("name")))


async def delete(call: Call) -> dict[str, Any]:
    """Take a hashtag off the caller's profile."""
    await featured_tags.unfeature(call.app, call.me.account_id, call.id())
    return {}


async def suggestions(call: Call) -> list[dict[str, Any]]:
    """List hashtags that the caller uses and does not show yet."""
    return await tags(call.app, await featured_tags.suggestions(call.app, call.me.account_id), call.viewer)


ROUTES = (
    route("GET", "/api/v1/featured_tags", index, auth="user", scopes=_READ),
    route("POST", "/api/v1/featured_tags", create, auth="user", scopes=_WRITE),
    route("GET", "/api/v1/featured_tags/suggestions", suggestions, auth="user", scopes=_READ),
    route("DELETE", "/api/v1/featured_tags/{id}", delete, auth="user", scopes=_WRITE),
    route("GET", "/api/v1/accounts/{id}/featured_tags", of_account, auth="optional-user", scopes=_READ),
)
