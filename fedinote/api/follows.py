"""Following, blocking and muting, the lists of whom, and notes about people.

https://docs.joinmastodon.org/methods/accounts/ (follow to note), follow_requests, blocks, mutes
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.relationships import relationship, relationships
from fedinote.api.paging import Page, Paging, paging
from fedinote.api.routing import Call, route
from fedinote.infra.clock import iso
from fedinote.infra.errors import NotFound
from fedinote.relations import blocks, domains, follows, lookup
from fedinote.relations.lookup import Entry

MAX_ASKED = 80
_READ_FOLLOWS, _WRITE_FOLLOWS = ("read:follows",), ("write:follows",)
_READ_BLOCKS, _WRITE_BLOCKS = ("read:blocks",), ("write:blocks",)
_READ_MUTES, _WRITE_MUTES = ("read:mutes",), ("write:mutes",)


async def show_relationships(call: Call) -> list[dict[str, Any]]:
    """Tell what stands between the caller and others."""
    return await relationships(call.app, call.me, call.params.ids("id")[:MAX_ASKED])


async def _now(call: Call) -> dict[str, Any]:
    return await relationship(call.app, call.me, call.id())


async def follow(call: Call) -> dict[str, Any]:
    """Follow somebody, ask to, or change the options of a follow."""
    await follows.request(
        call.app,
        call.me.account_id,
        call.id(),
        reblogs=call.params.flag("reblogs", None),
        notify=call.params.flag("notify", None),
        languages=_languages(call) if "languages" in call.params else None,
    )
    return await _now(call)


def _languages(call: Call) -> list[str]:
    return [one.strip()[:35] for one in call.params.list("languages") if one.strip()]


async def unfollow(call: Call) -> dict[str, Any]:
    """Stop following somebody, or take the request back."""
    await follows.undo(call.app, call.me.account_id, call.id())
    return await _now(call)


async def remove_from_followers(call: Call) -> dict[str, Any]:
    """Make somebody follow the caller no longer."""
    await follows.remove_follower(call.app, call.me.account_id, call.id())
    return await _now(call)


async def block(call: Call) -> dict[str, Any]:
    """Block somebody."""
    await blocks.block(call.app, call.me.account_id, call.id())
    return await _now(call)


async def unblock(call: Call) -> dict[str, Any]:
    """Block somebody no longer."""
    await blocks.unblock(call.app, call.me.account_id, call.id())
    return await _now(call)


async def mute(call: Call) -> dict[str, Any]:
    """Mute somebody, for `duration` seconds if given and not 0."""
    await blocks.mute(
        call.app,
        call.me.account_id,
        call.id(),
        hide_notifications=call.params.flag("notifications", True),
        duration=call.params.number("duration", 0),
    )
    return await _now(call)


async def unmute(call: Call) -> dict[str, Any]:
    """Mute somebody no longer."""
    await blocks.unmute(call.app, call.me.account_id, call.id())
    return await _now(call)


async def note(call: Call) -> dict[str, Any]:
    """Write a private note about somebody; an empty one removes it."""
    await blocks.write_note(call.app, call.me.account_id, call.id(), call.params.text("comment", ""))
    return await _now(call)


async def authorize(call: Call) -> dict[str, Any]:
    """Accept a request to follow the caller."""
    if not await follows.accept(call.app, call.id(), call.me.account_id):
        raise NotFound
    return await _now(call)


async def reject(call: Call) -> dict[str, Any]:
    """Refuse a request to follow the caller."""
    asked = await lookup.relationships(call.app, call.me.account_id, [call.id()])
    if not asked or not asked[0].requested_by or not await follows.reject(call.app, call.id(), call.me.account_id):
        raise NotFound
    return await _now(call)


Reader = Callable[[Paging], Awaitable[list[Entry]]]


async def _people(call: Call, read: Reader, most: int = 80) -> tuple[Page, Sequence[Entry]]:
    """Return a page of Account entities by hidden ids, and its entries in the same order."""
    asked = paging(call, 40, most)
    entries = asked.arrange(await read(asked))
    items = await accounts(call.app, [entry.account_id for entry in entries], call.viewer, bios=True)
    return Page(items, [entry.id for entry in entries]), entries


async def follow_requests(call: Call) -> Page:
    """List those who wait for the caller's answer."""
    page, _ = await _people(call, lambda asked: lookup.requests_page(call.app, call.me.account_id, asked.sql))
    return page


async def list_blocks(call: Call) -> Page:
    """List whom the caller blocks."""
    page, _ = await _people(call, lambda asked: lookup.blocks_page(call.app, call.me.account_id, asked.sql))
    return page


