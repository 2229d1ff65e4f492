"""Proofs of integrity between servers: what we prove, and whom we believe for a proof (rules S23, S73 and S74)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fedinote.activitypub import keys, proofs
from fedinote.federation import assertions, proving
from fedinote.federation.fetching import Budget
from tests.federation.scene import Scene
from tests.support import tables
from tests.support.fakefedi import PUBLIC, stamp
from tests.support.instances import Instance, World
from tests.support.proofs import listed, proven


async def _document(instance: Instance, path: str) -> Any:
    return await instance.call("GET", path, headers={"Accept": "application/activity+json"})


async def test_every_actor_lists_a_key_of_its_own_for_proofs(scene: Scene) -> None:
    shown = set()
    for path in ("/users/alice", "/users/carol", "/actor"):
        actor = await _document(scene.home, path)
        (entry,) = actor["assertionMethod"]
        assert (entry["type"], entry["controller"]) == ("Multikey", actor["id"])
        assert entry["id"] == f"{actor['id']}#ed25519-key"
        assert entry["publicKeyMultibase"].startswith("z6Mk")
        assert "https://w3id.org/security/multikey/v1" in actor["@context"]
        # Without the term, readers of JSON-LD see no keys (seen with Fedify).
        assert "https://w3id.org/security#assertionMethod" in str(actor["@context"])
        assert actor["publicKey"]["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY")
        shown.add(entry["publicKeyMultibase"])
        assert (await _document(scene.home, path))["assertionMethod"] == [entry]
    assert len(shown) == 3


async def test_an_account_from_before_gets_its_key_when_it_is_first_used(scene: Scene) -> None:
    await scene.app.db.execute("DELETE FROM assertion_keys")
    scene.app.caches.pop("assertion_keys", None)
    first = await _document(scene.home, "/users/alice")
    scene.app.caches.pop("assertion_keys", None)
    assert await scene.count("assertion_keys") == 1
    assert (await _document(scene.home, "/users/alice"))["assertionMethod"] == first["assertionMethod"]


async def test_a_key_that_was_made_in_a_transaction_that_failed_is_not_kept(scene: Scene) -> None:
    await scene.app.db.execute("DELETE FROM assertion_keys")
    scene.app.caches.pop("assertion_keys", None)

    async def failing() -> None:
        async with scene.app.db.transaction():
            await assertions.own(scene.app, scene.alice.account_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    key_id, _ = await assertions.own(scene.app, scene.alice.account_id)
    assert await scene.count("assertion_keys", "key_id = ?", key_id) == 1


async def test_everything_that_is_delivered_carries_a_proof_of_its_actor(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("Like me")
    await scene.done(scene.bob, scene.bob.create(note))
    posted = await scene.alice.post("Hello with a proof, @" + scene.bob.handle)
    found = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
    assert found
    for verb in ("favourite", "unfavourite", "reblog", "unreblog"):
        await scene.alice.call("POST", f"/api/v1/statuses/{found['id']}/{verb}")
        await scene.settle()
    await scene.alice.call("PUT", f"/api/v1/statuses/{posted['id']}", json={"status": "Changed"})
    await scene.settle()
    await scene.alice.call("DELETE", f"/api/v1/statuses/{posted['id']}")
    await scene.settle()

    actor = await _document(scene.home, "/users/alice")
    key = keys.ed25519_key(actor["assertionMethod"][0]["publicKeyMultibase"])
    assert key is not None
    kinds = set()
    for request in (seen for seen in scene.victim.requests if seen.method == "POST"):
        document = json.loads(request.body)
        proof = proofs.read(document, datetime.now(UTC))
        assert proof is not None, document
        assert proof.method == actor["assertionMethod"][0]["id"]
        assert proofs.holds(document, proof, key), document["type"]
        assert "https://w3id.org/security/data-integrity/v2" in document["@context"]
        kinds.add(document["type"])
    assert kinds >= {"Accept", "Follow", "Create", "Like", "Undo", "Announce", "Update", "Delete"}


async def test_requests_are_signed_with_the_rsa_key_all_the_same(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    request = next(seen for seen in scene.victim.requests if seen.method == "POST")
    said = request.headers.get("signature", "") + request.headers.get("signature-input", "")
    assert "#main-key" in said
    assert "ed25519" not in said


async def _ready(scene: Scene) -> dict[str, Any]:
    """bob lists a key, alice follows him, and evil is known; a note of bob's that nobody serves."""
    listed(scene.bob)
    await scene.follow(scene.alice, scene.bob)
    await scene.known(scene.mal)
    note = scene.bob.note("proven words")
    scene.victim.pages.pop(note["id"].removeprefix(scene.victim.base))
    return note


