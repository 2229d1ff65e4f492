"""Collections of accounts: with the consent of everybody in them, here and between servers (FEP-7aa9)."""

from typing import Any

import pytest

from tests.federation.scene import Scene
from tests.support.fakefedi import FakeActor
from tests.support.instances import Instance, Person, World
from tests.support.signing import fetch

PATH = "/api/v1/collections"


async def _shown(person: Person, discoverable: bool = True) -> None:
    await person.call("PATCH", "/api/v1/accounts/update_credentials", json={"discoverable": discoverable})


async def _make(person: Person, *members: int | str, **fields: Any) -> Any:
    wanted = {"name": "Tea people", "description": "They drink it", "account_ids": [str(one) for one in members]}
    return (await person.call("POST", PATH, json=wanted | fields))["collection"]


async def test_people_of_one_server_are_collected_if_they_want_to_be_found(scene: Scene) -> None:
    await scene.alice.call("POST", PATH, json={"name": "x", "account_ids": [str(scene.carol.account_id)]}, status=403)
    assert await scene.count("collections") == 0
    await _shown(scene.carol)
    made = await _make(scene.alice, scene.carol.account_id, tag_name="#Tea", language="en")
    assert (made["item_count"], made["items"][0]["state"], made["tag"]["name"]) == (1, "accepted", "Tea")
    shown = await scene.carol.call("GET", f"{PATH}/{made['id']}")
    assert sorted(one["username"] for one in shown["accounts"]) == ["alice", "carol"]
    mine = await scene.carol.call("GET", f"/api/v1/accounts/{scene.carol.account_id}/in_collections")
    assert [one["id"] for one in mine["collections"]] == [made["id"]]
    await scene.alice.call("GET", f"/api/v1/accounts/{scene.carol.account_id}/in_collections", status=404)
    of_alice = await scene.home.call("GET", f"/api/v1/accounts/{scene.alice.account_id}/collections")
    assert [one["name"] for one in of_alice["collections"]] == ["Tea people"]


async def test_only_the_owner_changes_a_collection_and_only_the_member_withdraws(scene: Scene) -> None:
    await _shown(scene.carol)
    made = await _make(scene.alice, scene.carol.account_id)
    one, item = f"{PATH}/{made['id']}", made["items"][0]["id"]
    for method, path in (("PATCH", one), ("DELETE", one), ("DELETE", f"{one}/items/{item}")):
        await scene.carol.call(method, path, json={"name": "mine"}, status=404)
    await scene.alice.call("POST", f"{one}/items/{item}/revoke", status=404)
    changed = await scene.alice.call("PATCH", one, json={"name": "Coffee people", "discoverable": False})
    assert (changed["collection"]["name"], changed["collection"]["description"]) == ("Coffee people", "They drink it")
    hidden = await scene.carol.call("GET", f"/api/v1/accounts/{scene.alice.account_id}/collections")
    assert hidden["collections"] == []
    await scene.carol.call("POST", f"{one}/items/{item}/revoke")
    assert (await scene.alice.call("GET", one))["collection"]["items"] == []
    await scene.alice.call("POST", f"{one}/items", json={"account_id": str(scene.carol.account_id)}, status=422)
    await scene.alice.call("DELETE", one)
    await scene.alice.call("GET", one, status=404)


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "n" * 41}, {"description": "d" * 101}])
async def test_a_collection_needs_a_name_and_has_limits(scene: Scene, fields: dict[str, str]) -> None:
    await scene.alice.call("POST", PATH, json={"name": "Tea", **fields}, status=422)


async def test_who_blocks_the_owner_is_in_no_collection_and_sees_none(scene: Scene) -> None:
    await _shown(scene.carol)
    made = await _make(scene.alice)
    await scene.alice.call("POST", f"/api/v1/accounts/{scene.carol.account_id}/block")
    wanted = {"account_id": str(scene.carol.account_id)}
    await scene.alice.call("POST", f"{PATH}/{made['id']}/items", json=wanted, status=403)
    await scene.carol.call("GET", f"{PATH}/{made['id']}", status=404)


