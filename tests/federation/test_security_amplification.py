"""What a stranger can make this server send, fetch or forget is bounded."""

from typing import Any

import pytest

from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, FakeHost


@pytest.fixture
async def readers(scene: Scene) -> FakeHost:
    """A third host with somebody who follows alice."""
    host = await scene.fedi.host("127.0.0.4")
    await scene.follows(host.actor("reader", key=4), scene.alice)
    host.requests.clear()
    return host


async def _told(scene: Scene, readers: FakeHost, *activities: dict[str, Any]) -> int:
    """How many requests the readers get because of what bob says."""
    await scene.settle()
    readers.requests.clear()
    for activity in activities:
        await scene.done(scene.bob, activity)
    return len(readers.requests)


async def test_what_somebody_says_whom_the_author_blocks_is_not_passed_on_in_her_name(
    scene: Scene, readers: FakeHost
) -> None:
    posted = await scene.alice.post("Hello")
    await scene.known(scene.bob)
    addressed = {"inReplyTo": posted["uri"], "to": [PUBLIC], "cc": [f"{scene.uri(scene.alice)}/followers"]}
    assert await _told(scene, readers, scene.bob.create(scene.bob.note("An answer", **addressed))) == 1
    bob = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{bob['id']}/block")
    assert await _told(scene, readers, scene.bob.create(scene.bob.note("Another", **addressed))) == 0


@pytest.mark.parametrize("kind", ["Like", "Announce"])
async def test_a_like_or_boost_that_is_repeated_is_passed_on_once(scene: Scene, readers: FakeHost, kind: str) -> None:
    posted = await scene.alice.post("Hello")
    await scene.known(scene.bob)
    to = [PUBLIC, f"{scene.uri(scene.alice)}/followers"]
    same = [scene.bob.activity(kind, posted["uri"], to=to) for _ in range(5)]
    assert await _told(scene, readers, *same) == 1


async def test_somebody_of_the_same_host_does_not_keep_away_what_has_not_come_yet(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    await scene.known(scene.mallory)
    note = scene.bob.note("Still to come")
    await scene.done(scene.mallory, scene.mallory.activity("Delete", note["id"]))
    await scene.done(scene.bob, scene.bob.create(note))
    assert await scene.count("posts", "uri = ?", note["id"]) == 1


async def test_what_its_author_deleted_before_it_came_never_comes(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("Never mind")
    await scene.done(scene.bob, scene.bob.activity("Delete", note["id"]))
    await scene.done(scene.bob, scene.bob.create(note))
    await scene.alice.call("GET", "/api/v2/search", params={"q": note["id"], "resolve": "true"})
    assert await scene.count("posts", "uri = ?", note["id"]) == 0
