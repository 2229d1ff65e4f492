"""Lists: only one's own, only of people one follows."""

import pytest

from fedinote.events import Blocked, FollowRejected, Unfollowed
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.relations import blocks, follows
from fedinote.timelines import lists
from tests.relations.people import person, recorded


async def test_a_list_is_made_changed_and_deleted(app: App) -> None:
    me, other = await person(app, "me"), await person(app, "other")
    made = await lists.create(app, me, " friends ")
    assert (made.title, made.replies_policy, made.exclusive) == ("friends", "list", False)
    changed = await lists.update(app, me, made.id, title="best", exclusive=True)
    assert (changed.title, changed.replies_policy, changed.exclusive) == ("best", "list", True)
    assert await lists.update(app, me, made.id, replies_policy="none") == await lists.show(app, me, made.id)
    assert [one.title for one in await lists.of(app, me)] == ["best"]
    for call in (lists.show(app, other, made.id), lists.delete(app, other, made.id)):
        with pytest.raises(NotFound):
            await call
    await lists.delete(app, me, made.id)
    assert await lists.of(app, me) == []


async def test_what_is_no_list_is_refused(app: App) -> None:
    me = await person(app, "me")
    for title, policy in ((" ", "list"), ("x" * 257, "list"), ("x", "some")):
        with pytest.raises(Invalid):
            await lists.create(app, me, title, replies_policy=policy)
    assert await lists.of(app, me) == []


async def test_only_people_whom_one_follows_go_into_a_list(app: App) -> None:
    me, friend, stranger = [await person(app, name) for name in ("me", "friend", "stranger")]
    await follows.request(app, me, friend)
    made = await lists.create(app, me, "friends")
    with pytest.raises(NotFound):
        await lists.add(app, me, made.id, [friend, stranger])
    assert await lists.members_page(app, me, made.id, None) == []
    await lists.add(app, me, made.id, [friend, friend, me])
    await lists.add(app, me, made.id, [friend])
    members = await lists.members_page(app, me, made.id, None)
    assert [member.account_id for member in members] == [me, friend]
    assert await lists.containing(app, me, friend) == [made]
    assert await lists.containing(app, friend, friend) == []
    await lists.remove(app, me, made.id, [friend, stranger])
    assert [one.account_id for one in await lists.members_page(app, me, made.id, None)] == [me]


async def test_whom_one_no_longer_follows_leaves_the_lists(app: App) -> None:
    me, friend, other = [await person(app, name) for name in ("me", "friend", "other")]
    record = recorded(app)
    record.then = {
        Unfollowed: lists.on_unfollowed,
        FollowRejected: lists.on_unfollowed,
        Blocked: lists.on_blocked,
    }
    mine = await lists.create(app, me, "friends")
    theirs = await lists.create(app, other, "theirs")
    await follows.request(app, other, friend)
    await lists.add(app, other, theirs.id, [friend])
    for end in (
        lambda: follows.undo(app, me, friend),
        lambda: follows.reject(app, me, friend),
        lambda: blocks.block(app, friend, me),
    ):
        await follows.request(app, me, friend)
        await lists.add(app, me, mine.id, [friend])
        await end()
        assert await lists.members_page(app, me, mine.id, None) == []
    assert len(await lists.members_page(app, other, theirs.id, None)) == 1
