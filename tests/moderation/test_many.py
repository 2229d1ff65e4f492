"""Many at once: held posts, accounts; what failed is told, and one number takes all of it back."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Forbidden, Invalid, NotFound
from fedinote.moderation import actions, many, taking_back
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases import report_batches, reports, statements
from fedinote.moderation.cases.report_batches import Wanted as Work
from fedinote.moderation.moderator import Moderator
from fedinote.moderation.servers import domain_changes, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.posts import holding, publishing
from fedinote.posts.drafts import NewPost
from fedinote.timelines import queries
from fedinote.timelines.window import Window
from tests.moderation.staff import log, staff, user
from tests.relations.people import person


async def _held(app: App, count: int = 3) -> list[int]:
    """Let posts wait for a look; return their numbers."""
    made = await rules.create(app, Wanted("words", {"words": ["casino"]}, "hold", "No casino"), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    far = await person(app, "far", "far.example")
    for number in range(count):
        new = NewPost(
            author_id=far, visibility="public", content=f"<p>casino {number}</p>", created_at=app.now(),
            uri=f"https://far.example/{number}",
        )  # fmt: skip
        assert await publishing.store(app, new) is None
    return [row["id"] for row in await app.db.rows("SELECT id FROM held_posts ORDER BY id")]


async def _waiting(app: App) -> list[str]:
    return [row["uri"] for row in await app.db.rows("SELECT uri FROM held_posts ORDER BY uri")]


async def _public(app: App) -> int:
    return len((await queries.public(app, None, Window(40))).ids)


async def test_posts_released_at_once_wait_again_when_that_is_taken_back(app: App) -> None:
    numbers = await _held(app)
    before = await _waiting(app)
    done = await many.decide_held(app, numbers, "release", by=None)
    assert (done.done, done.failed, await _waiting(app), await _public(app)) == (3, (), [], 3)
    back = await many.undo(app, done.batch, by=None)
    assert (back.done, back.failed, await _waiting(app), await _public(app)) == (3, (), before, 0)
    with pytest.raises(Conflict):
        await many.undo(app, done.batch, by=None)
    again = [row["id"] for row in await app.db.rows("SELECT id FROM held_posts")]
    assert (await many.decide_held(app, again, "release", by=None)).done == 3
    assert await _public(app) == 3


async def test_posts_dropped_at_once_come_back_within_a_day_and_not_later(app: App) -> None:
    numbers = await _held(app)
    first = await many.decide_held(app, numbers[:2], "drop", by=None)
    assert len(await _waiting(app)) == 1
    assert (await many.undo(app, first.batch, by=None)).done == 2
    assert [row["id"] for row in await app.db.rows("SELECT id FROM held_posts ORDER BY id")] == numbers
    second = await many.decide_held(app, numbers, "drop", by=None)
    app.clock.shift(many.KEEP_DROPPED.total_seconds() + 1)
    await many.tidy(app)
    back = await many.undo(app, second.batch, by=None)
    assert (back.done, len(back.failed), await _waiting(app)) == (0, 3, [])


async def test_what_its_author_deleted_meanwhile_does_not_come_back(app: App) -> None:
    numbers = await _held(app)
    done = await many.decide_held(app, numbers, "drop", by=None)
    author = await app.db.value("SELECT id AS value FROM accounts WHERE username = 'far'")
    await holding.forget(app, "https://far.example/1", author)
    back = await many.undo(app, done.batch, by=None)
    assert (back.done, [number for number, _ in back.failed]) == (2, [numbers[1]])


async def test_what_cannot_be_done_is_told_and_stops_nobody_else(app: App) -> None:
    numbers = await _held(app)
    done = await many.decide_held(app, [numbers[0], 7, numbers[1], numbers[0]], "release", by=None)
    assert done.done == 2
    assert [number for number, _ in done.failed] == [7]
    entry = next(one for one in await app.db.rows("SELECT * FROM audit_log WHERE target_type = 'batch'"))
    assert entry["target"] == str(done.batch)
    assert '"done":2' in entry["detail"]
    assert '"failed":1' in entry["detail"]
    with pytest.raises(Invalid):
        await many.decide_held(app, [], "release", by=None)
    with pytest.raises(Invalid):
        await many.decide_held(app, numbers, "burn", by=None)


async def test_accounts_limited_at_once_are_free_again_and_those_limited_before_stay_so(app: App) -> None:
    by = await staff(app, "moderator")
    sellers = [await person(app, f"seller{n}", "far.example") for n in range(3)]
    await actions.silence(app, by, sellers[0], reason="before")
    admin = (await user(app, "boss", "admin")).account_id
    done = await many.decide_accounts(app, by, [*sellers, admin], "silence", reason="a wave")
    assert (done.done, [number for number, _ in done.failed]) == (2, [admin])
    assert len(await statements.about(app, sellers[1])) == 1
    with pytest.raises(NotFound):
        await taking_back.undo(app, done.batch + 1, by=by)
    assert (await many.undo(app, done.batch, by=None)).failed  # the command line names a moderator
    back = await taking_back.undo(app, done.batch, by=by)
    assert (back.about, back.done, back.left) == ("accounts", 2, ())
    limited = await app.db.rows("SELECT id FROM accounts WHERE silenced_at IS NOT NULL")
    assert [row["id"] for row in limited] == [sellers[0]]
    assert "batch.undo" in [action for action, _ in await log(app)]


async def test_a_decision_that_was_lifted_since_is_left_alone(app: App) -> None:
    by = await staff(app, "moderator")
    seller = await person(app, "seller", "far.example")
    done = await many.decide_accounts(app, by, [seller], "suspend", reason="a wave")
    await actions.unsuspend(app, by, seller)
    await actions.suspend(app, by, seller, reason="again, for another reason")
    back = await many.undo(app, done.batch, by=by)
    assert (back.done, len(back.failed)) == (0, 1)
    assert await app.db.value("SELECT COUNT(*) AS value FROM accounts WHERE suspended_at IS NOT NULL") == 1


async def test_who_may_not_decide_may_not_take_back(app: App) -> None:
    numbers = await _held(app)
    done = await many.decide_held(app, numbers, "release", by=None)
    member = Moderator(await person(app, "member"), 1, "member")
    assert len((await many.undo(app, done.batch, by=member)).failed) == 3
    assert await _public(app) == 3


async def test_one_number_takes_back_servers_and_reports_too(app: App) -> None:
    admin = await staff(app, "admin")
    batch = domain_changes.begin(app, "file")
    for name in ("one.example", "two.example"):
        await domains.block(app, name, Terms(severity="suspend"), by=admin, batch=batch)
    back = await taking_back.undo(app, batch.id, by=None)
    assert (back.about, back.done) == ("servers", 2)
    assert await app.db.value("SELECT COUNT(*) AS value FROM domain_blocks") == 0
    target, reporter = await person(app, "target", "far.example"), await person(app, "reporter")
    report = (await reports.file(app, reporter, target)).id
    worked = await report_batches.carry_out(app, admin, [report], Work(deed="resolve"))
    with pytest.raises(Forbidden):
        await taking_back.undo(app, worked.id, by=None)
    assert (await taking_back.undo(app, worked.id, by=admin)).done == 1
