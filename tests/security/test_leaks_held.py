"""The leak matrix once more with every post out of sight: nobody is shown any of them on any route."""

import pytest

from fedinote.federation.endpoints import ROUTES as FEDERATION
from tests.posts.test_withdrawn import take
from tests.security.matrix import API
from tests.security.stage import Stage, Viewer
from tests.security.test_leaks import READS, wrong
from tests.security.test_leaks_pages import AP, PAGES, SIGNERS, WEB, fetched, paths

pytestmark = pytest.mark.asyncio(loop_scope="module")

DESK = ("/admin/", "/api/v1/admin/", "/api/fedinote/v1/admin/")
"""Where moderators see what was reported to them, and what waits for them."""
WHO = ("anonymous", "author", "mentioned", "follower", "moderator")
"""Those who may see most of it otherwise."""


@pytest.fixture(scope="module")
def taken() -> set[int]:
    """The posts that are out of sight."""
    return set()


async def out_of_sight(stage: Stage, taken: set[int]) -> None:
    for post in stage.posts:
        if post.id not in taken:
            await take(stage.app, post.id)
            taken.add(post.id)


def _desk(viewer: Viewer, path: str) -> bool:
    return viewer.name == "moderator" and path.startswith(DESK)


@pytest.mark.parametrize("path", sorted(set(READS) & set(API)))
async def test_a_route_shows_no_post_that_is_out_of_sight(stage: Stage, taken: set[int], path: str) -> None:
    await out_of_sight(stage, taken)
    problems = []
    for viewer in map(stage.viewer, WHO):
        for ask in API[path](stage, viewer):
            asked = READS[path].path.format(**ask.path)
            answer = await viewer.client.get(asked, ask.query)
            assert answer.status < 500, (viewer.name, asked)
            if not _desk(viewer, asked):
                problems += [(viewer.name, asked, one) for one in wrong(stage, answer.body, ())]
    assert not problems


@pytest.mark.parametrize("path", sorted(paths(PAGES) & set(WEB)))
async def test_a_page_shows_no_post_that_is_out_of_sight(stage: Stage, taken: set[int], path: str) -> None:
    await out_of_sight(stage, taken)
    problems = []
    for viewer in map(stage.viewer, WHO):
        for asked, _, __ in WEB[path](stage, viewer):
            answer = await viewer.browser.get(asked)
            assert answer.status < 500, (viewer.name, asked)
            if not _desk(viewer, asked):
                problems += [(viewer.name, asked, one) for one in wrong(stage, answer.body, ())]
    assert not problems


@pytest.mark.parametrize("name", SIGNERS)
@pytest.mark.parametrize("path", sorted(paths(FEDERATION)))
async def test_no_server_gets_a_document_of_what_is_out_of_sight(
    stage: Stage, taken: set[int], path: str, name: str
) -> None:
    await out_of_sight(stage, taken)
    for asked, status, shown in AP[path](stage, name):
        answer = await fetched(stage, asked, name)
        assert answer.status < 500
        assert wrong(stage, answer.body, ()) == [], asked
        if shown and path.startswith("/users/{name}/statuses/"):
            assert (status, answer.status) == (200, 404), asked
