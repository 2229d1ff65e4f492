"""Who may answer a post here: the author's followers, or whom it names."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.posts import answering, interactions, publishing
from fedinote.posts.drafts import Draft
from fedinote.relations import follows
from tests.relations.people import person


async def _answer(app: App, who: int, post_id: int) -> int:
    return await publishing.publish(app, who, Draft("an answer", in_reply_to_id=post_id))


async def test_followers_and_those_whom_it_names_answer_and_nobody_else(app: App) -> None:
    author, follower, asked, stranger = [await person(app, name) for name in ("ann", "ben", "cleo", "dora")]
    await follows.request(app, follower, author)
    await follows.accept(app, follower, author)
    closed = await publishing.publish(app, author, Draft("@cleo hello", reply_policy="nobody"))
    for one in (author, asked):
        assert await _answer(app, one, closed)
    for one in (follower, stranger):
        with pytest.raises(Forbidden):
            await _answer(app, one, closed)
    half = await publishing.publish(app, author, Draft("hello", reply_policy="followers"))
    assert await _answer(app, follower, half)
    with pytest.raises(Forbidden):
        await _answer(app, stranger, half)
    await answering.set_policy(app, author, half, "public")
    assert await _answer(app, stranger, half)


async def test_a_boost_is_no_way_round_who_may_answer(app: App) -> None:
    author, stranger = await person(app, "ann"), await person(app, "ben")
    closed = await publishing.publish(app, author, Draft("hello", reply_policy="nobody"))
    boost = await interactions.boost(app, stranger, closed)
    with pytest.raises(Forbidden):
        await _answer(app, stranger, boost)
    mine = await _answer(app, author, boost)
    assert await app.db.value("SELECT in_reply_to_id AS value FROM posts WHERE id = ?", mine) == closed


async def test_who_asked_to_follow_and_waits_is_no_follower(app: App) -> None:
    author, waiting = await person(app, "ann"), await person(app, "ben")
    await follows.request(app, waiting, author)
    await app.db.execute("UPDATE follows SET accepted = FALSE")
    half = await publishing.publish(app, author, Draft("hello", reply_policy="followers"))
    with pytest.raises(Forbidden):
        await _answer(app, waiting, half)


async def test_only_the_author_says_who_may_answer(app: App) -> None:
    author, other = await person(app, "ann"), await person(app, "ben")
    post_id = await publishing.publish(app, author, Draft("hello"))
    with pytest.raises(NotFound):
        await answering.set_policy(app, other, post_id, "nobody")
    with pytest.raises(Invalid):
        await answering.set_policy(app, author, post_id, "somebody")


@pytest.mark.parametrize("setting", answering.SETTINGS)
async def test_a_setting_is_read_back_as_it_was_made(app: App, setting: str) -> None:
    author = await person(app, "ann")
    post_id = await publishing.publish(app, author, Draft("hello", reply_policy=setting))
    stored = await app.db.value("SELECT interaction_rules AS value FROM posts WHERE id = ?", post_id)
    assert answering.setting_of(stored) == setting
