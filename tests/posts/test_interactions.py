"""Likes, boosts, bookmarks and pins: each counts once, and taking back twice is taking back once."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.posts import interactions, polls, publishing, threads
from fedinote.posts.drafts import Draft, PollDraft
from tests.support import accounts


async def _count(app: App, post_id: int, column: str) -> int:
    return int(await app.db.value(f"SELECT {column} AS value FROM posts WHERE id = ?", post_id))


async def test_a_like_counts_once(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    for _ in range(3):
        await interactions.favourite(app, bob.id, post_id)
    assert await _count(app, post_id, "favourites_count") == 1
    for _ in range(3):
        await interactions.unfavourite(app, bob.id, post_id)
    assert await _count(app, post_id, "favourites_count") == 0


async def test_a_boost_is_one_post_of_its_own(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("hello"))
    boost_id = await interactions.boost(app, bob.id, post_id)
    assert await interactions.boost(app, bob.id, post_id) == boost_id
    assert await interactions.boost(app, bob.id, boost_id) == boost_id
    assert await _count(app, post_id, "reblogs_count") == 1
    await interactions.unboost(app, bob.id, post_id)
    await interactions.unboost(app, bob.id, post_id)
    assert await _count(app, post_id, "reblogs_count") == 0


async def test_only_five_own_posts_are_pinned(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    ids = [await publishing.publish(app, alice.id, Draft(f"post {n}")) for n in range(6)]
    for post_id in ids[:5]:
        await interactions.pin(app, alice.id, post_id)
    await interactions.pin(app, alice.id, ids[0])
    with pytest.raises(Invalid, match="already pinned"):
        await interactions.pin(app, alice.id, ids[5])
    with pytest.raises(Invalid, match="Someone else"):
        await interactions.pin(app, bob.id, ids[0])


async def test_a_vote_counts_once(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    post_id = await publishing.publish(app, alice.id, Draft("choose", poll=PollDraft(("tea", "coffee"), 600)))
    poll_id = await app.db.value("SELECT id AS value FROM polls WHERE post_id = ?", post_id)
    for choices, problem in (([2], "does not exist"), ([0, 1], "Only one"), ([], "does not exist")):
        with pytest.raises(Invalid, match=problem):
            await polls.vote(app, bob.id, poll_id, choices)
    await polls.vote(app, bob.id, poll_id, [1])
    with pytest.raises(Invalid, match="already voted"):
        await polls.vote(app, bob.id, poll_id, [0])
    with pytest.raises(Invalid, match="own poll"):
        await polls.vote(app, alice.id, poll_id, [0])
    app.clock.shift(700)
    carol = await accounts.local(app, "carol")
    with pytest.raises(Invalid, match="ended"):
        await polls.vote(app, carol.id, poll_id, [0])
    row = await app.db.row("SELECT options, voters_count FROM polls WHERE id = ?", poll_id)
    assert row is not None
    assert '"votes":1' in row["options"]
    assert row["voters_count"] == 1


async def test_a_thread_is_in_order_and_hides_what_is_not_for_the_viewer(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    root = await publishing.publish(app, alice.id, Draft("root"))
    a = await publishing.publish(app, bob.id, Draft("a", in_reply_to_id=root))
    b = await publishing.publish(app, bob.id, Draft("b", in_reply_to_id=root))
    a1 = await publishing.publish(app, alice.id, Draft("a1", in_reply_to_id=a))
    secret = await publishing.publish(app, alice.id, Draft("secret", in_reply_to_id=a, visibility="direct"))
    below = await publishing.publish(app, alice.id, Draft("below", in_reply_to_id=secret))
    assert await threads.context(app, None, root) == ([], [a, a1, b, below])
    assert await threads.context(app, alice.id, root) == ([], [a, a1, secret, below, b])
    assert await threads.context(app, None, a1) == ([root, a], [])
