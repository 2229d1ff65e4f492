"""POST /admin/reports/{id}: what is done about a report, an account and its posts; each verb checks who may."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from fedinote.infra.errors import BadRequest, Conflict, Forbidden, Invalid, NotFound
from fedinote.moderation import actions
from fedinote.moderation.cases import batches, casework, reports, revoking, speakers, statements
from fedinote.moderation.moderator import Power
from fedinote.text.language_names import own_name
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence, forms, report
from fedinote.web.pages import Upload

Deed = Callable[[Staff, int, Upload], Awaitable[str]]
"""Does it, and returns what is said of it, in the reader's language."""
_SAID = (Invalid, Forbidden, Conflict)
_NEWEST = "SELECT MAX(s.id) AS value FROM statements s WHERE s.account_id = ?"
KINDS = ("none", "sensitive", "disable", "silence", "suspend")


async def act(staff: Staff, form: Upload) -> Response:
    """Do what the form says; why it cannot be done is said on the page."""
    report_id = number(staff.request.path_params["id"])
    deed = DEEDS.get(form.fields.get("deed", ""))
    if deed is None:
        raise BadRequest
    try:
        said = await deed(staff, report_id, form)
    except _SAID as error:
        return await report.show(staff, report_id, error=error, given=form.fields)
    return guard.done(staff, f"/admin/reports/{report_id}", said)


async def _decide(staff: Staff, report_id: int, form: Upload) -> str:
    """Decide about the account, or about its posts."""
    kind, reason = form.fields.get("kind", ""), form.fields.get("reason", "").strip()
    found = await reports.shown(staff.app, staff.by, report_id)
    basis = forms.basis(form, report_id)
    before = await staff.app.db.value(_NEWEST, found.target_id)
    if kind in batches.DEEDS:
        if kind == "delete" and "sure" not in form.fields:
            raise Invalid("Tick the box first: deleted posts cannot be brought back")
        chosen = forms.ids(form, "post")
        await batches.posts(staff.app, staff.by, report_id, chosen, kind, reason=reason, basis=basis)
    elif kind in KINDS:
        if kind == "none" and not reason:
            raise Invalid("Say what the warning is about")
        await actions.act(staff.app, staff.by, found.target_id, kind, reason=reason, report_id=report_id, basis=basis)
    else:
        raise Invalid("Choose what is to be done")
    if await staff.app.db.value(_NEWEST, found.target_id) == before:  # as it was already: nobody is told again
        return staff.gettext("It was so already, so there is no new statement of reasons. The report is closed.")
    return staff.gettext("Decided. The statement of reasons is written, and the report is closed.")


async def _resolve(staff: Staff, report_id: int, form: Upload) -> str:
    await reports.resolve(staff.app, staff.by, report_id)
    return staff.gettext("The report is closed.")


async def _reopen(staff: Staff, report_id: int, form: Upload) -> str:
    await reports.reopen(staff.app, staff.by, report_id)
    return staff.gettext("The report is open again.")


async def _assign(staff: Staff, report_id: int, form: Upload) -> str:
    """Give it to `to` (an account), to oneself ("me"), or to nobody ("")."""
    to = form.fields.get("to", "")
    assignee = None if not to else staff.by.account_id if to == "me" else number(to)
    await reports.assign(staff.app, staff.by, report_id, assignee)
    return staff.gettext("Saved.")


async def _refile(staff: Staff, report_id: int, form: Upload) -> str:
    """File it under another category; rules belong to a breach of them alone."""
    category = form.fields.get("category", "")
    rules = [number(one) for one in form.lists.get("rule", ())] if category == "violation" else []
    await reports.recategorize(staff.app, staff.by, report_id, category=category, rule_ids=rules)
    return staff.gettext("Saved.")


async def _revoke(staff: Staff, report_id: int, form: Upload) -> str:
    """Take back a decision about the reported account."""
    about = await statements.get(staff.app, number(form.fields.get("statement", "")))
    if about.account_id != (await reports.get(staff.app, report_id)).target_id:
        raise NotFound
    await revoking.revoke(staff.app, staff.by, about.id)
    return staff.gettext("The decision was taken back.")


async def _note(staff: Staff, report_id: int, form: Upload) -> str:
    await casework.note(staff.app, staff.by, report_id, form.fields.get("text", ""))
    return staff.gettext("The note is kept.")


async def _answer(staff: Staff, report_id: int, form: Upload) -> str:
    await casework.note(staff.app, staff.by, report_id, form.fields.get("text", ""), to_reporter=True)
    return staff.gettext("The answer is on its way.")


async def _ask(staff: Staff, report_id: int, form: Upload) -> str:
    """Ask a moderator who speaks the language."""
    tongue = forms.tongue(form)
    if tongue is None:
        raise Invalid("Validation failed: This is not a language tag")
    text = staff.gettext("Who reads %(language)s? Please look at this report.", language=own_name(tongue))
    found = await speakers.ask(staff.app, staff.by, report_id, tongue, text)
    if found is None:
        return staff.gettext("Nobody of the moderators here reads it, as far as settings tell: a note was left.")
    names = await evidence.handles(staff.app, [found])
    return staff.gettext("The report was handed to %(name)s.", name=names.get(found, ""))


DEEDS: dict[str, Deed] = {
    "decide": _decide,
    "resolve": _resolve,
    "reopen": _reopen,
    "assign": _assign,
    "refile": _refile,
    "revoke": _revoke,
    "note": _note,
    "answer": _answer,
    "ask": _ask,
}
ROUTES = (guard.post(report.PATH, Power.REPORTS, act),)
