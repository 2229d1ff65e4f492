"""Inbox forwarding (ActivityPub 7.1.2): three servers, and what is not passed on."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fedinote.federation import inbox
from tests.conftest import make_settings
from tests.federation.scene import Scene
from tests.support.databases import Databases
from tests.support.fakefedi import PUBLIC, FakeHost
from tests.support.instances import Instance, World, serving
from tests.support.proofs import listed, proven


@pytest.fixture
async def three(world: World, tmp_path: Path, databases: Databases) -> AsyncIterator[Instance]:
    async with serving(make_settings, tmp_path / "three", await databases.new()) as found:
        world.instances.append(found)
        yield found


async def _bodies(instance: Instance, kind: str) -> dict[str, str]:
    """What an instance sends, by id: the bytes of each activity of a type."""
    rows = await instance.app.db.rows("SELECT body FROM outgoing_activities ORDER BY id")
    found = [(json.loads(row["body"]), row["body"]) for row in rows]
    return {document["id"]: body for document, body in found if document["type"] == kind}


async def test_a_reply_from_a_third_server_reaches_the_authors_followers_byte_for_byte(
    world: World, one: Instance, two: Instance, three: Instance
) -> None:
    alice, bao, cho = await one.person("alice"), await two.person("bao"), await three.person("cho")
    for reader in (bao, cho):
        await reader.follow(alice)
    await world.settle()
    posted = await alice.post("Who likes tea?")
    await world.settle()
    seen = (await cho.home())[0]
    answered = await cho.post(f"@{alice.handle} I do", in_reply_to_id=seen["id"])
    await world.settle()

    context = await bao.call("GET", f"/api/v1/statuses/{(await bao.home())[0]['id']}/context")
    assert [status["uri"] for status in context["descendants"]] == [answered["uri"]]
    sent = await _bodies(three, "Create")
    passed_on = await _bodies(one, "Create")
    activity = f"{answered['uri']}/activity"
    assert passed_on[activity] == sent[activity]
    source = await two.app.db.row(
        "SELECT signer_host FROM received_activities WHERE activity_id = ? AND body <> ''", activity
    )
    assert source is not None
    assert source["signer_host"] == one.host

    await cho.call("PUT", f"/api/v1/statuses/{answered['id']}", json={"status": f"@{alice.handle} I do not"})
    await world.settle()
    context = await bao.call("GET", f"/api/v1/statuses/{(await bao.home())[0]['id']}/context")
    assert "I do not" in context["descendants"][0]["content"]

    await cho.call("DELETE", f"/api/v1/statuses/{answered['id']}")
    await world.settle()
    context = await bao.call("GET", f"/api/v1/statuses/{(await bao.home())[0]['id']}/context")
    assert context["descendants"] == []
    assert posted["uri"] in {status["uri"] for status in await bao.home()}


async def _readers(scene: Scene) -> FakeHost:
    """A third host with somebody who follows alice, as bob does on his."""
    host = await scene.fedi.host("127.0.0.4")
    reader = host.actor("reader", key=4)
    await scene.follows(reader, scene.alice)
    await scene.follows(scene.bob, scene.alice)
    host.requests.clear()
    scene.victim.requests.clear()
    return host


def _reply(scene: Scene, parent: Any, **fields: Any) -> dict[str, Any]:
    cc = [scene.uri(scene.alice)]
    note = scene.bob.note("An answer", **{"cc": cc, "inReplyTo": parent["uri"]} | fields)
    return scene.bob.create(note)


def _raw(host: FakeHost) -> list[bytes]:
    return [seen.body for seen in host.requests if seen.method == "POST"]


async def test_a_public_reply_is_passed_on_once_to_those_who_do_not_have_it(scene: Scene) -> None:
    host = await _readers(scene)
    other = scene.evil.actor("addressed", key=5)
    await scene.follows(other, scene.alice)
    scene.evil.requests.clear()
    posted = await scene.alice.post("Hello")
    await scene.settle()
    host.requests.clear()
    scene.evil.requests.clear()
    create = _reply(scene, posted, to=[PUBLIC, other.id])
    body = json.dumps(create, indent=1, ensure_ascii=False).encode()
    assert await scene.send(scene.bob, body) == 202
    await scene.settle()
    assert _raw(host) == [body]
    assert _raw(scene.evil) == [], "it is addressed to somebody there"
    assert body not in _raw(scene.victim), "it came from there"
    assert await scene.send(scene.bob, body) == 202
    await scene.settle()
    assert _raw(host) == [body]


async def test_a_job_that_runs_again_passes_nothing_on_again(scene: Scene) -> None:
    host = await _readers(scene)
    posted = await scene.alice.post("Hello")
    await scene.settle()
    host.requests.clear()
    create = _reply(scene, posted)
    await scene.done(scene.bob, create)
    received = await scene.row("SELECT id FROM received_activities WHERE activity_id = ? AND body <> ''", create["id"])
    assert received is not None
    await inbox.process(scene.app, received["id"])
    await scene.settle()
    assert len(_raw(host)) == 1


async def test_a_proven_reply_is_passed_on_once_whoever_brings_it(scene: Scene) -> None:
    host = await _readers(scene)
    listed(scene.bob)
    await scene.app.db.execute("UPDATE accounts SET fetched_at = 0 WHERE uri = ?", scene.bob.id)
    await scene.known(scene.mal)
    posted = await scene.alice.post("Hello")
    await scene.settle()
    host.requests.clear()
    create = proven(scene.bob, _reply(scene, posted))
    await scene.done(scene.mal, create)
    assert [json.loads(body) for body in _raw(host)] == [create]
    await scene.done(scene.bob, create)
    assert len(_raw(host)) == 1


async def test_a_reply_to_the_followers_is_passed_on_only_with_a_proof(scene: Scene) -> None:
    host = await _readers(scene)
    followers = f"{scene.uri(scene.alice)}/followers"
    posted = await scene.alice.post("To my followers", visibility="private")
    await scene.settle()
    host.requests.clear()
    await scene.done(scene.bob, _reply(scene, posted, to=[scene.uri(scene.alice), followers]))
    assert _raw(host) == [], "nobody could believe it"
    listed(scene.bob)
    create = proven(scene.bob, _reply(scene, posted, to=[scene.uri(scene.alice), followers]))
    await scene.done(scene.bob, create)
    assert [json.loads(body) for body in _raw(host)] == [create]


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_a_public_reply_to_a_post_that_is_not_public_is_not_passed_on(scene: Scene, visibility: str) -> None:
    host = await _readers(scene)
    posted = await scene.alice.post(f"Only for @{scene.bob.handle}", visibility=visibility)
    await scene.settle()
    host.requests.clear()
    await scene.done(scene.bob, _reply(scene, posted))
    assert _raw(host) == []


async def test_a_reply_to_its_author_alone_is_not_passed_on(scene: Scene) -> None:
    host = await _readers(scene)
    posted = await scene.alice.post("Hello")
    await scene.settle()
    host.requests.clear()
    await scene.done(scene.bob, proven(scene.bob, _reply(scene, posted, to=[scene.uri(scene.alice)], cc=[])))
    assert _raw(host) == []


async def test_a_reply_by_somebody_limited_is_not_passed_on(scene: Scene) -> None:
    host = await _readers(scene)
    posted = await scene.alice.post("Hello")
    await scene.settle()
    host.requests.clear()
    await scene.app.db.execute("UPDATE accounts SET silenced_at = 1 WHERE uri = ?", scene.bob.id)
    await scene.done(scene.bob, _reply(scene, posted))
    assert await scene.count("posts") == 2
    assert _raw(host) == []


async def test_a_reply_that_is_refused_here_is_not_passed_on(scene: Scene) -> None:
    host = await _readers(scene)
    posted = await scene.alice.post("Hello")
    await scene.settle()
    host.requests.clear()
    create = _reply(scene, posted)
    await scene.app.db.execute(
        "INSERT INTO tombstones (uri, created_at) VALUES (?, ?)", create["object"]["id"], scene.app.now()
    )
    await scene.done(scene.bob, create)
    assert _raw(host) == []


async def test_a_like_is_passed_on_only_when_it_is_addressed_to_the_followers(scene: Scene) -> None:
    host = await _readers(scene)
    posted = await scene.alice.post("Hello")
    await scene.settle()
    host.requests.clear()
    await scene.done(scene.bob, scene.bob.activity("Like", posted["uri"], to=[PUBLIC]))
    assert _raw(host) == []
    followers = f"{scene.uri(scene.alice)}/followers"
    like = scene.mallory.activity("Like", posted["uri"], to=[PUBLIC], cc=[followers])
    await scene.done(scene.mallory, like)
    assert [json.loads(body) for body in _raw(host)] == [like]


async def test_an_answer_deep_in_a_thread_reaches_the_followers_of_who_began_it(scene: Scene) -> None:
    host = await _readers(scene)
    posted = await scene.alice.post("Hello")
    await scene.settle()
    first = _reply(scene, posted)
    await scene.done(scene.bob, first)
    host.requests.clear()
    second = scene.mallory.create(scene.mallory.note("Deeper", inReplyTo=first["object"]["id"]))
    await scene.done(scene.mallory, second)
    assert [json.loads(body) for body in _raw(host)] == [second]


async def test_nothing_that_no_thread_of_ours_is_about_is_passed_on(scene: Scene) -> None:
    host = await _readers(scene)
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("A thread of my own")
    await scene.done(scene.bob, scene.bob.create(note))
    await scene.done(scene.bob, scene.bob.create(scene.bob.note("goes on", inReplyTo=note["id"])))
    assert await scene.count("posts") == 2
    assert _raw(host) == []
