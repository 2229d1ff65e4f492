"""Nobody acts for somebody else by a document whose id is another one's, or by a proof for somebody else."""

from typing import Any

import pytest

from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, FakeActor, redirect
from tests.support.proofs import listed, proven


@pytest.fixture
async def group(scene: Scene) -> FakeActor:
    """A group on evil's server that alice follows."""
    found = scene.evil.actor("town", key=5, kind="Group")
    await scene.follow(scene.alice, found)
    return found


def _mask(scene: Scene) -> str:
    """An address on evil's server that serves an actor who says to be bob."""
    return scene.evil.serve("/users/mask", scene.bob.document)


def _served(scene: Scene, activity: dict[str, Any]) -> dict[str, Any]:
    """An activity that evil's server serves, by an actor who says to be bob."""
    scene.evil.serve(activity["id"], activity)
    return activity


async def test_a_group_cannot_pass_on_a_like_by_an_actor_who_says_to_be_somebody_else(
    scene: Scene, group: FakeActor
) -> None:
    posted = await scene.alice.post("Hello")
    await scene.known(scene.bob)
    like = {"id": f"{scene.evil.base}/like", "type": "Like", "actor": _mask(scene), "object": posted["uri"]}
    await scene.done(group, group.activity("Announce", _served(scene, like), to=[PUBLIC]))
    assert await scene.count("favourites") == 0


async def test_the_owner_of_a_conversation_cannot_add_what_somebody_else_is_said_to_have_written(
    scene: Scene, group: FakeActor
) -> None:
    await scene.known(scene.bob)
    note = {
        "id": f"{scene.victim.base}/never/written", "type": "Note", "attributedTo": scene.bob.id,
        "content": "FORGED", "to": [PUBLIC],
    }  # fmt: skip
    create = {"id": f"{scene.evil.base}/create", "type": "Create", "actor": _mask(scene), "object": note}
    await scene.done(group, group.activity("Add", _served(scene, create), target=group.url("conversation")))
    assert await scene.count("posts", "content LIKE ?", "%FORGED%") == 0


async def test_an_update_of_what_somebody_else_wrote_does_not_make_it_one_s_own(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mallory)
    note = scene.bob.note("Mine", to=[PUBLIC, scene.uri(scene.alice)])
    await scene.done(scene.mallory, scene.mallory.activity("Update", note["id"]))
    assert await scene.count("posts") == 0
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.create(note))
    sql = "account_id = (SELECT id FROM accounts WHERE uri = ?) AND uri = ?"
    assert await scene.count("posts", sql, scene.bob.id, note["id"]) == 1


def _collection(owner: FakeActor, *entries: Any) -> dict[str, Any]:
    url = owner.url("collection")
    found = {
        "@context": "https://www.w3.org/ns/activitystreams", "id": url, "type": "FeaturedCollection", "name": "Cats",
        "attributedTo": owner.id, "discoverable": True, "orderedItems": list(entries),
    }  # fmt: skip
    owner.host.serve(url, found)
    return found


async def _members(scene: Scene, *entries: Any) -> set[str]:
    """Let evil tell of a collection with these (member, proof); who is in it then."""
    url = scene.mal.url("collection")
    shown = [
        {"type": "FeaturedItem", "id": f"{url}/{n}", "featuredObject": member, "featureAuthorization": proof}
        for n, (member, proof) in enumerate(entries)
    ]
    target = scene.mal.url("featured_collections")
    await scene.done(scene.mal, scene.mal.activity("Add", _collection(scene.mal, *shown), target=target))
    rows = await scene.app.db.rows(
        "SELECT a.uri FROM collection_items i JOIN accounts a ON a.id = i.account_id WHERE i.state = 'accepted'"
    )
    return {row["uri"] for row in rows}


def _proof(scene: Scene, url: str, member: str) -> str:
    about = {"interactingObject": scene.mal.url("collection"), "interactionTarget": member}
    body = {"id": url, "type": "FeatureAuthorization", **about}
    return (scene.victim if url.startswith(scene.victim.base) else scene.evil).serve(url, body) and url


