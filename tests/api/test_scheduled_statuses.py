"""Posts that are published later, as clients plan, move and take them back."""

from datetime import timedelta
from typing import Any

import pytest

from fedinote.bootstrap import running
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import iso, to_ms
from fedinote.infra.errors import GiveUp
from fedinote.infra.settings import Settings
from fedinote.media import sweeping
from fedinote.posts import scheduling
from fedinote.wiring import JOBS
from fedinote.worker import settle
from tests.api.client import Client, File
from tests.api.conftest import Person, picture
from tests.api.test_statuses import write
from tests.relations.people import change

PATH = "/api/v1/scheduled_statuses"


def ahead(app: App, **delta: float) -> str:
    return iso(app.now() + timedelta(**delta))


async def plan(who: Person, when: str, text: str = "later", **fields: Any) -> dict[str, Any]:
    answer = await who.post("/api/v1/statuses", {"status": text, "scheduled_at": when, **fields})
    assert answer.status == 200, answer.body
    return answer.json


async def posts(who: Person) -> list[dict[str, Any]]:
    return (await who.get(f"/api/v1/accounts/{who.id}/statuses")).json


async def waiting(app: App) -> int:
    return await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE kind = ?", scheduling.PUBLISH_JOB)


async def test_a_planned_post_has_all_that_was_asked_and_appears_when_it_is_due(
    app: App, alice: Person, bob: Person
) -> None:
    media = (await alice.post("/api/v2/media", parts=[("file", File("a.png", picture()))])).json
    parent = await write(alice, "first")
    when = ahead(app, hours=30)
    planned = await plan(
        alice,
        when,
        "@bob #tea",
        spoiler_text="cw",
        visibility="unlisted",
        language="de",
        media_ids=[media["id"]],
        in_reply_to_id=parent["id"],
    )
    assert (planned["scheduled_at"], [one["id"] for one in planned["media_attachments"]]) == (when, [media["id"]])
    said = {
        "text": "@bob #tea",
        "spoiler_text": "cw",
        "sensitive": False,
        "visibility": "unlisted",
        "language": "de",
        "in_reply_to_id": parent["id"],
        "media_ids": [media["id"]],
        "poll": None,
    }
    assert {name: planned["params"][name] for name in said} == said
    assert (await alice.get(PATH)).json == [planned]
    assert (await alice.get(f"{PATH}/{planned['id']}")).json == planned
    app.clock.shift(29 * 3600)
    await sweeping.sweep(app)
    await settle(app)
    assert [one["id"] for one in await posts(alice)] == [parent["id"]]
    app.clock.shift(3601)
    await settle(app)
    post = (await posts(alice))[0]
    assert (post["visibility"], post["language"], post["spoiler_text"]) == ("unlisted", "de", "cw")
    assert post["in_reply_to_id"] == parent["id"]
    assert [one["id"] for one in post["media_attachments"]] == [media["id"]]
    assert post["application"]["name"] == "Reader"
    assert (await alice.get(PATH)).json == []
    (told,) = (await bob.get("/api/v1/notifications")).json
    assert told["status"]["id"] == post["id"]


async def test_a_poll_runs_from_publication(app: App, alice: Person) -> None:
    planned = await plan(alice, ahead(app, hours=1), "?", poll={"options": ["a", "b"], "expires_in": 600})
    assert planned["params"]["poll"] == {
        "options": ["a", "b"],
        "expires_in": 600,
        "multiple": False,
        "hide_totals": False,
    }
    app.clock.shift(3600)
    await settle(app)
    (post,) = await posts(alice)
    assert [one["title"] for one in post["poll"]["options"]] == ["a", "b"]
    assert post["poll"]["expired"] is False


async def test_a_job_that_runs_twice_publishes_once(app: App, alice: Person) -> None:
    planned = await plan(alice, ahead(app, minutes=6))
    app.clock.shift(360)
    [job] = await jobs.claim(app, 9)
    for _ in range(2):
        await JOBS[job.kind](app, **job.args)
    assert len(await posts(alice)) == 1
    assert (await alice.get(f"{PATH}/{planned['id']}")).status == 404


async def test_another_process_publishes_what_was_planned_before_it_started(
    app: App, settings: Settings, alice: Person
) -> None:
    await plan(alice, ahead(app, hours=1))
    async with running(settings) as again:
        again.clock.shift(3600)
        await settle(again)
    assert [one["content"] for one in await posts(alice)] == ["<p>later</p>"]


async def test_moving_publishes_at_the_new_time_only(app: App, alice: Person) -> None:
    planned = await plan(alice, ahead(app, minutes=10))
    later, sooner = ahead(app, hours=2), ahead(app, hours=1)
    for when in (later, sooner, later):
        moved = (await alice.put(f"{PATH}/{planned['id']}", {"scheduled_at": when})).json
        assert moved == {**planned, "scheduled_at": when}
    assert await waiting(app) == 1
    app.clock.shift(2 * 3600 - 60)
    await scheduling.publish(app, int(planned["id"]), to_ms(app.now()))
    await settle(app)
    assert await posts(alice) == []
    app.clock.shift(60)
    await settle(app)
    assert len(await posts(alice)) == 1


