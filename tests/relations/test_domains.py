"""Blocking a server for oneself: what ends, what cannot begin, what is not shown."""

import pytest

from fedinote.events import FollowRejected, Loss, RelationshipsSevered, Unfollowed
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid
from fedinote.notifications import queries as notices
from fedinote.notifications.queries import Wanted
from fedinote.posts import interactions
from fedinote.relations import domains, follows, lookup
from fedinote.timelines import conversations, queries
from fedinote.timelines.window import Window
from fedinote.wiring import JOBS
from fedinote.worker import settle
from tests.relations.people import change, counts, person, recorded
from tests.timelines.world import World

FAR = "far.example"
FIRST = Window(40)


async def test_follows_and_requests_end_both_ways_and_others_stay(app: App) -> None:
    ann, friend, fan, other = [
        await person(app, name, domain)
        for name, domain in (("ann", ""), ("friend", FAR), ("fan", FAR), ("other", f"sub.{FAR}"))
    ]
    for follower, target in ((ann, friend), (fan, ann), (ann, other), (other, ann)):
        await follows.request(app, follower, target)
        await follows.accept(app, follower, target)
    await change(app, ann, locked=True)
    await follows.request(app, friend, ann)
    record = recorded(app)
    await domains.block(app, ann, "Far.Example.")
    *ends, severed = record.events
    losses = (Loss(ann, fan, "follower"), Loss(ann, friend, "following"))
    assert severed == RelationshipsSevered("user_domain_block", FAR, losses)
    ended = {(type(one), one.follower_id, one.target_id) for one in ends}  # type: ignore[attr-defined]
    assert ended == {(Unfollowed, ann, friend), (FollowRejected, fan, ann), (FollowRejected, friend, ann)}
    assert await counts(app, ann) == (1, 1)
    await domains.block(app, ann, FAR)
    assert len(record.events) == 4


async def test_a_follow_from_or_to_a_blocked_domain_is_refused_until_the_block_ends(app: App) -> None:
    ann, far = await person(app, "ann"), await person(app, "far", FAR)
    await domains.block(app, ann, FAR)
    for follower, target in ((far, ann), (ann, far)):
        with pytest.raises(Forbidden):
            await follows.request(app, follower, target)
    assert [one.domain_blocking for one in await lookup.relationships(app, ann, [far, ann])] == [True, False]
    assert await domains.unblock(app, ann, FAR)
    assert not await domains.unblock(app, ann, FAR)
    assert (await follows.request(app, far, ann)).accepted


async def test_many_follows_end_in_a_job_and_only_while_the_block_lasts(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domains, "AT_ONCE", 2)
    ann, ben = await person(app, "ann"), await person(app, "ben")
    for number in range(5):
        fan = await person(app, f"fan{number}", FAR, inbox_url=f"https://{FAR}/inbox", suspended_at=None)
        await follows.request(app, fan, ann)
        await follows.request(app, fan, ben)
    await app.db.execute("DELETE FROM deliveries")
    recorded(app)
    await domains.block(app, ann, FAR)
    assert await counts(app, ann) == (3, 0)
    assert domains.PART_JOB in JOBS
    await settle(app)
    assert await counts(app, ann) == (0, 0)
    await domains.block(app, ben, FAR)
    await domains.unblock(app, ben, FAR)
    await settle(app)
    assert await counts(app, ben) == (3, 0)


async def test_our_own_domain_and_what_is_none_are_refused(app: App) -> None:
    ann = await person(app, "ann")
    for wrong in (app.settings.host, "a..b", "x y"):
        with pytest.raises(Invalid):
            await domains.block(app, ann, wrong)


async def test_what_comes_from_a_blocked_domain_is_in_no_timeline(app: App) -> None:
    world = World(app)
    ann, ben = await world.person("ann"), await world.person("ben")
    far = await world.person(f"far@{FAR}")
    await world.follow(ann, ben)
    await world.follow(ann, far)
    members = await world.list_of(ann, far)
    post = await world.arrives(far)
    boost = await world.boost(ben, post)
    before = (await queries.home(app, ann, FIRST)).ids
    assert post in before
    await domains.block(app, ann, FAR)
    assert not {post, boost} & set((await queries.home(app, ann, FIRST)).ids)
    assert (await queries.public(app, ann, FIRST)).ids == []
    assert (await queries.list_(app, ann, members, FIRST)).ids == []
    for viewer in (ben, None):
        assert (await queries.public(app, viewer, FIRST)).ids == [post]
    await domains.unblock(app, ann, FAR)
    assert (await queries.public(app, ann, FIRST)).ids == [post]


async def test_nobody_is_notified_of_what_a_blocked_domain_does(app: App) -> None:
    world = World(app)
    ann, far = await world.person("ann"), await world.person(f"far@{FAR}")
    post = await world.post(ann)
    await interactions.favourite(app, far, post)
    assert [one.kind for one in await notices.page(app, ann, FIRST.sql, Wanted())] == ["favourite"]
    await domains.block(app, ann, FAR)
    await world.boost(far, post)
    await world.arrives(far, visibility="direct", mentions=(ann,))
    assert await app.db.value("SELECT COUNT(*) AS value FROM notifications WHERE account_id = ?", ann) == 0
    assert await conversations.page(app, ann, FIRST.sql) == []
