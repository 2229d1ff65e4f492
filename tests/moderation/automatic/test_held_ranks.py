"""Held posts of those who moderate: nobody passes their own, and nobody keeps back what those above them wrote."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Forbidden
from fedinote.moderation import many
from fedinote.moderation.automatic import held, rules, undoing
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.moderator import Moderator
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from tests.moderation.staff import staff
from tests.posts.test_withdrawn import take


@pytest.fixture
async def rule(app: App) -> int:
    made = await rules.create(app, Wanted("words", {"words": ["casino"]}, "hold", "No casino"), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    return int(made["id"])


async def _held(app: App, author: Moderator) -> int:
    with pytest.raises(FediNoteError):
        await publishing.publish(app, author.account_id, Draft("casino"))
    return int(await app.db.value("SELECT MAX(id) AS value FROM held_posts"))


async def _posts(app: App) -> int:
    return int(await app.db.value("SELECT COUNT(*) AS value FROM posts WHERE visibility <> 'held'"))


async def test_somebody_else_releases_what_a_moderator_wrote(app: App, rule: int) -> None:
    one, other = await staff(app, "moderator", "one"), await staff(app, "moderator", "other")
    waits = await _held(app, one)
    with pytest.raises(Forbidden):
        await held.release(app, waits, by=one)
    batch = await many.decide_held(app, [waits], "release", by=one)
    assert (batch.done, [number for number, _ in batch.failed], await _posts(app)) == (0, [waits], 0)
    assert await held.release(app, waits, by=other) is not None


async def test_who_moderates_alone_releases_their_own(app: App, rule: int) -> None:
    owner = await staff(app, "owner")
    assert await held.release(app, await _held(app, owner), by=owner) is not None


async def test_undoing_a_rule_releases_also_what_whoever_undoes_it_wrote(app: App, rule: int) -> None:
    admin, _ = await staff(app, "admin"), await staff(app, "moderator")
    await _held(app, admin)
    assert (await undoing.undo(app, rule, by=admin)).released == 1


@pytest.mark.parametrize("above", ["moderator", "admin", "owner"])
async def test_nobody_drops_or_deletes_what_somebody_of_their_rank_or_above_wrote(
    app: App, rule: int, above: str
) -> None:
    by, author = await staff(app, "moderator", "by"), await staff(app, above, "author")
    waits = await _held(app, author)
    await rules.switch(app, rule, "off", by=None)
    there = await publishing.publish(app, author.account_id, Draft("was there"))
    await take(app, there)
    taken = int(await app.db.value("SELECT id AS value FROM held_posts WHERE post_id = ?", there))
    for one in (waits, taken):
        with pytest.raises(Forbidden):
            await held.drop(app, one, by=by)
    assert len((await many.decide_held(app, [waits, taken], "drop", by=by)).failed) == 2
    assert await app.db.value("SELECT COUNT(*) AS value FROM held_posts") == 2
    await held.release(app, taken, by=by)
    assert await _posts(app) == 1


async def test_a_moderator_may_drop_their_own_and_those_of_members(app: App, rule: int) -> None:
    by, _ = await staff(app, "moderator", "by"), await staff(app, "admin")
    member = await staff(app, "moderator", "formerly")
    await app.db.execute("UPDATE users SET role = 'member' WHERE id = ?", member.user_id)
    for author in (by, member):
        await held.drop(app, await _held(app, author), by=by)
    assert await app.db.value("SELECT COUNT(*) AS value FROM held_posts") == 0


async def test_taking_a_release_back_hides_no_post_of_those_above(app: App, rule: int) -> None:
    by, owner = await staff(app, "moderator", "by"), await staff(app, "owner")
    batch = await many.decide_held(app, [await _held(app, owner)], "release", by=by)
    assert (batch.done, await _posts(app)) == (1, 1)
    back = await many.undo(app, batch.batch, by=by)
    assert (back.done, len(back.failed), await _posts(app)) == (0, 1, 1)
    assert (await many.undo(app, batch.batch, by=None)).done == 1