async def list_mutes(call: Call) -> Page:
    """List whom the caller mutes, with the end of each mute."""
    page, entries = await _people(call, lambda asked: lookup.mutes_page(call.app, call.me.account_id, asked.sql))
    ends = {str(entry.account_id): entry.expires_at for entry in entries}
    items = [{**item, "mute_expires_at": _moment(ends[item["id"]])} for item in page.items]
    return Page(items, page.ids)


def _moment(end: Any) -> str | None:
    return None if end is None else iso(end)


async def list_domain_blocks(call: Call) -> Page:
    """List the domains that the caller blocks: names, no entities."""
    asked = paging(call, 100, 200)
    entries = asked.arrange(await domains.page(call.app, call.me.account_id, asked.sql))
    return Page([one.domain for one in entries], [one.id for one in entries])


async def block_domain(call: Call) -> dict[str, Any]:
    """Block a domain: its people are not seen any more, and follows end both ways."""
    await domains.block(call.app, call.me.account_id, call.params.need("domain"))
    return {}


async def unblock_domain(call: Call) -> dict[str, Any]:
    """Block a domain no longer."""
    await domains.unblock(call.app, call.me.account_id, call.params.need("domain"))
    return {}


async def followers(call: Call) -> Page:
    """List the followers of an account."""
    reader = lookup.followers_page
    page, _ = await _people(call, lambda asked: reader(call.app, call.id(), call.viewer_id, asked.sql))
    return page


async def following(call: Call) -> Page:
    """List whom an account follows."""
    reader = lookup.following_page
    page, _ = await _people(call, lambda asked: reader(call.app, call.id(), call.viewer_id, asked.sql))
    return page


async def familiar_followers(call: Call) -> list[dict[str, Any]]:
    """Tell, for each account, who of those whom the caller follows follows it."""
    ids = call.params.ids("id")[:MAX_ASKED]
    found = await lookup.familiar_followers(call.app, call.me.account_id, ids)
    wanted = list(dict.fromkeys(one for group in found.values() for one in group))
    people = {item["id"]: item for item in await accounts(call.app, wanted, call.viewer)}
    return [
        {"id": str(one), "accounts": [people[str(other)] for other in found[one] if str(other) in people]}
        for one in ids
    ]


ROUTES = (
    route("GET", "/api/v1/accounts/relationships", show_relationships, auth="user", scopes=_READ_FOLLOWS),
    route("GET", "/api/v1/accounts/familiar_followers", familiar_followers, auth="user", scopes=_READ_FOLLOWS),
    route("GET", "/api/v1/accounts/{id}/followers", followers, auth="optional-user", scopes=("read:accounts",)),
    route("GET", "/api/v1/accounts/{id}/following", following, auth="optional-user", scopes=("read:accounts",)),
    route("POST", "/api/v1/accounts/{id}/follow", follow, auth="user", scopes=_WRITE_FOLLOWS, limit="follows"),
    route("POST", "/api/v1/accounts/{id}/unfollow", unfollow, auth="user", scopes=_WRITE_FOLLOWS),
    route(
        "POST",
        "/api/v1/accounts/{id}/remove_from_followers",
        remove_from_followers,
        auth="user",
        scopes=_WRITE_FOLLOWS,
    ),
    route("POST", "/api/v1/accounts/{id}/block", block, auth="user", scopes=_WRITE_BLOCKS),
    route("POST", "/api/v1/accounts/{id}/unblock", unblock, auth="user", scopes=_WRITE_BLOCKS),
    route("POST", "/api/v1/accounts/{id}/mute", mute, auth="user", scopes=_WRITE_MUTES),
    route("POST", "/api/v1/accounts/{id}/unmute", unmute, auth="user", scopes=_WRITE_MUTES),
    route("POST", "/api/v1/accounts/{id}/note", note, auth="user", scopes=("write:accounts",)),
    route("GET", "/api/v1/follow_requests", follow_requests, auth="user", scopes=_READ_FOLLOWS),
    route("POST", "/api/v1/follow_requests/{id}/authorize", authorize, auth="user", scopes=_WRITE_FOLLOWS),
    route("POST", "/api/v1/follow_requests/{id}/reject", reject, auth="user", scopes=_WRITE_FOLLOWS),
    route("GET", "/api/v1/blocks", list_blocks, auth="user", scopes=_READ_BLOCKS),
    route("GET", "/api/v1/mutes", list_mutes, auth="user", scopes=_READ_MUTES),
    route("GET", "/api/v1/domain_blocks", list_domain_blocks, auth="user", scopes=_READ_BLOCKS),
    route("POST", "/api/v1/domain_blocks", block_domain, auth="user", scopes=_WRITE_BLOCKS),
    route("DELETE", "/api/v1/domain_blocks", unblock_domain, auth="user", scopes=_WRITE_BLOCKS),
)
