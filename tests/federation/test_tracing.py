"""Why did this not arrive? The answers, for what came in and for what was sent."""

import pytest

from fedinote.federation import tracing
from fedinote.infra.errors import NotFound
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, Answer
from tests.support.instances import Person


async def _answer(scene: Scene, url: str) -> tracing.Trace:
    return await tracing.trace(scene.app, url)


async def test_what_arrived_is_said_to_be_here(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("Hello")
    await scene.done(scene.bob, scene.bob.create(note))
    found = await _answer(scene, note["id"])
    assert found.answer == "It did arrive: it is here."
    came = next(step for step in found.steps if step.kind == "in")
    assert came.host == scene.victim.name
    assert came.text.startswith("Create ")
    assert came.text.endswith("processed")


async def test_a_post_that_concerns_nobody_is_said_to_have_come_and_why_it_was_not_kept(scene: Scene) -> None:
    note = scene.bob.note("To nobody here")
    await scene.done(scene.bob, scene.bob.create(note))
    found = await _answer(scene, note["id"])
    assert "came, and was not kept" in found.answer
    assert "it concerns nobody here" in found.answer


async def test_a_post_that_a_rule_refused_names_the_rule(scene: Scene) -> None:
    crowd = [{"type": "Mention", "href": f"{scene.victim.base}/p{n}", "name": f"@p{n}"} for n in range(30)]
    note = scene.bob.note("Hey all", to=[PUBLIC, scene.uri(scene.alice)], tag=crowd)
    await scene.done(scene.bob, scene.bob.create(note))
    found = await _answer(scene, note["id"])
    assert any(step.kind == "policy" and "policy.reject" in step.text for step in found.steps)
    assert "was not kept" in found.answer


async def test_an_unknown_post_of_a_blocked_server_names_the_block(scene: Scene) -> None:
    await domains.block(scene.app, scene.victim.name, Terms(), by=None)
    assert "is blocked here" in (await _answer(scene, f"{scene.victim.base}/notes/1")).answer


async def test_of_what_never_came_the_possible_reasons_are_named(scene: Scene) -> None:
    found = await _answer(scene, "https://far.example/notes/1")
    assert found.answer.startswith("Nothing about it came here")
    assert [step.kind for step in found.steps] == ["host"]


async def test_each_attempt_to_deliver_is_listed_with_server_time_and_result(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    await scene.follows(scene.mal, scene.alice)
    scene.evil.inbox = [Answer(status=503), Answer(status=202)]
    posted = await scene.alice.post("For everybody")
    await scene.settle()
    found = await _answer(scene, posted["uri"])
    said = {(step.host, step.text.rpartition(": ")[2]) for step in found.steps if step.kind == "out" and step.at}
    assert (scene.victim.name, "accepted") in said
    assert (scene.evil.name, "status 503") in said
    assert found.answer == "It was sent; 1 server has not got it yet."
    assert any(step.at is None and "waits, next try" in step.text for step in found.steps)
    scene.app.clock.shift(120)
    await scene.settle()
    assert (await _answer(scene, posted["url"])).answer == "It was sent, and every server took it."


async def test_a_delivery_that_was_given_up_says_so(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    scene.victim.inbox = Answer(status=404)
    posted = await scene.alice.post("To a closed door")
    await scene.settle()
    found = await _answer(scene, posted["uri"])
    assert found.answer == "It was sent; 1 server has not taken it."
    assert any("given up: status 404" in step.text for step in found.steps)


async def test_what_is_no_address_is_not_found(scene: Scene) -> None:
    for text in ("", "javascript:alert(1)", "@bob@victim"):
        with pytest.raises(NotFound):
            await _answer(scene, text)


async def test_moderators_read_it_by_the_api_and_members_do_not(scene: Scene) -> None:
    chief = await scene.home.person("chief", role="admin")
    posted = await scene.alice.post("Alone")
    path = "/api/fedinote/v1/admin/trace"
    found = await chief.call("GET", path, params={"url": posted["uri"]})
    assert found["answer"].startswith("Nothing was sent about it")
    assert found["steps"][0]["kind"] == "here"
    member: Person = scene.alice
    await member.call("GET", path, params={"url": posted["uri"]}, status=403)
