"""Notifications of a member: in groups, by kind; what is kept apart as requests; putting them away."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import NotFound
from fedinote.notifications import groups, queries, requests
from fedinote.notifications.groups import Group
from fedinote.timelines import markers
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.client import cursor, notices
from fedinote.web.client.shown import fragment, lines
from fedinote.web.pages import NOTHING, form, page, query, redirect, wants_part

_GROUPS = 20
_PEOPLE = 40


async def index(request: Request) -> Response:
    """GET /notifications: groups, newest first; `?show=` names a tab. What is on the newest page counts as read."""
    here = await browser.member(request)
    part = query(request).get("show", "")
    if part and part not in notices.PARTS:
        raise NotFound(NOTHING)
    asked = cursor.window(request, _GROUPS)
    found, older = await notices.page(here.app, here.viewer, notices.wanted(here.viewer, part), asked, size=_GROUPS)
    read = await _read_until(here)
    shown: dict[str, Any] = {
        "told": await notices.told(request, here, found, read=read),
        "older": older if asked.min_id is None else None,
        "part": part,
        "first": asked.max_id is None and asked.min_id is None,
        "newest": max((one.newest.id for one in found), default=0),
        "path": "/notifications",
    }
    if asked.max_id is None and not part:
        await _mark(here, read, found)
    if wants_part(request):
        return await fragment(request, here, "client/_notices.html", **shown)
    waiting = await requests.summary(here.app, here.member.account_id)
    return await shell.show(request, here, "client/notifications.html", waiting=waiting, **shown)


async def _read_until(here: Visit) -> int:
    found = await markers.read(here.app, here.member.account_id, ["notifications"])
    return found[0].last_read_id if found else 0


async def _mark(here: Visit, read: int, found: Sequence[Group]) -> None:
    newest = max((one.newest.id for one in found), default=0)
    if newest > read:
        await markers.write(here.app, here.member.account_id, {"notifications": newest})


async def dismiss(request: Request) -> Response:
    """POST /notifications/dismiss: put the group `key` away, or all of them (`all`)."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    if "all" in values:
        await queries.clear(here.app, here.member.account_id)
    else:
        await groups.dismiss(here.app, here.member.account_id, values.get("key", ""))
    if wants_part(request):
        return await fragment(request, here, "client/_nothing.html")
    return redirect("/notifications")


async def people(request: Request) -> Response:
    """GET /notifications/people?key=: everybody behind a group."""
    here = await browser.member(request)
    app, me = here.app, here.member.account_id
    key = query(request).get("key", "")
    asked = cursor.window(request, _PEOPLE)
    found = await groups.people(app, me, key, asked.sql)
    by_id = await notices.who(app, [account for _, account in found[:_PEOPLE]])
    shown = [by_id[account] for _, account in found[:_PEOPLE] if account in by_id]
    older = cursor.older([one for one, _ in found], asked)
    return await shell.show(request, here, "client/people.html", those=shown, older=older, key=key)


async def waiting(request: Request) -> Response:
    """GET /notifications/requests: whose notifications are kept apart."""
    here = await browser.member(request)
    app, viewer = here.app, here.viewer
    asked = cursor.window(request)
    found = await requests.page(app, viewer.account_id, asked.sql)
    shown = found[: cursor.PAGE]
    who = await notices.who(app, [one.from_account_id for one in shown])
    wanted = [one.last_post_id for one in shown if one.last_post_id is not None]
    posts = {one.id: one for one in await lines(request, here, wanted, "notifications")}
    entries = [
        (one, who[one.from_account_id], posts.get(one.last_post_id or 0)) for one in shown if one.from_account_id in who
    ]
    older = cursor.older([one.id for one in found], asked)
    return await shell.show(request, here, "client/requests.html", entries=entries, older=older)


async def of_sender(request: Request) -> Response:
    """GET /notifications/requests/{id}: what one sender's request holds."""
    here = await browser.member(request)
    app, viewer = here.app, here.viewer
    found = await requests.show(app, viewer.account_id, cursor.of_path(request, "request_id"))
    asked = notices.wanted(viewer, "", from_id=found.from_account_id, filtered=True)
    who = await notices.who(app, [found.from_account_id])
    if found.from_account_id not in who:
        raise NotFound(NOTHING)
    read, older = await notices.page(app, viewer, asked, cursor.window(request, _GROUPS), size=_GROUPS)
    told = await notices.told(request, here, read)
    sender = who[found.from_account_id]
    return await shell.show(request, here, "client/request.html", one=found, sender=sender, told=told, older=older)


async def decide(request: Request) -> Response:
    """POST /notifications/requests/{id}: `accept` it, with all that comes later, or put it away."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    me, about = here.member.account_id, [cursor.of_path(request, "request_id")]
    if "accept" in values:
        done = await requests.accept(here.app, me, about)
        text = here.words.gettext("Their notifications are with the others from now on.")
    else:
        done = await requests.dismiss(here.app, me, about)
        text = here.words.gettext("The request was put away.")
    if not done:
        raise NotFound(NOTHING)
    return browser.flash(here, redirect("/notifications/requests"), text)


ROUTES = (
    Route("/notifications", page(index), methods=["GET"]),
    Route("/notifications/dismiss", page(dismiss), methods=["POST"]),
    Route("/notifications/people", page(people), methods=["GET"]),
    Route("/notifications/requests", page(waiting), methods=["GET"]),
    Route("/notifications/requests/{request_id:int}", page(of_sender), methods=["GET"]),
    Route("/notifications/requests/{request_id:int}", page(decide), methods=["POST"]),
)
