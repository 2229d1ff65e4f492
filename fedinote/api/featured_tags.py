"""Hashtags on profiles. https://docs.joinmastodon.org/methods/featured_tags/"""

from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.tags import tags, url
from fedinote.api.entities.values import moment
from fedinote.api.routing import Call, route
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.posts import featured_tags
from fedinote.posts.featured_tags import Featured

_READ, _WRITE = ("read:accounts",), ("write:accounts",)


def _entity(app: App, one: Featured) -> dict[str, Any]:
    """Return the FeaturedTag entity; its address is the hashtag's page here."""
    return {
        "id": str(one.id),
        "name": one.display,
        "url": url(app, one.name),
        "statuses_count": str(one.uses),
        "last_status_at": None if one.last_at is None else moment(one.last_at)[:10],
    }


async def index(call: Call) -> list[dict[str, Any]]:
    """List the hashtags on the caller's profile."""
    return [_entity(call.app, one) for one in await featured_tags.of(call.app, call.me.account_id)]


async def of_account(call: Call) -> list[dict[str, Any]]:
    """List the hashtags on somebody's profile; those of other servers' people are not known here."""
    if not await accounts(call.app, [call.id()], call.viewer):
        raise NotFound
    return [_entity(call.app, one) for one in await featured_tags.of(call.app, call.id())]


async def create(call: Call) -> dict[str, Any]:
    """Show a hashtag on the caller's profile."""
    return _entity(call.app, await featured_tags.feature(call.app, call.me.account_id, call.params.need("name")))


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