async def test_two_servers_ask_and_answer(world: World, one: Instance, two: Instance) -> None:
    ann, bea, cleo = await one.person("ann"), await two.person("bea"), await two.person("cleo")
    await _shown(bea)
    accounts = {person.name: await ann.find(person.handle) for person in (bea, cleo)}
    told = {name: found["feature_approval"]["current_user"] for name, found in accounts.items()}
    assert told == {"bea": "automatic", "cleo": "denied"}
    await ann.call("POST", PATH, json={"name": "x", "account_ids": [accounts["cleo"]["id"]]}, status=403)
    await bea.follow(ann)
    await world.settle()
    made = await _make(ann, accounts["bea"]["id"])
    assert {item["state"] for item in made["items"]} == {"pending"}
    await world.settle()
    shown = await ann.call("GET", f"{PATH}/{made['id']}")
    assert [item["account_id"] for item in shown["collection"]["items"]] == [accounts["bea"]["id"]]
    there = (await bea.call("GET", f"/api/v1/accounts/{bea.account_id}/in_collections"))["collections"]
    assert [(found["name"], found["local"], found["item_count"]) for found in there] == [("Tea people", False, 1)]
    await ann.call("PATCH", f"{PATH}/{made['id']}", json={"name": "Tea folk"})
    await world.settle()
    there = (await bea.call("GET", f"/api/v1/accounts/{bea.account_id}/in_collections"))["collections"]
    assert there[0]["name"] == "Tea folk"
    await bea.call("POST", f"{PATH}/{there[0]['id']}/items/{there[0]['items'][0]['id']}/revoke")
    await world.settle()
    assert (await ann.call("GET", f"{PATH}/{made['id']}"))["collection"]["items"] == []
    await ann.call("DELETE", f"{PATH}/{made['id']}")
    await world.settle()
    assert await two.app.db.value("SELECT COUNT(*) AS value FROM collections") == 0


def _rule(*automatic: str, manual: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"canFeature": {"automaticApproval": list(automatic), "manualApproval": list(manual)}}


async def test_an_account_says_who_may_put_it_into_a_collection(scene: Scene) -> None:
    followers = scene.bob.document["followers"]
    for policy, shown in (
        (None, ([], [], "missing")),
        (_rule("as:Public"), (["public"], [], "automatic")),
        (_rule(followers), (["followers"], [], "denied")),
        (_rule(manual=("as:Public",)), ([], ["public"], "manual")),
        (_rule("https://elsewhere.example/users/x"), (["unsupported_policy"], [], "unknown")),
        (_rule(scene.bob.id), ([], [], "denied")),
    ):
        if policy:
            scene.bob.document["interactionPolicy"] = policy
        found = await scene.alice.find(scene.bob.handle)
        await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document))
        found = (await scene.alice.call("GET", f"/api/v1/accounts/{found['id']}"))["feature_approval"]
        assert (found["automatic"], found["manual"], found["current_user"]) == shown


async def test_a_policy_for_followers_is_decided_for_the_one_who_asks(scene: Scene) -> None:
    scene.bob.document["interactionPolicy"] = _rule(scene.bob.document["followers"])
    await scene.follow(scene.alice, scene.bob)
    bob = await scene.alice.find(scene.bob.handle)
    path = f"/api/v1/accounts/{bob['id']}"
    for person, told in ((scene.alice, "automatic"), (scene.carol, "denied")):
        assert (await person.call("GET", path))["feature_approval"]["current_user"] == told
    assert (await scene.home.call("GET", path))["feature_approval"]["current_user"] == "denied"
    await scene.carol.call("POST", PATH, json={"name": "x", "account_ids": [bob["id"]]}, status=403)
    assert (await _make(scene.alice, bob["id"]))["items"][0]["state"] == "pending"


async def test_a_post_with_the_link_of_a_collection_brings_it_along(scene: Scene) -> None:
    await _shown(scene.carol)
    made = await _make(scene.alice, scene.carol.account_id)
    other = await _make(scene.carol)
    text = f"See {made['url']} and {other['url']} and {made['url']} but not {made['url']}0"
    post = await scene.carol.post(text)
    assert [one["id"] for one in post["tagged_collections"]] == [made["id"], other["id"]]
    assert post["tagged_collections"][0]["item_count"] == 1
    found = await scene.alice.call("GET", f"/api/v2/search?q={made['url']}&resolve=true")
    assert [one["id"] for one in found["collections"]] == [made["id"]]
    await scene.carol.call("POST", f"/api/v1/accounts/{scene.alice.account_id}/block")
    await scene.alice.call("POST", f"/api/v1/accounts/{scene.carol.account_id}/unblock")
    stranger = await scene.home.call("GET", f"/api/v1/statuses/{post['id']}")
    assert [one["id"] for one in stranger["tagged_collections"]] == [made["id"], other["id"]]
    assert (await scene.carol.post("nothing here"))["tagged_collections"] == []


