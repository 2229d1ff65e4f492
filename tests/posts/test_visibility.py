"""One rule decides who sees a post: as a filter of many, and as a check of one. Both always agree."""

import pytest

from fedinote.accounts.models import Account
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.posts import interactions, publishing, visibility
from fedinote.posts.drafts import Draft
from fedinote.relations import blocks, follows
from tests.support import accounts

EXPECTED = {
    "public": {"anybody", "author", "follower", "mentioned", "stranger", "waiting"},
    "unlisted": {"anybody", "author", "follower", "mentioned", "stranger", "waiting"},
    "private": {"author", "follower", "mentioned"},
    "direct": {"author", "mentioned"},
}


async def _people(app: App) -> dict[str, Account]:
    names = ("author", "follower", "mentioned", "stranger", "waiting", "blocked")
    people = {name: await accounts.local(app, name) for name in names}
    await follows.request(app, people["follower"].id, people["author"].id)
    await app.db.execute("UPDATE accounts SET locked = TRUE WHERE id = ?", people["author"].id)
    await follows.request(app, people["waiting"].id, people["author"].id)
    return people


@pytest.mark.parametrize("level", list(EXPECTED))
async def test_filter_and_check_agree_for_every_viewer(app: App, level: str) -> None:
    people = await _people(app)
    post_id = await publishing.publish(app, people["author"].id, Draft("@mentioned @blocked MARKER", visibility=level))
    await blocks.block(app, people["author"].id, people["blocked"].id)
    viewers: dict[str, int | None] = {name: account.id for name, account in people.items()} | {"anybody": None}
    by_filter, by_check = set(), set()
    for name, viewer_id in viewers.items():
        if await visibility.visible(app, viewer_id, [post_id]):
            by_filter.add(name)
        try:
            await visibility.sees(app, viewer_id, post_id)
            by_check.add(name)
        except NotFound:
            pass
    assert by_filter == by_check == EXPECTED[level]


async def test_posts_of_a_suspended_account_are_for_nobody(app: App) -> None:
    people = await _people(app)
    post_id = await publishing.publish(app, people["author"].id, Draft("hello"))
    await app.db.execute("UPDATE accounts SET suspended_at = 1 WHERE id = ?", people["author"].id)
    assert not await visibility.visible(app, None, [post_id])
    assert not await visibility.visible(app, people["follower"].id, [post_id])


async def test_a_boost_of_a_private_post_is_refused_but_for_its_author(app: App) -> None:
    people = await _people(app)
    post_id = await publishing.publish(app, people["author"].id, Draft("hello", visibility="private"))
    with pytest.raises(Forbidden):
        await interactions.boost(app, people["follower"].id, post_id)
    boost_id = await interactions.boost(app, people["author"].id, post_id, "public")
    assert await visibility.visible(app, people["follower"].id, [boost_id]) == {boost_id}
    assert await visibility.visible(app, people["stranger"].id, [boost_id]) == set()


async def test_what_one_cannot_see_one_cannot_touch(app: App) -> None:
    people = await _people(app)
    post_id = await publishing.publish(app, people["author"].id, Draft("hello", visibility="direct"))
    for verb in (interactions.favourite, interactions.bookmark, interactions.boost, interactions.mute_conversation):
        with pytest.raises(NotFound):
            await verb(app, people["stranger"].id, post_id)
