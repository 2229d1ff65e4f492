"""Working on reports: notes, words to the reporter, related history, and what reporters learn."""

import pytest

from fedinote.events import ReportAnswered
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import actions
from fedinote.moderation.cases import casework, reports
from fedinote.moderation.moderator import Moderator
from tests.moderation.staff import log, staff, user
from tests.relations.people import recorded


async def test_notes_are_kept_in_order_and_only_answers_are_told(app: App) -> None:
    by, target, reader = await staff(app, "moderator"), await user(app, "target"), await user(app, "reader")
    report = await reports.file(app, reader.account_id, target.account_id, comment="rude")
    record = recorded(app)
    await casework.note(app, by, report.id, " looked at it ")
    await casework.note(app, by, report.id, "Thank you, we acted.", to_reporter=True)
    found = await casework.notes(app, report.id)
    assert [(one.text, one.to_reporter, one.author_id) for one in found] == [
        ("looked at it", False, by.account_id),
        ("Thank you, we acted.", True, by.account_id),
    ]
    assert record.events == [ReportAnswered(report.id, reader.account_id)]
    assert [action for action, _ in await log(app)] == ["report.note", "report.answer"]
    (mine,) = await casework.filed_by(app, reader.account_id)
    assert mine.answers == ("Thank you, we acted.",)


async def test_what_cannot_be_a_note_is_refused(app: App) -> None:
    by, target, reader = await staff(app, "moderator"), await user(app, "target"), await user(app, "reader")
    report = await reports.file(app, reader.account_id, target.account_id)
    for text in ("  ", "x" * (casework.MAX_NOTE + 1)):
        with pytest.raises(Invalid):
            await casework.note(app, by, report.id, text)
    with pytest.raises(NotFound):
        await casework.note(app, by, 1, "nothing there")
    with pytest.raises(Forbidden):
        await casework.note(app, Moderator(by.account_id, by.user_id, "member"), report.id, "me")
    assert await casework.notes(app, report.id) == []


async def test_reporters_learn_what_came_of_it(app: App) -> None:
    by, reader = await staff(app, "moderator"), await user(app, "reader")
    for name, act in (("acted", True), ("closed", False), ("open", None)):
        target = await user(app, name)
        report = await reports.file(app, reader.account_id, target.account_id, comment=name)
        if act:
            await actions.act(app, by, target.account_id, "silence", report_id=report.id)
        elif act is False:
            await reports.resolve(app, by, report.id)
    found = await casework.filed_by(app, reader.account_id)
    assert [(one.comment, one.outcome) for one in found] == [("open", "open"), ("closed", "closed"), ("acted", "acted")]
    assert await casework.filed_by(app, by.account_id) == []


async def test_related_history_counts_both_sides(app: App) -> None:
    by, target, reader = await staff(app, "moderator"), await user(app, "target"), await user(app, "reader")
    first = await reports.file(app, reader.account_id, target.account_id)
    await actions.act(app, by, target.account_id, "none", reason="Please stop", report_id=first.id)
    second = await reports.file(app, reader.account_id, target.account_id)
    await reports.file(app, (await user(app, "other")).account_id, target.account_id)
    found = await casework.background(app, second.id)
    assert (found.about, found.waiting, found.by_reporter, found.acted_on) == (3, 2, 2, 1)
