"""/admin/reports/{id}: one report with all that it takes to decide, each text in the moderator's language."""

from typing import Any

from starlette.responses import Response

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.moderation.cases import casework, comfort, queue, reports, statements, understanding
from fedinote.moderation.cases.models import Report
from fedinote.moderation.cases.queue import Wanted
from fedinote.moderation.cases.understanding import Passage, Reading
from fedinote.moderation.house import house_rules
from fedinote.moderation.moderator import Power
from fedinote.translation import preferences
from fedinote.web import pages
from fedinote.web.admin import guard, people
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence, forms, reading
from fedinote.web.desk.evidence import Exhibit
from fedinote.web.desk.queue import told
from fedinote.web.pages import Upload
from fedinote.web.transparency.account import actions, categories

PATH = "/admin/reports/{id}"
COMMENT, BIO = "comment", "bio"
_NOTE = "note-"
STRIKES = 20
RELATED = 20
PARTS = ("open", "closed")


async def one(staff: Staff) -> Response:
    """GET /admin/reports/{id}."""
    return await show(staff, number(staff.request.path_params["id"]))


async def show(staff: Staff, report_id: int, *, error: FediNoteError | None = None, given: Any = None) -> Response:
    """Return the page of a report; with what was wrong about the form that was sent, and what had been written."""
    app, words = staff.app, staff.here.words
    report = await reports.shown(app, staff.by, report_id)
    notes = await casework.notes(app, report_id)
    read = await reading.read(staff.here, await _passages(app, report, notes))
    shown = await _exhibits(app, report, read)
    return await guard.show(
        staff,
        "desk/report.html",
        status=422 if error else 200,
        report=report,
        comment=read.get(COMMENT),
        bio=read.get(BIO),
        exhibits=shown,
        gone=len(report.post_ids) - len(shown),
        notes=notes,
        read=read,
        names=await _names(app, report, notes),
        colleagues=await evidence.staff(app),
        rules=_rules(await house_rules.everything(app), words.tag, report.rule_ids),
        languages=forms.languages(staff.here),
        unreadable=_unreadable(read),
        target=(await preferences.of(app, staff.by.account_id)).target,
        actions=actions(words),
        categories=categories(words),
        problems=[guard.wrong(staff, error)] if error else [],
        given=given or {},
        **await _history(staff, report),
    )


async def _history(staff: Staff, report: Report) -> dict[str, Any]:
    """Return who is concerned and what is known of them: decisions, other reports about the account and its server."""
    app, by = staff.app, staff.by
    found = {one.person.id: one for one in await people.held(app, [report.target_id, report.account_id])}
    target, author = found.get(report.target_id), found.get(report.account_id)
    about = {part: await queue.page(app, by, Wanted(part=part, target_id=report.target_id), RELATED) for part in PARTS}
    server = Wanted(domain=target.person.domain) if target and not target.local else None
    before, after = await queue.neighbours(app, by, report.id)
    return {
        "one": target,
        "below": target is not None and people.reachable(by, target),
        "far": author is not None and not author.local,
        "background": await casework.background(app, report.id),
        "strikes": (await statements.about(app, report.target_id))[:STRIKES],
        "together": [one for one in about["open"] if one.id != report.id],
        "earlier": [one for one in about["closed"] if one.id != report.id],
        "elsewhere": await queue.count(app, by, server) if server else 0,
        "before": before,
        "after": after,
        "greyscale": await comfort.greyscale(app, by.user_id),
        "batch": await told(staff, pages.query(staff.request)),
    }


async def _passages(app: App, report: Report, notes: list[casework.Note]) -> dict[str, Passage]:
    """Collect what there is to read: the comment and the profile first, then the posts, then notes."""
    found: dict[str, Passage] = {}
    if report.comment:
        found[COMMENT] = understanding.private(report.comment)
    bio = (await understanding.profiles(app, [report.target_id])).get(report.target_id)
    if bio is not None and bio.text:
        found[BIO] = bio
    posts = await understanding.posts(app, report.post_ids)
    found |= {str(post_id): posts[post_id] for post_id in report.post_ids if post_id in posts}
    return found | {f"{_NOTE}{note.id}": understanding.private(note.text) for note in notes}


async def _exhibits(app: App, report: Report, read: dict[str, Reading]) -> list[Exhibit]:
    return await evidence.exhibits(app, report.post_ids, {int(key): one for key, one in read.items() if key.isdigit()})


async def _names(app: App, report: Report, notes: list[casework.Note]) -> dict[int, str]:
    named = (report.account_id, report.target_id, report.assigned_to_id, report.action_taken_by_id)
    return await evidence.handles(app, [*named, *(note.author_id for note in notes)])


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


async def keep_colours(staff: Staff, form: Upload) -> Response:
    """POST /admin/desk: how this moderator sees pictures at the desk (`greyscale`); on from there in every browser."""
    await comfort.choose(staff.app, staff.by.user_id, without_colours="greyscale" in form.fields)
    if pages.wants_part(staff.request):
        return Response(status_code=204)
    return guard.done(staff, "/settings/interface", staff.gettext("Saved."))


ROUTES = (guard.get(PATH, Power.REPORTS, one), guard.post("/admin/desk", Power.REPORTS, keep_colours))
