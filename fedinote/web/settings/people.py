"""Lists of people and servers that one follows, is followed by, blocks or mutes, with a button beside each."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, Invalid, NotFound
from fedinote.relations import blocks, domains, follows, lookup
from fedinote.relations.lookup import Entry, Pager
from fedinote.timelines.window import Window
from fedinote.web import browser, cards, shell
from fedinote.web.browser import Visit
from fedinote.web.cards import Person
from fedinote.web.pages import form, page, query
from fedinote.web.settings.answers import done, number

FOLLOWS, BLOCKS = "/settings/follows", "/settings/blocks"
PAGE = 40
_Read = Callable[[App, int, Pager], Awaitable[Sequence[Any]]]
_Do = Callable[[App, int, int], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a list; `person` is None for an account that is gone or suspended. `ends`: of a mute."""

    id: int
    account_id: int
    person: Person | None
    ends: datetime | None


async def _following(app: App, me: int, pager: Pager) -> Sequence[Entry]:
    return await lookup.following_page(app, me, me, pager)


async def _followers(app: App, me: int, pager: Pager) -> Sequence[Entry]:
    return await lookup.followers_page(app, me, me, pager)


READ: dict[str, _Read] = {
    "following": _following,
    "followers": _followers,
    "requests": lookup.requests_page,
    "blocked": lookup.blocks_page,
    "muted": lookup.mutes_page,
    "servers": domains.page,
}
"""The lists, by the name that their addresses have."""


async def _unfollow(app: App, me: int, other: int) -> None:
    await follows.undo(app, me, other)


async def _remove(app: App, me: int, other: int) -> None:
    await follows.remove_follower(app, me, other)


async def _accept(app: App, me: int, other: int) -> None:
    await follows.accept(app, other, me)


async def _reject(app: App, me: int, other: int) -> None:
    await follows.reject(app, other, me)


DO: dict[str, _Do] = {
    "unfollow": _unfollow,
    "remove": _remove,
    "accept": _accept,
    "reject": _reject,
    "unblock": blocks.unblock,
    "unmute": blocks.unmute,
}
"""What the buttons do to an account."""


async def following(request: Request) -> Response:
    """GET /settings/follows: whom one follows; `list` "followers" or "requests" for the others."""
    return await _listing(request, FOLLOWS, ("following", "followers", "requests"))


async def blocked(request: Request) -> Response:
    """GET /settings/blocks: whom one blocks; `list` "muted" or "servers" for the others."""
    return await _listing(request, BLOCKS, ("blocked", "muted", "servers"))


async def _listing(request: Request, path: str, tabs: Sequence[str]) -> Response:
    here = await browser.member(request)
    asked = query(request)
    chosen = asked.get("list", tabs[0])
    if chosen not in tabs:
        raise NotFound
    return await _page(request, here, path, chosen, max_id=asked.get("max_id", ""))


async def _page(
    request: Request, here: Visit, path: str, chosen: str, *, max_id: str = "", error: Invalid | None = None
) -> Response:
    app, me = here.app, here.member.account_id
    window = Window(PAGE, max_id=number(max_id) if max_id else None)
    found = await READ[chosen](app, me, window.sql)
    waiting = await app.db.value(
        "SELECT COUNT(*) AS value FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.target_id = ? AND NOT f.accepted AND a.suspended_at IS NULL",
        me,
    )
    return await shell.show(
        request,
        here,
        "settings/follows.html" if path == FOLLOWS else "settings/blocks.html",
        status=200 if error is None else error.status,
        chosen=chosen,
        lines=found if chosen == "servers" else await _lines(app, found),
        waiting=waiting,
        older=found[-1].id if len(found) == PAGE else None,
        error="" if error is None else here.words.error(error.message),
    )


async def _lines(app: App, found: Sequence[Entry]) -> list[Line]:
    known = {one.id: one for one in await cards.people(app, [entry.account_id for entry in found])}
    return [Line(one.id, one.account_id, known.get(one.account_id), one.expires_at) for one in found]


async def change(request: Request) -> Response:
    """POST /settings/follows and /settings/blocks: `do` to the account `id`; or to the server `domain`."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    path = request.url.path
    do, chosen = values.get("do", ""), values.get("list", "")
    if chosen not in READ:
        raise BadRequest
    try:
        await _change(here.app, here.member.account_id, do, values)
    except Invalid as error:
        return await _page(request, here, path, chosen, error=error)
    return done(here, f"{path}?list={chosen}", here.words.gettext("Done."))


async def _change(app: App, me: int, do: str, values: dict[str, str]) -> None:
    if do == "block-server":
        await domains.block(app, me, values.get("domain", ""))
    elif do == "unblock-server":
        await domains.unblock(app, me, values.get("domain", ""))
    elif do in DO:
        await DO[do](app, me, number(values.get("id", "")))
    else:
        raise BadRequest


ROUTES = (
    Route(FOLLOWS, page(following), methods=["GET"]),
    Route(FOLLOWS, page(change), methods=["POST"]),
    Route(BLOCKS, page(blocked), methods=["GET"]),
    Route(BLOCKS, page(change), methods=["POST"]),
)
