"""Following: who may move which state, what is counted, what is said."""

import asyncio

import pytest

from fedinote.accounts import profiles
from fedinote.events import FollowAccepted, FollowRequested
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Forbidden, Invalid, NotFound
from fedinote.relations import blocks, follows
from fedinote.relations.models import Follow
from tests.relations.people import change, counts, person, recorded

ELSEWHERE = "remote.example"


async def test_a_follow_of_an_open_local_account_is_accepted_at_once(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    record = recorded(app)
    follow = await follows.request(app, alice, bob)
    uri = app.url(f"/users/alice/follows/{follow.id}")
    assert (follow.accepted, follow.reblogs, follow.notify, follow.languages) == (True, True, False, None)
    assert follow.uri == uri
    assert record.events == [
        FollowRequested(follow.id, alice, bob, uri),
        FollowAccepted(follow.id, alice, bob, uri),
    ]
    assert await counts(app, bob) == (1, 0)
    assert await counts(app, alice) == (0, 1)


@pytest.mark.parametrize("kind", ["locked", "remote", "silenced"])
async def test_other_follows_wait_and_are_not_counted(app: App, kind: str) -> None:
    alice = await person(app, "alice", silenced_at=app.now() if kind == "silenced" else None)
    bob = await person(app, "bob", ELSEWHERE if kind == "remote" else "", locked=kind == "locked")
    record = recorded(app)
    follow = await follows.request(app, alice, bob)
    assert not follow.accepted
    assert record.names() == ["FollowRequested"]
    assert await counts(app, bob) == (0, 0)
    assert await follows.accept(app, alice, bob)
    assert record.names() == ["FollowAccepted"]
    assert await counts(app, bob) == (1, 0)


async def test_asking_again_changes_the_options_given_and_nothing_else(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    first = await follows.request(app, alice, bob, languages=["ja", "ja", "de"])
    record = recorded(app)
    again = await follows.request(app, alice, bob, reblogs=False, notify=True)
    assert (again.id, again.uri, again.accepted) == (first.id, first.uri, True)
    assert (again.reblogs, again.notify, again.languages) == (False, True, ["ja", "de"])
    again = await follows.request(app, alice, bob, languages=[])
    assert (again.reblogs, again.notify, again.languages) == (False, True, None)
    assert record.events == []
    assert await counts(app, bob) == (1, 0)


async def test_a_remote_follower_who_asks_again_is_told_again(app: App) -> None:
    carol, bob = await person(app, "carol", ELSEWHERE), await person(app, "bob")
    await follows.request(app, carol, bob, uri="https://remote.example/f/1")
    record = recorded(app)
    follow = await follows.request(app, carol, bob, uri="https://remote.example/f/2")
    assert record.events == [FollowAccepted(follow.id, carol, bob, "https://remote.example/f/2")]
    assert await counts(app, bob) == (1, 0)


async def test_a_request_that_waits_is_accepted_when_asked_again_after_the_account_was_opened(app: App) -> None:
    carol, bob = await person(app, "carol", ELSEWHERE), await person(app, "bob", locked=True)
    await follows.request(app, carol, bob, uri="https://remote.example/f/1")
    await change(app, bob, locked=False)
    record = recorded(app)
    assert (await follows.request(app, carol, bob, uri="https://remote.example/f/1")).accepted
    assert record.names() == ["FollowAccepted"]
    assert await counts(app, bob) == (1, 0)


async def test_two_follows_at_once_are_one(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    record = recorded(app)
    made = await asyncio.gather(*(follows.request(app, alice, bob) for _ in range(8)))
    assert len({follow.id for follow in made}) == 1
    assert record.names() == ["FollowRequested", "FollowAccepted"]
    assert await counts(app, bob) == (1, 0)


async def test_two_people_may_follow_each_other_at_the_same_moment(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    for _ in range(5):
        await asyncio.gather(follows.request(app, alice, bob), follows.request(app, bob, alice))
        assert await counts(app, alice) == await counts(app, bob) == (1, 1)
        await asyncio.gather(follows.undo(app, bob, alice), follows.undo(app, alice, bob))
        assert await counts(app, alice) == await counts(app, bob) == (0, 0)


async def test_undo_before_accept_leaves_nothing_to_accept(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob", ELSEWHERE)
    await follows.request(app, alice, bob)
    record = recorded(app)
    assert await follows.undo(app, alice, bob)
    assert not await follows.accept(app, alice, bob)
    assert not await follows.undo(app, alice, bob)
    assert record.names() == ["Unfollowed"]
    assert await counts(app, bob) == (0, 0)
    assert not await Follow.all().using_db(app.db.orm).exists()


async def test_what_nobody_asked_for_cannot_be_accepted_or_rejected(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob", ELSEWHERE)
    carol = await person(app, "carol", ELSEWHERE)
    await follows.request(app, alice, carol)
    record = recorded(app)
    assert not await follows.accept(app, alice, bob)
    assert not await follows.reject(app, alice, bob)
    assert not await follows.accept(app, carol, alice)
    assert record.events == []
    assert not (await Follow.get(follower_id=alice, target_id=carol, using_db=app.db.orm)).accepted


async def test_accepting_twice_counts_once(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob", locked=True)
    await follows.request(app, alice, bob)
    results = await asyncio.gather(*(follows.accept(app, alice, bob) for _ in range(4)))
    assert sorted(results) == [False, False, False, True]
    assert await counts(app, bob) == (1, 0)


async def test_a_reject_ends_a_request_and_a_follow(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob", ELSEWHERE)
    record = recorded(app)
    for accepted in (False, True):
        await follows.request(app, alice, bob)
        if accepted:
            await follows.accept(app, alice, bob)
        record.events.clear()
        assert await follows.reject(app, alice, bob)
        assert record.names() == ["FollowRejected"]
        assert await counts(app, bob) == (0, 0)


async def test_only_a_follower_can_be_removed_not_one_who_waits(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob", locked=True)
    await follows.request(app, alice, bob)
    assert not await follows.remove_follower(app, bob, alice)
    await follows.accept(app, alice, bob)
    assert await follows.remove_follower(app, bob, alice)
    assert await counts(app, bob) == (0, 0)


async def test_counts_never_fall_below_zero(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    await follows.request(app, alice, bob)
    await change(app, bob, followers_count=0)
    assert await follows.undo(app, alice, bob)
    assert await counts(app, bob) == (0, 0)
    assert await counts(app, alice) == (0, 0)


async def test_follows_that_may_not_be_are_refused(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    gone = await person(app, "gone", suspended_at=app.now())
    moved = await person(app, "moved", moved_to_uri="https://remote.example/users/new")
    await blocks.block(app, bob, alice)
    record = recorded(app)
    for follower, target in ((alice, alice), (alice, gone), (gone, alice), (alice, moved), (alice, bob), (bob, alice)):
        with pytest.raises(Forbidden):
            await follows.request(app, follower, target)
    with pytest.raises(NotFound):
        await follows.request(app, alice, 1)
    assert record.events == []
    assert not await Follow.all().using_db(app.db.orm).exists()


async def test_the_actor_of_a_server_is_not_followed_here_or_elsewhere(app: App) -> None:
    alice, carol = await person(app, "alice"), await person(app, "carol", ELSEWHERE)
    ours = (await profiles.ensure_instance_actor(app)).id
    theirs = await person(app, ELSEWHERE, ELSEWHERE, actor_type="Application")
    for follower, target in ((alice, ours), (carol, ours), (alice, theirs)):
        with pytest.raises(Forbidden):
            await follows.request(app, follower, target)
    program = await person(app, "weather", ELSEWHERE, actor_type="Application")
    assert not (await follows.request(app, alice, program)).accepted


async def test_who_has_moved_away_follows_nobody_any_more(app: App) -> None:
    alice = await person(app, "alice", moved_to_uri="https://remote.example/users/new")
    with pytest.raises(Forbidden):
        await follows.request(app, alice, await person(app, "bob"))
    away = await person(app, "carol", ELSEWHERE, moved_to_uri="https://remote.example/users/new")
    assert (await follows.request(app, away, await person(app, "dora"))).id, "what others let their people do is theirs"


async def test_the_id_of_another_follow_is_a_conflict(app: App) -> None:
    carol, alice, bob = await person(app, "carol", ELSEWHERE), await person(app, "alice"), await person(app, "bob")
    uri = "https://remote.example/f/1"
    first = await follows.request(app, carol, alice, uri=uri)
    with pytest.raises(Conflict):
        await follows.request(app, carol, bob, uri=uri)
    second = await follows.request(app, carol, bob, uri="https://remote.example/f/2")
    again = await follows.request(app, carol, bob, uri=uri)
    assert (again.uri, first.uri) == (second.uri, uri)
    unnamed = await follows.request(app, await person(app, "dan", ELSEWHERE), alice)
    assert unnamed.uri == f"https://remote.example/users/dan#follows/{unnamed.id}"


async def test_one_follows_so_many_and_a_tenth_more_than_one_is_followed_by(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follows, "MAX_FOLLOWS", 2)
    alice, *others = [await person(app, name) for name in ("alice", "bob", "carol", "dan", "erin")]
    for one in others[:2]:
        await follows.request(app, alice, one)
    with pytest.raises(Invalid, match="at most"):
        await follows.request(app, alice, others[2])
    assert await app.db.value("SELECT COUNT(*) AS value FROM follows WHERE follower_id = ?", alice) == 2
    await follows.request(app, alice, others[0], notify=True)
    await app.db.execute("UPDATE accounts SET followers_count = 3 WHERE id = ?", alice)
    await follows.request(app, alice, others[2])
    with pytest.raises(Invalid):
        await follows.request(app, alice, others[3])
