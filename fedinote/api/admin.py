"""What moderators do through the client API: accounts and reports. And filing a report, which all may.

https://docs.joinmastodon.org/methods/admin/ and https://docs.joinmastodon.org/methods/reports/
A scope opens the door, and the role that somebody has at this moment decides what may be done behind it.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from fedinote.api.entities import admin as entities
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.auth.viewer import ROLES
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.moderation import actions, moderator, queries
from fedinote.moderation.cases import reports
from fedinote.moderation.cases.statements import Basis
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.queries import Wanted

Handler = Callable[[Call], Awaitable[Any]]
_USUAL, _MOST = 100, 200
_ACCOUNTS = "/api/v1/admin/accounts"
_REPORTS = "/api/v1/admin/reports"
_READ_ACCOUNTS, _WRITE_ACCOUNTS = ("admin:read:accounts",), ("admin:write:accounts",)
_READ_REPORTS, _WRITE_REPORTS = ("admin:read:reports",), ("admin:write:reports",)
_STATES = ("active", "pending", "disabled", "silenced", "suspended", "sensitized")


async def _acting(call: Call, power: Power) -> Moderator:
    return await moderator.acting(call.app, call.me, power)


# -- reports by anybody ---------------------------------------------------------------------------------------------


async def file_report(call: Call) -> Any:
    """POST /api/v1/reports: complain about an account and some of its posts."""
    params = call.params
    target = params.ids("account_id")
    if not target:
        raise NotFound
    filed = await reports.file(
        call.app,
        call.me.account_id,
        target[0],
        post_ids=params.ids("status_ids"),
        comment=params.text("comment", ""),
        category=params.text("category", "") or "other",
        rule_ids=params.ints("rule_ids"),
        forward=params.flag("forward"),
    )
    return await entities.own_report(call.app, filed.id)


# -- accounts -------------------------------------------------------------------------------------------------------


async def list_accounts_v1(call: Call) -> Any:
    """GET /api/v1/admin/accounts: by state and origin, each given as a flag."""
    params = call.params
    origin = next((name for name in ("local", "remote") if params.flag(name)), "")
    state = next((name for name in _STATES if params.flag(name)), "")
    return await _accounts(call, origin, state, staff=params.flag("staff"))


async def list_accounts(call: Call) -> Any:
    """GET /api/v2/admin/accounts: by state and origin, each given by name."""
    params = call.params
    return await _accounts(
        call, params.text("origin", ""), params.text("status", ""), staff=params.text("permissions") == "staff"
    )


async def _accounts(call: Call, origin: str, state: str, *, staff: bool) -> Page:
    await _acting(call, Power.ACCOUNTS)
    params = call.params
    window = paging(call, _USUAL, _MOST)
    inviter = params.ids("invited_by")
    wanted = Wanted(
        origin=origin,
        state=state,
        staff=staff,
        roles=tuple(ROLES[one] for one in params.ints("role_ids") if 0 <= one < len(ROLES)),
        by_domain=params.text("by_domain", ""),
        username=params.text("username", ""),
        display_name=params.text("display_name", ""),
        email=params.text("email", ""),
        address=params.text("ip", ""),
        invited_by=inviter[0] if inviter else None,
    )
    ids = window.arrange(await queries.accounts(call.app, wanted, window.sql))
    found = await entities.people(call.app, ids)
    return Page([found[one] for one in ids if one in found], ids)


async def show_account(call: Call) -> Any:
    """GET /api/v1/admin/accounts/:id."""
    await _acting(call, Power.ACCOUNTS)
    return await entities.person(call.app, call.id())


async def act(call: Call) -> Any:
    """POST /api/v1/admin/accounts/:id/action: none, sensitive, disable, silence or suspend.

    The account is told, as there is no e-mail by a notification, unless `send_email_notification` is false.
    """
    by = await _acting(call, Power.ACCOUNTS)
    report = call.params.ids("report_id")
    await actions.act(
        call.app,
        by,
        call.id(),
        call.params.need("type", max=20),
        reason=call.params.text("text", ""),
        report_id=report[0] if report else None,
        basis=Basis(tell=bool(call.params.flag("send_email_notification", True))),
    )
    return {}


def _deciding(verb: Callable[[App, Moderator, int], Awaitable[None]]) -> Handler:
    """Make the handler of a decision that needs nothing but the account, and answers with it."""

    async def handler(call: Call) -> Any:
        await verb(call.app, await _acting(call, Power.ACCOUNTS), call.id())
        return await entities.person(call.app, call.id())

    return handler


async def delete_account(call: Call) -> Any:
    """DELETE /api/v1/admin/accounts/:id: the end of a suspended account; answers with it as it was."""
    by = await _acting(call, Power.DELETION)
    was = await entities.person(call.app, call.id())
    await actions.delete(call.app, by, call.id())
    return was


async def refuse_account(call: Call) -> Any:
    """POST /api/v1/admin/accounts/:id/reject: answers with the account as it was. `text` is what the person is told."""
    by = await _acting(call, Power.ACCOUNTS)
    was = await entities.person(call.app, call.id())
    await actions.refuse(call.app, by, call.id(), reason=call.params.text("text", ""))
    return was


# -- reports --------------------------------------------------------------------------------------------------------


async def list_reports(call: Call) -> Any:
    """GET /api/v1/admin/reports: the open ones, or with `resolved` the closed ones."""
    by = await _acting(call, Power.REPORTS)
    params = call.params
    window = paging(call, _USUAL, _MOST)
    origin = params.text("target_origin", "")
    found = await queries.reports(
        call.app,
        by,
        window.sql,
        resolved=params.flag("resolved"),
        account_id=params.number("account_id"),
        target_id=params.number("target_account_id"),
        target_origin=_origin(origin),
    )
    ids = window.arrange(found)
    return Page(await entities.reports(call.app, ids, call.me), ids)


def _origin(text: str) -> Literal["", "local", "remote"]:
    return "local" if text == "local" else "remote" if text == "remote" else ""


async def _report(call: Call) -> dict[str, Any]:
    return await entities.report(call.app, call.id(), call.me)


async def show_report(call: Call) -> Any:
    """GET /api/v1/admin/reports/:id."""
    await reports.shown(call.app, await _acting(call, Power.REPORTS), call.id())
    return await _report(call)


async def update_report(call: Call) -> Any:
    """PUT /api/v1/admin/reports/:id: another category, other rules."""
    by = await _acting(call, Power.REPORTS)
    now = await reports.shown(call.app, by, call.id())
    category = call.params.text("category", now.category)
    rules = call.params.ints("rule_ids") if "rule_ids" in call.params else now.rule_ids
    rules = rules if category == "violation" or "rule_ids" in call.params else []
    await reports.recategorize(call.app, by, call.id(), category=category, rule_ids=rules)
    return await _report(call)


async def assign_report(call: Call) -> Any:
    """POST /api/v1/admin/reports/:id/assign_to_self."""
    by = await _acting(call, Power.REPORTS)
    await reports.assign(call.app, by, call.id(), by.account_id)
    return await _report(call)


async def unassign_report(call: Call) -> Any:
    """POST /api/v1/admin/reports/:id/unassign."""
    await reports.assign(call.app, await _acting(call, Power.REPORTS), call.id(), None)
    return await _report(call)


async def resolve_report(call: Call) -> Any:
    """POST /api/v1/admin/reports/:id/resolve."""
    await reports.resolve(call.app, await _acting(call, Power.REPORTS), call.id())
    return await _report(call)


async def reopen_report(call: Call) -> Any:
    """POST /api/v1/admin/reports/:id/reopen."""
    await reports.reopen(call.app, await _acting(call, Power.REPORTS), call.id())
    return await _report(call)


def _on_account(name: str, handler: Handler) -> Any:
    return route("POST", f"{_ACCOUNTS}/{{id}}/{name}", handler, auth="user", scopes=_WRITE_ACCOUNTS)


def _on_report(name: str, handler: Handler) -> Any:
    return route("POST", f"{_REPORTS}/{{id}}/{name}", handler, auth="user", scopes=_WRITE_REPORTS)


ROUTES = (
    route("POST", "/api/v1/reports", file_report, auth="user", scopes=("write:reports",), limit="reports"),
    route("GET", _ACCOUNTS, list_accounts_v1, auth="user", scopes=_READ_ACCOUNTS),
    route("GET", "/api/v2/admin/accounts", list_accounts, auth="user", scopes=_READ_ACCOUNTS),
    route("GET", f"{_ACCOUNTS}/{{id}}", show_account, auth="user", scopes=_READ_ACCOUNTS),
    route("DELETE", f"{_ACCOUNTS}/{{id}}", delete_account, auth="user", scopes=_WRITE_ACCOUNTS),
    _on_account("action", act),
    _on_account("approve", _deciding(actions.approve)),
    _on_account("reject", refuse_account),
    _on_account("enable", _deciding(actions.enable)),
    _on_account("unsensitive", _deciding(actions.unsensitize)),
    _on_account("unsilence", _deciding(actions.unsilence)),
    _on_account("unsuspend", _deciding(actions.unsuspend)),
    route("GET", _REPORTS, list_reports, auth="user", scopes=_READ_REPORTS),
    route("GET", f"{_REPORTS}/{{id}}", show_report, auth="user", scopes=_READ_REPORTS),
    route("PUT", f"{_REPORTS}/{{id}}", update_report, auth="user", scopes=_WRITE_REPORTS),
    route("PATCH", f"{_REPORTS}/{{id}}", update_report, auth="user", scopes=_WRITE_REPORTS),
    _on_report("assign_to_self", assign_report),
    _on_report("unassign", unassign_report),
    _on_report("resolve", resolve_report),
    _on_report("reopen", reopen_report),
)
