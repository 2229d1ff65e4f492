"""Accounts and hashtags that people recommend on their profiles.

https://docs.joinmastodon.org/methods/endorsements/, accounts/#endorse and tags/#feature
"""

from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.relationships import relationship
from fedinote.api.entities.tags import tags as tag_entities
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.infra.errors import NotFound
from fedinote.posts import featured_tags
from fedinote.relations import endorsements
from fedinote.timelines import tags

_READ, _WRITE = ("read:accounts",), ("write:accounts",)
_USUAL, _MOST = 40, 80


async def endorse(call: Call) -> dict[str, Any]:
    """Recommend somebody whom the caller follows."""
    await endorsements.endorse(call.app, call.me.account_id, call.id())
    return await relationship(call.app, call.me, call.id())


async def unendorse(call: Call) -> dict[str, Any]:
    """Recommend somebody no longer."""
    await endorsements.withdraw(call.app, call.me.account_id, call.id())
    return await relationship(call.app, call.me, call.id())


async def own(call: Call) -> Page:
    """List whom the caller recommends."""
    return await _page(call, call.me.account_id)


async def of_account(call: Call) -> Page:
    """List whom somebody recommends; people of other servers recommend nobody as far as is known here."""
    if not await accounts(call.app, [call.id()], call.viewer):
        raise NotFound
    return await _page(call, call.id())


async def _page(call: Call, account_id: int) -> Page:
    asked = paging(call, _USUAL, _MOST)
    found = asked.arrange(await endorsements.page(call.app, account_id, call.viewer_id, asked.sql))
    return Page(await accounts(call.app, [one.account_id for one in found], call.viewer), [one.id for one in found])


async def feature_tag(call: Call) -> dict[str, Any]:
    """Show a hashtag on the caller's profile; the path has its name."""
    await featured_tags.feature(call.app, call.me.account_id, tags.parse(call.path["name"]).display)
    return await _tag(call)


async def unfeature_tag(call: Call) -> dict[str, Any]:
    """Take a hashtag off the caller's profile; nothing where it is not on it."""
    name = tags.parse(call.path["name"]).name
    shown = [one.id for one in await featured_tags.of(call.app, call.me.account_id) if one.name == name]
    if shown:
        await featured_tags.unfeature(call.app, call.me.account_id, shown[0])
    return await _tag(call)


async def _tag(call: Call) -> dict[str, Any]:
    tag_id = await tags.find(call.app, call.path["name"])
    if tag_id is None:
        raise NotFound
    return (await tag_entities(call.app, [tag_id], call.viewer))[0]


ROUTES = (
    *(
        route("POST", f"/api/v1/accounts/{{id}}/{name}", handler, auth="user", scopes=_WRITE)
        for name, handler in (("pin", endorse), ("endorse", endorse), ("unpin", unendorse), ("unendorse", unendorse))
    ),
    route("GET", "/api/v1/endorsements", own, auth="user", scopes=_READ),
    route("GET", "/api/v1/accounts/{id}/endorsements", of_account, auth="optional-user", scopes=_READ),
    route("POST", "/api/v1/tags/{name}/feature", feature_tag, auth="user", scopes=_WRITE),
    route("POST", "/api/v1/tags/{name}/unfeature", unfeature_tag, auth="user", scopes=_WRITE),
)
