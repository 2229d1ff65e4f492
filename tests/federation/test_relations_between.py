"""Follows, blocks and reports as other servers say them: late, early, twice, and in other words."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fedinote import worker
from tests.conftest import make_settings
from tests.federation.scene import Scene
from tests.support.databases import Databases
from tests.support.fakefedi import Answer, FakeFedi, Seen
from tests.support.instances import serving
from tests.support.signing import deliver


async def test_a_consent_that_is_taken_back_ends_the_follow(scene: Scene) -> None:
    request = await scene.follow(scene.alice, scene.bob, accept=False)
    accept = scene.bob.activity("Accept", request)
    await scene.done(scene.bob, accept)
    await scene.known(scene.mallory)
    undo = scene.mallory.activity("Undo", {**accept, "actor": scene.mallory.id, "id": scene.mallory.url("x")})
    await scene.without_effect("by somebody else", scene.mallory, undo)
    await scene.without_effect("of nothing", scene.bob, scene.bob.activity("Undo", {**accept, "object": None}))
    await scene.done(scene.bob, scene.bob.activity("Undo", accept))
    assert await scene.count("follows") == 0
    assert await scene.count("accounts", "id = ? AND following_count = 0", scene.alice.account_id) == 1


@pytest.mark.parametrize("shape", ["whole", "by id", "without id"])
async def test_a_follower_whom_one_removes_is_told_and_a_reject_ends_ours(scene: Scene, shape: str) -> None:
    request = await scene.follows(scene.bob, scene.alice)
    account = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{account['id']}/remove_from_followers")
    await scene.settle()
    told = scene.victim.received[-1]
    assert (told["type"], told["object"]["id"], told["object"]["type"]) == ("Reject", request["id"], "Follow")
    assert await scene.count("follows") == 0
    ours = await scene.follow(scene.alice, scene.bob)
    answer: Any = {"whole": ours, "by id": ours["id"], "without id": {k: v for k, v in ours.items() if k != "id"}}[
        shape
    ]
    await scene.done(scene.bob, scene.bob.activity("Reject", answer))
    assert await scene.count("follows") == 0


async def test_a_second_follow_is_accepted_again_with_the_whole_follow(scene: Scene) -> None:
    first = await scene.follows(scene.bob, scene.alice)
    second = await scene.follows(scene.bob, scene.alice)
    accepts = [one for one in scene.victim.received if one["type"] == "Accept"]
    assert [one["object"]["id"] for one in accepts] == [first["id"], second["id"]]
    assert all(one["object"]["type"] == "Follow" and one["object"]["actor"] == scene.bob.id for one in accepts)
    assert await scene.count("follows") == 1


async def test_an_accept_that_comes_while_the_follow_is_still_being_delivered_counts(scene: Scene) -> None:
    """R21: nothing is delivered before it is committed, so that no answer can come too early."""
    account = await scene.alice.find(scene.bob.handle)
    answers: list[dict[str, Any]] = []

    def inbox(seen: Seen) -> Answer:
        if seen.json["type"] == "Follow":
            answers.append(scene.bob.activity("Accept", seen.json))
        return Answer(status=202, content_type=None, delay=0.3)

    scene.victim.inbox = inbox
    await scene.alice.call("POST", f"/api/v1/accounts/{account['id']}/follow")
    task = asyncio.ensure_future(scene.settle())
    await scene.fedi.until(lambda: bool(answers))
    assert await deliver(scene.home, scene.bob, answers[0]) == 202
    await task
    await scene.settle()
    assert await scene.count("follows", "accepted") == 1


async def test_a_block_ends_follows_both_ways_and_its_undo_brings_none_back(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    await scene.follows(scene.bob, scene.alice)
    block = scene.bob.activity("Block", scene.uri(scene.alice))
    await scene.done(scene.bob, block)
    assert await scene.count("follows") == 0
    account = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{account['id']}/follow", status=403)
    relation = (await scene.alice.call("GET", "/api/v1/accounts/relationships", params={"id[]": account["id"]}))[0]
    assert relation["blocked_by"] is True
    await scene.done(scene.bob, scene.bob.activity("Undo", block["id"]))
    assert await scene.count("blocks") == 0
    assert await scene.count("follows") == 0


async def test_our_block_and_its_end_are_told_to_the_one_whom_they_concern(scene: Scene) -> None:
    account = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{account['id']}/block")
    await scene.settle()
    await scene.alice.call("POST", f"/api/v1/accounts/{account['id']}/unblock")
    await scene.settle()
    assert scene.victim.kinds() == ["Block", "Undo"]
    block = scene.victim.received[0]
    assert (block["object"], scene.victim.received[1]["object"]["id"]) == (scene.bob.id, block["id"])


async def test_an_operator_may_keep_blocks_to_the_own_server(
    tmp_path: Path, databases: Databases, fedi: FakeFedi
) -> None:
    setting = {"FEDINOTE_FEDERATION_SEND_BLOCKS": "false"}
    async with serving(make_settings, tmp_path, await databases.new(), **setting) as home:
        host, alice = await fedi.host(), await home.person("alice")
        bob = host.actor("bob")
        account = await alice.find(bob.handle)
        follow = bob.activity("Follow", f"http://{home.host}/users/alice")
        assert await deliver(home, bob, follow) == 202
        await worker.settle(home.app)
        host.requests.clear()
        await alice.call("POST", f"/api/v1/accounts/{account['id']}/block")
        await alice.call("POST", f"/api/v1/accounts/{account['id']}/unblock")
        await worker.settle(home.app)
        assert host.kinds() == ["Reject"]


@pytest.mark.parametrize(
    "shape", ["account alone", "list", "post alone", "embedded", "page of the profile", "in words"]
)
async def test_a_report_is_understood_in_every_shape(scene: Scene, shape: str) -> None:
    posted = await scene.alice.post("report me")
    me, uri = scene.uri(scene.alice), posted["uri"]
    about: dict[str, Any] = {
        "account alone": me,
        "list": [me, uri, "https://other.example/users/x", "https://other.example/notes/1", None, 7],
        "post alone": [uri],
        "embedded": [me, {"type": "Note", "id": uri, "content": "report me", "actor": {"id": me}}],
        "page of the profile": [posted["account"]["url"], posted["url"]],
        "in words": me,
    }
    content = f"Note: {uri}\n-----\nrude" if shape == "in words" else "rude"
    await scene.done(scene.mal, scene.mal.activity("Flag", about[shape], content=content))
    rows = await scene.app.db.rows("SELECT target_id, post_ids, comment FROM reports")
    assert [row["target_id"] for row in rows] == [scene.alice.account_id]
    assert (posted["id"] in rows[0]["post_ids"]) == (shape != "account alone")
    assert rows[0]["comment"].endswith("rude")


async def test_a_report_about_nobody_here_is_left_alone(scene: Scene) -> None:
    await scene.known(scene.mal, scene.bob)
    for about in (scene.bob.id, [], None, {"type": "Person"}, "https://other.example/", [scene.bob.id, scene.mal.id]):
        await scene.without_effect(f"{about}", scene.mal, scene.mal.activity("Flag", about, content="x"))


async def test_a_report_that_is_forwarded_is_signed_by_nobody_in_particular(scene: Scene) -> None:
    note = scene.bob.note("rude")
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.create(note))
    account = await scene.alice.find(scene.bob.handle)
    status = (await scene.alice.call("GET", f"/api/v1/accounts/{account['id']}/statuses"))[0]
    filed = {"account_id": account["id"], "status_ids": [status["id"]], "comment": "mean", "forward": True}
    await scene.alice.call("POST", "/api/v1/reports", json=filed)
    await scene.settle()
    flag = scene.victim.received[-1]
    assert (flag["type"], flag["actor"], flag["content"]) == ("Flag", f"http://{scene.home.host}/actor", "mean")
    assert flag["object"] == [scene.bob.id, note["id"]]
    assert "alice" not in str(flag)
