"""Attack classes A14 and A17: follows that nobody granted, and likes and boosts that nobody may make."""

import json
from typing import Any

import pytest

from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, FakeActor
from tests.support.instances import Person
from tests.support.signing import fetch


async def _followed(scene: Scene, person: str, actor: FakeActor) -> bool:
    return bool(
        await scene.count(
            "follows f JOIN accounts a ON a.id = f.follower_id JOIN accounts b ON b.id = f.target_id",
            "a.username = ? AND a.domain = '' AND b.uri = ? AND f.accepted",
            person,
            actor.id,
        )
    )


async def test_a_follow_is_granted_by_its_target_alone(scene: Scene) -> None:
    request = await scene.follow(scene.alice, scene.bob, accept=False)
    of_mallory = await scene.follow(scene.carol, scene.mallory, accept=False)
    await scene.known(scene.mal)
    bare = {"type": "Follow", "actor": scene.uri(scene.alice), "object": scene.bob.id}
    forged = {"id": f"{scene.mal.id}/follows/1", **bare}
    for actor in (scene.mallory, scene.mal):
        for kind in ("Accept", "Reject"):
            for target in (request, request["id"], bare, forged, {**request, "object": actor.id}):
                await scene.without_effect(f"{kind} by {actor.name}", actor, actor.activity(kind, target))
    for what, target in {
        "of another target": of_mallory,
        "of another person": {**bare, "actor": scene.uri(scene.carol)},
        "of nobody": {**bare, "actor": scene.uri(scene.carol) + "2"},
        "of no follow": f"{scene.uri(scene.alice)}/follows/1",
        "of a post": {**bare, "type": "Like"},
        "of nothing": None,
    }.items():
        await scene.without_effect(f"Accept {what}", scene.bob, scene.bob.activity("Accept", target))
    assert not await _followed(scene, "alice", scene.bob)
    await scene.done(scene.bob, scene.bob.activity("Accept", request))
    assert await _followed(scene, "alice", scene.bob)


async def test_private_words_do_not_reach_somebody_whose_follow_was_not_granted(scene: Scene) -> None:
    request = await scene.follow(scene.alice, scene.bob, accept=False)
    await scene.known(scene.mallory)
    await scene.send(scene.mallory, scene.mallory.activity("Accept", request))
    await scene.settle()
    private = scene.bob.note("for my followers", to=[scene.bob.url("followers")])
    await scene.done(scene.bob, scene.bob.create(private))
    for person in (scene.alice, scene.carol):
        await _shut_out(scene, person, private["id"])
    await scene.done(scene.bob, scene.bob.activity("Accept", request))
    assert [one["uri"] for one in await scene.alice.home()] == [private["id"]]
    await _shut_out(scene, scene.carol, private["id"])


async def _shut_out(scene: Scene, person: Person, uri: str) -> None:
    """Assert that somebody is not shown a post by any way in."""
    row = await scene.row("SELECT id, account_id FROM posts WHERE uri = ?", uri)
    assert row is not None
    assert await person.home() == []
    for path in ("", "/context", "/history", "/source"):
        await person.call("GET", f"/api/v1/statuses/{row['id']}{path}", status=404)
    assert await person.call("GET", f"/api/v1/accounts/{row['account_id']}/statuses") == []
    for query in (uri, "followers"):
        found = await person.call("GET", "/api/v2/search", params={"q": query, "resolve": "true"})
        assert found["statuses"] == []
    assert await person.call("GET", "/api/v1/notifications") == []


async def test_an_answer_to_a_follow_that_was_taken_back_grants_nothing(scene: Scene) -> None:
    request = await scene.follow(scene.alice, scene.bob, accept=False)
    account = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{account['id']}/unfollow")
    await scene.settle()
    await scene.without_effect("a late Accept", scene.bob, scene.bob.activity("Accept", request))
    assert not await _followed(scene, "alice", scene.bob)


async def test_a_rejected_follow_stays_rejected_and_ends_an_accepted_one(scene: Scene) -> None:
    request = await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.activity("Reject", request))
    assert await scene.count("follows") == 0
    await scene.without_effect("Accept after Reject", scene.bob, scene.bob.activity("Accept", request))


async def test_nobody_but_the_target_ends_an_accepted_follow(scene: Scene) -> None:
    request = await scene.follow(scene.alice, scene.bob)
    await scene.known(scene.mallory, scene.mal)
    for actor in (scene.mallory, scene.mal):
        for target in (request, request["id"], {**request, "object": actor.id}):
            await scene.without_effect(f"Reject by {actor.name}", actor, actor.activity("Reject", target))
    assert await _followed(scene, "alice", scene.bob)


async def test_who_waits_before_a_locked_account_gets_and_sees_nothing(scene: Scene) -> None:
    await scene.alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
    await scene.follows(scene.mal, scene.alice)
    assert await scene.count("follows", "NOT accepted") == 1
    async with scene.nothing("", but=_OF_A_POST):
        private = await scene.alice.post("for followers", visibility="private")
        public = await scene.alice.post("for all")
    assert await fetch(scene.home, scene.mal, private["uri"]) == 404
    assert await fetch(scene.home, None, private["uri"]) == 404
    assert await fetch(scene.home, scene.mal, public["uri"]) == 200
    waiting = await scene.alice.call("GET", "/api/v1/follow_requests")
    await scene.alice.call("POST", f"/api/v1/follow_requests/{waiting[0]['id']}/authorize")
    await scene.settle()
    assert await fetch(scene.home, scene.mal, private["uri"]) == 200
    assert await fetch(scene.home, scene.bob, private["uri"]) == 404
    await scene.alice.post("for followers", visibility="private")
    await scene.settle()
    assert scene.evil.kinds() == ["Accept", "Create"]


