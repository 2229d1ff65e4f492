"""/auth/locked: for those whose login is shut: what was decided and why, the appeal, their data, and leaving for good.

The browser has a pass of its own for it (`auth.locked`), in a cookie that no other page looks at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import deletion
from fedinote.auth import limits, locked, registrations, users
from fedinote.auth.locked import Locked
from fedinote.infra.errors import (
    BadRequest,
    Conflict,
    FediNoteError,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthorized,
)
from fedinote.moderation.cases import appeals, statements
from fedinote.moderation.cases.statements import Statement
from fedinote.portability import archives
from fedinote.web import browser, shell, words
from fedinote.web.browser import SignInFirst, Visit
from fedinote.web.data import exporting
from fedinote.web.desk import told
from fedinote.web.pages import address, form, page, redirect
from fedinote.web.settings.answers import number
from fedinote.web.transparency.account import actions, categories

PATH = "/auth/locked"
MOST = 5
"""Decisions that the page shows; what shuts the login comes first."""
_SHUTS = ("suspend", "disable")
_SAID = (Invalid, Forbidden, Conflict, TooMany, NotFound)


@dataclass(frozen=True, slots=True)
class Inside:
    """Somebody whose login is shut, in the browser that has the pass."""

    here: Visit
    who: Locked


async def _enter(request: Request, here: Visit) -> Inside:
    """Return who is behind the pass, and their words. `SignInFirst` without a good one."""
    try:
        who = await locked.whose(here.app, browser.shut_pass(request), here.binding)
    except Unauthorized:
        raise SignInFirst from None
    spoken = words.choose([who.locale, *browser.languages(request)])
    return Inside(replace(here, words=spoken), who)


async def show(request: Request) -> Response:
    """GET /auth/locked."""
    return await _page(request, await _enter(request, await browser.visit(request)))


async def _page(
    request: Request, inside: Inside, *, error: FediNoteError | None = None, about: int = 0, text: str = ""
) -> Response:
    here, who = inside.here, inside.who
    app = here.app
    shown = await _standing(inside)
    return await shell.show(
        request,
        here,
        "auth/locked.html",
        status=200 if error is None else error.status,
        who=who,
        decisions=[await told.told(here, who.account_id, one) for one in shown],
        archive=await exporting.state(here, who.account_id) if who.why != "pending" else None,
        actions=actions(here.words),
        categories=categories(here.words),
        within=appeals.WITHIN.days,
        contact=app.settings.instance.contact_email,
        minutes=int(locked.LIFE.total_seconds()) // 60,
        problems=[] if error is None else [here.words.error(error.message)],
        said={about: text},
    )


async def _standing(inside: Inside) -> list[Statement]:
    found = [one for one in await statements.about(inside.here.app, inside.who.account_id) if one.lifted_at is None]
    return sorted(found, key=lambda one: one.action not in _SHUTS)[:MOST]


async def _sent(request: Request) -> tuple[Inside, Mapping[str, str]]:
    here, values = await browser.visit(request), await form(request)
    browser.check_form(request, here, values)
    return await _enter(request, here), values


async def appeal(request: Request) -> Response:
    """POST /auth/locked: ask to decide again about a `statement` on oneself, or add to what was asked."""
    inside, values = await _sent(request)
    app, who, text = inside.here.app, inside.who, values.get("text", "")
    about = await statements.get(app, number(values.get("statement", "")))
    try:
        await told.say(app, who.account_id, who.locale, about, text)
    except (Invalid, Forbidden) as error:
        return await _page(request, inside, error=error, about=about.id, text=text)
    return _again(inside, inside.here.words.gettext("Sent. Somebody will look at it again."))


def _again(inside: Inside, text: str) -> Response:
    return browser.flash(inside.here, redirect(PATH), text)


async def archive(request: Request) -> Response:
    """POST /auth/locked/archive: have the archive made, or deleted (`do`)."""
    inside, values = await _sent(request)
    here, who = inside.here, inside.who
    if who.why == "pending":
        raise NotFound
    match values.get("do"):
        case "make":
            text = await exporting.make(here, who.account_id, who.user_id)
        case "delete":
            await archives.discard(here.app, who.account_id)
            text = here.words.gettext("The archive is deleted.")
        case _:
            raise BadRequest
    return _again(inside, text)


async def given(request: Request) -> Response:
    """GET /auth/locked/archive: the finished archive, to its owner."""
    inside = await _enter(request, await browser.visit(request))
    return await exporting.given(inside.here, inside.who.account_id, inside.who.username)


async def delete(request: Request) -> Response:
    """POST /auth/locked/delete: the end of one's account, now; asked with its `name` and the `password`.

    Ten tries in ten minutes.
    """
    inside, values = await _sent(request)
    here, who = inside.here, inside.who
    try:
        if values.get("name", "").strip().lstrip("@").lower() != who.username.lower():
            raise Invalid("The name is not that of this account")
        await _check(request, inside, values.get("password", ""))
        await _end(inside)
    except _SAID as error:
        return await _page(request, inside, error=error)
    response = await shell.say(
        request,
        here,
        here.words.gettext("Your account is deleted"),
        here.words.gettext("What you wrote is being removed, here and on the servers that know you. Farewell."),
        link=("/", here.words.gettext("To the front page")),
    )
    return browser.drop_pass(here.app, response)


async def _check(request: Request, inside: Inside, password: str) -> None:
    app, who = inside.here.app, inside.who
    limits.attempt(app, f"password:user:{who.user_id}", limits.PASSWORD)
    try:
        await users.check_password(app, who.username, password, address=address(request))
    except Unauthorized:
        raise Forbidden("The password is wrong") from None


async def _end(inside: Inside) -> None:
    if inside.who.why == "pending":
        await registrations.withdraw(inside.here.app, inside.who.user_id)
    else:
        await deletion.delete(inside.here.app, inside.who.account_id)


async def leave(request: Request) -> Response:
    """POST /auth/locked/leave: put the pass away."""
    inside, _ = await _sent(request)
    return browser.drop_pass(inside.here.app, redirect("/"))


ROUTES = (
    Route(PATH, page(show), methods=["GET"]),
    Route(PATH, page(appeal), methods=["POST"]),
    Route(f"{PATH}/archive", page(given), methods=["GET"]),
    Route(f"{PATH}/archive", page(archive), methods=["POST"]),
    Route(f"{PATH}/delete", page(delete), methods=["POST"]),
    Route(f"{PATH}/leave", page(leave), methods=["POST"]),
)
