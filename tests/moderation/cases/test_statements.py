"""Statements of reasons: every decision has one, its subject is told, and it ends with what it explains."""

from datetime import timedelta

import pytest

from fedinote.events import AccountWarned
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation import actions
from fedinote.moderation.cases import appeals, finality, reports, statements
from fedinote.moderation.cases.statements import Basis
from tests.moderation.staff import log, staff, user
from tests.relations.people import person, post, recorded

VERBS = {
    "sensitive": (actions.sensitize, actions.unsensitize),
    "disable": (actions.disable, actions.enable),
    "silence": (actions.silence, actions.unsilence),
    "suspend": (actions.suspend, actions.unsuspend),
}


@pytest.mark.parametrize("action", VERBS)
async def test_each_action_has_a_statement_that_ends_with_it(app: App, action: str) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    do, undo = VERBS[action]
    await do(app, by, target.account_id, reason="Rule one", basis=Basis(rules=(1,), language="en"))
    await do(app, by, target.account_id, reason="again")
    (made,) = await statements.about(app, target.account_id)
    assert (made.action, made.text, made.language, made.rules) == (action, "Rule one", "en", (1,))
    assert (made.automated, made.moderator_id, made.category) == (False, by.account_id, "violation")
    assert (made.purge_at is not None) is (action == "suspend")
    await undo(app, by, target.account_id)
    (ended,) = await statements.about(app, target.account_id)
    assert (ended.lifted_why, ended.lifted_at is None, ended.purge_at) == ("undone", False, None)


async def test_a_statement_is_told_once_under_its_own_id(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    record = recorded(app)
    await actions.silence(app, by, target.account_id, reason="Rule one")
    (made,) = await statements.about(app, target.account_id)
    assert record.events == [AccountWarned(made.id, target.account_id, "silence", "Rule one")]


async def test_nobody_is_told_what_is_kept_quiet_nor_people_elsewhere(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    far = await person(app, "far", "far.example")
    record = recorded(app)
    await actions.silence(app, by, target.account_id, basis=Basis(tell=False))
    await actions.silence(app, by, far, reason="spam")
    assert record.events == []
    assert len(await statements.about(app, far)) == 1


async def test_the_decision_of_a_rule_says_that_it_was_automated(app: App) -> None:
    target = await user(app, "target")
    await actions.suspend_by_rule(app, target.account_id, "twelve links", 7)
    (made,) = await statements.about(app, target.account_id)
    assert (made.automated, made.rule_id, made.moderator_id) == (True, 7, None)


async def test_rules_that_the_house_does_not_have_are_refused_and_nothing_is_done(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    for basis in (Basis(rules=(99,)), Basis(language="no language!")):
        with pytest.raises(Invalid):
            await actions.suspend(app, by, target.account_id, basis=basis)
    assert await statements.about(app, target.account_id) == []
    assert await log(app) == []


async def test_the_category_is_that_of_the_report(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    report = await reports.file(app, (await user(app, "reader")).account_id, target.account_id, category="spam")
    await actions.act(app, by, target.account_id, "silence", reason="spam", report_id=report.id)
    (made,) = await statements.about(app, target.account_id)
    assert (made.report_id, made.category) == (report.id, "spam")


async def test_posts_have_statements_too(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    first, second = await post(app, target.account_id, "one"), await post(app, target.account_id, "two")
    await actions.delete_post(app, by, first, reason="Rule one")
    await actions.mark_sensitive(app, by, second)
    found = await statements.about(app, target.account_id)
    assert [(one.action, one.post_ids) for one in found] == [
        ("mark_statuses_as_sensitive", (second,)),
        ("delete_statuses", (first,)),
    ]


async def test_a_suspension_becomes_final_after_thirty_days(app: App) -> None:
    by, target, far = await staff(app, "moderator"), await user(app, "target"), await person(app, "far", "far.example")
    await actions.suspend(app, by, target.account_id, reason="spam")
    await actions.suspend(app, by, far, reason="spam")
    app.clock.shift((timedelta(days=29)).total_seconds())
    await finality.purge(app)
    assert await _deleted(app) == set()
    app.clock.shift((timedelta(days=2)).total_seconds())
    await finality.purge(app)
    await finality.purge(app)
    assert await _deleted(app) == {target.account_id, far}
    assert [action for action, _ in await log(app)].count("account.purge") == 2


async def test_one_that_was_lifted_or_is_appealed_is_not_purged(app: App) -> None:
    by, lifted, asking = await staff(app, "moderator"), await user(app, "lifted"), await user(app, "asking")
    for one in (lifted, asking):
        await actions.suspend(app, by, one.account_id)
    await actions.unsuspend(app, by, lifted.account_id)
    (made,) = await statements.about(app, asking.account_id)
    await appeals.make(app, asking.account_id, made.id, "Please look again")
    app.clock.shift((timedelta(days=31)).total_seconds())
    await finality.purge(app)
    assert await _deleted(app) == set()


async def _deleted(app: App) -> set[int]:
    return {row["id"] for row in await app.db.rows("SELECT id FROM accounts WHERE deleted_at IS NOT NULL")}


async def test_a_statement_outlives_the_account_without_naming_it(app: App) -> None:
    by, target = await staff(app, "admin"), await user(app, "target")
    await actions.suspend(app, by, target.account_id, reason="you, target, know why", basis=Basis(rules=(1,)))
    (made,) = await statements.about(app, target.account_id)
    await actions.delete(app, by, target.account_id)
    kept = await statements.get(app, made.id)
    assert (kept.account_id, kept.text, kept.action, kept.rules) == (None, "", "suspend", (1,))


async def test_lifting_and_suspending_again_are_two_statements(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    for _ in range(2):
        await actions.suspend(app, by, target.account_id)
        await actions.unsuspend(app, by, target.account_id)
    assert len(await statements.about(app, target.account_id)) == 2


async def test_an_unknown_statement_is_not_found(app: App) -> None:
    with pytest.raises(NotFound):
        await statements.get(app, 1)