async def test_a_consent_to_be_in_a_collection_is_nobody_else_s(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    proof = _proof(scene, scene.bob.url("proof"), scene.bob.id)
    assert await _members(scene, (scene.bob.id, proof)) == {scene.bob.id}
    assert await _members(scene, (scene.bob.id, proof), (scene.mallory.id, proof)) == {scene.bob.id}


async def test_who_says_to_be_somebody_else_does_not_put_that_one_into_a_collection(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    mask = _mask(scene)
    assert await _members(scene, (mask, _proof(scene, f"{scene.evil.base}/proof", mask))) == set()


def _through_victim(scene: Scene, document: dict[str, Any]) -> str:
    """An address on the victim's host that leads to a document on evil's, as the pages of remote posts do."""
    scene.evil.serve(document["id"], document)
    scene.victim.pages["/leads/away"] = redirect(document["id"])
    return f"{scene.victim.base}/leads/away"


async def test_a_page_that_leads_away_does_not_let_a_group_speak_for_its_host(scene: Scene, group: FakeActor) -> None:
    posted = await scene.alice.post("Hello")
    await scene.known(scene.bob)
    like = {"id": f"{scene.evil.base}/like", "type": "Like", "actor": scene.bob.id, "object": posted["uri"]}
    told = {**like, "id": _through_victim(scene, like)}
    await scene.done(group, group.activity("Announce", told, to=[PUBLIC]))
    assert await scene.count("favourites") == 0


async def test_a_page_that_leads_away_gives_no_consent_to_a_collection(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    about = {"interactingObject": scene.mal.url("collection"), "interactionTarget": scene.bob.id}
    forged = {"id": f"{scene.evil.base}/proof", "type": "FeatureAuthorization", **about}
    assert await _members(scene, (scene.bob.id, _through_victim(scene, forged))) == set()


async def test_a_page_that_leads_away_gives_no_consent_to_a_quote(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    quoted, own_id = scene.bob.note("Mine"), scene.mal.url("notes/quoting")
    forged = {
        "id": f"{scene.evil.base}/stamp", "type": "QuoteAuthorization", "attributedTo": scene.bob.id,
        "interactingObject": own_id, "interactionTarget": quoted["id"],
    }  # fmt: skip
    stamp = _through_victim(scene, forged)
    note = scene.mal.note("look", id=own_id, quote=quoted["id"], quoteAuthorization=stamp)
    await scene.done(scene.mal, scene.mal.create(note))
    assert await scene.count("quotes") == 1
    assert await scene.count("quotes", "state = 'accepted'") == 0


async def test_a_page_that_leads_away_gives_no_consent_to_a_boost(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    policy = {"canAnnounce": {"always": [scene.bob.id], "approvalRequired": [PUBLIC]}}
    note = scene.bob.note("Ask first", interactionPolicy=policy)
    boost_id = scene.mal.url("boosts/1")
    forged = {
        "id": f"{scene.evil.base}/consent", "type": "AnnounceAuthorization", "attributedTo": scene.bob.id,
        "interactingObject": boost_id, "interactionTarget": note["id"],
    }  # fmt: skip
    proof = _through_victim(scene, forged)
    boost = scene.mal.activity("Announce", note["id"], id=boost_id, to=[PUBLIC], announceAuthorization=proof)
    await scene.done(scene.mal, boost)
    assert await scene.count("posts", "reblog_of_id IS NOT NULL") == 0


async def test_a_handle_that_an_actor_states_itself_is_not_taken_from_who_has_it(scene: Scene) -> None:
    """FEP-2c59: `webfinger` is a hint, which the host of the handle must confirm for this very actor."""
    other = scene.evil.actor("bob", key=6, webfinger=f"bob@{scene.victim.name}")
    await scene.known(scene.bob, other)
    rows = await scene.app.db.rows("SELECT uri, domain FROM accounts WHERE username = 'bob' ORDER BY domain")
    assert [(row["uri"], row["domain"]) for row in rows] == [
        (scene.bob.id, scene.victim.name),
        (other.id, scene.evil.name),
    ]


async def test_a_second_actor_of_a_name_does_not_put_an_end_to_the_first(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.create(scene.bob.note("Here")))
    twin = scene.victim.actor("twin", key=6, preferredUsername="bob")
    assert await scene.send(twin, twin.activity("View", PUBLIC)) == 401
    await scene.settle()
    assert await scene.count("accounts", "uri = ? AND deleted_at IS NULL", scene.bob.id) == 1
    assert await scene.count("posts") == 1
    assert await scene.count("accounts", "uri = ?", twin.id) == 0


async def test_a_group_does_not_bring_an_old_profile_or_an_old_undo_back(scene: Scene, group: FakeActor) -> None:
    posted = await scene.alice.post("Hello")
    await scene.known(listed(scene.bob))
    old = proven(scene.bob, scene.bob.activity("Update", {**scene.bob.document, "name": "Old name"}, to=[PUBLIC]))
    like, again = (proven(scene.bob, scene.bob.activity("Like", posted["uri"])) for _ in range(2))
    liked = {"type": "Like", "actor": scene.bob.id, "object": posted["uri"]}
    undo = proven(scene.bob, scene.bob.activity("Undo", liked))
    for said in (old, like, undo, again):
        await scene.done(scene.bob, said)
    scene.bob.document["name"] = "New name"
    await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document, to=[PUBLIC]))
    for said in (old, undo):
        await scene.done(group, group.activity("Announce", said, to=[PUBLIC]))
    assert await scene.count("accounts", "uri = ? AND display_name = 'New name'", scene.bob.id) == 1
    assert await scene.count("favourites") == 1
