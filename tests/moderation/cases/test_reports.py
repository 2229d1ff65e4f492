"""Reports: what they keep, what they refuse, and how moderators work through them."""

import pytest

from fedinote.events import PolicyApplied, ReportFiled
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation.cases import reports
from fedinote.moderation.moderator import Moderator
from tests.moderation.staff import log, staff, user
from tests.policy.test_domains import block
from tests.relations.people import person, post, recorded
from tests.support.people import configure


async def test_a_report_keeps_what_was_said_and_is_told(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    post_id = await post(app, bob, "Rude")
    record = recorded(app)
    made = await reports.file(app, alice, bob, post_ids=[post_id, post_id], comment="Rude!", category="spam")
    assert record.events == [ReportFiled(made.id)]
    assert (made.account_id, made.target_id, made.post_ids, made.rule_ids) == (alice, bob, [post_id], [])
    assert (made.comment, made.category, made.forwarded, made.uri) == ("Rude!", "spam", False, None)
    assert made.action_taken_at is None


async def test_only_the_targets_posts_that_the_reporter_may_see_are_kept(app: App) -> None:
    alice, bob, carol = await person(app, "alice"), await person(app, "bob"), await person(app, "carol")
    public = await post(app, bob, "Hello")
    hidden = await post(app, bob, "Psst", carol, visibility="direct")
    to_alice = await post(app, bob, "Psst", alice, visibility="direct")
    others = await post(app, carol, "Hello")
    made = await reports.file(app, alice, bob, post_ids=[public, hidden, to_alice, others, 12345])
    assert made.post_ids == [public, to_alice]


async def test_naming_rules_makes_it_a_violation(app: App) -> None:
    configure(app, "instance", rules=["Be kind", "No spam"])
    alice, bob = await person(app, "alice"), await person(app, "bob")
    made = await reports.file(app, alice, bob, rule_ids=[2, 2, 1])
    assert (made.category, made.rule_ids) == ("violation", [2, 1])
    for wrong in (0, 3, -1):
        with pytest.raises(Invalid):
            await reports.file(app, alice, bob, rule_ids=[wrong])


async def test_wrong_values_are_invalid_and_unknown_people_not_found(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    for wrong in ({"comment": "x" * 1001}, {"category": "boring"}):
        with pytest.raises(Invalid):
            await reports.file(app, alice, bob, **wrong)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        await reports.file(app, alice, alice)
    with pytest.raises(NotFound):
        await reports.file(app, alice, 12345)
    assert not await app.db.rows("SELECT 1 FROM reports")


async def test_only_reports_about_people_elsewhere_are_forwarded(app: App) -> None:
    alice, bob, far = await person(app, "alice"), await person(app, "bob"), await person(app, "far", "far.example")
    assert (await reports.file(app, alice, far, forward=True)).forwarded is True
    assert (await reports.file(app, alice, bob, forward=True)).forwarded is False


async def test_the_same_flag_again_is_the_same_report_for_each_account(app: App) -> None:
    far, bob, carol = await person(app, "far", "far.example"), await person(app, "bob"), await person(app, "carol")
    record = recorded(app)
    uri = "https://far.example/flags/1"
    first = await reports.file(app, far, bob, comment="x" * 9000, category="odd", rule_ids=[7], uri=uri)
    again = await reports.file(app, far, bob, uri=uri)
    other = await reports.file(app, far, carol, uri=uri)
    assert (again.id, other.id != first.id) == (first.id, True)
    assert record.events == [ReportFiled(first.id), ReportFiled(other.id)]
    assert (len(first.comment), first.category, first.rule_ids) == (5000, "other", [])


async def test_reports_from_another_server_keep_private_posts_that_they_name(app: App) -> None:
    far, bob = await person(app, "far", "far.example"), await person(app, "bob")
    private = await post(app, bob, "Psst", visibility="private")
    made = await reports.file(app, far, bob, post_ids=[private], uri="https://far.example/flags/1")
    assert made.post_ids == [private]


async def test_a_domain_whose_reports_are_rejected_has_none(app: App) -> None:
    await block(app, "sulky.example", "noop", reject_reports=True)
    far, bob = await person(app, "far", "sulky.example"), await person(app, "bob")
    record = recorded(app)
    with pytest.raises(Forbidden):
        await reports.file(app, far, bob, uri="https://sulky.example/flags/1")
    assert not await app.db.rows("SELECT 1 FROM reports")
    assert [(e.policy, e.kind) for e in record.events if isinstance(e, PolicyApplied)] == [("domains", "report")]


async def test_assigning_resolving_and_reopening(app: App) -> None:
    by, other = await staff(app, "moderator"), await staff(app, "admin")
    alice, bob = await person(app, "alice"), await person(app, "bob")
    made = await reports.file(app, alice, bob)
    await reports.assign(app, by, made.id, by.account_id)
    await reports.assign(app, by, made.id, by.account_id)
    await reports.assign(app, other, made.id, other.account_id)
    assert (await reports.get(app, made.id)).assigned_to_id == other.account_id
    await reports.assign(app, by, made.id, None)
    await reports.resolve(app, by, made.id)
    await reports.resolve(app, other, made.id)
    closed = await reports.get(app, made.id)
    assert (closed.assigned_to_id, closed.action_taken_by_id) == (None, by.account_id)
    assert closed.action_taken_at is not None
    await reports.reopen(app, by, made.id)
    await reports.reopen(app, by, made.id)
    assert (await reports.get(app, made.id)).action_taken_at is None
    assert [action for action, _ in await log(app)] == [
        "report.assign",
        "report.assign",
        "report.unassign",
        "report.resolve",
        "report.reopen",
    ]


async def test_members_work_on_no_reports(app: App) -> None:
    by, member = await staff(app, "moderator"), await user(app, "member")
    made = await reports.file(app, await person(app, "alice"), await person(app, "bob"))
    with pytest.raises(Invalid):
        await reports.assign(app, by, made.id, member.account_id)
    for verb in (reports.resolve, reports.reopen):
        with pytest.raises(NotFound):
            await verb(app, by, 12345)


async def test_another_category_can_be_given_later(app: App) -> None:
    by: Moderator = await staff(app, "moderator")
    made = await reports.file(app, await person(app, "alice"), await person(app, "bob"))
    await reports.recategorize(app, by, made.id, category="legal")
    assert (await reports.get(app, made.id)).category == "legal"
    await reports.recategorize(app, by, made.id, category="other", rule_ids=[1])
    changed = await reports.get(app, made.id)
    assert (changed.category, changed.rule_ids) == ("violation", [1])
