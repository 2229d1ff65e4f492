"""Likes and boosts as servers send them: embedded objects, dates, audiences, and counts that stay true."""

from datetime import timedelta
from typing import Any

import pytest

from fedinote.infra.clock import from_ms
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, stamp


async def _count(scene: Scene, uri: str, column: str) -> int:
    row = await scene.row(f"SELECT {column} AS value FROM posts WHERE uri = ?", uri)
    assert row is not None
    return int(row["value"])


@pytest.mark.parametrize(("kind", "column"), [("Like", "favourites_count"), ("Announce", "reblogs_count")])
async def test_an_embedded_object_is_the_same_as_its_id(scene: Scene, kind: str, column: str) -> None:
    posted = await scene.alice.post("Tea?")
    embedded = {"id": posted["uri"], "type": "Note", "attributedTo": scene.uri(scene.alice), "content": "forged"}
    await scene.done(scene.bob, scene.bob.activity(kind, embedded, to=[PUBLIC]))
    assert await _count(scene, posted["uri"], column) == 1
    assert "Tea?" in (await scene.alice.call("GET", f"/api/v1/statuses/{posted['id']}"))["content"]


async def test_what_a_boost_embeds_is_fetched_from_its_origin(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    note = scene.bob.note("bob's own words")
    forged = {**note, "content": "<p>forged</p>"}
    await scene.done(scene.mal, scene.mal.activity("Announce", forged, to=[PUBLIC]))
    (boost,) = await scene.alice.home()
    assert boost["reblog"]["content"] == "<p>bob's own words</p>"


@pytest.mark.parametrize(("seconds", "kept"), [(-3 * 3600, True), (3 * 3600, False), (None, False)])
async def test_a_boost_has_its_own_date_unless_it_is_still_to_come(
    scene: Scene, *, seconds: float | None, kept: bool
) -> None:
    posted = await scene.alice.post("Tea?")
    fields = {} if seconds is None else {"published": stamp(seconds)}
    before = scene.app.now()
    await scene.done(scene.bob, scene.bob.activity("Announce", posted["uri"], to=[PUBLIC], **fields))
    row = await scene.row("SELECT id, created_at FROM posts WHERE reblog_of_id IS NOT NULL")
    assert row is not None
    moment = from_ms(row["created_at"])
    expected = before + timedelta(seconds=seconds or 0) if kept else before
    assert abs(moment - expected) < timedelta(minutes=1)
    assert (row["id"] < int(posted["id"])) == kept, "ids go by date"


async def test_counts_are_never_negative_whatever_is_undone(scene: Scene) -> None:
    posted = await scene.alice.post("Tea?")
    for kind, fields in (("Like", {}), ("Announce", {"to": [PUBLIC]}), ("EmojiReact", {"content": "👍"})):
        done: dict[str, Any] = scene.bob.activity(kind, posted["uri"], **fields)
        await scene.done(scene.bob, done)
        for undone in (done, done["id"], {**done, "id": f"{done['id']}/again"}, done):
            await scene.done(scene.bob, scene.bob.activity("Undo", undone))
    for column in ("favourites_count", "reblogs_count", "reactions_count"):
        assert await _count(scene, posted["uri"], column) == 0
    assert await scene.count("favourites") == await scene.count("reactions") == 0


@pytest.mark.parametrize(
    ("post", "boost", "public"), [("private", None, False), ("public", "private", False), ("public", None, True)]
)
async def test_our_own_boost_is_addressed_as_it_is_shown(
    scene: Scene, post: str, boost: str | None, *, public: bool
) -> None:
    await scene.follows(scene.bob, scene.alice)
    posted = await scene.alice.post("for followers", visibility=post)
    body = {"visibility": boost} if boost else {}
    await scene.alice.call("POST", f"/api/v1/statuses/{posted['id']}/reblog", json=body)
    await scene.settle()
    (sent,) = [one for one in scene.victim.received if one["type"] == "Announce"]
    addressed = {*sent.get("to", ()), *sent.get("cc", ())}
    assert (PUBLIC in addressed) == public
    assert f"{scene.uri(scene.alice)}/followers" in addressed
    assert sent["object"] == posted["uri"]