async def test_a_plan_that_was_taken_back_is_never_published(app: App, alice: Person, bob: Person) -> None:
    planned = await plan(alice, ahead(app, minutes=10))
    for refused in (await bob.delete(f"{PATH}/{planned['id']}"), await bob.get(f"{PATH}/{planned['id']}")):
        assert refused.status == 404
    assert (await bob.put(f"{PATH}/{planned['id']}", {"scheduled_at": ahead(app, hours=1)})).status == 404
    assert (await alice.delete(f"{PATH}/{planned['id']}")).json == {}
    assert await waiting(app) == 0
    app.clock.shift(600)
    await settle(app)
    assert await posts(alice) == []
    assert (await alice.delete(f"{PATH}/{planned['id']}")).status == 404


async def test_the_same_idempotency_key_gives_the_same_plan(app: App, alice: Person, bob: Person) -> None:
    headers = {"Idempotency-Key": "one"}
    body = {"status": "later", "scheduled_at": ahead(app, hours=1)}
    first, again, other = [
        (await who.post("/api/v1/statuses", body, headers=headers)).json for who in (alice, alice, bob)
    ]
    assert again == first
    assert first["params"]["idempotency"] == "one"
    assert other["id"] != first["id"]
    assert len((await alice.get(PATH)).json) == 1


async def test_what_could_not_be_published_now_cannot_be_planned(app: App, alice: Person) -> None:
    when = ahead(app, hours=1)
    for body, status in (
        ({"status": "", "scheduled_at": when}, 422),
        ({"status": "x", "scheduled_at": ahead(app, minutes=4)}, 422),
        ({"status": "x", "scheduled_at": ahead(app, minutes=-4)}, 422),
        ({"status": "x", "scheduled_at": "9999-12-31T23:59:59Z"}, 422),
        ({"status": "x", "scheduled_at": "soon"}, 422),
        ({"status": "x", "scheduled_at": when, "in_reply_to_id": "99"}, 404),
        ({"status": "x", "scheduled_at": when, "media_ids": ["99"]}, 422),
        ({"status": "x", "scheduled_at": when, "visibility": "nobody"}, 422),
    ):
        assert (await alice.post("/api/v1/statuses", body)).status == status, body
    planned = await plan(alice, when)
    for wrong in ({}, {"scheduled_at": ahead(app, minutes=1)}):
        assert (await alice.put(f"{PATH}/{planned['id']}", wrong)).status == 422
    assert len((await alice.get(PATH)).json) == 1


async def test_there_is_room_for_so_many_a_day_and_altogether(
    app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "MOST_A_DAY", 2)
    monkeypatch.setattr(scheduling, "MOST", 3)
    noon = (app.now() + timedelta(days=3)).replace(hour=12)
    days = [iso(noon + timedelta(days=day)) for day in range(3)]
    for when in (days[0], days[0], days[1]):
        await plan(alice, when)
    for when, word in ((days[0], "3 scheduled posts"), (days[2], "3 scheduled posts")):
        refused = await alice.post("/api/v1/statuses", {"status": "x", "scheduled_at": when})
        assert (refused.status, word in refused.json["error"]) == (422, True)
    third = (await alice.get(PATH)).ids[0]
    full = await alice.put(f"{PATH}/{third}", {"scheduled_at": days[0]})
    assert (full.status, "for that day" in full.json["error"]) == (422, True)
    assert (await alice.put(f"{PATH}/{third}", {"scheduled_at": days[2]})).status == 200


async def test_a_post_whose_parent_is_gone_stays_among_the_plans(app: App, alice: Person, bob: Person) -> None:
    parent = await write(bob, "first")
    planned = await plan(alice, ahead(app, hours=1), in_reply_to_id=parent["id"])
    await bob.delete(f"/api/v1/statuses/{parent['id']}")
    app.clock.shift(3600)
    with pytest.raises(GiveUp):
        await scheduling.publish(app, int(planned["id"]), await _due(app))
    await settle(app)
    assert await posts(alice) == []
    assert (await alice.get(PATH)).ids == [planned["id"]]
    assert await waiting(app) == 0


async def _due(app: App) -> int:
    return await app.db.value("SELECT due AS value FROM scheduled_posts")


async def test_nothing_is_published_for_somebody_who_is_suspended(app: App, alice: Person) -> None:
    await plan(alice, ahead(app, hours=1))
    await change(app, alice.account_id, suspended_at=app.now())
    app.clock.shift(3600)
    await settle(app)
    assert await app.db.value("SELECT COUNT(*) AS value FROM posts") == 0
    assert await app.db.value("SELECT COUNT(*) AS value FROM scheduled_posts") == 1


async def test_plans_are_paged_and_private(app: App, alice: Person, bob: Person, stranger: Client) -> None:
    made = [(await plan(alice, ahead(app, hours=hour)))["id"] for hour in (3, 2, 1)]
    first = await alice.get(f"{PATH}?limit=2")
    assert first.ids == made[:0:-1]
    assert (await alice.get(first.links["next"])).ids == made[:1]
    assert (await bob.get(PATH)).json == []
    assert (await stranger.get(PATH)).status == 401