async def test_a_forwarded_activity_with_a_proof_is_its_actors_own(scene: Scene) -> None:
    note = await _ready(scene)
    asked = len(scene.victim.gets())
    await scene.done(scene.mal, proven(scene.bob, scene.bob.create(note)))
    found = await scene.row("SELECT account_id, content FROM posts WHERE uri = ?", note["id"])
    assert found is not None
    assert "proven words" in found["content"]
    assert len(scene.victim.gets()) == asked, "nothing was asked for"

    changed = {**note, "content": "<p>changed words</p>", "updated": stamp(5)}
    await scene.done(scene.mal, proven(scene.bob, scene.bob.activity("Update", changed)))
    found = await scene.row("SELECT content FROM posts WHERE uri = ?", note["id"])
    assert found is not None
    assert "changed words" in found["content"]

    await scene.done(scene.mal, proven(scene.bob, scene.bob.activity("Delete", note["id"])))
    assert await scene.count("posts", "uri = ?", note["id"]) == 0


async def test_an_unknown_actor_is_asked_for_its_key_and_believed(scene: Scene) -> None:
    dora = listed(scene.victim.actor("dora", key=4))
    posted = await scene.alice.post("Like me")
    await scene.known(scene.mal)
    await scene.done(scene.mal, proven(dora, dora.activity("Like", posted["uri"])))
    assert await scene.count("favourites") == 1
    assert await scene.count("assertion_keys k JOIN accounts a ON a.id = k.account_id", "a.uri = ?", dora.id) == 1


async def test_a_key_that_is_new_is_found_when_the_actor_is_asked_again(scene: Scene) -> None:
    await scene.known(scene.bob, scene.mal)
    listed(scene.bob)
    posted = await scene.alice.post("Like me")
    like = proven(scene.bob, scene.bob.activity("Like", posted["uri"]))
    await scene.done(scene.mal, like)
    assert await scene.count("favourites") == 0, "it was asked a moment ago"
    await scene.app.db.execute("UPDATE accounts SET fetched_at = fetched_at - 600000 WHERE uri = ?", scene.bob.id)
    await scene.done(scene.mal, {**like, "proof": like["proof"]} | {"signature": {"different": "body"}})
    assert await scene.count("favourites") == 0, "the same id by the same host is the same activity"
    other = proven(scene.bob, scene.bob.activity("Like", posted["uri"]))
    await scene.done(scene.mal, other)
    assert await scene.count("favourites") == 1


def _bit(document: dict[str, Any]) -> dict[str, Any]:
    value = document["proof"]["proofValue"]
    last = "2" if value[-1] != "2" else "3"
    return {**document, "proof": {**document["proof"], "proofValue": value[:-1] + last}}


CHANGED: dict[str, Callable[[Scene, dict[str, Any]], dict[str, Any]]] = {
    "another object": lambda scene, like: {**like, "object": scene.uri(scene.carol)},
    "another type": lambda scene, like: {**like, "type": "Block"},
    "another actor": lambda scene, like: {**like, "actor": scene.mallory.id},
    "another id": lambda scene, like: {**like, "id": like["id"] + "0"},
    "one more field": lambda scene, like: {**like, "content": "x"},
    "another bit": lambda scene, like: _bit(like),
    "no proof": lambda scene, like: {key: value for key, value in like.items() if key != "proof"},
}


