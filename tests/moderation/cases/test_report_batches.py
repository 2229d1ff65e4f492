"""Many reports at once, and back again."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation.cases import appeals, report_batches, reports, statements
from fedinote.moderation.cases.models import Report
from fedinote.moderation.cases.report_batches import Wanted
from fedinote.moderation.moderator import Moderator
from tests.moderation.staff import log, staff, user
from tests.relations.people import person


@pytest.fixture
async def by(app: App) -> Moderator:
    return await staff(app, "moderator")


async def three(app: App, target: int | None = None) -> list[int]:
    alice = await person(app, f"alice{app.ids.next()}")
    made = []
    for number in range(3):
        about = target or await person(app, f"bob{number}x{app.ids.next()}")
        made.append((await reports.file(app, alice, about, category="spam")).id)
    return made


async def standing(app: App, ids: list[int]) -> list[tuple[bool, int | None, str]]:
    found = {one.id: one for one in await Report.filter(id__in=ids).using_db(app.db.orm)}
    return [(found[one].action_taken_at is not None, found[one].assigned_to_id, found[one].category) for one in ids]


@pytest.mark.parametrize(
    ("wanted", "after"),
    [
        (Wanted(deed="resolve"), (True, None, "spam")),
        (Wanted(deed="recategorize", category="legal"), (False, None, "legal")),
    ],
)
async def test_a_batch_is_undone_exactly(app: App, by: Moderator, wanted: Wanted, after: tuple) -> None:
    ids = await three(app)
    batch = await report_batches.carry_out(app, by, ids, wanted)
    assert (batch.size, batch.undone) == (3, False)
    assert await standing(app, ids) == [after] * 3
    assert await report_batches.undo(app, by, batch.id) == 3
    assert await standing(app, ids) == [(False, None, "spam")] * 3
    assert await report_batches.undo(app, by, batch.id) == 0
    again = await report_batches.get(app, by, batch.id)
    assert again is not None
    assert again.undone
    noted = [one for one, _ in await log(app)]
    assert (noted.count("batch.reports"), noted.count("batch.undo")) == (1, 1)


async def test_handing_over_and_opening_again_are_undone_with_who_had_them_and_when(app: App, by: Moderator) -> None:
    other = await staff(app, "admin")
    ids = await three(app)
    await reports.assign(app, by, ids[0], other.account_id)
    batch = await report_batches.carry_out(app, by, ids, Wanted(deed="assign", to=by.account_id))
    assert {one[1] for one in await standing(app, ids)} == {by.account_id}
    await report_batches.undo(app, by, batch.id)
    assert [one[1] for one in await standing(app, ids)] == [other.account_id, None, None]
    await reports.resolve(app, other, ids[0])
    closed = await reports.get(app, ids[0])
    batch = await report_batches.carry_out(app, by, ids, Wanted(deed="reopen"))
    assert batch.size == 1
    await report_batches.undo(app, by, batch.id)
    now = await reports.get(app, ids[0])
    assert (now.action_taken_at, now.action_taken_by_id) == (closed.action_taken_at, other.account_id)


async def test_what_somebody_touched_since_stays_as_they_left_it(app: App, by: Moderator) -> None:
    other = await staff(app, "admin")
    ids = await three(app)
    batch = await report_batches.carry_out(app, by, ids, Wanted(deed="resolve"))
    await reports.recategorize(app, other, ids[1], category="legal")
    assert await report_batches.undo(app, by, batch.id) == 2
    assert [one[0] for one in await standing(app, ids)] == [False, True, False]


async def test_accounts_are_suspended_together_and_restored_with_all_reports_about_them(
    app: App, by: Moderator
) -> None:
    bob, carol = await person(app, "bob", "far.example"), (await user(app, "carol")).account_id
    chosen = [(await three(app, bob))[0], (await three(app, carol))[0]]
    everything = [row["id"] for row in await app.db.rows("SELECT id FROM reports ORDER BY id")]
    with pytest.raises(Invalid):
        await report_batches.carry_out(app, by, chosen, Wanted(deed="suspend"))
    batch = await report_batches.carry_out(app, by, chosen, Wanted(deed="suspend", reason="Spam"))
    assert batch.size == 6
    assert {one[0] for one in await standing(app, everything)} == {True}
    assert await suspended(app) == {bob, carol}
    (about,) = await statements.about(app, bob)
    assert (about.action, about.text, about.report_id) == ("suspend", "Spam", chosen[0])
    assert await report_batches.undo(app, by, batch.id) == 6
    assert await suspended(app) == set()
    assert {one[0] for one in await standing(app, everything)} == {False}
    assert [one.lifted_why for one in await statements.about(app, bob)] == ["undone"]


async def suspended(app: App) -> set[int]:
    return {row["id"] for row in await app.db.rows("SELECT id FROM accounts WHERE suspended_at IS NOT NULL")}


async def test_all_or_nothing_where_one_account_is_above_the_moderator(app: App, by: Moderator) -> None:
    boss, bob = await user(app, "boss", "owner"), await person(app, "bob", "far.example")
    chosen = [(await three(app, bob))[0], (await three(app, boss.account_id))[0]]
    with pytest.raises(Forbidden):
        await report_batches.carry_out(app, by, chosen, Wanted(deed="silence", reason="Spam"))
    assert await statements.about(app, bob) == []
    assert {one[0] for one in await standing(app, chosen)} == {False}


async def test_a_decision_that_is_appealed_is_decided_there_and_the_batch_stays(app: App, by: Moderator) -> None:
    bob = (await user(app, "bob")).account_id
    chosen = (await three(app, bob))[:1]
    batch = await report_batches.carry_out(app, by, chosen, Wanted(deed="silence", reason="Spam"))
    (about,) = await statements.about(app, bob)
    await appeals.make(app, bob, about.id, "It was no spam")
    with pytest.raises(Forbidden):
        await report_batches.undo(app, by, batch.id)
    assert (await reports.get(app, chosen[0])).action_taken_at is not None


async def test_nobody_takes_back_what_another_did_and_wrong_choices_are_refused(app: App, by: Moderator) -> None:
    ids = await three(app)
    batch = await report_batches.carry_out(app, by, ids, Wanted(deed="resolve"))
    other = await staff(app, "admin")
    assert await report_batches.get(app, other, batch.id) is None
    with pytest.raises(NotFound):
        await report_batches.undo(app, other, batch.id)
    with pytest.raises(Forbidden):
        await report_batches.carry_out(app, Moderator(1, 1, "member"), ids, Wanted(deed="resolve"))
    for chosen, wanted, error in (
        ([], Wanted(deed="resolve"), Invalid),
        (list(range(1, 102)), Wanted(deed="resolve"), Invalid),
        (ids, Wanted(deed="burn"), Invalid),
        ([*ids, 12345], Wanted(deed="reopen"), NotFound),
        (ids, Wanted(deed="recategorize", category="boring"), Invalid),
    ):
        with pytest.raises(error):
            await report_batches.carry_out(app, by, chosen, wanted)
    assert {one[0] for one in await standing(app, ids)} == {True}
