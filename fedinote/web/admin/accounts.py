"""/admin/accounts: everybody known here, by state and name; one of them with all that moderators can do."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response

from fedinote.infra.errors import BadRequest, Conflict, Forbidden, Invalid, NotFound
from fedinote.moderation import actions, queries, roles, vouching
from fedinote.moderation.moderator import Power
from fedinote.moderation.queries import Wanted
from fedinote.policy import trust
from fedinote.timelines.window import Window
from fedinote.web import pages
from fedinote.web.admin import guard, people
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import dossier, forms, reading
from fedinote.web.pages import Upload

PATH = "/admin/accounts"
PAGE = 40
STATES = ("", "active", "pending", "disabled", "silenced", "suspended", "sensitized")
ORIGINS = ("", "local", "remote")
_FIELDS = ("q", "domain", "email", "ip", "origin", "state", "staff")
_MAX = 320
_SAID = (Invalid, Forbidden, Conflict, BadRequest)


async def page(staff: Staff) -> Response:
    """GET /admin/accounts."""
    asked = pages.query(staff.request)
    given = {name: asked.get(name, "").strip()[:_MAX] for name in _FIELDS}
    problem, ids = "", []
    window = Window(PAGE, max_id=number(asked["max_id"]) if asked.get("max_id") else None)
    try:
        ids = window.arrange(await queries.accounts(staff.app, _wanted(given), window.sql))
    except Invalid as error:
        problem = guard.wrong(staff, error)
    kept = {name: value for name, value in given.items() if value}
    more = f"{PATH}?{urlencode({**kept, 'max_id': ids[-1]})}" if len(ids) == PAGE else ""
    return await guard.show(
        staff,
        "admin/accounts.html",
        status=422 if problem else 200,
        found=await people.held(staff.app, ids),
        given=given,
        states=STATES,
        origins=ORIGINS,
        more=more,
        reasons=await dossier.reasons(staff, ids if given["state"] == "pending" else []),
        target=await reading.target(staff.app, staff.by.account_id),
        problems=[problem] if problem else [],
    )


def _wanted(given: dict[str, str]) -> Wanted:
    """Read "name", "@name@domain" and "name@domain" alike; the other fields narrow it down."""
    name, _, domain = given["q"].removeprefix("@").partition("@")
    return Wanted(
        origin=given["origin"] if given["origin"] in ORIGINS else "",
        state=given["state"] if given["state"] in STATES else "",
        staff=bool(given["staff"]),
        username=name,
        by_domain=domain or given["domain"],
        email=given["email"],
        address=given["ip"],
    )


async def one(staff: Staff) -> Response:
    """GET /admin/accounts/{id}."""
    return await _show(staff, number(staff.request.path_params["id"]))


async def act(staff: Staff, form: Upload) -> Response:
    """POST /admin/accounts/act: do something to the account `id`; why it cannot be done is said on its page."""
    account_id, deed = number(form.fields.get("id", "")), form.fields.get("deed", "")
    if deed not in DEEDS:
        raise BadRequest
    try:
        await DEEDS[deed](staff, account_id, form)
    except _SAID as error:
        return await _show(staff, account_id, problem=guard.wrong(staff, error), reason=form.fields.get("reason", ""))
    _ = staff.here.words.gettext
    where = PATH if deed in ("reject", "delete") else f"{PATH}/{account_id}"
    return guard.done(staff, where, _("Done."))


def _weighed(kind: str) -> Callable[[Staff, int, Upload], Awaitable[None]]:
    """Return the deed of one of `actions.act`: with a reason, and telling the person or not."""

    async def deed(staff: Staff, account_id: int, form: Upload) -> None:
        reason = form.fields.get("reason", "").strip()
        basis = forms.basis(form, None)
        if reason and basis.language is None:
            basis = replace(basis, language=staff.here.words.tag)
        if kind == "none" and not reason:
            raise Invalid("Say what the warning is about")
        await actions.act(staff.app, staff.by, account_id, kind, reason=reason, basis=basis)

    return deed


def _plain(verb: Callable[..., Awaitable[None]]) -> Callable[[Staff, int, Upload], Awaitable[None]]:
    async def deed(staff: Staff, account_id: int, form: Upload) -> None:
        await verb(staff.app, staff.by, account_id)

    return deed


async def _delete(staff: Staff, account_id: int, form: Upload) -> None:
    if "sure" not in form.fields:
        raise Invalid("Tick the box first: a deleted account cannot be brought back")
    await actions.delete(staff.app, staff.by, account_id)


async def _refuse(staff: Staff, account_id: int, form: Upload) -> None:
    await actions.refuse(staff.app, staff.by, account_id, reason=form.fields.get("reason", "").strip())


async def _role(staff: Staff, account_id: int, form: Upload) -> None:
    await roles.change(staff.app, staff.by, account_id, form.fields.get("role", ""))


DEEDS: dict[str, Callable[[Staff, int, Upload], Awaitable[None]]] = {
    "warn": _weighed("none"),
    "sensitive": _weighed("sensitive"),
    "disable": _weighed("disable"),
    "silence": _weighed("silence"),
    "suspend": _weighed("suspend"),
    "unsensitive": _plain(actions.unsensitize),
    "enable": _plain(actions.enable),
    "unsilence": _plain(actions.unsilence),
    "unsuspend": _plain(actions.unsuspend),
    "vouch": _plain(vouching.vouch),
    "unvouch": _plain(vouching.unvouch),
    "approve": _plain(actions.approve),
    "reject": _refuse,
    "delete": _delete,
    "role": _role,
    "note": dossier.note,
    "unnote": dossier.unnote,
    "undo": dossier.undo,
}
"""What can be done to an account here; each verb checks who may."""


async def _show(staff: Staff, account_id: int, *, problem: str = "", reason: str = "") -> Response:
    account = await people.one(staff.app, account_id)
    return await guard.show(
        staff,
        "admin/account.html",
        status=422 if problem else 200,
        one=account,
        addresses=await people.addresses(staff.app, account_id) if account.local else [],
        reports=await people.reports(staff.app, account_id),
        history=await people.history(staff.app, account_id),
        below=people.reachable(staff.by, account),
        trust=await trust.level(staff.app, account_id),
        deletes=staff.may(Power.DELETION),
        roles=roles.given_by(staff.by) if account.role else (),
        problems=[problem] if problem else [],
        reason=reason,
        **await dossier.gather(staff, account),
    )


async def admit(staff: Staff, form: Upload) -> Response:
    """POST /admin/accounts/batch: let all those in (`approve`) or refuse them (`reject`) whose boxes are ticked."""
    deed = {"approve": actions.approve, "reject": actions.refuse}.get(form.fields.get("deed", ""))
    if deed is None:
        raise BadRequest
    done = 0
    for account_id in forms.ids(form, "account"):
        try:
            await deed(staff.app, staff.by, account_id)
            done += 1
        except (Forbidden, NotFound):  # somebody else decided meanwhile
            continue
    words = staff.here.words
    text = words.ngettext("%(num)s person was let in.", "%(num)s people were let in.", done)
    if deed is actions.refuse:
        text = words.ngettext("%(num)s person was refused.", "%(num)s people were refused.", done)
    return guard.done(staff, f"{PATH}?state=pending", text)


ROUTES = (
    guard.get(PATH, Power.ACCOUNTS, page),
    guard.get(f"{PATH}/{{id}}", Power.ACCOUNTS, one),
    guard.post(f"{PATH}/act", Power.ACCOUNTS, act),
    guard.post(f"{PATH}/batch", Power.ACCOUNTS, admit),
)
