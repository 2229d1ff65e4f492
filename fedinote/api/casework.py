"""Appeals and the notes to reports, for moderators. A part of FediNote's own, behind the verbs of the desk."""

from typing import Any

from fedinote.api.entities import decisions as entities
from fedinote.api.routing import Call, route
from fedinote.infra.errors import Invalid
from fedinote.moderation import moderator
from fedinote.moderation.cases import appeals, casework, statements
from fedinote.moderation.cases import reports as filing
from fedinote.moderation.cases.appeals import Appeal
from fedinote.moderation.moderator import Moderator, Power
from fedinote.text import language

_APPEALS = "/api/fedinote/v1/admin/appeals"
_NOTES = "/api/fedinote/v1/admin/reports/{id}/notes"
_READ_ACCOUNTS, _WRITE_ACCOUNTS = ("admin:read:accounts",), ("admin:write:accounts",)
_READ_REPORTS, _WRITE_REPORTS = ("admin:read:reports",), ("admin:write:reports",)
_MOST = 100


async def _acting(call: Call, power: Power) -> Moderator:
    return await moderator.acting(call.app, call.me, power)


async def _shown(call: Call, by: Moderator, found: list[Appeal]) -> list[dict[str, Any]]:
    about = await statements.several(call.app, [one.statement_id for one in found])
    alone = await appeals.alone(call.app, by)
    listed = [(one, about[one.statement_id]) for one in found]
    judged = [(one, said, said.moderator_id == by.account_id and not alone) for one, said in listed]
    return await entities.for_staff(call.app, judged)


async def list_appeals(call: Call) -> Any:
    """GET /api/fedinote/v1/admin/appeals: the open ones, oldest first; what one decided oneself comes last."""
    by = await _acting(call, Power.ACCOUNTS)
    ids = (await appeals.waiting(call.app, by))[:_MOST]
    found = await appeals.several(call.app, ids)
    return await _shown(call, by, [found[one] for one in ids if one in found])


async def show_appeal(call: Call) -> Any:
    """GET /api/fedinote/v1/admin/appeals/:id."""
    by = await _acting(call, Power.ACCOUNTS)
    return (await _shown(call, by, [await appeals.get(call.app, call.id())]))[0]


def _tongue(call: Call) -> str | None:
    """Return the language of the words. `Invalid` for what is none."""
    tag = call.params.text("language", max=35)
    if tag and language.canonical(tag) is None:
        raise Invalid("Validation failed: Language is not a valid BCP 47 tag")
    return tag or None


async def answer(call: Call) -> Any:
    """POST /api/fedinote/v1/admin/appeals/:id/answer: write to whoever appealed (`text`, `language`)."""
    by = await _acting(call, Power.ACCOUNTS)
    made = await appeals.answer(call.app, by, call.id(), call.params.need("text"), _tongue(call))
    return (await _shown(call, by, [made]))[0]


async def decide(call: Call) -> Any:
    """POST /api/fedinote/v1/admin/appeals/:id/decide: `lift` says how; `text` and `language` say why."""
    by = await _acting(call, Power.ACCOUNTS)
    if "lift" not in call.params:
        raise Invalid("Validation failed: Lift can't be blank")
    text = call.params.text("text", "").strip()
    made = await appeals.decide(call.app, by, call.id(), lift=call.params.flag("lift"), text=text, tongue=_tongue(call))
    return (await _shown(call, by, [made]))[0]


async def list_notes(call: Call) -> Any:
    """GET /api/fedinote/v1/admin/reports/:id/notes: what moderators wrote to a report, oldest first."""
    await filing.shown(call.app, await _acting(call, Power.REPORTS), call.id())
    return await entities.notes(call.app, await casework.notes(call.app, call.id()))


async def write_note(call: Call) -> Any:
    """POST /api/fedinote/v1/admin/reports/:id/notes: for the staff, or with `to_reporter` for whoever reported."""
    by = await _acting(call, Power.REPORTS)
    for_them = bool(call.params.flag("to_reporter"))
    made = await casework.note(call.app, by, call.id(), call.params.need("text"), to_reporter=for_them)
    return (await entities.notes(call.app, [made]))[0]


ROUTES = (
    route("GET", _APPEALS, list_appeals, auth="user", scopes=_READ_ACCOUNTS),
    route("GET", f"{_APPEALS}/{{id}}", show_appeal, auth="user", scopes=_READ_ACCOUNTS),
    route("POST", f"{_APPEALS}/{{id}}/answer", answer, auth="user", scopes=_WRITE_ACCOUNTS),
    route("POST", f"{_APPEALS}/{{id}}/decide", decide, auth="user", scopes=_WRITE_ACCOUNTS),
    route("GET", _NOTES, list_notes, auth="user", scopes=_READ_REPORTS),
    route("POST", _NOTES, write_note, auth="user", scopes=_WRITE_REPORTS),
)
