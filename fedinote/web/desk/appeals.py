"""/admin/appeals: those who do not agree with a decision, and deciding again."""

from starlette.responses import Response

from fedinote.infra.errors import BadRequest, Conflict, FediNoteError, Forbidden, Invalid
from fedinote.moderation import appeals, house_rules, statements, understanding
from fedinote.moderation.moderator import Power
from fedinote.moderation.understanding import Passage
from fedinote.web.admin import guard, people
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence, forms, reading
from fedinote.web.pages import Upload
from fedinote.web.transparency.account import actions, categories

PATH = "/admin/appeals"
_SAID = (Invalid, Forbidden, Conflict)
_ROWS = """SELECT p.id, p.created_at, s.action, s.account_id, s.moderator_id FROM appeals p
 JOIN statements s ON s.id = p.statement_id WHERE p.id IN_INTS(?)"""


async def page(staff: Staff) -> Response:
    """GET /admin/appeals: the open ones, oldest first; what one decided oneself comes last."""
    ids = await appeals.waiting(staff.app, staff.by)
    rows = {row["id"]: row for row in await staff.app.db.rows(_ROWS, ids)} if ids else {}
    names = await evidence.handles(staff.app, [row["account_id"] for row in rows.values()])
    found = [
        (one, rows[one]["action"], names.get(rows[one]["account_id"], ""), rows[one]["moderator_id"])
        for one in ids
        if one in rows
    ]
    return await guard.show(staff, "desk/appeals.html", found=found, actions=actions(staff.here.words))


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
        names=await evidence.handles(app, [about.moderator_id, *(turn.author_id for turn in appeal.turns)]),
        rules=[(rule.number, *rule.wording(words.tag)) for rule in rules],
        languages=forms.languages(staff.here),
        actions=actions(words),
        categories=categories(words),
        problems=[guard.wrong(staff, error)] if error else [],
        text=text,
    )


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