# What a post of one's own is kept in; nothing of it may leave, which `nothing` looks at.
_OF_A_POST = (
    "posts", "accounts", "users", "timeline_entries", "home_entries", "idempotency_keys", "tokens",
    "search_posts", "search_words", "search_words_data", "search_words_idx",
)  # fmt: skip


async def test_one_like_or_boost_for_each_actor_and_object(scene: Scene) -> None:
    posted = await scene.alice.post("Tea?")
    for kind, table, column in (
        ("Like", "favourites", "favourites_count"),
        ("Announce", "posts", "reblogs_count"),
    ):
        before = await scene.count(table)
        fields: dict[str, Any] = {"to": [PUBLIC]}
        made = [scene.bob.activity(kind, posted["uri"], **fields) for _ in range(50)]
        for activity in made:
            assert await scene.send(scene.bob, activity) == 202
        await scene.settle()
        assert await scene.count(table) == before + 1
        assert await scene.count("posts", f"uri = ? AND {column} = 1", posted["uri"]) == 1
        assert await scene.count("notifications", "kind = ?", "favourite" if kind == "Like" else "reblog") == 1
        for activity in (made[0], {**made[0], "id": f"{made[0]['id']}/x"}, made[7]):
            await scene.done(scene.bob, scene.bob.activity("Undo", activity))
        assert await scene.count(table) == before
        assert await scene.count("posts", f"uri = ? AND {column} = 0", posted["uri"]) == 1


async def test_likes_in_the_name_of_several_are_refused(scene: Scene) -> None:
    await scene.known(scene.mal)
    posted = await scene.alice.post("Tea?")
    for actors in ([scene.mal.id, scene.bob.id], [scene.mal.id, scene.mal.id], []):
        like = scene.mal.activity("Like", posted["uri"]) | {"actor": actors}
        await scene.without_effect(f"{actors}", scene.mal, like)


async def test_counts_that_others_state_are_not_taken(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    for total in ("-1", "1e400", '"9999"', "9999", "1e18", "[]", "true"):
        note = scene.bob.note("count me")
        text = scene.bob.create({**note, "likes": {"totalItems": "HERE"}, "shares": {"totalItems": "HERE"}})
        body = json.dumps(text).replace('"HERE"', total).encode()
        assert await scene.send(scene.bob, body) in (202, 400)
        await scene.settle()
    assert await scene.count("posts", "favourites_count <> 0 OR reblogs_count <> 0 OR replies_count <> 0") == 0
    assert await scene.count("posts") >= 5


@pytest.mark.parametrize("visibility", ["direct", "private"])
async def test_a_boost_of_what_is_not_public_is_refused_and_tells_nothing(scene: Scene, visibility: str) -> None:
    await scene.follows(scene.mal, scene.alice)
    posted = await scene.alice.post("not for you", visibility=visibility)
    await scene.settle()
    unknown = posted["uri"][:-3] + "000"
    for kind in ("Announce", "Like") if visibility == "direct" else ("Announce",):
        for uri in (posted["uri"], unknown):
            activity = scene.mal.activity(kind, uri, to=[PUBLIC])
            async with scene.nothing(f"{kind} {uri}", but=("received_activities", "hosts")):
                assert await scene.send(scene.mal, activity) == 202


async def test_unlisted_posts_may_be_boosted_boosts_and_activities_may_not(scene: Scene) -> None:
    await scene.known(scene.mal)
    posted = await scene.alice.post("hardly listed", visibility="unlisted")
    boost = scene.mal.activity("Announce", posted["uri"], to=[PUBLIC])
    await scene.done(scene.mal, boost)
    assert await scene.count("posts", "reblog_of_id IS NOT NULL") == 1
    of_itself = scene.mal.activity("Announce", "x", to=[PUBLIC])
    of_itself["object"] = of_itself["id"]
    scene.evil.serve(of_itself["id"], of_itself)
    scene.evil.serve(boost["id"], boost)
    await scene.follow(scene.alice, scene.mal)
    for what, activity in {
        "an Announce": scene.mal.activity("Announce", boost, to=[PUBLIC]),
        "itself": of_itself,
        "an actor": scene.mal.activity("Announce", scene.mal.id, to=[PUBLIC]),
        "a Create": scene.mal.activity("Announce", f"{posted['uri']}/activity", to=[PUBLIC]),
        "nothing": scene.mal.activity("Announce", None, to=[PUBLIC]),
    }.items():
        await scene.without_effect(what, scene.mal, activity, asked=3)


async def test_the_author_s_own_boost_of_a_private_post_stays_private(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("for followers", to=[scene.bob.url("followers")])
    await scene.done(scene.bob, scene.bob.create(note))
    await scene.done(scene.bob, scene.bob.activity("Announce", note["id"], to=[PUBLIC]))
    row = await scene.row("SELECT visibility FROM posts WHERE reblog_of_id IS NOT NULL")
    assert row is not None
    assert row["visibility"] == "private"
