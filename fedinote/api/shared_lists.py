"""Shared lists of servers and their drafts, for admins; what a block would do; undoing changes of the lists.

No part of Mastodon's API: see docs/client-api.md.
"""

from typing import Any

from fedinote.api.entities import servers as entities
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, Handler, Route, route
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation import moderator
from fedinote.moderation.lists import entries, sources
from fedinote.moderation.lists.sources import Wanted
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.servers import domain_changes, domain_undoing, domains, foresight
from fedinote.moderation.servers.domains import Terms

_BASE = "/api/fedinote/v1/admin"
_USUAL, _MOST = 40, 200
_MAX_TEXT = 2048
_READ, _WRITE = ("admin:read:domain_blocks",), ("admin:write:domain_blocks",)
STATES = (entries.DRAFT, entries.APPLIED, entries.REFUSED, entries.RETRACTED, entries.ENDED)


async def _acting(call: Call) -> Moderator:
    return await moderator.acting(call.app, call.me, Power.DOMAINS)


async def index(call: Call) -> Any:
    """GET …/admin/lists: all that are subscribed to, oldest first."""
    await _acting(call)
    return [entities.source(one) for one in await sources.listing(call.app)]


async def _one(call: Call, source_id: int) -> dict[str, Any]:
    for one in await sources.listing(call.app):
        if one["id"] == source_id:
            return entities.source(one)
    raise NotFound


async def add(call: Call) -> Any:
    """POST …/admin/lists: subscribe; it is read within half an hour, or at once by …/read."""
    by = await _acting(call)
    return await _one(call, await sources.add(call.app, _new(call), by=by))


async def show(call: Call) -> Any:
    """GET …/admin/lists/:id."""
    await _acting(call)
    return await _one(call, call.id())


async def change(call: Call) -> Any:
    """PATCH …/admin/lists/:id: title, ceiling, automatic, days; what is not given stays."""
    by = await _acting(call)
    present = await sources.get(call.app, call.id())
    await sources.change(call.app, present["id"], _changed(call, present), by=by)
    return await _one(call, present["id"])


async def remove(call: Call) -> Any:
    """DELETE …/admin/lists/:id: the blocks that came from it end, too."""
    await sources.remove(call.app, call.id(), by=await _acting(call))
    return {}


async def read(call: Call) -> Any:
    """POST …/admin/lists/:id/read: fetch it now; answers with how much was taken, applied and retracted."""
    return await sources.read_now(call.app, call.id(), by=await _acting(call))


def _new(call: Call) -> Wanted:
    params = call.params
    return Wanted(
        kind=params.text("kind", "csv"),
        url=params.need("url", max=_MAX_TEXT),
        title=params.need("title", max=_MAX_TEXT),
        ceiling=params.text("ceiling", "silence"),
        automatic=params.flag("automatic", False),
        days=params.number("days", 0) or None,
    )


def _changed(call: Call, present: Row) -> Wanted:
    """Read changes of a list; what is not given stays."""
    params = call.params
    return Wanted(
        kind=present["kind"],
        url=present["url"],
        title=params.text("title", present["title"], max=_MAX_TEXT),
        ceiling=params.text("ceiling", present["ceiling"]),
        automatic=params.flag("automatic", bool(present["automatic"])),
        days=params.number("days", present["days"] or 0) or None,
    )


async def list_entries(call: Call) -> Any:
    """GET …/admin/list_entries: what lists advise, newest first; of one `state`, of one list (`list_id`)."""
    await _acting(call)
    state, window = call.params.text("state", ""), paging(call, _USUAL, _MOST)
    if state and state not in STATES:
        raise Invalid(f"Validation failed: State must be one of {', '.join(STATES)}")
    source_id = call.params.number("list_id")
    found = list(window.arrange(await entries.page(call.app, window.sql, state=state, source_id=source_id)))
    return Page([entities.entry(one) for one in found], [one["id"] for one in found])


async def apply(call: Call) -> Any:
    """POST …/admin/list_entries/:id/apply: put it into force, no more severe than its list may ask."""
    await entries.apply(call.app, call.id(), by=await _acting(call))
    return entities.entry(await entries.get(call.app, call.id()))


async def refuse(call: Call) -> Any:
    """POST …/admin/list_entries/:id/refuse: put it aside for good; the block that came from it ends."""
    await entries.refuse(call.app, call.id(), by=await _acting(call))
    return entities.entry(await entries.get(call.app, call.id()))


async def foresee(call: Call) -> Any:
    """GET …/admin/domain_blocks/foresight: what a block of `domain` would do. Nothing is changed."""
    by = await _acting(call)
    terms = Terms(
        severity=call.params.text("severity", "suspend"),
        reject_media=call.params.flag("reject_media", False),
        reject_reports=call.params.flag("reject_reports", False),
    )
    domains.check(terms, by)
    return entities.foresight(await foresight.of_block(call.app, call.params.need("domain", max=300), terms))


async def list_changes(call: Call) -> Any:
    """GET …/admin/domain_changes: changes of the lists of servers, newest first; those made at one go are one."""
    await _acting(call)
    window = paging(call, _USUAL, _MOST)
    found = list(window.arrange(await domain_changes.page(call.app, window.sql)))
    return Page([entities.batch(one) for one in found], [one.id for one in found])


async def undo(call: Call) -> Any:
    """POST …/admin/domain_changes/:id/undo: answers with how many are as they were, and which were left alone."""
    undone = await domain_undoing.undo(call.app, call.id(), by=await _acting(call))
    return {"undone_count": undone.number, "left": list(undone.left)}


def _route(method: str, path: str, handler: Handler) -> Route:
    return route(method, f"{_BASE}{path}", handler, auth="user", scopes=_READ if method == "GET" else _WRITE)


ROUTES = (
    _route("GET", "/lists", index),
    _route("POST", "/lists", add),
    _route("GET", "/lists/{id}", show),
    _route("PATCH", "/lists/{id}", change),
    _route("DELETE", "/lists/{id}", remove),
    _route("POST", "/lists/{id}/read", read),
    _route("GET", "/list_entries", list_entries),
    _route("POST", "/list_entries/{id}/apply", apply),
    _route("POST", "/list_entries/{id}/refuse", refuse),
    _route("GET", "/domain_blocks/foresight", foresee),
    _route("GET", "/domain_changes", list_changes),
    _route("POST", "/domain_changes/{id}/undo", undo),
)
