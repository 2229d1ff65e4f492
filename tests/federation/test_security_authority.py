"""Attack classes A05, A06, A12 and A13: who may create, change, delete and undo what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, Answer, gone, stamp

# What a forwarded activity may cost: its object is asked for at its origin.
FORWARDED = 3


@dataclass
class Life:
    """What bob did here: everything that others may try to change."""

    scene: Scene
    note: dict[str, Any]
    pinned: dict[str, Any]
    follow: dict[str, Any]
    like: dict[str, Any]
    boost: dict[str, Any]
    block: dict[str, Any]
    asked: dict[str, Any]
    alices: str


async def _live(scene: Scene) -> Life:
    bob, alice = scene.bob, scene.alice
    await scene.follow(alice, bob)
    asked = await scene.follow(scene.carol, bob, accept=False)
    posted = await alice.post("A post of alice's")
    note, pinned = bob.note("bob's own words"), bob.note("bob's pinned words")
    follow, like = bob.activity("Follow", scene.uri(alice)), bob.activity("Like", posted["uri"])
    boost = bob.activity("Announce", posted["uri"], to=[PUBLIC])
    block = bob.activity("Block", scene.uri(scene.carol))
    for activity in (bob.create(note), bob.create(pinned), follow, like, boost):
        await scene.done(bob, activity)
    await scene.done(bob, bob.activity("Add", pinned["id"], target=bob.document["featured"]))
    life = Life(scene, note, pinned, follow, like, boost, block, asked, posted["uri"])
    assert (await scene.count("posts"), await scene.count("favourites"), await scene.count("pins")) == (4, 1, 1)
    assert await scene.count("follows", "accepted") == 2
    return life


def _attempts(life: Life) -> dict[str, dict[str, Any]]:
    """One activity of each type that would matter if bob had sent it."""
    scene, bob, mal = life.scene, life.scene.bob, life.scene.mal
    new = {**life.note, "id": bob.url("notes/forged"), "content": "forged", "to": [scene.uri(scene.alice), PUBLIC]}
    changed = {**life.note, "content": "forged", "updated": stamp(60)}
    made: dict[str, tuple[Any, dict[str, Any]]] = {
        "Create": (new, {}),
        "Update": (changed, {}),
        "Delete": (life.note["id"], {}),
        "Follow": (scene.uri(scene.carol), {}),
        "Accept": (life.asked, {}),
        "Reject": (life.asked, {}),
        "Undo": (life.follow, {}),
        "Like": (life.note["id"], {}),
        "Announce": (life.note["id"], {"to": [PUBLIC]}),
        "Move": (bob.id, {"target": mal.id}),
        "Add": (life.note["id"], {"target": bob.document["featured"]}),
        "Remove": (life.pinned["id"], {"target": bob.document["featured"]}),
        "Block": (scene.uri(scene.alice), {}),
        "Flag": (scene.uri(scene.alice), {"content": "forged"}),
        "EmojiReact": (life.alices, {"content": "👍"}),
        "QuoteRequest": (life.alices, {"instrument": life.note["id"]}),
    }
    return {kind: mal.activity(kind, target, **fields) for kind, (target, fields) in made.items()}


def _shouting(uri: str) -> str:
    return uri.replace("http://", "HTTP://")


ACTORS: dict[str, Callable[[Scene], Any]] = {
    "bob": lambda scene: scene.bob.id,
    "evil and bob": lambda scene: [scene.mal.id, scene.bob.id],
    "bob and evil": lambda scene: [scene.bob.id, scene.mal.id],
    "bob as an object": lambda scene: {"id": scene.bob.id},
    "bob, embedded": lambda scene: {**scene.bob.document, "inbox": f"{scene.evil.base}/inbox"},
    "bob with a fragment": lambda scene: f"{scene.bob.id}#main-key",
    "bob in other letters": lambda scene: _shouting(scene.bob.id),
    "nobody": lambda scene: None,
}


@pytest.mark.parametrize("who", ACTORS)
async def test_what_somebody_else_signs_in_bob_s_name_has_no_effect(scene: Scene, who: str) -> None:
    life = await _live(scene)
    await scene.known(scene.mal)
    for kind, activity in _attempts(life).items():
        for own_id in (activity["id"], scene.bob.url(f"activities/{kind}")):
            forged = {**activity, "id": own_id, "actor": ACTORS[who](scene)}
            await scene.without_effect(f"{kind} by {who}", scene.mal, forged, asked=FORWARDED)


async def test_the_same_activities_by_bob_himself_have_their_effect(scene: Scene) -> None:
    """The positive control of the test above, for the types that are handled."""
    life = await _live(scene)
    effects = {
        "Create": ("posts", 1),
        "Follow": ("follows", 1),
        "Accept": ("follows", 0),
        "Add": ("pins", 1),
        "Remove": ("pins", -1),
        "Undo": ("follows", -1),
        "Flag": ("reports", 1),
        "Like": ("favourites", 1),
        "Announce": ("posts", 1),
        "Delete": ("posts", -2),
        "Reject": ("follows", -1),
        "Block": ("blocks", 1),
    }
    attempts = _attempts(life)
    for kind, (table, change) in effects.items():
        before = await scene.count(table)
        await scene.done(scene.bob, {**attempts[kind], "id": scene.bob.url(f"real/{kind}"), "actor": scene.bob.id})
        assert await scene.count(table) == before + change, kind


async def test_an_object_that_claims_another_author_than_the_actor_is_not_bob_s(scene: Scene) -> None:
    life = await _live(scene)
    await scene.known(scene.mal)
    to_alice = {"to": [scene.uri(scene.alice)], "attributedTo": scene.bob.id}
    forged = scene.mal.note("forged", **to_alice)
    for wrong in (scene.bob.id, {"id": scene.bob.id}, [scene.bob.id], [scene.bob.document], {**scene.bob.document}):
        note = {**forged, "attributedTo": wrong}
        scene.evil.serve(note["id"], note)
        for kind in ("Create", "Update"):
            await scene.without_effect(f"{kind} {wrong}", scene.mal, scene.mal.activity(kind, note), asked=FORWARDED)
    both = {**forged, "attributedTo": [scene.bob.id, scene.mal.id]}
    await scene.done(scene.mal, scene.mal.create(both))
    bobs = "account_id = (SELECT id FROM accounts WHERE uri = ?)"
    assert await scene.count("posts", f"uri = ? AND {bobs}", both["id"], scene.bob.id) == 0
    changed = {**life.note, "content": "forged", "updated": stamp(60)}
    for kind in ("Create", "Update", "Announce"):
        await scene.without_effect(f"{kind} of bob's", scene.mal, scene.mal.activity(kind, changed), asked=FORWARDED)


async def test_an_embedded_object_of_another_host_is_not_believed(scene: Scene) -> None:
    await scene.known(scene.bob, scene.mal)
    to_alice = [scene.uri(scene.alice)]
    absent = scene.mal.note("forged", id=f"{scene.victim.base}/n/1", to=to_alice)
    for author in (scene.mal.id, scene.bob.id):
        forged = scene.mal.create({**absent, "attributedTo": author})
        await scene.without_effect("a note that victim does not have", scene.mal, forged, asked=FORWARDED)
    real = scene.bob.note("bob's own words", to=to_alice)
    await scene.done(scene.mal, scene.mal.create({**real, "content": "forged"}))
    row = await scene.row("SELECT content, account_id FROM posts")
    assert row is not None
    assert "own words" in row["content"]
    assert await scene.count("accounts", "id = ? AND uri = ?", row["account_id"], scene.bob.id) == 1


async def test_objects_without_an_id_or_with_another_kind_of_id_are_refused(scene: Scene) -> None:
    await scene.known(scene.mal)
    note = scene.mal.note("no id", to=[scene.uri(scene.alice)])
    for wrong in (None, "", "urn:uuid:1", "ftp://127.0.0.3/1", "//127.0.0.3/1", "javascript:alert(1)", 7, {"id": note}):
        forged = scene.mal.activity("Create", {**note, "id": wrong})
        await scene.without_effect(f"id {wrong!r}", scene.mal, forged)
    await scene.done(scene.mal, scene.mal.create(note))
    assert await scene.count("posts") == 1


async def test_objects_of_ours_are_never_changed_from_outside(scene: Scene) -> None:
    await scene.known(scene.mal)
    posted = await scene.alice.post("A post of alice's")
    note = scene.mal.note("forged", to=[scene.uri(scene.alice)], id=posted["uri"], updated=stamp(60))
    other = {**note, "id": f"{scene.uri(scene.alice)}/statuses/1"}
    for forged in (note, {**note, "attributedTo": scene.uri(scene.alice)}, other):
        for kind in ("Create", "Update"):
            await scene.without_effect(f"{kind} {forged['id']}", scene.mal, scene.mal.activity(kind, forged))
    for target in (posted["uri"], scene.uri(scene.alice)):
        await scene.without_effect("Delete", scene.mal, scene.mal.activity("Delete", target))


async def test_embedded_actors_and_keys_are_never_stored(scene: Scene) -> None:
    await scene.known(scene.bob, scene.mal)
    pem = scene.mal.document["publicKey"]["publicKeyPem"]
    false_bob = {**scene.bob.document, "name": "forged", "inbox": f"{scene.evil.base}/inbox"}
    false_bob["publicKey"] = {**scene.bob.document["publicKey"], "publicKeyPem": pem}
    note = scene.mal.note("hello", to=[scene.uri(scene.alice)], attributedTo=[scene.mal.id, false_bob])
    mention = {"type": "Mention", **false_bob, "href": scene.bob.id}
    for activity in (
        scene.mal.create({**note, "attributedTo": scene.mal.id, "tag": [mention], "inReplyTo": false_bob}),
        scene.mal.create(note),
        scene.mal.activity("Update", false_bob),
        scene.mal.activity("Create", false_bob),
        scene.mal.activity("Announce", false_bob, to=[PUBLIC]),
        scene.mal.activity("View", false_bob),
        scene.mal.activity("Accept", {"type": "Follow", "actor": scene.uri(scene.alice), "object": false_bob}),
    ):
        assert await scene.send(scene.mal, activity) in (202, 400)
        await scene.settle()
    assert await scene.count("account_keys", "public_pem = ? AND key_id <> ?", pem, scene.mal.key_id) == 0
    assert await scene.count("accounts", "display_name = 'forged'") == 0
    assert await scene.count("accounts", "uri = ? AND inbox_url = ?", scene.bob.id, scene.bob.document["inbox"]) == 1


async def test_an_update_by_anybody_but_the_owner_changes_nothing(scene: Scene) -> None:
    life = await _live(scene)
    await scene.known(scene.mallory, scene.mal)
    changed = {**life.note, "content": "forged", "updated": stamp(60)}
    for actor in (scene.mallory, scene.mal):
        for what, target in {
            "bob's note": changed,
            "bob's note as one's own": {**changed, "attributedTo": actor.id},
            "bob's note as both's": {**changed, "attributedTo": [actor.id, scene.bob.id]},
            "bob": {**scene.bob.document, "name": "forged"},
            "bob by id": scene.bob.id,
            "bob's note as a person": {**actor.document, "id": life.note["id"], "name": "forged"},
        }.items():
            update = actor.activity("Update", target)
            await scene.without_effect(f"{what} by {actor.name}", actor, update, asked=FORWARDED)
    await scene.done(scene.bob, scene.bob.activity("Update", {**changed, "content": "bob's new words"}))
    assert await scene.count("posts", "content LIKE '%new words%'") == 1
    assert await scene.count("post_edits") == 1


async def test_an_update_changes_neither_author_nor_kind_nor_time_nor_audience(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("for followers", to=[scene.bob.url("followers")])
    await scene.done(scene.bob, scene.bob.create(note))
    before = await scene.row("SELECT id, account_id, visibility, created_at, object_type, uri FROM posts")
    wider = {**note, "to": [PUBLIC], "content": "now wider", "published": stamp(-9000), "updated": stamp(60)}
    for change in (
        wider,
        {**wider, "attributedTo": scene.mallory.id, "updated": stamp(120)},
        {**wider, "type": "Person", "preferredUsername": "x", "inbox": scene.bob.url("inbox"), "updated": stamp(180)},
    ):
        await scene.done(scene.bob, scene.bob.activity("Update", change))
    assert await scene.row("SELECT id, account_id, visibility, created_at, object_type, uri FROM posts") == before
    assert await scene.count("posts") == 1


async def test_versions_older_than_what_is_here_are_ignored(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("first")
    await scene.done(scene.bob, scene.bob.create(note))
    second = {**note, "content": "second", "updated": stamp(100)}
    await scene.done(scene.bob, scene.bob.activity("Update", second))
    for what, old in {
        "older": {**note, "content": "forged", "updated": stamp(50)},
        "as old": {**second, "content": "forged"},
        "older than the post": {**note, "content": "forged", "updated": stamp(-9000)},
        "without a time": {**note, "content": "forged"},
    }.items():
        await scene.without_effect(what, scene.bob, scene.bob.activity("Update", old))
    assert await scene.count("posts", "content = 'second'") == 1


async def test_an_unknown_object_is_not_made_by_an_update_that_concerns_nobody(scene: Scene) -> None:
    await scene.known(scene.bob)
    note = scene.bob.note("nobody asked", updated=stamp())
    await scene.without_effect("Update", scene.bob, scene.bob.activity("Update", note), asked=1)


async def test_a_poll_with_other_options_starts_anew(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    options = [{"type": "Note", "name": name, "replies": {"totalItems": 5}} for name in ("tea", "coffee")]
    poll = scene.bob.note("Which?", type="Question", oneOf=options, endTime=stamp(9000))
    await scene.done(scene.bob, scene.bob.create(poll))
    assert await scene.count("polls", "options LIKE '%5%' AND options LIKE '%coffee%'") == 1
    changed = [{"type": "Note", "name": name, "replies": {"totalItems": 0}} for name in ("tea", "water")]
    await scene.done(scene.bob, scene.bob.activity("Update", {**poll, "oneOf": changed, "updated": stamp(60)}))
    assert await scene.count("polls") == 1
    assert await scene.count("polls", "options LIKE '%5%' OR options LIKE '%coffee%'") == 0


async def test_an_inbox_moves_to_another_host_only_by_the_actor_s_own_document(scene: Scene) -> None:
    await scene.known(scene.bob)
    elsewhere = {**scene.bob.document, "inbox": f"{scene.evil.base}/collect", "endpoints": {}, "name": "Robert"}
    await scene.done(scene.bob, scene.bob.activity("Update", elsewhere))
    assert await scene.count("accounts", "uri = ? AND inbox_url = ?", scene.bob.id, scene.bob.document["inbox"]) == 1
    scene.bob.document.update(elsewhere)
    await scene.done(scene.bob, scene.bob.activity("Update", elsewhere))
    assert await scene.count("accounts", "uri = ? AND inbox_url = ?", scene.bob.id, elsewhere["inbox"]) == 1
    assert await scene.count("accounts", "display_name = 'Robert'") == 1


async def test_a_delete_by_anybody_but_the_owner_changes_nothing(scene: Scene) -> None:
    life = await _live(scene)
    await scene.known(scene.mallory, scene.mal)
    uri = life.note["id"]
    for actor in (scene.mallory, scene.mal):
        for what, target in {
            "the note": uri,
            "the note, embedded": {**life.note, "attributedTo": actor.id},
            "a Tombstone": {"type": "Tombstone", "id": uri},
            "bob": scene.bob.id,
            "bob, embedded": scene.bob.document,
            "bob's boost": life.boost["id"],
        }.items():
            delete = actor.activity("Delete", target)
            await scene.without_effect(f"{what} by {actor.name}", actor, delete, asked=FORWARDED)
    await scene.done(scene.bob, scene.bob.activity("Delete", {"type": "Tombstone", "id": uri}))
    assert await scene.count("posts", "uri = ?", uri) == 0


async def test_what_the_origin_itself_no_longer_has_may_be_deleted_by_others_of_the_same_host(scene: Scene) -> None:
    life = await _live(scene)
    await scene.known(scene.mallory, scene.mal)
    path = life.note["id"].removeprefix(scene.victim.base)
    scene.victim.pages[path] = gone()
    await scene.without_effect("evil", scene.mal, scene.mal.activity("Delete", life.note["id"]), asked=FORWARDED)
    await scene.done(scene.mallory, scene.mallory.activity("Delete", life.note["id"]))
    assert await scene.count("posts", "uri = ?", life.note["id"]) == 0


async def test_an_undo_by_anybody_but_the_one_who_did_it_changes_nothing(scene: Scene) -> None:
    life = await _live(scene)
    await scene.done(scene.bob, life.block)
    await scene.known(scene.mallory, scene.mal)
    for actor in (scene.mallory, scene.mal):
        for done in (life.follow, life.like, life.boost, life.block):
            for what, target in {
                "as it is": done,
                "by its id": done["id"],
                "as one's own": {**done, "actor": actor.id},
                "as one's own, without an id": {**done, "actor": actor.id, "id": None},
            }.items():
                undo = actor.activity("Undo", target)
                label = f"{done['type']} {what} by {actor.name}"
                # That it was said is remembered: it counts against its own speaker only (see the next test).
                await scene.without_effect(label, actor, undo, asked=FORWARDED, but=("tombstones",))
    for done, table in ((life.follow, "follows"), (life.like, "favourites"), (life.block, "blocks")):
        before = await scene.count(table)
        await scene.done(scene.bob, scene.bob.activity("Undo", done))
        assert await scene.count(table) == before - 1, table


async def test_an_undo_of_what_has_not_come_yet_hinders_nobody_else(scene: Scene) -> None:
    await scene.known(scene.mallory, scene.mal)
    posted = await scene.alice.post("Tea?")
    like = scene.bob.activity("Like", posted["uri"])
    for actor in (scene.mallory, scene.mal):
        for target in (like["id"], {**like, "actor": actor.id}):
            await scene.done(actor, actor.activity("Undo", target))
    await scene.done(scene.bob, like)
    assert await scene.count("favourites") == 1


async def test_an_account_is_deleted_by_itself_alone(scene: Scene) -> None:
    life = await _live(scene)
    scene.victim.pages[f"/users/{scene.bob.name}"] = gone()
    await scene.done(scene.bob, scene.bob.activity("Delete", scene.bob.id))
    assert await scene.count("posts", "uri = ?", life.note["id"]) == 0
    assert await scene.count("accounts", "uri = ? AND deleted_at IS NOT NULL", scene.bob.id) == 1


async def test_a_forwarded_activity_brings_what_its_origin_says_now(scene: Scene) -> None:
    """Who forwards it needs no trust: the note comes from victim, whatever was in the activity."""
    host, bob = scene.victim, scene.bob
    await scene.follow(scene.alice, bob)
    await scene.known(scene.mal)
    note = bob.note("the origin's words")
    await scene.done(scene.mal, bob.create({**note, "content": "forged"}))
    assert await scene.count("posts", "content LIKE '%origin%'") == 1
    host.serve(note["id"], {**note, "content": "the origin's new words", "updated": stamp(60)})
    await scene.done(scene.mal, bob.activity("Update", {**note, "content": "forged", "updated": stamp(90)}))
    assert await scene.count("posts", "content LIKE '%new words%'") == 1
    host.pages[note["id"].removeprefix(host.base)] = Answer(status=410)
    await scene.done(scene.mal, bob.activity("Delete", note["id"]))
    assert await scene.count("posts") == 0


async def test_what_a_stranger_may_not_see_is_not_deleted_because_the_stranger_is_told_that_it_is_not_there(
    scene: Scene,
) -> None:
    """Servers answer 404 for private posts; anybody could delete them here by forwarding something."""
    await scene.follow(scene.alice, scene.bob)
    await scene.known(scene.mallory, scene.mal)
    note = scene.bob.note("for followers", to=[scene.bob.url("followers")])
    boost = scene.bob.activity("Announce", note["id"], to=[scene.bob.url("followers")])
    for activity in (scene.bob.create(note), boost):
        await scene.done(scene.bob, activity)
    scene.victim.pages[note["id"].removeprefix(scene.victim.base)] = Answer(status=404)
    for target in (note, boost):
        for kind in ("Create", "Update", "Delete"):
            forwarded = scene.bob.activity(kind, target["id"])
            await scene.without_effect(f"{kind} forwarded", scene.mal, forwarded, asked=FORWARDED)
        delete = scene.mallory.activity("Delete", target["id"])
        await scene.without_effect("Delete by mallory", scene.mallory, delete, asked=FORWARDED)
