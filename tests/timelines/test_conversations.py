"""Conversations: who has which, what is newest, what is unread."""

import pytest

from fedinote.events import Blocked, PostDeleted, PostEdited, PostPublished
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.timelines import conversations
from fedinote.timelines.conversations import Exchange
from tests.relations.people import person, post

REMOTE = "remote.example"


async def _say(app: App, author: int, *to: int, visibility: str = "direct", **values: int) -> int:
    post_id = await post(app, author, "<p>psst</p>", *to, visibility=visibility, **values)
    event = PostPublished(post_id, author, True, visibility, None, None, to, True)
    await conversations.on_post_published(app, event)
    return post_id


async def _delete(app: App, post_id: int, author: int) -> None:
    await conversations.on_post_deleted(app, PostDeleted(post_id, author, True, "", "direct", None))
    await app.db.execute("DELETE FROM posts WHERE id = ?", post_id)


async def _of(app: App, account_id: int) -> list[Exchange]:
    return await conversations.page(app, account_id, lambda column: ("TRUE", (), f"ORDER BY {column} DESC"))


async def test_a_direct_post_is_kept_for_its_author_and_those_it_is_for(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    carol = await person(app, "carol", REMOTE)
    first = await _say(app, alice, bob, carol)
    (mine,), (bobs,) = await _of(app, alice), await _of(app, bob)
    assert (mine.participants, mine.last_post_id, mine.unread) == ((bob, carol), first, False)
    assert (bobs.participants, bobs.last_post_id, bobs.unread) == ((alice, carol), first, True)
    assert await _of(app, carol) == []


async def test_an_answer_makes_it_unread_for_the_others_and_read_for_its_author(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    first = await _say(app, alice, bob)
    answer = await _say(app, bob, alice, conversation_id=first)
    (mine,), (bobs,) = await _of(app, alice), await _of(app, bob)
    assert (mine.last_post_id, mine.unread) == (answer, True)
    assert (bobs.last_post_id, bobs.unread) == (answer, False)
    read = await conversations.mark(app, alice, mine.id, unread=False)
    assert (read.id, read.unread) == (mine.id, False)
    assert (await conversations.mark(app, alice, mine.id, unread=True)).unread


async def test_a_post_that_comes_late_is_not_the_newest(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    late = app.ids.next()
    first = await _say(app, alice, bob)
    await _say(app, bob, alice, id=late, conversation_id=first)
    (mine,) = await _of(app, alice)
    assert (mine.last_post_id, mine.unread) == (first, False)


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
async def test_other_posts_are_no_conversation(app: App, visibility: str) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    await _say(app, alice, bob, visibility=visibility)
    assert await _of(app, bob) == []


async def test_who_is_newly_named_in_an_edit_takes_part_and_nobody_else_is_disturbed(app: App) -> None:
    alice, bob, carol = [await person(app, name) for name in ("alice", "bob", "carol")]
    first = await _say(app, alice, bob)
    (bobs,) = await _of(app, bob)
    await conversations.mark(app, bob, bobs.id, unread=False)
    await app.db.execute("INSERT INTO post_mentions (post_id, account_id, silent) VALUES (?, ?, FALSE)", first, carol)
    await conversations.on_post_edited(app, PostEdited(first, alice, True, "direct", (carol,)))
    (carols,), (bobs,) = await _of(app, carol), await _of(app, bob)
    assert (carols.participants, carols.unread) == ((alice, bob), True)
    assert (bobs.participants, bobs.unread) == ((alice, carol), False)


async def test_a_deleted_post_gives_way_to_the_one_before(app: App) -> None:
    alice, bob, carol = [await person(app, name) for name in ("alice", "bob", "carol")]
    first = await _say(app, alice, bob)
    second = await _say(app, alice, bob, carol, conversation_id=first)
    await _delete(app, second, alice)
    assert [one.last_post_id for one in await _of(app, bob)] == [first]
    assert await _of(app, carol) == []
    await _delete(app, first, alice)
    assert await _of(app, alice) == await _of(app, bob) == []


async def test_whom_one_blocks_starts_no_conversation_and_loses_the_old_one(app: App) -> None:
    alice, bob, carol = [await person(app, name) for name in ("alice", "bob", "carol")]
    await _say(app, bob, alice)
    group = await _say(app, bob, alice, carol)
    await app.db.execute(
        "INSERT INTO blocks (id, account_id, target_id, uri, created_at) VALUES (1, ?, ?, 'x', 0)", alice, bob
    )
    await conversations.on_blocked(app, Blocked(alice, bob, "x"))
    assert [one.last_post_id for one in await _of(app, alice)] == [group]
    await _say(app, bob, alice)
    assert [one.last_post_id for one in await _of(app, alice)] == [group]


async def test_a_conversation_is_removed_for_oneself_and_comes_back_with_a_new_post(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    first = await _say(app, alice, bob)
    (mine,) = await _of(app, alice)
    for call in (conversations.remove(app, bob, mine.id), conversations.mark(app, bob, mine.id, unread=False)):
        with pytest.raises(NotFound):
            await call
    await conversations.remove(app, alice, mine.id)
    assert await _of(app, alice) == []
    assert len(await _of(app, bob)) == 1
    await _say(app, bob, alice, conversation_id=first)
    assert len(await _of(app, alice)) == 1
