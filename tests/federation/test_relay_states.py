"""How relays stand is told from what is known: our request's delivery, its diary, and how their server is doing."""

from fedinote.federation import relay_states, relays
from fedinote.federation.relay_states import Standing
from tests.federation.scene import Scene
from tests.support.fakefedi import Answer


async def stands(scene: Scene) -> Standing:
    rows = await relays.everything(scene.app)
    return (await relay_states.of(scene.app, rows))[rows[0]["id"]]


async def test_a_request_is_on_its_way_and_then_taken_and_answered(scene: Scene) -> None:
    host = await scene.fedi.host("127.0.0.5")
    actor = host.actor("relay", key=4, kind="Application", id=f"{host.base}/actor", inbox=f"{host.base}/inbox")
    row = await relays.add(scene.app, f"{host.base}/inbox")
    assert (await relay_states.settled(scene.app, row["id"], 0)).name == "asking"
    await scene.settle()
    assert (await stands(scene)).name == "taken"
    await scene.app.db.execute("DELETE FROM delivery_log")
    assert (await stands(scene)).name == "waiting"
    follow = {key: value for key, value in host.received[-1].items() if key != "proof"}
    for kind, name in (("Accept", "accepted"), ("Reject", "rejected")):
        await scene.done(actor, actor.activity(kind, follow))
        assert (await stands(scene)).name == name


async def test_a_relay_that_does_not_answer_is_said_with_the_reason_and_the_next_attempt(scene: Scene) -> None:
    host = await scene.fedi.host("127.0.0.5")
    host.inbox = Answer(status=500)
    row = await relays.add(scene.app, f"{host.base}/inbox")
    await scene.settle()
    found = await relay_states.settled(scene.app, row["id"], 5)
    assert (found.name, "500" in found.said) == ("failing", True)
    assert found.again is not None
    assert found.again > scene.app.now() > found.since
    await scene.app.db.execute("UPDATE deliveries SET dead_at = ?", scene.app.now())
    assert (await stands(scene)).name == "given up"


async def test_an_accepted_relay_that_takes_nothing_any_more_is_said(scene: Scene) -> None:
    await relays.add(scene.app, "https://relay.example/inbox")
    await scene.app.db.execute("DELETE FROM deliveries")
    await scene.app.db.execute("UPDATE relays SET state = 'accepted', answered_at = ?", scene.app.now())
    assert (await stands(scene)).silent_since is None
    await scene.app.db.execute(
        "INSERT INTO hosts (host, failures, failure_days, last_failure_day, first_failed_at, error)"
        " VALUES ('relay.example', 3, 1, 1, ?, 'no route')",
        scene.app.now(),
    )
    found = await stands(scene)
    assert (found.name, found.said, found.silent_since is not None) == ("accepted", "no route", True)
