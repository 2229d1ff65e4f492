"""What a person does with a post, and the lists that come of it: favourites and bookmarks.

https://docs.joinmastodon.org/methods/statuses/ https://docs.joinmastodon.org/methods/favourites/
"""

from typing import Any

from fedinote.api.entities.statuses import status, statuses
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.posts import interactions, visibility
from fedinote.timelines import queries

_STATUSES = ("write:statuses",)
_FAVOURITES = ("write:favourites",)
_BOOKMARKS = ("write:bookmarks",)
_ACCOUNTS = ("write:accounts",)


async def _after(call: Call) -> Any:
    """Return the post that was acted upon: of a boost, the boosted one."""
    post = await visibility.original(call.app, call.me.account_id, call.id())
    return await status(call.app, post["id"], call.viewer)


async def favourite(call: Call) -> Any:
    """POST /api/v1/statuses/:id/favourite."""
    await interactions.favourite(call.app, call.me.account_id, call.id())
    return await _after(call)


async def unfavourite(call: Call) -> Any:
    """POST /api/v1/statuses/:id/unfavourite."""
    await interactions.unfavourite(call.app, call.me.account_id, call.id())
    return await _after(call)


async def reblog(call: Call) -> Any:
    """POST /api/v1/statuses/:id/reblog: answers the boost, with the post in `reblog`."""
    wanted = call.params.text("visibility") or None
    boost_id = await interactions.boost(call.app, call.me.account_id, call.id(), wanted)
    return await status(call.app, boost_id, call.viewer)


async def unreblog(call: Call) -> Any:
    """POST /api/v1/statuses/:id/unreblog: answers the post itself."""
    post = await visibility.original(call.app, call.me.account_id, call.id())
    await interactions.unboost(call.app, call.me.account_id, post["id"])
    return await status(call.app, post["id"], call.viewer)


async def bookmark(call: Call) -> Any:
    """POST /api/v1/statuses/:id/bookmark."""
    await interactions.bookmark(call.app, call.me.account_id, call.id())
    return await _after(call)


async def unbookmark(call: Call) -> Any:
    """POST /api/v1/statuses/:id/unbookmark."""
    await interactions.unbookmark(call.app, call.me.account_id, call.id())
    return await _after(call)


async def pin(call: Call) -> Any:
    """POST /api/v1/statuses/:id/pin: on one's own profile."""
    await interactions.pin(call.app, call.me.account_id, call.id())
    return await _after(call)


async def unpin(call: Call) -> Any:
    """POST /api/v1/statuses/:id/unpin."""
    await interactions.unpin(call.app, call.me.account_id, call.id())
    return await _after(call)


async def mute(call: Call) -> Any:
    """POST /api/v1/statuses/:id/mute: no more notifications from its conversation."""
    await interactions.mute_conversation(call.app, call.me.account_id, call.id())
    return await _after(call)


async def unmute(call: Call) -> Any:
    """POST /api/v1/statuses/:id/unmute."""
    await interactions.unmute_conversation(call.app, call.me.account_id, call.id())
    return await _after(call)


async def favourites(call: Call) -> Any:
    """GET /api/v1/favourites: the posts that the viewer likes, by when."""
    return await _kept(call, await queries.favourites(call.app, call.me.account_id, paging(call)))


async def bookmarks(call: Call) -> Any:
    """GET /api/v1/bookmarks: the posts that the viewer keeps, by when."""
    return await _kept(call, await queries.bookmarks(call.app, call.me.account_id, paging(call)))


async def _kept(call: Call, found: queries.Slice) -> Page:
    return Page(await statuses(call.app, found.ids, call.viewer, context="account"), found.keys)


ROUTES = (
    route("POST", "/api/v1/statuses/{id}/favourite", favourite, auth="user", scopes=_FAVOURITES),
    route("POST", "/api/v1/statuses/{id}/unfavourite", unfavourite, auth="user", scopes=_FAVOURITES),
    route("POST", "/api/v1/statuses/{id}/reblog", reblog, auth="user", scopes=_STATUSES, limit="statuses"),
    route("POST", "/api/v1/statuses/{id}/unreblog", unreblog, auth="user", scopes=_STATUSES),
    route("POST", "/api/v1/statuses/{id}/bookmark", bookmark, auth="user", scopes=_BOOKMARKS),
    route("POST", "/api/v1/statuses/{id}/unbookmark", unbookmark, auth="user", scopes=_BOOKMARKS),
    route("POST", "/api/v1/statuses/{id}/pin", pin, auth="user", scopes=_ACCOUNTS),
    route("POST", "/api/v1/statuses/{id}/unpin", unpin, auth="user", scopes=_ACCOUNTS),
    route("POST", "/api/v1/statuses/{id}/mute", mute, auth="user", scopes=("write:mutes",)),
    route("POST", "/api/v1/statuses/{id}/unmute", unmute, auth="user", scopes=("write:mutes",)),
    route("GET", "/api/v1/favourites", favourites, auth="user", scopes=("read:favourites",)),
    route("GET", "/api/v1/bookmarks", bookmarks, auth="user", scopes=("read:bookmarks",)),
)
