"""/settings/severed: follows and followers lost by a decision, as lists; taking them along, following again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Conflict, NotFound
from fedinote.notifications import severances
from fedinote.notifications.severances import SIDES, Severance
from fedinote.policy import domains as policy
from fedinote.portability import severed
from fedinote.relations import domains
from fedinote.timelines.window import Window
from fedinote.web import browser, cards, shell
from fedinote.web.browser import Visit
from fedinote.web.cards import Person
from fedinote.web.pages import form_lists, page, query, redirect
from fedinote.web.settings.answers import done, number

PATH = "/settings/severed"
PAGE = 40
_FILES = {"following": "lost_follows.csv", "follower": "lost_followers.csv"}
_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Event:
    """A loss as the page shows it. `lasting`: what caused it still holds, so nobody can be followed again."""

    id: int
    kind: str
    target: str
    at: datetime
    following: int
    followers: int
    purged: bool
    lasting: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """Somebody who was lost. `followed`: followed again, or asked to be; `reachable`: not suspended here."""

    id: int
    account_id: int
    handle: str
    person: Person | None
    followed: bool
    reachable: bool


async def listing(request: Request) -> Response:
    """GET /settings/severed: what one lost, newest first."""
    here = await browser.member(request)
    asked = query(request).get("max_id", "")
    found = await severances.page(
        here.app, here.member.account_id, Window(PAGE, max_id=number(asked) if asked else None).sql
    )
    return await shell.show(
        request,
        here,
        "settings/severed.html",
        found=[await _event(here, one) for one in found],
        older=found[-1].id if len(found) == PAGE else None,
    )


async def _event(here: Visit, one: Severance) -> Event:
    return Event(
        id=one.id,
        kind=one.kind,
        target=one.target_name,
        at=from_ms(one.created_at),
        following=one.following_count,
        followers=one.followers_count,
        purged=one.purged,
        lasting=await _lasts(here.app, here.member.account_id, one),
    )


async def _lasts(app: App, account_id: int, one: Severance) -> bool:
    """Tell whether the block that ended the follows is still there; of a suspended account its row tells."""
    if one.kind == "domain_block":
        return await policy.suspended(app, one.target_name)
    return one.kind == "user_domain_block" and await domains.blocks(app, account_id, one.target_name)


async def show(request: Request) -> Response:
    """GET /settings/severed/{id}: whom one lost; `?side=follower` for the followers."""
    here = await browser.member(request)
    asked = query(request)
    side = asked.get("side", SIDES[0])
    if side not in SIDES:
        raise NotFound
    event = await severances.get(here.app, here.member.account_id, number(request.path_params["id"]))
    window = Window(PAGE, max_id=number(asked["max_id"]) if asked.get("max_id") else None)
    rows = await severances.lost(here.app, event.id, side, window.sql)
    return await shell.show(
        request,
        here,
        "settings/severance.html",
        event=await _event(here, event),
        side=side,
        lost=await _lost(here.app, rows),
        older=rows[-1]["id"] if len(rows) == PAGE else None,
    )


async def _lost(app: App, rows: list[Row]) -> list[Lost]:
    known = {one.id: one for one in await cards.people(app, [row["other_id"] for row in rows])}
    return [
        Lost(
            id=row["id"],
            account_id=row["other_id"],
            handle=f"@{row['username']}@{row['domain']}" if row["domain"] else f"@{row['username']}",
            person=known.get(row["other_id"]),
            followed=bool(row["followed"]),
            reachable=bool(row["reachable"]),
        )
        for row in rows
    ]


async def act(request: Request) -> Response:
    """POST /settings/severed/{id}: `do` follow (those that are ticked), all, or forget the lists."""
    here = await browser.member(request)
    values = await form_lists(request)
    browser.check_form(request, here, {name: given[0] for name, given in values.items()})
    severance_id, do = number(request.path_params["id"]), values.get("do", [""])[0]
    back = f"{PATH}/{severance_id}"
    if do == "follow":
        return done(here, back, await _again(here, severance_id, [number(one) for one in values.get("id", ())]))
    if do == "all":
        return done(here, "/settings/import", await _all_again(here, severance_id))
    if do == "forget":
        await severances.forget(here.app, here.member.account_id, severance_id)
        return done(here, PATH, here.words.gettext("The lists are gone."))
    raise BadRequest


async def _again(here: Visit, severance_id: int, chosen: list[int]) -> str:
    asked, failed = await severed.follow_again(here.app, here.member.account_id, severance_id, chosen)
    say = here.words.ngettext
    said = say("%(num)s person was asked.", "%(num)s people were asked.", asked)
    if failed:
        said += " " + say("%(num)s cannot be followed.", "%(num)s cannot be followed.", failed)
    return said


async def _all_again(here: Visit, severance_id: int) -> str:
    try:
        await severed.follow_all_again(here.app, here.member.account_id, severance_id)
    except Conflict as error:
        return here.words.error(error.message)
    return here.words.gettext("All of them are asked now, one after another.")


async def file(request: Request) -> Response:
    """GET /settings/severed/{id}/{side}.csv: the list as Mastodon writes it."""
    here = await browser.member(request)
    side = request.path_params["side"]
    if side not in SIDES:
        raise NotFound
    text = await severed.file(here.app, here.member.account_id, number(request.path_params["id"]), side)
    headers: dict[str, Any] = {**_HEADERS, "Content-Disposition": f'attachment; filename="{_FILES[side]}"'}
    return Response(text, headers=headers, media_type="text/csv; charset=utf-8")


async def elsewhere(request: Request) -> Response:
    """GET /severed_relationships: where Mastodon has this page, and apps lead to."""
    await browser.member(request)
    return redirect(PATH)


ROUTES = (
    Route(PATH, page(listing), methods=["GET"]),
    Route(f"{PATH}/{{id}}", page(show), methods=["GET"]),
    Route(f"{PATH}/{{id}}", page(act), methods=["POST"]),
    Route(f"{PATH}/{{id}}/{{side}}.csv", page(file), methods=["GET"]),
    Route("/severed_relationships", page(elsewhere), methods=["GET"]),
)
