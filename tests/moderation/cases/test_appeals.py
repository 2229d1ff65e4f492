"""Appeals: asked by whom it concerns, decided by somebody else where there is one, and lifting undoes what it can."""

from datetime import timedelta

import pytest

from fedinote.auth.models import User
from fedinote.events import AppealAnswered, AppealMade
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import actions
from fedinote.moderation.cases import appeals, statements
from fedinote.moderation.moderator import Moderator
from tests.moderation.staff import log, staff, user
from tests.relations.people import post, recorded


async def _silenced(app: App, by: Moderator) -> tuple[User, int]:
    target = await user(app, "target")
    await actions.silence(app, by, target.account_id, reason="Rule one")
    (made,) = await statements.about(app, target.account_id)
    return target, made.id


async def _is_silenced(app: App, account_id: int) -> bool:
    row = await app.db.row("SELECT silenced_at FROM accounts WHERE id = ?", account_id)
    return row is not None and row["silenced_at"] is not None


async def test_another_moderator_lifts_what_the_first_one_decided(app: App) -> None:
    first, second = await staff(app, "moderator", "first"), await staff(app, "moderator", "second")
    target, statement = await _silenced(app, first)
    record = recorded(app)
    made = await appeals.make(app, target.account_id, statement, "  我没有违反规则。 ", "zh-hans")
    (turn,) = made.turns
    assert (turn.text, turn.language, turn.by_staff) == ("我没有违反规则。", "zh-Hans", False)
    with pytest.raises(Forbidden):
        await appeals.decide(app, first, made.id, lift=True)
    assert await _is_silenced(app, target.account_id)
    decided = await appeals.decide(app, second, made.id, lift=True, text="You are right.", tongue="en")
    assert (decided.state, decided.decided_by_id, len(decided.turns)) == ("lifted", second.account_id, 2)
    assert not await _is_silenced(app, target.account_id)
    ended = await statements.get(app, statement)
    assert (ended.lifted_why, ended.appeal) == ("appeal", "lifted")
    assert record.events == [
        AppealMade(made.id, statement, target.account_id),
        AppealAnswered(made.id, statement, target.account_id, "lifted"),
    ]
    assert ("appeal.lift", str(made.id)) in await log(app)


async def test_a_sole_moderator_decides_again_alone(app: App) -> None:
    only = await staff(app, "owner", "only")
    target, statement = await _silenced(app, only)
    made = await appeals.make(app, target.account_id, statement, "Please")
    decided = await appeals.decide(app, only, made.id, lift=False)
    assert decided.state == "upheld"
    assert await _is_silenced(app, target.account_id)
    assert (await statements.get(app, statement)).lifted_at is None


async def test_an_appeal_is_made_once_in_time_and_by_whom_it_concerns(app: App) -> None:
    by, other = await staff(app, "moderator"), await user(app, "other")
    target, statement = await _silenced(app, by)
    with pytest.raises(NotFound):
        await appeals.make(app, other.account_id, statement, "let me")
    for text in (" ", "x" * (appeals.MAX_TEXT + 1)):
        with pytest.raises(Invalid):
            await appeals.make(app, target.account_id, statement, text)
    assert appeals.possible(app, await statements.get(app, statement))
    await appeals.make(app, target.account_id, statement, "Please")
    assert not appeals.possible(app, await statements.get(app, statement))
    with pytest.raises(Forbidden):
        await appeals.make(app, target.account_id, statement, "Please!")


async def test_what_was_lifted_or_is_long_ago_cannot_be_appealed(app: App) -> None:
    by = await staff(app, "moderator")
    target, statement = await _silenced(app, by)
    app.clock.shift((appeals.WITHIN + timedelta(days=1)).total_seconds())
    with pytest.raises(Forbidden):
        await appeals.make(app, target.account_id, statement, "Please")
    await actions.unsilence(app, by, target.account_id)
    with pytest.raises(Forbidden):
        await appeals.make(app, target.account_id, statement, "Please")


async def test_the_thread_goes_on_until_it_is_decided_and_no_longer(app: App) -> None:
    by, other = await staff(app, "moderator", "first"), await staff(app, "moderator", "second")
    target, statement = await _silenced(app, by)
    made = await appeals.make(app, target.account_id, statement, "Please")
    await appeals.answer(app, by, made.id, "What did you mean?")
    await appeals.add(app, target.account_id, made.id, "A joke")
    found = await appeals.get(app, made.id)
    assert [(turn.by_staff, turn.text) for turn in found.turns] == [
        (False, "Please"), (True, "What did you mean?"), (False, "A joke"),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        await appeals.add(app, (await user(app, "other")).account_id, made.id, "me too")
    await appeals.decide(app, other, made.id, lift=False)
    for late in (
        appeals.add(app, target.account_id, made.id, "But"),
        appeals.answer(app, by, made.id, "No"),
        appeals.decide(app, other, made.id, lift=True),
    ):
        with pytest.raises(Forbidden):
            await late


async def test_a_thread_has_an_end(app: App) -> None:
    by = await staff(app, "moderator")
    target, statement = await _silenced(app, by)
    made = await appeals.make(app, target.account_id, statement, "Please")
    for _ in range(appeals.MAX_TURNS - 1):
        await appeals.add(app, target.account_id, made.id, "and")
    with pytest.raises(Forbidden):
        await appeals.add(app, target.account_id, made.id, "and")


async def test_lifting_shows_the_media_of_a_post_again(app: App) -> None:
    by, other = await staff(app, "moderator", "first"), await staff(app, "moderator", "second")
    target = await user(app, "target")
    post_id = await post(app, target.account_id, "picture")
    await actions.mark_sensitive(app, by, post_id)
    (statement,) = await statements.about(app, target.account_id)
    made = await appeals.make(app, target.account_id, statement.id, "It is a teapot")
    await appeals.decide(app, other, made.id, lift=True)
    row = await app.db.row("SELECT sensitive FROM posts WHERE id = ?", post_id)
    assert row is not None
    assert not row["sensitive"]


async def test_what_a_moderator_may_decide_comes_first(app: App) -> None:
    by, other = await staff(app, "moderator", "first"), await staff(app, "moderator", "second")
    made = []
    for name, who in (("one", by), ("two", other)):
        target = await user(app, name)
        await actions.silence(app, who, target.account_id)
        (statement,) = await statements.about(app, target.account_id)
        made.append((await appeals.make(app, target.account_id, statement.id, "Please")).id)
    assert await appeals.waiting(app, by) == [made[1], made[0]]
    assert await appeals.waiting(app, other) == made
    with pytest.raises(Forbidden):
        await appeals.waiting(app, Moderator(by.account_id, by.user_id, "member"))
