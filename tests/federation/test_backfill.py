"""Profiles of other servers that are filled when somebody here follows them, or looks at them."""

from typing import Any

import pytest

from fedinote.federation import backfill, refreshes
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, FakeActor, stamp

DAY = 86_400.0


def _outbox(actor: FakeActor, items: list[Any], *, pages: bool = True) -> None:
    url = actor.document["outbox"]
    if not pages:
        actor.host.serve(url, {"id": url, "type": "OrderedCollection", "orderedItems": items})
        return
    actor.host.serve(url, {"id": url, "type": "OrderedCollection", "totalItems": 99, "first": f"{url}?page=1"})
    half = len(items) // 2
    following = {"next": f"{url}?page=2"}
    page = {"type": "OrderedCollectionPage", "partOf": url}
    actor.host.serve(f"{url}?page=1", page | {"id": f"{url}?page=1", "orderedItems": items[:half]} | following)
    actor.host.serve(f"{url}?page=2", page | {"id": f"{url}?page=2", "orderedItems": items[half:]})


async def _posts(scene: Scene, actor: FakeActor) -> list[Any]:
    account = await scene.alice.find(actor.handle)
    found: list[Any] = await scene.alice.call("GET", f"/api/v1/accounts/{account['id']}/statuses")
    return found


async def test_who_follows_an_account_finds_its_latest_posts_with_their_dates(scene: Scene) -> None:
    notes = [scene.bob.note(f"number {n}", published=stamp(-DAY * (n + 1))) for n in range(6)]
    _outbox(scene.bob, [scene.bob.create(note) for note in notes])
    await scene.follow(scene.alice, scene.bob)
    posts = await _posts(scene, scene.bob)
    assert [one["uri"] for one in posts] == [note["id"] for note in notes]
    assert [one["created_at"][:19] for one in posts] == [note["published"][:19] for note in notes]
    assert [one["uri"] for one in await scene.alice.home()] == [note["id"] for note in notes]
    assert not await scene.carol.home()


async def test_filling_a_profile_tells_nobody(scene: Scene) -> None:
    to = [PUBLIC, scene.uri(scene.alice), scene.uri(scene.carol)]
    mention = {"type": "Mention", "href": scene.uri(scene.carol), "name": "@carol"}
    note = scene.bob.note("hello @carol", to=to, tag=[mention])
    _outbox(scene.bob, [scene.bob.create(note)], pages=False)
    await scene.follow(scene.alice, scene.bob)
    assert await scene.count("posts") == 1
    for person in (scene.alice, scene.carol):
        assert not await person.call("GET", "/api/v1/notifications", params={"types[]": "mention"})
    assert not await scene.carol.home()


async def test_only_public_posts_of_the_account_itself_are_taken_from_its_outbox(scene: Scene) -> None:
    private = scene.mal.note("private", to=[scene.mal.document["followers"]])
    forged = {**scene.bob.note("what bob wrote"), "content": "FORGED"}
    in_bobs_name = {**scene.mal.note("x"), "attributedTo": scene.bob.id}
    vote = scene.mal.note("", to=[PUBLIC], name="yes", content=None, inReplyTo=f"{scene.victim.base}/poll")
    neighbour = scene.evil.actor("neighbour", key=6).note("of a neighbour")
    good = scene.mal.note("mine")
    items = [scene.mal.create(one) for one in (private, forged, in_bobs_name, vote, neighbour, good)]
    elsewhere = {**scene.bob.create(forged), "object": {**forged, "content": "FORGED"}}
    widened = scene.mal.create(scene.mal.note("private too", to=[scene.mal.document["followers"]]), to=[PUBLIC])
    _outbox(scene.mal, [*items, elsewhere, widened, scene.bob.id], pages=False)
    await scene.follow(scene.alice, scene.mal)
    assert [row["uri"] for row in await scene.app.db.rows("SELECT uri FROM posts")] == [good["id"]]


async def test_entries_that_are_only_named_are_fetched_and_boosts_ask_the_origin(scene: Scene) -> None:
    note, liked = scene.mal.note("named only"), scene.bob.note("boosted")
    create = scene.mal.create(note)
    scene.evil.serve(create["id"], create)
    boost = scene.mal.activity("Announce", liked["id"], to=[PUBLIC], published=stamp(-DAY))
    _outbox(scene.mal, [create["id"], boost], pages=False)
    await scene.follow(scene.alice, scene.mal)
    home = await scene.alice.home()
    assert [one["reblog"]["uri"] if one["reblog"] else one["uri"] for one in home] == [note["id"], liked["id"]]