async def test_who_is_blocked_sees_no_collection_in_a_post(scene: Scene) -> None:
    made = await _make(scene.alice)
    dora = await scene.home.person("dora")
    post = await scene.carol.post(made["url"])
    await scene.alice.call("POST", f"/api/v1/accounts/{dora.account_id}/block")
    shown = await dora.call("GET", f"/api/v1/statuses/{post['id']}")
    assert shown["tagged_collections"] == []
    assert (await dora.call("GET", f"/api/v2/search?q={made['url']}"))["collections"] == []


async def test_a_collection_has_a_page_that_anybody_can_read(scene: Scene) -> None:
    await _shown(scene.carol)
    made = await _make(scene.alice, scene.carol.account_id)
    async with scene.home.http.get(made["url"]) as answer:
        page = await answer.text()
        assert (answer.status, "Tea people" in page, "They drink it" in page, "@carol" in page) == (
            200,
            True,
            True,
            True,
        )
        assert made["uri"] in answer.headers["Link"]
    async with scene.home.http.get(made["url"] + "1") as answer:
        assert answer.status == 404


async def test_a_collection_is_served_with_proofs(scene: Scene) -> None:
    await _shown(scene.carol)
    made = await _make(scene.alice, scene.carol.account_id)
    headers = {"Accept": "application/activity+json"}

    async def get(url: str) -> Any:
        return await scene.home.call("GET", url.partition(scene.home.host)[2], headers=headers)

    actor = await get(scene.uri(scene.carol))
    assert actor["interactionPolicy"]["canFeature"]["automaticApproval"][0].endswith("#Public")
    listed = await get((await get(scene.uri(scene.alice)))["featuredCollections"])
    assert listed["orderedItems"] == [made["uri"]]
    found = await get(made["uri"])
    assert (found["type"], found["totalItems"], found["attributedTo"]) == (
        "FeaturedCollection", 1, scene.uri(scene.alice))  # fmt: skip
    item = found["orderedItems"][0]
    proof = await get(item["featureAuthorization"])
    assert (proof["interactingObject"], proof["interactionTarget"]) == (made["uri"], scene.uri(scene.carol))
    shown = await scene.carol.call("GET", f"{PATH}/{made['id']}")
    await scene.carol.call("POST", f"{PATH}/{made['id']}/items/{shown['collection']['items'][0]['id']}/revoke")
    assert await fetch(scene.home, None, item["featureAuthorization"]) == 404


def _collection(owner: FakeActor, *entries: Any) -> dict[str, Any]:
    url = owner.url("collection")
    found = {
        "@context": "https://www.w3.org/ns/activitystreams", "id": url, "type": "FeaturedCollection", "name": "Cats",
        "summary": "meow", "attributedTo": owner.id, "discoverable": True, "orderedItems": list(entries),
    }  # fmt: skip
    owner.host.serve(url, found)
    return found


def _entry(member: FakeActor, collection: str, *, by: FakeActor | None = None) -> dict[str, Any]:
    proof = (by or member).url("proof")
    (by or member).host.serve(
        proof,
        {"id": proof, "type": "FeatureAuthorization", "interactingObject": collection, "interactionTarget": member.id},
    )
    identity = f"{collection}/1"
    return {"type": "FeaturedItem", "id": identity, "featuredObject": member.id, "featureAuthorization": proof}


