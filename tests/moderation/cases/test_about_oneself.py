"""Reports and notes about those who moderate: for others to work on, and naming nobody to whom they are about."""

import json
from typing import Any

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation.cases import casework, queue, remarks, report_batches, reports, speakers
from fedinote.moderation.cases.queue import Wanted
from fedinote.moderation.cases.report_batches import Wanted as Work
from fedinote.moderation.moderator import Moderator
from tests.api.conftest import Town
from tests.moderation.staff import staff, user
from tests.web.desk.conftest import Entering, entering

__all__ = ["entering"]
REASON = "zqcomplaint about a moderator"


async def _about(app: App, target: Moderator) -> int:
    author = await user(app, "complainant")
    return (await reports.file(app, author.account_id, target.account_id, comment=REASON)).id


async def test_nobody_works_on_a_report_about_themselves(app: App) -> None:
    by, other = await staff(app, "moderator", "by"), await staff(app, "moderator", "other")
    report = await _about(app, by)
    for deed in (
        reports.shown(app, by, report),
        reports.resolve(app, by, report),
        reports.assign(app, by, report, other.account_id),
        reports.recategorize(app, by, report, category="spam"),
        casework.note(app, by, report, "who was it?", to_reporter=True),
        speakers.ask(app, by, report, "en", "Please look"),
        report_batches.carry_out(app, by, [report], Work(deed="resolve")),
    ):
        with pytest.raises(NotFound):
            await deed
    await reports.resolve(app, other, report)
    with pytest.raises(NotFound):
        await reports.reopen(app, by, report)
    assert (await reports.shown(app, other, report)).action_taken_by_id == other.account_id


async def test_nobody_is_given_a_report_about_themselves(app: App) -> None:
    by, other = await staff(app, "moderator", "by"), await staff(app, "moderator", "other")
    report = await _about(app, by)
    await app.db.execute("UPDATE users SET locale = 'fi' WHERE account_id = ?", by.account_id)
    with pytest.raises(Invalid):
        await reports.assign(app, other, report, by.account_id)
    assert await speakers.ask(app, other, report, "fi", "Please look") is None


async def test_the_queue_shows_reports_about_oneself_to_others_alone(app: App) -> None:
    by, other = await staff(app, "moderator", "by"), await staff(app, "moderator", "other")
    report = await _about(app, by)
    later = await reports.file(app, by.account_id, other.account_id, comment="another")
    assert [one.id for one in await queue.page(app, by, Wanted(), 10)] == [later.id]
    assert [one.id for one in await queue.page(app, other, Wanted(), 10)] == [report]
    assert [one.id for one in await queue.page(app, by, Wanted(target_id=by.account_id), 10)] == []
    assert (await queue.counts(app, by))["open"] == await queue.count(app, by, Wanted()) == 1
    assert await queue.neighbours(app, by, later.id) == (None, None)


async def test_who_moderates_alone_works_on_those_too(app: App) -> None:
    owner = await staff(app, "owner")
    report = await _about(app, owner)
    assert [one.id for one in await queue.page(app, owner, Wanted(), 10)] == [report]
    await reports.assign(app, owner, report, owner.account_id)
    await reports.resolve(app, owner, report)
    assert await app.db.value("SELECT COUNT(*) AS value FROM notifications WHERE kind = 'admin.report'") == 1


async def test_a_notification_of_a_report_names_nobody_to_whom_it_is_about(app: App) -> None:
    by, other = await staff(app, "moderator", "by"), await staff(app, "moderator", "other")
    await _about(app, by)
    rows = await app.db.rows("SELECT account_id FROM notifications WHERE kind = 'admin.report'")
    assert [row["account_id"] for row in rows] == [other.account_id]


async def test_notes_about_a_moderator_are_for_the_others(app: App) -> None:
    by, other = await staff(app, "moderator", "by"), await staff(app, "moderator", "other")
    kept = await remarks.write(app, other, by.account_id, "zqremark")
    assert await remarks.about(app, by, by.account_id) == []
    with pytest.raises(Forbidden):
        await remarks.remove(app, by, by.account_id, kept.id)
    assert [one.text for one in await remarks.about(app, other, by.account_id)] == ["zqremark"]


async def test_no_page_shows_a_moderator_who_complained_about_them(app: App, entering: Entering) -> None:
    login, other = await user(app, "by", "moderator"), await staff(app, "admin", "other")
    by = Moderator(login.account_id, login.id, "moderator")
    report = await _about(app, by)
    await remarks.write(app, other, by.account_id, "zqremark")
    browser = await entering(login)
    pages = ("/admin/reports", f"/admin/reports?account={by.account_id}", "/notifications", "/admin")
    for path in (*pages, f"/admin/accounts/{by.account_id}", "/admin/audit"):
        page = await browser.get(path)
        assert page.status < 400, path
        assert not {"zqcomplaint", "complainant", "zqremark"} & set(page.text.replace("<", " ").split()), path
        assert "complainant" not in page.text, path
    assert (await browser.get(f"/admin/reports/{report}")).status == 404
    assert REASON in (await (await entering(await _login(app, other))).get(f"/admin/reports/{report}")).text


async def _login(app: App, by: Moderator) -> User:
    return await User.get(id=by.user_id, using_db=app.db.orm)


async def test_no_route_of_the_api_does_either(app: App) -> None:
    town = Town(app)
    scopes = "read write admin:read admin:write"
    by = await town.person("by", role="moderator", scopes=scopes)
    other = await town.person("other", role="moderator", scopes=scopes)
    report = await _about(app, Moderator(by.account_id, by.user_id, "moderator"))
    one = f"/api/v1/admin/reports/{report}"
    for path in (one, f"/api/fedinote/v1/admin/reports/{report}/notes"):
        assert (await by.get(path)).status == 404
        assert (await other.get(path)).status == 200
    listed: list[Any] = [(await who.get("/api/v1/admin/reports")).json for who in (by, other)]
    assert [len(found) for found in listed] == [0, 1]
    for path in ("/api/v1/notifications", "/api/v2/notifications"):
        assert "complain" not in json.dumps((await by.get(path)).json)
    for deed in ("resolve", "reopen", "assign_to_self"):
        assert (await by.send("POST", f"{one}/{deed}")).status == 404
    assert (await by.send("PUT", one, json={"category": "spam"})).status == 404