async def test_a_boost_that_its_author_did_not_agree_to_is_not_taken_from_an_outbox(scene: Scene) -> None:
    asking: dict[str, Any] = {"interactionPolicy": {"canAnnounce": {"automaticApproval": [], "manualApproval": PUBLIC}}}
    free, held = scene.bob.note("boost me"), scene.bob.note("ask me", **asking)
    boosts = [scene.mal.activity("Announce", note["id"], to=[PUBLIC], published=stamp(-DAY)) for note in (free, held)]
    _outbox(scene.mal, boosts, pages=False)
    await scene.follow(scene.alice, scene.mal)
    assert [one["reblog"]["uri"] for one in await scene.alice.home()] == [free["id"]]


async def test_a_profile_that_nobody_follows_is_filled_when_it_is_opened_once_a_day(scene: Scene) -> None:
    notes = [scene.bob.note(f"number {n}") for n in range(3)]
    _outbox(scene.bob, [scene.bob.create(note) for note in notes], pages=False)
    assert not await _posts(scene, scene.bob)
    await scene.settle()
    assert len(await _posts(scene, scene.bob)) == 3
    asked = len(scene.victim.gets("/users/bob/outbox"))
    await _posts(scene, scene.bob)
    await scene.settle()
    assert len(scene.victim.gets("/users/bob/outbox")) == asked == 1


async def test_a_profile_that_somebody_follows_is_not_asked_for_again_when_it_is_opened(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    await scene.app.db.execute("DELETE FROM refreshes")
    async with scene.nothing("the profile of somebody who is followed"):
        await _posts(scene, scene.bob)


def _counted(actor: FakeActor, **totals: object) -> None:
    """Let an actor's collections say how many they hold."""
    for name, total in totals.items():
        url = actor.url(name)
        actor.document[name] = url
        actor.host.serve(url, {"id": url, "type": "OrderedCollection", "totalItems": total, "orderedItems": []})


async def test_a_profile_shows_how_many_there_are_by_its_own_server(scene: Scene) -> None:
    _outbox(scene.bob, [scene.bob.create(scene.bob.note("one of many"))] * 2)
    _counted(scene.bob, followers=1200, following=34)
    await scene.follow(scene.alice, scene.bob)
    shown = await scene.alice.find(scene.bob.handle)
    assert (shown["followers_count"], shown["following_count"], shown["statuses_count"]) == (1200, 34, 99)
    account = f"/api/v1/accounts/{shown['id']}"
    await scene.alice.call("POST", f"{account}/unfollow")
    assert (await scene.alice.call("GET", account))["followers_count"] == 1199
    await scene.follow(scene.carol, scene.bob)
    assert (await scene.alice.call("GET", account))["followers_count"] == 1200


@pytest.mark.parametrize("total", [None, -5, 10**12, "many", 0])
async def test_a_number_that_cannot_be_is_not_shown(scene: Scene, total: Any) -> None:
    _outbox(scene.bob, [])
    _counted(scene.bob, followers=total, following=total)
    scene.bob.document["following"] = scene.mal.url("following")
    _counted(scene.mal, following=77)
    await scene.follow(scene.alice, scene.bob)
    shown = await scene.alice.find(scene.bob.handle)
    assert (shown["followers_count"], shown["following_count"]) == (1, 0)


async def test_an_outbox_without_end_is_read_within_its_limits(scene: Scene) -> None:
    url = scene.mal.document["outbox"]
    notes = [scene.mal.create(scene.mal.note(f"number {n}", published=stamp(-n))) for n in range(100)]
    scene.evil.serve(url, {"id": url, "type": "OrderedCollection", "orderedItems": notes, "next": f"{url}?2"})
    await scene.follow(scene.alice, scene.mal)
    assert await scene.count("posts") == backfill.ENTRIES
    assert len(await scene.alice.home()) == 20


async def test_an_outbox_on_another_host_is_not_read(scene: Scene) -> None:
    note = scene.bob.note("elsewhere")
    _outbox(scene.bob, [scene.bob.create(note)], pages=False)
    scene.mal.document["outbox"] = scene.bob.document["outbox"]
    await scene.follow(scene.alice, scene.mal)
    assert not scene.victim.gets("/users/bob/outbox")


async def test_what_was_completed_a_month_ago_is_forgotten(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    await refreshes.tidy(scene.app)
    assert await scene.count("refreshes") == 1
    await scene.app.db.execute("UPDATE refreshes SET started_at = started_at - ?", int(31 * DAY * 1000))
    await refreshes.tidy(scene.app)
    assert await scene.count("refreshes") == 0
