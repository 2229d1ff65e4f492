"""Blocking, muting and notes: what they end, what they leave, and how long they last."""

import asyncio

import pytest

from fedinote.events import Blocked, FollowRejected, Unblocked, Unfollowed
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Forbidden, Invalid
from fedinote.notifications.models import Notification
from fedinote.relations import blocks, follows, lookup
from fedinote.relations.models import AccountNote, Block, Follow
from fedinote.timelines.models import HomeEntry
from tests.relations.people import counts, person, post, recorded

REMOTE = "remote.example"


async def test_a_block_ends_the_follows_both_ways(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob", REMOTE)
    mine = await follows.request(app, alice, bob)
    await follows.accept(app, alice, bob)
    await follows.request(app, bob, alice, uri="https://remote.example/f/1")
    record = recorded(app)
    await blocks.block(app, alice, bob)
    block = await Block.get(using_db=app.db.orm)
    assert record.events == [
        Unfollowed(alice, bob, mine.uri),
        FollowRejected(bob, alice, "https://remote.example/f/1"),
        Blocked(alice, bob, block.uri),
    ]
    assert block.uri == app.url(f"/users/alice/blocks/{block.id}")
    assert not await Follow.all().using_db(app.db.orm).exists()
    assert await counts(app, alice) == await counts(app, bob) == (0, 0)
    assert await lookup.blocked_either_way(app, bob, alice)


async def test_a_block_takes_each_out_of_the_others_home_and_notifications(app: App) -> None:
    alice, bob, carol = [await person(app, name) for name in ("alice", "bob", "carol")]
    by_bob, by_alice, by_carol = [await post(app, one, "<p>hi</p>") for one in (bob, alice, carol)]
    boost = await post(app, carol, "", reblog_of_id=by_bob)
    for owner, entry, author in (
        (alice, by_bob, bob),
        (alice, boost, carol),
        (alice, by_carol, carol),
        (bob, by_alice, alice),
        (bob, by_carol, carol),
        (carol, by_bob, bob),
    ):
        await HomeEntry.create(using_db=app.db.orm, account_id=owner, post_id=entry, author_id=author)
    for owner, actor in ((alice, bob), (bob, alice), (alice, carol), (carol, bob)):
        await Notification.create(
            using_db=app.db.orm,
            id=app.ids.next(),
            account_id=owner,
            kind="follow",
            from_account_id=actor,
            created_at=app.now(),
        )
    await blocks.block(app, alice, bob)
    entries = await HomeEntry.all().using_db(app.db.orm).values_list("account_id", "post_id")
    assert set(entries) == {(alice, by_carol), (bob, by_carol), (carol, by_bob)}
    told = await Notification.all().using_db(app.db.orm).values_list("account_id", "from_account_id")
    assert set(told) == {(alice, carol), (carol, bob)}


async def test_blocking_twice_is_blocking_once_and_unblocking_says_whether_it_did(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    record = recorded(app)
    await asyncio.gather(*(blocks.block(app, alice, bob) for _ in range(4)))
    uri = (await Block.get(using_db=app.db.orm)).uri
    assert await blocks.unblock(app, alice, bob)
    assert not await blocks.unblock(app, alice, bob)
    assert record.events == [Blocked(alice, bob, uri), Unblocked(alice, bob, uri)]
    assert not await lookup.blocked_either_way(app, alice, bob)


async def test_a_follow_and_a_block_at_the_same_moment_never_both_stay(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    for _ in range(5):
        await asyncio.gather(follows.request(app, alice, bob), blocks.block(app, bob, alice), return_exceptions=True)
        assert not await Follow.all().using_db(app.db.orm).exists()
        assert await counts(app, bob) == (0, 0)
        await blocks.unblock(app, bob, alice)


async def test_a_remote_block_comes_through_the_same_verb(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob", REMOTE)
    uri = "https://remote.example/b/1"
    await follows.request(app, alice, bob)
    await follows.accept(app, alice, bob)
    await blocks.block(app, bob, alice, uri=uri)
    await blocks.block(app, bob, alice, uri="https://remote.example/b/2")
    assert (await Block.get(using_db=app.db.orm)).uri == uri
    assert await counts(app, alice) == (0, 0)
    with pytest.raises(Conflict):
        await blocks.block(app, bob, await person(app, "carol"), uri=uri)


async def test_nobody_blocks_or_mutes_himself(app: App) -> None:
    alice = await person(app, "alice")
    with pytest.raises(Forbidden):
        await blocks.block(app, alice, alice)
    with pytest.raises(Forbidden):
        await blocks.mute(app, alice, alice)


async def test_a_mute_ends_by_itself(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    await blocks.mute(app, alice, bob, hide_notifications=False, duration=60)
    (now,) = await lookup.relationships(app, alice, [bob])
    assert (now.muting, now.muting_notifications) == (True, False)
    assert now.muting_expires_at is not None
    assert await blocks.forget_expired_mutes(app) == 0
    app.clock.shift(61)
    (now,) = await lookup.relationships(app, alice, [bob])
    assert (now.muting, now.muting_notifications, now.muting_expires_at) == (False, False, None)
    assert await lookup.mutes_page(app, alice, lambda _: ("TRUE", (), "")) == []
    assert await blocks.forget_expired_mutes(app) == 1


async def test_muting_again_sets_everything_anew(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    await blocks.mute(app, alice, bob, hide_notifications=False, duration=60)
    await blocks.mute(app, alice, bob)
    (now,) = await lookup.relationships(app, alice, [bob])
    assert (now.muting_notifications, now.muting_expires_at) == (True, None)
    await blocks.mute(app, alice, bob, duration=10**18)
    (now,) = await lookup.relationships(app, alice, [bob])
    assert (now.muting, now.muting_expires_at) == (True, None)
    with pytest.raises(Invalid):
        await blocks.mute(app, alice, bob, duration=-1)
    assert await blocks.unmute(app, alice, bob)
    assert not await blocks.unmute(app, alice, bob)


async def test_a_note_is_kept_replaced_and_removed(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    await blocks.write_note(app, alice, bob, "a friend")
    await blocks.write_note(app, alice, bob, " an old friend ")
    (now,) = await lookup.relationships(app, alice, [bob])
    assert now.note == "an old friend"
    (other,) = await lookup.relationships(app, bob, [alice])
    assert other.note == ""
    await blocks.write_note(app, alice, bob, " ")
    assert not await AccountNote.all().using_db(app.db.orm).exists()
    with pytest.raises(Invalid):
        await blocks.write_note(app, alice, bob, "x" * 2001)