@pytest.mark.parametrize("what", CHANGED)
async def test_a_proven_activity_that_was_changed_has_no_effect(scene: Scene, what: str) -> None:
    await _ready(scene)
    await scene.known(scene.mallory)
    posted = await scene.alice.post("Like me")
    like = proven(scene.bob, scene.bob.activity("Like", posted["uri"]))
    await scene.without_effect(what, scene.mal, CHANGED[what](scene, like), asked=3)


async def test_a_proof_by_the_key_of_somebody_else_has_no_effect(scene: Scene) -> None:
    note = await _ready(scene)
    listed(scene.mal, number=2)
    listed(scene.mallory, number=3)
    await scene.app.db.execute("UPDATE accounts SET fetched_at = 0 WHERE uri = ?", scene.mal.id)
    await scene.known(scene.mallory)
    create = scene.bob.create(note)
    for actor, number in ((scene.mal, 2), (scene.mallory, 3)):
        forged = proven(actor, create, number=number)
        await scene.without_effect(actor.name, scene.mal, forged, asked=6, but=("accounts", "assertion_keys"))


async def test_a_neighbour_on_the_same_server_does_not_speak_for_others(scene: Scene) -> None:
    await _ready(scene)
    listed(scene.mallory, number=3)
    await scene.known(scene.mallory)
    posted = await scene.alice.post("Like me")
    forged = proven(scene.mallory, scene.bob.activity("Like", posted["uri"]), number=3)
    await scene.without_effect("mallory's key, bob's like", scene.mal, forged, asked=3)


async def test_an_activity_whose_id_is_elsewhere_is_not_proven(scene: Scene) -> None:
    await _ready(scene)
    posted = await scene.alice.post("Like me")
    for identity in (scene.mal.url("likes/1"), None):
        like = {**scene.bob.activity("Like", posted["uri"]), "id": identity}
        await scene.without_effect(str(identity), scene.mal, proven(scene.bob, like), asked=3)


async def test_a_key_whose_controller_is_another_or_that_is_elsewhere_is_not_taken(scene: Scene) -> None:
    posted = await scene.alice.post("Like me")
    await scene.known(scene.mal)
    wrong: dict[str, dict[str, Any]] = {
        "foreign": {"controller": scene.mal.id},
        "elsewhere": {"id": f"{scene.mal.id}#ed25519-key"},
        "over": {"expires": stamp(-60)},
    }
    for name, fields in wrong.items():
        actor = scene.victim.actor(name, key=4)
        listed(actor, **fields)
        like = actor.activity("Like", posted["uri"])
        await scene.done(scene.mal, proven(actor, like, key_id=actor.document["assertionMethod"][0]["id"]))
    assert await scene.count("favourites") == 0


async def test_a_proof_of_the_object_does_not_authorise_the_activity_around_it(scene: Scene) -> None:
    note = proven(scene.bob, await _ready(scene))
    create = {key: value for key, value in scene.bob.create(note).items() if key != "proof"}
    await scene.without_effect("only the note is proven", scene.mal, create, asked=3)


async def test_a_proof_of_the_activity_does_not_authorise_an_object_of_somebody_else(scene: Scene) -> None:
    await _ready(scene)
    foreign = {**scene.bob.note("not bob's"), "id": scene.mal.url("notes/1"), "attributedTo": scene.mal.id}
    await scene.without_effect("foreign", scene.mal, proven(scene.bob, scene.bob.create(foreign)), asked=3)


async def test_a_linked_data_signature_is_not_believed_the_origin_is_asked(scene: Scene) -> None:
    note = await _ready(scene)
    signature = {"type": "RsaSignature2017", "creator": scene.bob.key_id, "created": stamp(), "signatureValue": "eA=="}
    said = {**note, "content": "<p>what the bringer says</p>"}
    await scene.without_effect("nobody has it", scene.mal, {**scene.bob.create(said), "signature": signature}, asked=3)
    scene.victim.serve(note["id"], note)
    await scene.done(scene.mal, {**scene.bob.create(said), "signature": signature})
    found = await scene.row("SELECT content FROM posts WHERE uri = ?", note["id"])
    assert found is not None
    assert "proven words" in found["content"]


