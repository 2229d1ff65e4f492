"""The leak matrix on push messages: what a push service is handed for whom, as the browser reads it (G06)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from fedinote import worker
from fedinote.notifications import policy
from fedinote.relations import follows
from tests.security.stage import Post, Stage, Viewer, visibilities_of
from tests.support.fakefedi import Answer, FakeHost, faking
from tests.support.pushservice import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALERTS = dict.fromkeys(("mention", "status", "reblog", "favourite", "poll", "update", "quote", "quoted_update"), True)


@dataclass
class Pushed:
    """What the browsers of the viewers read, by the name of the viewer."""

    stage: Stage
    service: FakeHost
    browsers: dict[str, Browser] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)

    async def happen(self) -> "Pushed":
        stage = self.stage
        await policy.update(stage.app, stage.people["mentioned"].account_id, {"for_private_mentions": "accept"})
        for viewer in filter(lambda one: one.somebody, stage.viewers):
            await self._subscribe(viewer)
        for author in stage.authors:
            for visibility in visibilities_of(author):
                marker = f"zqpush{'local' if author == 'alice' else 'remote'}{visibility}"
                post_id = await stage.write(author, visibility, marker)
                self.posts.append(Post(post_id, 0, "", author, visibility, marker))
        await worker.settle(stage.app)
        return self

    async def _subscribe(self, viewer: Viewer) -> None:
        """Everybody wants to be told of all that alice and rhea post, as far as they follow them."""
        browser = self.browsers[viewer.name] = Browser()
        target = browser.subscription(f"{self.service.base}/push/{viewer.name}", standard=True)
        answer = await viewer.client.post(
            "/api/v1/push/subscription", {"subscription": target, "data": {"alerts": ALERTS, "policy": "all"}}
        )
        assert answer.status == 200, answer.body
        await self.stage.app.db.execute("UPDATE follows SET notify = TRUE WHERE follower_id = ?", viewer.account_id)

    def read(self, name: str) -> str:
        """All that this viewer's browser was sent, decrypted."""
        browser = self.browsers[name]
        seen = [one for one in self.service.requests if one.path == f"/push/{name}"]
        found: list[Any] = [msgspec.json.decode(browser.decrypt(one.body, one.headers)) for one in seen]
        return "\n".join(f"{one['title']} {one['body']}" for one in found)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pushed(stage: Stage) -> AsyncIterator[Pushed]:
    async with faking() as fedi:
        service = await fedi.host("127.0.0.3")
        service.inbox = Answer(status=201, content_type=None)
        yield await Pushed(stage, service).happen()


def told(viewer: Viewer, post: Post) -> bool:
    """Whom a post names, and followers who asked for each post: as far as they may see it."""
    if not viewer.sees(post):
        return False
    return viewer.name == "mentioned" or (viewer.name == "follower" and post.visibility != "direct")


async def test_a_push_message_tells_each_post_to_those_only_who_may_see_it(pushed: Pushed) -> None:
    problems = []
    for viewer in filter(lambda one: one.somebody, pushed.stage.viewers):
        text = pushed.read(viewer.name)
        wrong = [post for post in pushed.posts if (post.marker in text) != told(viewer, post)]
        problems += [f"{viewer.name}: {one.marker} {'leaked' if one.marker in text else 'missing'}" for one in wrong]
    assert not problems


async def test_the_push_service_itself_reads_nothing(pushed: Pushed) -> None:
    assert pushed.service.requests
    for seen in pushed.service.requests:
        assert b"zqpush" not in seen.body
        assert "zqpush" not in repr(seen.headers)


async def test_what_one_may_not_see_any_more_when_the_message_leaves_is_not_in_it(pushed: Pushed) -> None:
    stage = pushed.stage
    await stage.write("alice", "private", "zqpushtoolate")
    await follows.undo(stage.app, stage.viewer("follower").account_id or 0, stage.authors["alice"])
    try:
        await worker.settle(stage.app)
        assert "zqpushtoolate" not in pushed.read("follower")
        assert "zqpushtoolate" in pushed.read("mentioned")
    finally:
        follower = stage.viewer("follower").account_id or 0
        await follows.request(stage.app, follower, stage.authors["alice"])
        await follows.accept(stage.app, follower, stage.authors["alice"])
