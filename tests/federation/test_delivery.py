"""Deliveries to servers that fail, answer slowly, want to be left alone, or are gone (R09, R11-R13, R24)."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from fedinote import worker
from fedinote.federation import delivery
from fedinote.infra.clock import http_date, to_ms
from tests.federation.scene import Scene
from tests.support.fakefedi import Answer, FakeActor, FakeHost, gone

TAKEN = Answer(status=202, content_type=None)


async def _followers(scene: Scene, host: FakeHost, count: int, *, shared: bool = False) -> list[FakeActor]:
    """Followers of alice on a host, each with an inbox of its own (or all with one shared inbox)."""
    people = [host.actor(f"f{number}", key=4, shared=shared) for number in range(count)]
    for person in people:
        await scene.follows(person, scene.alice)
    host.requests.clear()
    return people


def _posts(host: FakeHost) -> list[str]:
    """What was sent to a host, in order, by its type."""
    return [seen.json["type"] for seen in host.requests if seen.method == "POST"]


async def _waiting(scene: Scene) -> float:
    """Seconds until the one open delivery is tried again."""
    found = await scene.app.db.row("SELECT next_at FROM deliveries WHERE dead_at IS NULL")
    assert found is not None
    return float(found["next_at"] - to_ms(scene.app.now())) / 1000


async def test_a_server_that_fails_three_times_gets_the_post_once_by_schedule(scene: Scene) -> None:
    await _followers(scene, scene.victim, 1)
    scene.victim.inbox = [Answer(status=500), Answer(status=502), Answer(status=503), TAKEN]
    await scene.alice.post("once")
    await scene.settle()
    for attempt, seconds in enumerate(delivery.SCHEDULE[:3], start=1):
        assert len(_posts(scene.victim)) == attempt
        waiting = await _waiting(scene)
        assert seconds * 0.99 <= waiting <= seconds * 1.26
        scene.app.clock.shift(waiting - 5)
        await scene.settle()
        assert len(_posts(scene.victim)) == attempt, "before its time"
        scene.app.clock.shift(6)
        await scene.settle()
    assert _posts(scene.victim) == ["Create"] * 4
    assert len({seen.json["id"] for seen in scene.victim.requests}) == 1
    assert await scene.count("deliveries") == 0
    assert await scene.count("hosts", "host = ? AND failures = 0", scene.victim.name) == 1


async def test_an_inbox_that_is_gone_is_left_alone_and_its_neighbours_are_not(scene: Scene) -> None:
    first, second = await _followers(scene, scene.victim, 2)
    scene.victim.inbox = lambda seen: gone() if seen.path == f"/users/{first.name}/inbox" else TAKEN
    scene.victim.pages[f"/users/{first.name}"] = gone()
    await scene.alice.post("first")
    await scene.settle()
    assert sorted(seen.path for seen in scene.victim.requests if seen.method == "POST") == [
        "/users/f0/inbox",
        "/users/f1/inbox",
    ]
    scene.app.clock.shift(8 * 86_400)
    await scene.alice.post("second")
    await scene.settle()
    asked = [seen.path for seen in scene.victim.requests if seen.method == "POST"]
    assert asked.count("/users/f0/inbox") == 1
    assert asked.count("/users/f1/inbox") == 2
    assert await scene.count("accounts", "uri = ? AND deleted_at IS NOT NULL", first.id) == 1
    assert await scene.count("accounts", "uri = ? AND deleted_at IS NULL", second.id) == 1
    assert await scene.count("follows") == 1


async def test_a_shared_inbox_that_is_gone_does_not_end_accounts_that_are_there(scene: Scene) -> None:
    await _followers(scene, scene.victim, 3, shared=True)
    scene.victim.inbox = gone()
    await scene.alice.post("first")
    await scene.settle()
    assert _posts(scene.victim) == ["Create"]
    assert await scene.count("accounts", "deleted_at IS NOT NULL") == 0
    assert await scene.count("follows") == 3


@pytest.mark.parametrize("status", [400, 404, 405, 406, 422, 501])
async def test_a_refusal_that_will_not_change_ends_the_delivery(scene: Scene, status: int) -> None:
    await _followers(scene, scene.victim, 1)
    scene.victim.inbox = Answer(status=status)
    await scene.alice.post("no")
    for _ in range(3):
        await scene.settle()
        scene.app.clock.shift(86_400)
    assert len(_posts(scene.victim)) == 1
    assert await scene.count("deliveries", "dead_at IS NOT NULL") == 1


@pytest.mark.parametrize(("status", "knocks"), [(401, 2), (403, 1)])
async def test_a_refused_signature_is_tried_once_more_and_no_further(scene: Scene, status: int, knocks: int) -> None:
    await _followers(scene, scene.victim, 1)
    scene.victim.inbox = Answer(status=status)
    await scene.alice.post("no")
    for _ in range(4):
        await scene.settle()
        scene.app.clock.shift(86_400)
    # A 401 is answered at once with the other signature.
    assert len(_posts(scene.victim)) == 2 * knocks


async def _told_to_wait(scene: Scene, value: str, status: int = 429) -> float:
    scene.victim.inbox = [Answer(status=status, headers=[("Retry-After", value)]), TAKEN]
    await scene.alice.post("later")
    await scene.settle()
    return await _waiting(scene)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_asks_for_a_pause_gets_it(scene: Scene, status: int) -> None:
    await _followers(scene, scene.victim, 1)
    waiting = await _told_to_wait(scene, "120", status)
    assert 119 <= waiting <= 121
    await scene.alice.post("another one, meanwhile")
    await scene.settle()
    assert len(_posts(scene.victim)) == 1, "the whole server wants a pause"
    scene.app.clock.shift(125)
    await scene.settle()
    assert _posts(scene.victim) == ["Create"] * 3
    assert await scene.count("deliveries") == 0


async def test_a_pause_may_be_a_date_is_a_day_at_most_and_may_be_nonsense(scene: Scene) -> None:
    await _followers(scene, scene.victim, 1)
    for value, least, most in (
        (http_date(scene.app.now()), 0, 90),
        ("1000000000", 86_000, 86_401),
        ("soon", 59, 76),
        ("-5", 59, 76),
    ):
        waiting = await _told_to_wait(scene, value)
        assert least <= waiting <= most, value
        scene.app.clock.shift(waiting + 1)
        await scene.settle()
        assert await scene.count("deliveries") == 0, value


async def test_a_dead_server_costs_one_probe_at_a_time_and_gets_everything_when_it_is_back(scene: Scene) -> None:
    people = await _followers(scene, scene.victim, 30)
    scene.victim.inbox = Answer(status=500)
    await scene.alice.post("first")
    await scene.settle()
    tried = len(_posts(scene.victim))
    assert delivery.SLOW_AFTER <= tried <= delivery.SLOW_AFTER + delivery.PER_HOST
    await scene.alice.post("second")
    await scene.settle()
    assert len(_posts(scene.victim)) == tried
    for _ in range(3):
        row = await scene.row("SELECT retry_at FROM hosts WHERE host = ?", scene.victim.name)
        assert row is not None
        scene.app.clock.shift((row["retry_at"] - to_ms(scene.app.now())) / 1000 + 1)
        await scene.settle()
        tried += 1
        assert len(_posts(scene.victim)) == tried, "more than one probe"
    scene.victim.inbox = TAKEN
    scene.victim.requests.clear()
    scene.app.clock.shift(86_400)
    await scene.settle()
    got = {(seen.path, seen.json["id"]) for seen in scene.victim.requests if seen.method == "POST"}
    assert len(got) == 2 * len(people)
    assert await scene.count("deliveries") == 0


async def test_a_server_where_nobody_listens_delays_nobody_else(scene: Scene) -> None:
    people = await _followers(scene, scene.evil, 40)
    await _followers(scene, scene.victim, 3)
    await scene.evil.close()
    await scene.alice.post("to all")
    await scene.settle()
    assert len(_posts(scene.victim)) == 3
    attempts = await scene.app.db.value("SELECT SUM(attempts) AS value FROM deliveries WHERE host = ?", scene.evil.name)
    # A few more are under way by the time it is known to be slow.
    assert attempts <= delivery.SLOW_AFTER + 2 * delivery.PER_HOST < len(people)


async def test_a_server_with_many_inboxes_does_not_keep_the_others_waiting(scene: Scene) -> None:
    await _followers(scene, scene.evil, 12)
    await _followers(scene, scene.victim, 1)
    scene.evil.inbox = Answer(status=202, delay=1.0)
    await scene.alice.post("fair")
    seen = len(scene.fedi.requests)
    await scene.settle()
    order = [request.host for request in scene.fedi.requests[seen:] if request.method == "POST"]
    assert order.index(scene.victim.name) <= delivery.PER_HOST
    assert order.count(scene.evil.name) == 12


async def test_what_concerns_one_post_arrives_in_order(scene: Scene) -> None:
    await _followers(scene, scene.victim, 1)
    await _followers(scene, scene.evil, 1)
    scene.victim.inbox = [Answer(status=500), Answer(status=500), Answer(status=500), TAKEN]
    posted = await scene.alice.post("first version")
    await scene.settle()
    await scene.alice.call("PUT", f"/api/v1/statuses/{posted['id']}", json={"status": "second version"})
    other = await scene.alice.post("something else")
    for _ in range(4):
        await scene.settle()
        scene.app.clock.shift(1000)
    await scene.alice.call("DELETE", f"/api/v1/statuses/{posted['id']}")
    await scene.settle()
    for host in (scene.victim, scene.evil):
        about = [seen.json for seen in host.requests if seen.method == "POST"]
        of_post = [activity["type"] for activity in about if _object_id(activity) == posted["uri"]]
        assert [kind for kind, _ in itertools.groupby(of_post)] == ["Create", "Update", "Delete"]
        assert (of_post.count("Update"), of_post.count("Delete")) == (1, 1)
        assert any(_object_id(activity) == other["uri"] for activity in about)
    assert await scene.count("deliveries") == 0


async def test_a_post_that_is_deleted_before_it_was_delivered_is_not_delivered(scene: Scene) -> None:
    await _followers(scene, scene.victim, 1)
    posted = await scene.alice.post("never mind")
    await scene.alice.call("PUT", f"/api/v1/statuses/{posted['id']}", json={"status": "never mind this"})
    await scene.alice.call("DELETE", f"/api/v1/statuses/{posted['id']}")
    await scene.settle()
    assert _posts(scene.victim) == ["Delete"]


def _object_id(activity: dict[str, Any]) -> str:
    target = activity["object"]
    return str(target["id"] if isinstance(target, dict) else target)


async def test_one_request_for_a_shared_inbox_however_many_follow_there(scene: Scene) -> None:
    await _followers(scene, scene.victim, 5, shared=True)
    await scene.alice.post("to all of you")
    await scene.settle()
    assert [seen.path for seen in scene.victim.requests if seen.method == "POST"] == ["/inbox"]


async def test_a_server_that_failed_on_seven_days_is_left_alone_until_it_speaks(scene: Scene) -> None:
    people = await _followers(scene, scene.victim, 1)
    scene.victim.inbox = Answer(status=500)
    for _ in range(8):
        await scene.alice.post("are you there?")
        await scene.settle()
        scene.app.clock.shift(86_400)
        await scene.settle()
    assert await scene.count("hosts", "host = ? AND unavailable_at IS NOT NULL", scene.victim.name) == 1
    waiting = await scene.count("deliveries")
    await scene.alice.post("not even queued")
    assert await scene.count("deliveries") == waiting
    scene.victim.inbox = TAKEN
    scene.app.clock.shift((datetime.now(UTC) - scene.app.now()).total_seconds())
    await scene.done(people[0], people[0].activity("View", "https://a.example/"))
    scene.victim.requests.clear()
    await scene.alice.post("welcome back")
    await scene.settle()
    assert "Create" in _posts(scene.victim)


async def test_a_post_that_is_being_delivered_is_claimed_by_one_worker(scene: Scene) -> None:
    await _followers(scene, scene.victim, 3)
    scene.victim.inbox = Answer(status=202, delay=0.2)
    await scene.alice.post("once")
    workers = [delivery.Deliverer(scene.app) for _ in range(3)]
    started = [await one.step() for one in workers]
    assert sum(started) == 3
    for one in workers:
        await one.stop()
    await worker.settle(scene.app)
    assert _posts(scene.victim) == ["Create"] * 3


async def test_who_got_a_post_and_follows_no_more_learns_that_it_was_deleted(scene: Scene) -> None:
    follow = await scene.follows(scene.bob, scene.alice)
    for visibility in ("public", "private"):
        posted = await scene.alice.post("read by bob", visibility=visibility)
        boost = await scene.alice.call("POST", f"/api/v1/statuses/{posted['id']}/reblog")
        await scene.settle()
        await scene.done(scene.bob, scene.bob.activity("Undo", follow))
        scene.victim.requests.clear()
        await scene.alice.call("POST", f"/api/v1/statuses/{boost['id']}/unreblog")
        await scene.alice.call("DELETE", f"/api/v1/statuses/{posted['id']}")
        await scene.settle()
        assert _posts(scene.victim) == ["Undo", "Delete"]
        follow = await scene.follows(scene.bob, scene.alice)