async def test_an_old_proof_brings_nothing_back_but_posts(scene: Scene) -> None:
    note = await _ready(scene)
    old = datetime.now(UTC) - timedelta(days=8)
    posted = await scene.alice.post("Like me")
    like = proven(scene.bob, scene.bob.activity("Like", posted["uri"]), now=old)
    await scene.without_effect("an old like", scene.mal, like, asked=3)
    await scene.done(scene.mal, proven(scene.bob, scene.bob.create(note), now=old))
    assert await scene.count("posts", "uri = ?", note["id"]) == 1


async def test_a_copy_by_another_server_does_not_repeat_an_activity(scene: Scene) -> None:
    await _ready(scene)
    await scene.known(scene.mallory)
    follow = proven(scene.bob, scene.bob.activity("Follow", scene.uri(scene.carol)))
    undo = proven(scene.bob, scene.bob.activity("Undo", follow))
    await scene.done(scene.mal, follow)
    assert await scene.count("follows", "uri = ?", follow["id"]) == 1
    await scene.done(scene.bob, undo)
    again = proven(scene.bob, scene.bob.activity("Follow", scene.uri(scene.carol)))
    await scene.done(scene.bob, again)
    # The old Undo would end the new follow, as it names the same two.
    await scene.without_effect("replayed", scene.mal, undo)
    assert await scene.count("follows", "uri = ?", again["id"]) == 1


async def test_a_proof_of_a_suspended_account_or_a_blocked_domain_has_no_effect(scene: Scene) -> None:
    note = await _ready(scene)
    await scene.app.db.execute("UPDATE accounts SET suspended_at = 1 WHERE uri = ?", scene.bob.id)
    await scene.without_effect("suspended", scene.mal, proven(scene.bob, scene.bob.create(note)))


async def test_a_proof_by_one_of_our_own_keys_brings_nothing(scene: Scene) -> None:
    posted = await scene.alice.post("Like me")
    key_id, key = await assertions.own(scene.app, scene.carol.account_id)
    like = {"id": f"{scene.uri(scene.carol)}#likes/1", "type": "Like", "actor": scene.uri(scene.carol)}
    like |= {"object": posted["uri"]}
    await scene.known(scene.mal)
    forged = proofs.attach(like, key_id=key_id, key=key, now=datetime.now(UTC))
    await scene.without_effect("ours", scene.mal, forged)


async def test_a_profile_that_is_pushed_with_another_key_is_asked_for_at_its_origin(scene: Scene) -> None:
    await _ready(scene)
    stolen = json.loads(json.dumps(scene.bob.document))
    stolen["assertionMethod"][0]["publicKeyMultibase"] = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    await scene.done(scene.bob, scene.bob.activity("Update", stolen))
    row = await scene.row("SELECT multibase FROM assertion_keys WHERE key_id = ?", f"{scene.bob.id}#ed25519-key")
    assert row is not None
    assert row["multibase"] == scene.bob.document["assertionMethod"][0]["publicKeyMultibase"]


async def test_who_proves_is_told_to_whoever_asks(scene: Scene) -> None:
    note = await _ready(scene)
    create = proven(scene.bob, scene.bob.create(note))
    row = await proving.proven(scene.app, create, Budget(3))
    assert row is not None
    assert row["uri"] == scene.bob.id
    async with tables.untouched(scene.app):
        assert await proving.proven(scene.app, {**create, "to": [PUBLIC, PUBLIC]}, Budget(3)) is None
        assert await proving.proven(scene.app, {"type": "Create"}, Budget(3)) is None


async def test_two_servers_of_ours_prove_to_each_other(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await bao.follow(alice)
    await world.settle()
    await alice.post("Hello")
    await world.settle()
    rows = await one.app.db.rows("SELECT body FROM outgoing_activities ORDER BY id")
    create = next(found for row in rows if (found := json.loads(row["body"]))["type"] == "Create")
    row = await proving.proven(two.app, create, Budget(3))
    assert row is not None
    assert row["username"] == "alice"
