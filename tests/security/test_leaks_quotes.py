"""A quote of a post shows the post to those only who may see it, wherever the quote stands (G01, A20)."""

from collections.abc import Mapping

import pytest
import pytest_asyncio

from fedinote.posts import publishing, quotes
from fedinote.posts.approvals import NewQuote
from fedinote.posts.drafts import NewPost
from tests.security.stage import Post, Stage
from tests.security.test_leaks import wrong
from tests.security.test_leaks_pages import fetched

pytestmark = pytest.mark.asyncio(loop_scope="module")

Quoting = Mapping[int, int]


async def _quote(stage: Stage, uri: str, quoted_id: int) -> int:
    """A public post of somebody's here that quotes, with everybody's consent on paper."""
    author = stage.people["mentioned"].account_id
    new = NewPost(author, "public", "<p>a quote</p>", stage.app.now(), quote=NewQuote(uri, quoted_id, "accepted"))
    post_id = await publishing.store(stage.app, new)
    assert post_id is not None
    return post_id


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def quoting(stage: Stage) -> Quoting:
    """The quote of each post of the stage."""
    return {post.id: await _quote(stage, post.uri, post.id) for post in stage.posts}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def requoting(stage: Stage, quoting: Quoting) -> Quoting:
    """The quote of each of these quotes."""
    found = {}
    for post in stage.posts:
        uri = await stage.app.db.value("SELECT uri AS value FROM posts WHERE id = ?", quoting[post.id])
        found[post.id] = await _quote(stage, uri, quoting[post.id])
    return found


async def test_a_quote_shows_the_post_to_those_only_who_may_see_it(stage: Stage, quoting: Quoting) -> None:
    for viewer in stage.viewers:
        for post in stage.posts:
            answer = await viewer.client.get(f"/api/v1/statuses/{quoting[post.id]}")
            assert answer.status == 200
            assert not wrong(stage, answer.body, [post] if viewer.sees(post) else []), (viewer.name, post.marker)
            state = answer.json["quote"]
            assert state["state"] == ("accepted" if viewer.sees(post) else "unauthorized"), (viewer.name, post.marker)
            assert (state["quoted_status"] is None) is not viewer.sees(post)


async def test_a_quote_of_a_quote_does_not_even_tell_the_id(stage: Stage, quoting: Quoting, requoting: Quoting) -> None:
    for viewer in stage.viewers:
        for post in stage.posts:
            found = (await viewer.client.get(f"/api/v1/statuses/{requoting[post.id]}")).json
            inner = found["quote"]["quoted_status"]["quote"]
            assert inner["quoted_status_id"] == (str(post.id) if viewer.sees(post) else None)
            assert str(post.id) in str(inner) or not viewer.sees(post)


async def test_timelines_and_profiles_show_quotes_as_the_post_itself_does(stage: Stage, quoting: Quoting) -> None:
    author = stage.people["mentioned"].account_id
    paths = ("/api/v1/timelines/public", f"/api/v1/accounts/{author}/statuses")
    for viewer in stage.viewers:
        seen = [post for post in stage.posts if viewer.sees(post)]
        for path in paths:
            answer = await viewer.client.get(path, {"limit": 40, "exclude_replies": "true"})
            if answer.status == 200:
                assert not wrong(stage, answer.body, seen), (viewer.name, path)


async def test_the_list_of_quotes_shows_quotes_to_those_only_who_see_the_post(stage: Stage, quoting: Quoting) -> None:
    for viewer in stage.viewers:
        for post in stage.posts:
            answer = await viewer.client.get(f"/api/v1/statuses/{post.id}/quotes")
            if viewer.somebody:
                assert answer.status == (200 if viewer.sees(post) else 404)
            shown = [post] if viewer.somebody and viewer.sees(post) else []
            assert not wrong(stage, answer.body, shown), (viewer.name, post.marker)


async def test_a_quote_that_may_not_be_seen_is_not_listed(stage: Stage) -> None:
    post = _open(stage)
    hidden = await _quote(stage, post.uri, post.id)
    await stage.app.db.execute("UPDATE posts SET visibility = 'direct' WHERE id = ?", hidden)
    for name, listed in (("mentioned", True), ("author", False), ("other", False)):
        answer = await stage.viewer(name).client.get(f"/api/v1/statuses/{post.id}/quotes")
        assert (str(hidden) in [one["id"] for one in answer.json]) is listed, name


def _open(stage: Stage) -> Post:
    return next(post for post in stage.posts if post.local and post.visibility == "public")


@pytest.mark.parametrize("name", ["", "fan", "stranger", "foe"])
async def test_a_stamp_is_for_those_only_who_may_see_the_quoted_post(stage: Stage, quoting: Quoting, name: str) -> None:
    sees = {"": ("public", "unlisted"), "stranger": ("public", "unlisted"), "foe": ()}
    allowed = sees.get(name, ("public", "unlisted", "private"))
    for post in filter(lambda one: one.local, stage.posts):
        answer = await fetched(stage, f"/users/alice/quote_authorizations/{quoting[post.id]}", name)
        assert answer.status == (200 if post.visibility in allowed else 404), post.marker
    unknown = await fetched(stage, f"/users/mentioned/quote_authorizations/{quoting[_open(stage).id]}", name)
    assert unknown.status == 404


async def test_the_document_of_a_quote_has_nothing_of_the_quoted_post(stage: Stage, quoting: Quoting) -> None:
    for post in stage.posts:
        answer = await fetched(stage, f"/users/mentioned/statuses/{quoting[post.id]}", "stranger")
        assert answer.status == 200
        assert not wrong(stage, answer.body, [])


async def test_a_quote_that_is_not_agreed_to_shows_the_post_to_nobody(stage: Stage) -> None:
    post, made = _open(stage), 0
    for state in ("pending", "rejected", "revoked", "deleted"):
        made = await _quote(stage, post.uri, post.id)
        await stage.app.db.execute("UPDATE quotes SET state = ? WHERE post_id = ?", state, made)
        for viewer in stage.viewers:
            answer = await viewer.client.get(f"/api/v1/statuses/{made}")
            assert not wrong(stage, answer.body, []), (viewer.name, state)
            assert answer.json["quote"] == {"state": state, "quoted_status": None}
    assert await quotes.find(stage.app, made) is not None
