"""/admin/appeals: those who do not agree with a decision, and deciding again."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Conflict, FediNoteError, Forbidden, Invalid
from fedinote.moderation.cases import appeals, statements, understanding
from fedinote.moderation.cases.understanding import Passage
from fedinote.moderation.house import house_rules
from fedinote.moderation.moderator import Power
from fedinote.web import pages
from fedinote.web.admin import guard, people
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence, forms, reading
from fedinote.web.pages import Upload
from fedinote.web.transparency.account import actions, categories

PATH = "/admin/appeals"
_SAID = (Invalid, Forbidden, Conflict)
_ROWS = """SELECT p.id, p.created_at, p.state, s.action, s.category, s.account_id, s.moderator_id,
 (SELECT m.by_staff FROM appeal_messages m WHERE m.appeal_id = p.id ORDER BY m.id DESC LIMIT 1) AS answered
 FROM appeals p JOIN statements s ON s.id = p.statement_id WHERE p.id IN_INTS(?)"""


@dataclass(frozen=True, slots=True)
class Line:
    """An appeal in the list. `own`: the reader made the first decision; `answered`: the last word is the staff's."""

    id: int
    action: str
    category: str
    state: str
    handle: str
    decided_by: str
    own: bool
    answered: bool
    at: datetime


async def page(staff: Staff) -> Response:
    """GET /admin/appeals: the open ones, oldest first, own decisions last; with `show=closed` the decided ones."""
    part = "closed" if pages.query(staff.request).get("show") == "closed" else "open"
    ids = await (appeals.waiting if part == "open" else appeals.decided)(staff.app, staff.by)
    rows = {row["id"]: row for row in await staff.app.db.rows(_ROWS, ids)} if ids else {}
    who = [one for row in rows.values() for one in (row["account_id"], row["moderator_id"])]
    names = await evidence.handles(staff.app, who)
    return await guard.show(
        staff,
        "desk/appeals.html",
        found=[_line(rows[one], names, staff.by.account_id) for one in ids if one in rows],
        part=part,
        actions=actions(staff.here.words),
        categories=categories(staff.here.words),
    )


def _line(row: Row, names: dict[int, str], reader: int) -> Line:
    return Line(
        id=row["id"],
        action=row["action"],
        category=row["category"],
        state=row["state"],
        handle=names.get(row["account_id"], ""),
        decided_by=names.get(row["moderator_id"], ""),
        own=row["moderator_id"] == reader,
        answered=bool(row["answered"]),
        at=from_ms(row["created_at"]),
    )


async def one(staff: Staff) -> Response:
    """GET /admin/appeals/{id}."""
    return await _show(staff, number(staff.request.path_params["id"]))


async def _show(staff: Staff, appeal_id: int, *, error: FediNoteError | None = None, text: str = "") -> Response:
    app, words = staff.app, staff.here.words
    appeal = await appeals.get(app, appeal_id)
    about = await statements.get(app, appeal.statement_id)
    passages: dict[str, Passage] = {}
    if about.text:
        passages["reasons"] = understanding.private(about.text, about.language)
    for place, turn in enumerate(appeal.turns):
        passages[f"turn-{place}"] = understanding.private(turn.text, turn.language)
    account = next(iter(await people.held(app, [about.account_id])), None) if about.account_id else None
    rules = [rule for rule in await house_rules.everything(app) if rule.number in about.rules]
    return await guard.show(
        staff,
        "desk/appeal.html",
        status=422 if error else 200,
        appeal=appeal,
        about=about,
        one=account,
        read=await reading.read(staff.here, passages),
        target=await reading.target(app, staff.by.account_id),
        barred=await appeals.barred(app, staff.by, about),
        judges=await _judges(app, about),
        names=await evidence.handles(app, [about.moderator_id, *(turn.author_id for turn in appeal.turns)]),
        rules=[(rule.number, *rule.wording(words.tag)) for rule in rules],
        languages=forms.languages(staff.here),
        actions=actions(words),
        categories=categories(words),
        problems=[guard.wrong(staff, error)] if error else [],
        text=text,
    )


async def _judges(app: App, about: statements.Statement) -> list[str]:
    """Return who may decide about an appeal: whoever did not decide first, nor appealed; else the only moderator."""
    people = dict(await evidence.staff(app))
    people.pop(about.account_id or 0, None)
    others = [name for one, name in people.items() if one != about.moderator_id]
    return others or list(people.values())


async def act(staff: Staff, form: Upload) -> Response:
    """POST /admin/appeals/{id}: answer, lift or uphold; why it cannot be done is said on the page."""
    appeal_id, deed = number(staff.request.path_params["id"]), form.fields.get("deed", "")
    if deed not in ("answer", "lift", "uphold"):
        raise BadRequest
    text = form.fields.get("text", "").strip()
    try:
        tongue = forms.tongue(form)
        if deed == "answer":
            await appeals.answer(staff.app, staff.by, appeal_id, text, tongue)
        else:
            await appeals.decide(staff.app, staff.by, appeal_id, lift=deed == "lift", text=text, tongue=tongue)
    except _SAID as error:
        return await _show(staff, appeal_id, error=error, text=text)
    return guard.done(staff, f"{PATH}/{appeal_id}", staff.gettext("Done."))


ROUTES = (
    guard.get(PATH, Power.ACCOUNTS, page),
    guard.get(f"{PATH}/{{id}}", Power.ACCOUNTS, one),
    guard.post(f"{PATH}/{{id}}", Power.ACCOUNTS, act),
)
