"""Hashtags: showing one, following. https://docs.joinmastodon.org/methods/tags/ and followed_tags"""

from typing import Any

from fedinote.api.entities.tags import DAYS, tags, url
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.infra.clock import to_ms
from fedinote.timelines import tags as following

_DAY = 86_400_000


async def show(call: Call) -> dict[str, Any]:
    """Show a hashtag in whatever case it is written, also one that nobody has used."""
    return await _entity(call, await following.find(call.app, call.path["name"]))


async def follow(call: Call) -> dict[str, Any]:
    """Follow a hashtag."""
    return await _entity(call, await following.follow(call.app, call.me.account_id, call.path["name"]))


async def unfollow(call: Call) -> dict[str, Any]:
    """Follow a hashtag no longer."""
    return await _entity(call, await following.unfollow(call.app, call.me.account_id, call.path["name"]))


async def followed(call: Call) -> Page:
    """List the hashtags that the caller follows."""
    asked = paging(call, 100, 200)
    entries = asked.arrange(await following.followed_page(call.app, call.me.account_id, asked.sql))
    items = await tags(call.app, [one.tag_id for one in entries], call.viewer)
    return Page(items, [one.id for one in entries])


async def _entity(call: Call, tag_id: int | None) -> dict[str, Any]:
    if tag_id is not None:
        return (await tags(call.app, [tag_id], call.viewer))[0]
    tag = following.parse(call.path["name"])
    today = to_ms(call.app.now()) // _DAY
    days = [str(day * _DAY // 1000) for day in range(today, today - DAYS, -1)]
    value: dict[str, Any] = {
        "id": "",  # as Mastodon answers for a tag that it has not stored
        "name": tag.display,
        "url": url(call.app, tag.name),
        "history": [{"day": day, "uses": "0", "accounts": "0"} for day in days],
    }
    return value if call.viewer is None else {**value, "following": False, "featuring": False}


ROUTES = (
    route("GET", "/api/v1/tags/{name}", show, auth="optional-user"),
    route("POST", "/api/v1/tags/{name}/follow", follow, auth="user", scopes=("write:follows",)),
    route("POST", "/api/v1/tags/{name}/unfollow", unfollow, auth="user", scopes=("write:follows",)),
    route("GET", "/api/v1/followed_tags", followed, auth="user", scopes=("read:follows",)),
)
