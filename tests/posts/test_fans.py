"""Who liked or boosted a post is told to those who may see the post."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.posts import fans, interactions
from fedinote.timelines.window import Window
from tests.support.people import person
from tests.web.reading import write


async def test_the_newest_come_first_and_suspended_people_are_left_out(app: App) -> None:
    alice, bob, carol = [await person(app, name) for name in ("alice", "bob", "carol")]
    post = await write(app, alice)
    for one in (bob, carol):
        await interactions.favourite(app, one.account_id, post)
    pager = Window(10).sql
    found = await fans.page(app, None, post, "favourites", pager)
    assert [account for _, account in found] == [carol.account_id, bob.account_id]
    assert await fans.page(app, None, post, "posts", pager) == []
    await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), carol.account_id)
    assert [account for _, account in await fans.page(app, None, post, "favourites", pager)] == [bob.account_id]


async def test_of_a_hidden_post_nobody_is_told(app: App) -> None:
    alice, bob = await person(app), await person(app, "bob")
    post = await write(app, alice, visibility="private")
    with pytest.raises(NotFound):
        await fans.page(app, bob.account_id, post, "favourites", Window(10).sql)