async def test_a_member_elsewhere_counts_only_when_its_own_server_proves_the_consent(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    url = scene.bob.url("collection")
    ann, eve = scene.evil.actor("ann", key=4), scene.evil.actor("eve", key=5)
    without = {**_entry(eve, url), "featureAuthorization": None}
    forged = _entry(scene.mal, url, by=scene.bob)
    found = _collection(scene.bob, _entry(ann, url), without, forged, _entry(scene.mallory, f"{url}/other"))
    await scene.done(scene.bob, scene.bob.activity("Add", found, target=scene.bob.url("featured_collections")))
    rows = await scene.app.db.rows(
        "SELECT a.uri FROM collection_items i JOIN accounts a ON a.id = i.account_id WHERE i.state = 'accepted'"
    )
    assert [row["uri"] for row in rows] == [ann.id]


async def test_a_collection_of_somebody_else_is_not_taken(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mallory)
    found = _collection(scene.bob)
    for kind in ("Add", "Update"):
        activity = scene.mallory.activity(kind, found, target=scene.mallory.url("featured_collections"))
        await scene.done(scene.mallory, activity)
    await scene.known(scene.mal)
    await scene.done(scene.mal, scene.mal.activity("Update", {**found, "attributedTo": scene.mal.id}))
    assert await scene.count("collections") == 0


async def test_only_the_one_who_was_asked_answers_and_with_a_proof_of_its_own(scene: Scene) -> None:
    scene.bob.document["interactionPolicy"] = _rule("https://www.w3.org/ns/activitystreams#Public")
    bob = await scene.alice.find(scene.bob.handle)
    made = await _make(scene.alice, bob["id"])
    await scene.settle()
    asked = scene.victim.received[-1]
    assert (asked["type"], asked["object"], asked["instrument"]) == ("FeatureRequest", scene.bob.id, made["uri"])
    await scene.known(scene.mallory)
    mine = scene.mallory.activity("Accept", asked["id"], result=scene.mallory.url("proof"))
    await scene.without_effect("by somebody else", scene.mallory, mine)
    for proof in (None, scene.mal.url("proof")):
        await scene.without_effect("without proof", scene.bob, scene.bob.activity("Accept", asked["id"], result=proof))
    await scene.done(scene.bob, scene.bob.activity("Accept", asked["id"], result=scene.bob.url("proof")))
    assert await scene.count("collection_items", "state = 'accepted' AND approval_uri = ?", scene.bob.url("proof")) == 1
    await scene.done(scene.mallory, scene.mallory.activity("Delete", scene.bob.url("proof")))
    assert await scene.count("collection_items", "state = 'accepted'") == 1
    await scene.done(scene.bob, scene.bob.activity("Delete", scene.bob.url("proof")))
    assert await scene.count("collection_items", "state = 'revoked'") == 1


async def test_who_said_no_may_be_asked_again_and_who_withdrew_may_not(scene: Scene) -> None:
    scene.bob.document["interactionPolicy"] = _rule("as:Public")
    bob = await scene.alice.find(scene.bob.handle)
    made = await _make(scene.alice, bob["id"])
    await scene.settle()
    path, wanted = f"{PATH}/{made['id']}/items", {"account_id": bob["id"]}
    first = scene.victim.received[-1]
    await scene.alice.call("POST", path, json=wanted, status=422)
    await scene.done(scene.bob, scene.bob.activity("Reject", first["id"]))
    await scene.alice.call("POST", path, json=wanted)
    await scene.settle()
    second = scene.victim.received[-1]
    assert (second["type"], second["object"], second["instrument"]) == ("FeatureRequest", scene.bob.id, made["uri"])
    assert second["id"] != first["id"]
    late = scene.bob.activity("Accept", first["id"], result=scene.bob.url("proof"))
    await scene.without_effect("an answer to the first request", scene.bob, late)
    await scene.done(scene.bob, scene.bob.activity("Accept", second["id"], result=scene.bob.url("proof")))
    assert await scene.count("collection_items", "state = 'accepted'") == await scene.count("collection_items") == 1
    await scene.done(scene.bob, scene.bob.activity("Delete", scene.bob.url("proof")))
    await scene.alice.call("POST", path, json=wanted, status=422)


async def test_a_request_for_somebody_who_does_not_want_to_be_found_is_rejected(scene: Scene) -> None:
    found = _collection(scene.bob)
    request = scene.bob.activity("FeatureRequest", scene.uri(scene.alice), instrument=found["id"])
    await scene.done(scene.bob, request)
    answer = scene.victim.received[-1]
    assert (answer["type"], answer["object"]) == ("Reject", request["id"])
    assert await scene.count("collection_items") == 0
    await _shown(scene.alice)
    again = scene.bob.activity("FeatureRequest", scene.uri(scene.alice), instrument=found["id"])
    await scene.done(scene.bob, again)
    answer = scene.victim.received[-1]
    assert (answer["type"], answer["object"]) == ("Accept", again["id"])
    assert await fetch(scene.home, None, answer["result"]) == 200
    foreign = scene.mal.activity("FeatureRequest", scene.uri(scene.alice), instrument=found["id"])
    before = len(scene.evil.received)
    await scene.done(scene.mal, foreign)
    assert len(scene.evil.received) == before
