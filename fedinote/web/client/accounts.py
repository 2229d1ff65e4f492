"""What a member does about somebody: following, muting, blocking, answering who wants to follow, reporting."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth.limits import LIMITS, spend
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.relations import blocks, domains, follows, lookup
from fedinote.relations.lookup import Relationship
from fedinote.web import browser, cards, shell
from fedinote.web.browser import Visit
from fedinote.web.cards import Person
from fedinote.web.client import cursor, notices
from fedinote.web.client.shown import fragment
from fedinote.web.pages import NOTHING, Handler, form, page, query, redirect, wants_part

_HOUR = 3600
DURATIONS = (0, _HOUR, 24 * _HOUR, 3 * 24 * _HOUR, 7 * 24 * _HOUR, 30 * 24 * _HOUR)
"""For how many seconds somebody can be muted; 0 is until one ends it."""

Act = Callable[[App, int, int], Awaitable[object]]


async def _accept(app: App, me: int, other: int) -> bool:
    return await follows.accept(app, other, me)


async def _reject(app: App, me: int, other: int) -> bool:
    return await follows.reject(app, other, me)


async def _block_domain(app: App, me: int, other: int) -> None:
    await domains.block(app, me, await _domain(app, other))


async def _unblock_domain(app: App, me: int, other: int) -> None:
    await domains.unblock(app, me, await _domain(app, other))


async def _domain(app: App, other: int) -> str:
    found = await app.db.value("SELECT domain AS value FROM accounts WHERE id = ?", other)
    if not found:
        raise NotFound(NOTHING)
    return str(found)


_ACTS: Mapping[str, Act] = {
    "follow": follows.request,
    "unfollow": follows.undo,
    "boosts": partial(follows.request, reblogs=True),
    "no-boosts": partial(follows.request, reblogs=False),
    "notify": partial(follows.request, notify=True),
    "no-notify": partial(follows.request, notify=False),
    "block": blocks.block,
    "unblock": blocks.unblock,
    "unmute": blocks.unmute,
    "accept": _accept,
    "reject": _reject,
    "remove": follows.remove_follower,
    "block-server": _block_domain,
    "unblock-server": _unblock_domain,
}
_FOLLOWED = ("boosts", "no-boosts", "notify", "no-notify")


def act(action: str) -> Handler:
    """Return the handler of POST /accounts/{id}/{action}: do it, then show what stands between the two now."""

    async def done(request: Request) -> Response:
        here = await browser.member(request)
        values = await form(request)
        browser.check_form(request, here, values)
        other = cursor.of_path(request, "account_id")
        if action == "follow":
            spend(here.app, here.viewer, LIMITS["follows"], "follows")
        if action in _FOLLOWED and not (await relation(here, other)).following:
            raise Invalid("You do not follow this account")
        await _ACTS[action](here.app, here.member.account_id, other)
        return await _after(request, here, values, other)

    return done


async def mute(request: Request) -> Response:
    """POST /accounts/{id}/mute: for `duration` seconds (0: until one ends it), `notifications` too."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    other = cursor.of_path(request, "account_id")
    await blocks.mute(
        here.app,
        here.member.account_id,
        other,
        hide_notifications=values.get("notifications", "1") == "1",
        duration=cursor.number(values.get("duration", "") or "0"),
    )
    return await _after(request, here, values, other)


async def ask_mute(request: Request) -> Response:
    """GET /accounts/{id}/mute: for how long, and whether notifications go too."""
    here = await browser.member(request)
    person = await someone(here.app, cursor.of_path(request, "account_id"))
    following = browser.safe_path(query(request).get("next", "") or "/home")
    return await shell.show(request, here, "client/mute.html", person=person, next=following, durations=DURATIONS)


async def ask_block(request: Request) -> Response:
    """GET /accounts/{id}/block: what blocking does, of the account or of its whole server."""
    here = await browser.member(request)
    person = await someone(here.app, cursor.of_path(request, "account_id"))
    following = browser.safe_path(query(request).get("next", "") or "/home")
    return await shell.show(request, here, "client/block.html", person=person, next=following)


async def note(request: Request) -> Response:
    """POST /accounts/{id}/note: write down something about somebody, for oneself alone."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    other = cursor.of_path(request, "account_id")
    await blocks.write_note(here.app, here.member.account_id, other, values.get("note", ""))
    return await _after(request, here, values, other)


async def wishes(request: Request) -> Response:
    """GET /follow_requests: who wants to follow, for those who approve their followers."""
    here = await browser.member(request)
    asked = cursor.window(request, 40)
    found = await lookup.requests_page(here.app, here.member.account_id, asked.sql)
    by_id = await notices.who(here.app, [one.account_id for one in found[:40]])
    people = [by_id[one.account_id] for one in found[:40] if one.account_id in by_id]
    older = cursor.older([one.id for one in found], asked)
    return await shell.show(request, here, "client/follow_requests.html", those=people, older=older)


async def relation(here: Visit, other: int) -> Relationship:
    """Return what stands between the member and somebody."""
    found = await lookup.relationships(here.app, here.member.account_id, [other])
    return found[0] if found else Relationship(other)


async def someone(app: App, account_id: int) -> Person:
    """Return an account that is shown. `NotFound`."""
    found = await cards.people(app, [account_id])
    if not found:
        raise NotFound(NOTHING)
    return found[0]


async def _after(request: Request, here: Visit, values: Mapping[str, str], other: int) -> Response:
    following = browser.safe_path(values.get("next", "") or "/home")
    if not wants_part(request):
        return redirect(following)
    if "line" in values:
        return await fragment(request, here, "client/_nothing.html")
    person = await someone(here.app, other)
    shown: dict[str, Any] = {"person": person, "relation": await relation(here, other), "next": following}
    return await fragment(request, here, "client/_relation.html", **shown)


ROUTES = (
    Route("/follow_requests", page(wishes), methods=["GET"]),
    Route("/accounts/{account_id:int}/mute", page(ask_mute), methods=["GET"]),
    Route("/accounts/{account_id:int}/mute", page(mute), methods=["POST"]),
    Route("/accounts/{account_id:int}/block", page(ask_block), methods=["GET"]),
    Route("/accounts/{account_id:int}/note", page(note), methods=["POST"]),
    *(Route(f"/accounts/{{account_id:int}}/{name}", page(act(name)), methods=["POST"]) for name in _ACTS),
)
