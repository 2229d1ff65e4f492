"""A server that is blocked learns which follows have ended, and nothing else; after the block all begins anew."""

from typing import Any

from fedinote.federation import partings
from tests.federation.scene import Scene
from tests.support.fakefedi import Answer, FakeActor
from tests.support.instances import Instance, Person, World


async def _block(scene: Scene, host: str) -> Any:
    admin = await scene.home.person("modesta", role="admin")
    block = {"domain": host, "severity": "suspend"}
    return admin, await admin.call("POST", "/api/v1/admin/domain_blocks", json=block)


def _ends(actor: FakeActor) -> list[tuple[str, str, str]]:
    """What a host was told of ended follows: type, who says so, id of the Follow."""
    return [
        (one["type"], one["actor"], one["object"]["id"])
        for one in actor.host.received
        if one["type"] in ("Reject", "Undo")
    ]


async def test_a_blocked_server_is_told_that_follows_have_ended_both_ways(scene: Scene) -> None:
    theirs, waiting = await scene.follows(scene.bob, scene.alice), await scene.follow(scene.carol, scene.mallory)
    ours = await scene.follow(scene.alice, scene.bob)
    asked = await scene.follow(scene.carol, scene.bob, accept=False)
    before = len(scene.victim.received)
    await _block(scene, scene.victim.name)
    await scene.settle()
    assert sorted(_ends(scene.bob)) == sorted(
        [
            ("Reject", scene.uri(scene.alice), theirs["id"]),
            ("Undo", scene.uri(scene.alice), ours["id"]),
            ("Undo", scene.uri(scene.carol), waiting["id"]),
            ("Undo", scene.uri(scene.carol), asked["id"]),
        ]
    )
    assert len(scene.victim.received) == before + 4
    for one in scene.victim.received[before:]:
        follow = one["object"]
        assert follow["type"] == "Follow"
        assert {follow["actor"], follow["object"]} & {scene.uri(scene.alice), scene.uri(scene.carol)}


async def test_nothing_else_goes_to_a_blocked_server_before_or_after_its_last_words(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    scene.victim.inbox = Answer(status=503, content_type=None)
    await scene.alice.post("written before the block")
    await scene.settle()
    tried = len(scene.victim.received)
    scene.victim.inbox = Answer(status=202, content_type=None)
    admin, made = await _block(scene, scene.victim.name)
    await scene.alice.post("written after it")
    scene.app.clock.shift(3600)
    await scene.settle()
    assert [one["type"] for one in scene.victim.received[tried:]] == ["Reject"]
    change = {"severity": "suspend", "reject_media": True}
    await admin.call("PUT", f"/api/v1/admin/domain_blocks/{made['id']}", json=change)
    await scene.settle()
    assert len(scene.victim.received) == tried + 1
    assert await scene.count("deliveries", "dead_at IS NULL") == 0


async def test_the_last_words_are_tried_again_and_outlive_a_change_of_the_block(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    scene.victim.inbox = Answer(status=503, content_type=None)
    admin, made = await _block(scene, scene.victim.name)
    await scene.settle()
    await admin.call("PUT", f"/api/v1/admin/domain_blocks/{made['id']}", json={"severity": "suspend"})
    scene.victim.inbox = Answer(status=202, content_type=None)
    scene.app.clock.shift(120)
    await scene.settle()
    assert scene.victim.kinds()[-2:] == ["Reject", "Reject"]


async def test_many_follows_are_told_of_in_portions(scene: Scene) -> None:
    for number in range(partings.AT_ONCE + 5):
        await scene.follows(scene.victim.actor(f"bob{number}", key=1), scene.alice)
    await _block(scene, scene.victim.name)
    assert await scene.count("jobs", "kind = ?", partings.JOB) == 2
    await scene.settle()
    assert scene.victim.kinds().count("Reject") == partings.AT_ONCE + 5


async def test_a_follow_that_has_begun_anew_is_not_ended_by_late_words(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    admin, made = await _block(scene, scene.victim.name)
    await admin.call("DELETE", f"/api/v1/admin/domain_blocks/{made['id']}")
    account = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{account['id']}/follow")
    await scene.settle()
    assert scene.victim.kinds()[-1] == "Follow"
    assert _ends(scene.bob) == []


async def _relations(world: World, person: Person, other: Person) -> tuple[bool, bool]:
    """Whether a person follows, and is followed, by what its own server knows."""
    account = await person.find(other.handle)
    found = (await person.call("GET", "/api/v1/accounts/relationships", params={"id[]": account["id"]}))[0]
    return found["following"], found["followed_by"]


async def test_after_a_block_and_its_end_neither_side_believes_in_a_follow_and_both_can_begin_anew(
    world: World, one: Instance, two: Instance
) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    admin = await two.person("modesta", role="admin")
    for person, other in ((alice, bao), (bao, alice)):
        await person.follow(other)
    await world.settle()
    assert await _relations(world, alice, bao) == await _relations(world, bao, alice) == (True, True)
    made = await admin.call("POST", "/api/v1/admin/domain_blocks", json={"domain": one.host, "severity": "suspend"})
    await world.settle()
    assert await _relations(world, alice, bao) == (False, False)
    await admin.call("DELETE", f"/api/v1/admin/domain_blocks/{made['id']}")
    assert await _relations(world, bao, alice) == (False, False)
    for person, other in ((alice, bao), (bao, alice)):
        await person.follow(other)
    await world.settle()
    assert await _relations(world, alice, bao) == await _relations(world, bao, alice) == (True, True)
    for person, other in ((alice, bao), (bao, alice)):
        said = await person.post("here I am again")
        await world.settle()
        assert (await other.home())[0]["uri"] == said["uri"]
