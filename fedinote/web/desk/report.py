"""/admin/reports/{id}: one report with all that it takes to decide, each text in the moderator's language."""

from typing import Any

from starlette.responses import Response

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.moderation import casework, house_rules, reports, statements, understanding
from fedinote.moderation.models import Report
from fedinote.moderation.moderator import Power
from fedinote.moderation.understanding import Passage, Reading
from fedinote.translation import preferences
from fedinote.web.admin import guard, people
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence, forms, reading
from fedinote.web.desk.evidence import Exhibit
from fedinote.web.transparency.account import actions, categories

PATH = "/admin/reports/{id}"
COMMENT, BIO = "comment", "bio"
_NOTE = "note-"
STRIKES = 20


async def one(staff: Staff) -> Response:
    """GET /admin/reports/{id}."""
    return await show(staff, number(staff.request.path_params["id"]))


async def show(staff: Staff, report_id: int, *, error: FediNoteError | None = None, given: Any = None) -> Response:
    """Return the page of a report; with what was wrong about the form that was sent, and what had been written."""
    app, words = staff.app, staff.here.words
    report = await reports.get(app, report_id)
    notes = await casework.notes(app, report_id)
    read = await reading.read(staff.here, await _passages(app, report, notes))
    strikes = await statements.about(app, report.target_id)
    target = next(iter(await people.held(app, [report.target_id])), None)
    shown = await _exhibits(app, report, read)
    named = (report.account_id, report.target_id, report.assigned_to_id, report.action_taken_by_id)
    return await guard.show(
        staff,
        "desk/report.html",
        status=422 if error else 200,
        report=report,
        one=target,
        below=target is not None and people.reachable(staff.by, target),
        comment=read.get(COMMENT),
        bio=read.get(BIO),
        exhibits=shown,
        gone=len(report.post_ids) - len(shown),
        notes=notes,
        read=read,
        background=await casework.background(app, report_id),
        strikes=strikes[:STRIKES],
        names=await evidence.handles(app, [*named, *(note.author_id for note in notes)]),
        colleagues=await evidence.staff(app),
        rules=_rules(await house_rules.everything(app), words.tag, report.rule_ids),
        languages=forms.languages(staff.here),
        unreadable=_unreadable(read),
        target=(await preferences.of(app, staff.by.account_id)).target,
        actions=actions(words),
        categories=categories(words),
        problems=[guard.wrong(staff, error)] if error else [],
        given=given or {},
    )


async def _passages(app: App, report: Report, notes: list[casework.Note]) -> dict[str, Passage]:
    """Collect what there is to read: the comment and the bio first, then the posts, then notes."""
    found: dict[str, Passage] = {}
    if report.comment:
        found[COMMENT] = understanding.private(report.comment)
    bio = (await understanding.bios(app, [report.target_id])).get(report.target_id)
    if bio is not None and bio.text:
        found[BIO] = bio
    posts = await understanding.posts(app, report.post_ids)
    found |= {str(post_id): posts[post_id] for post_id in report.post_ids if post_id in posts}
    return found | {f"{_NOTE}{note.id}": understanding.private(note.text) for note in notes}


async def _exhibits(app: App, report: Report, read: dict[str, Reading]) -> list[Exhibit]:
    return await evidence.exhibits(app, report.post_ids, {int(key): one for key, one in read.items() if key.isdigit()})


def _rules(rules: tuple[house_rules.Rule, ...], tag: str, named: list[int]) -> list[tuple[int, str, str, bool]]:
    """Return (number, language, words, whether the report names it) of the rules that hold or that it names."""
    found = []
    for rule in rules:
        if not rule.removed or rule.number in named:
            spoken, wording = rule.wording(tag)
            found.append((rule.number, spoken, wording.text, rule.number in named))
    return found


def _unreadable(read: dict[str, Reading]) -> list[str]:
    """Return the languages of texts that could not be translated: whoever speaks them has to be asked."""
    return sorted({one.language for one in read.values() if one.problem and one.language})


ROUTES = (guard.get(PATH, Power.REPORTS, one),)
