"""Groups of other servers (FEP-1b12): what they pass on is verified, shown once, and answered to."""

from typing import Any

import pytest

from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, FakeActor, gone
from tests.support.proofs import listed, proven


@pytest.fixture
async def group(scene: Scene) -> FakeActor:
    """A group on evil's server that alice follows."""
    found = scene.evil.actor("town", key=5, kind="Group")
    await scene.follow(scene.alice, found)
    return found


def passed(group: FakeActor, inner: Any, **more: Any) -> dict[str, Any]:
    return group.activity("Announce", inner, to=[PUBLIC], cc=[group.document["followers"]], **more)


def topic(scene: Scene, group: FakeActor, text: str = "a topic", **more: Any) -> dict[str, Any]:
    fields = {"type": "Page", "name": text, "to": [group.id, PUBLIC], "audience": group.id} | more
    return scene.bob.note(text, **fields)


async def _posted(scene: Scene, group: FakeActor) -> dict[str, Any]:
    note = topic(scene, group)
    await scene.done(group, passed(group, scene.bob.create(note)))
    assert await scene.count("posts", "uri = ?", note["id"]) == 1
    return note


async def test_a_new_topic_is_shown_once_as_the_boost_of_the_group(scene: Scene, group: FakeActor) -> None:
    note = topic(scene, group)
    await scene.done(group, passed(group, scene.bob.create(note)))
    await scene.done(group, passed(group, note["id"]))  # Lemmy sends this too, for Mastodon
    home = await scene.alice.home()
    assert [(one["account"]["username"], one["reblog"]["uri"]) for one in home] == [("town", note["id"])]


async def test_a_topic_whose_author_must_be_asked_is_boosted_with_a_proof_only(scene: Scene, group: FakeActor) -> None:
    asking: dict[str, Any] = {"interactionPolicy": {"canAnnounce": {"automaticApproval": [], "manualApproval": PUBLIC}}}
    note = topic(scene, group, **asking)
    await scene.done(group, passed(group, scene.bob.create(note)))
    assert await scene.count("posts", "uri = ?", note["id"]) == await scene.count("posts") == 1
    assert await scene.alice.home() == []
    announce = passed(group, scene.bob.create(note))
    proof = {
        "id": scene.bob.url("authorizations/1"),
        "type": "AnnounceAuthorization",
        "attributedTo": scene.bob.id,
        "interactingObject": announce["id"],
        "interactionTarget": note["id"],
    }
    scene.victim.serve(proof["id"], proof)
    await scene.done(group, announce | {"announceAuthorization": proof["id"]})
    assert [one["reblog"]["uri"] for one in await scene.alice.home()] == [note["id"]]


async def test_an_answer_is_put_into_its_thread_and_not_boosted(scene: Scene, group: FakeActor) -> None:
    note = await _posted(scene, group)
    reply = scene.mallory.note("an answer", inReplyTo=note["id"], audience=group.id, to=[group.id, PUBLIC])
    await scene.done(group, passed(group, scene.mallory.create(reply)))
    assert len(await scene.alice.home()) == 1
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
    assert row is not None
    seen = await scene.alice.call("GET", f"/api/v1/statuses/{row['id']}/context")
    assert [one["uri"] for one in seen["descendants"]] == [reply["id"]]


async def test_what_a_group_passes_on_is_taken_as_its_origin_serves_it(scene: Scene, group: FakeActor) -> None:
    note = topic(scene, group)
    altered = {**note, "content": "<p>FORGED</p>"}
    await scene.done(group, passed(group, scene.bob.create(altered)))
    assert await scene.count("posts", "content LIKE ?", "%FORGED%") == 0
    assert await scene.count("posts", "uri = ?", note["id"]) == 1
    edited = {**note, "content": "<p>FORGED</p>", "updated": "2030-01-01T00:00:00Z"}
    await scene.done(group, passed(group, scene.bob.activity("Update", edited)))
    assert await scene.count("posts", "content LIKE ?", "%FORGED%") == 0
    invented = {**note, "id": f"{scene.victim.base}/invented"}
    await scene.done(group, passed(group, scene.bob.create(invented)))
    assert await scene.count("posts", "uri = ?", invented["id"]) == 0


async def test_what_a_member_proves_is_taken_without_asking_its_server(scene: Scene, group: FakeActor) -> None:
    await scene.known(listed(scene.bob))
    note = topic(scene, group)
    scene.victim.pages.pop(note["id"].removeprefix(scene.victim.base))
    create = proven(scene.bob, scene.bob.create(note))
    altered = {**create, "object": {**note, "content": "FORGED"}}
    await scene.done(group, passed(group, altered))
    assert await scene.count("posts") == 0
    scene.forget_failures()
    await scene.done(group, passed(group, create))
    home = await scene.alice.home()
    assert [(one["account"]["username"], one["reblog"]["uri"]) for one in home] == [("town", note["id"])]
    like = proven(scene.bob, scene.bob.activity("Like", note["id"]))
    await scene.done(group, passed(group, like))
    assert await scene.count("favourites") == 1
    delete = proven(scene.bob, scene.bob.activity("Delete", note["id"]))
    await scene.done(group, passed(group, delete))
    assert await scene.count("posts") == 0


async def test_nothing_is_passed_on_for_a_suspended_member_or_a_blocked_server(scene: Scene, group: FakeActor) -> None:
    uri = (await scene.alice.post("Like me"))["uri"]
    await scene.known(listed(scene.mallory), listed(scene.bob))
    like = proven(scene.mallory, scene.mallory.activity("Like", uri))
    await scene.app.db.execute("UPDATE accounts SET suspended_at = 1 WHERE uri = ?", scene.mallory.id)
    await scene.without_effect("a suspended member", group, passed(group, like))
    await scene.app.db.execute("UPDATE accounts SET suspended_at = NULL WHERE uri = ?", scene.mallory.id)
    await scene.done(group, passed(group, like))
    assert await scene.count("favourites") == 1
    await domains.block(scene.app, scene.victim.name.partition(":")[0], Terms(), by=None)
    like = proven(scene.bob, scene.bob.activity("Like", uri))
    await scene.without_effect("a blocked server", group, passed(group, like))


async def test_who_is_no_group_or_is_not_followed_passes_nothing_on(scene: Scene, group: FakeActor) -> None:
    note = topic(scene, group)
    await scene.follow(scene.alice, scene.mal)
    other = scene.evil.actor("village", key=6, kind="Group")
    await scene.known(other)
    for sender in (scene.mal, other):
        await scene.without_effect(sender.name, sender, passed(sender, scene.bob.create(note)))


async def test_a_like_that_a_group_passes_on_counts_when_its_origin_confirms_it(scene: Scene, group: FakeActor) -> None:
    note = await _posted(scene, group)
    like = scene.mallory.activity("Like", note["id"], audience=group.id)
    scene.victim.serve(like["id"], like)
    for _ in range(2):
        await scene.done(group, passed(group, like))
    assert await scene.count("favourites") == 1
    assert await scene.count("posts", "reblog_of_id IS NOT NULL") == 1
    undo = scene.mallory.activity("Undo", like)
    scene.victim.serve(undo["id"], undo)
    await scene.done(group, passed(group, undo))
    assert await scene.count("favourites") == 0


async def test_a_like_that_its_origin_does_not_know_is_not_counted(scene: Scene, group: FakeActor) -> None:
    note = await _posted(scene, group)
    other = scene.mallory.note("something else")
    invented = scene.mallory.activity("Like", note["id"])
    changed = scene.mallory.activity("Like", note["id"])
    scene.victim.serve(changed["id"], changed | {"object": other["id"]})
    by_bob = {**scene.mallory.activity("Like", note["id"]), "actor": scene.bob.id}
    scene.victim.serve(by_bob["id"], by_bob | {"actor": scene.mallory.id})
    foreign = {**scene.mallory.activity("Like", note["id"]), "id": f"{scene.evil.base}/likes/1"}
    scene.evil.serve(foreign["id"], foreign)
    for like in (invented, changed, by_bob, foreign):
        await scene.done(group, passed(group, like))
        assert await scene.count("favourites") == 0, like


@pytest.mark.parametrize("kind", ["Dislike", "Lock", "Add", "Remove", "Block", "Flag", "Move", "Follow", "Accept"])
async def test_what_concerns_the_group_alone_is_taken_and_changes_nothing(
    scene: Scene, group: FakeActor, kind: str
) -> None:
    note = await _posted(scene, group)
    await scene.known(scene.mallory)
    inner = scene.mallory.activity(kind, note["id"], target=group.id, audience=group.id)
    about_bob = scene.mallory.activity(kind, scene.bob.id, target=f"{group.id}/moderators")
    for one in (inner, about_bob, scene.mallory.activity("Undo", inner)):
        await scene.without_effect(kind, group, passed(group, one))


async def test_moderators_remove_a_post_from_their_own_group_only(scene: Scene, group: FakeActor) -> None:
    note = await _posted(scene, group)
    outside = scene.bob.note("not in the group", to=[PUBLIC])
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.create(outside))
    other = scene.evil.actor("village", key=6, kind="Group")
    await scene.follow(scene.alice, other)
    await scene.known(scene.mallory)
    for sender, uri in ((group, outside["id"]), (other, note["id"]), (scene.mallory, note["id"])):
        removal = scene.mallory.activity("Delete", uri, summary="off topic")
        activity = removal if sender is scene.mallory else passed(sender, removal)
        await scene.done(sender, activity)
        assert await scene.count("posts", "uri IN (?, ?)", note["id"], outside["id"]) == 2
    await scene.done(group, passed(group, scene.mallory.activity("Delete", note["id"], summary="off topic")))
    assert await scene.count("posts", "uri = ?", note["id"]) == 0
    await scene.done(group, passed(group, scene.bob.create(note)))
    assert await scene.count("posts", "uri = ?", note["id"]) == 0
    undo = scene.mallory.activity("Undo", scene.mallory.activity("Delete", note["id"]))
    await scene.done(other, passed(other, undo))
    assert await scene.count("posts", "uri = ?", note["id"]) == 0
    await scene.done(group, passed(group, undo))
    assert await scene.count("posts", "uri = ?", note["id"]) == 1


async def test_moderators_of_a_group_elsewhere_remove_no_post_of_ours(scene: Scene, group: FakeActor) -> None:
    note = await _posted(scene, group)
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
    assert row is not None
    reply = await scene.alice.post("an answer", in_reply_to_id=str(row["id"]))
    await scene.settle()
    await scene.done(group, passed(group, reply["uri"]))
    assert await scene.count("posts", "reblog_of_id = ?", int(reply["id"])) == 1
    await scene.done(group, passed(group, scene.mallory.activity("Delete", reply["uri"])))
    assert await scene.count("posts", "id = ?", int(reply["id"])) == 1
    assert await scene.count("posts", "reblog_of_id = ?", int(reply["id"])) == 0


async def test_an_author_s_own_deletion_is_believed_when_the_origin_says_so(scene: Scene, group: FakeActor) -> None:
    note = await _posted(scene, group)
    delete = scene.bob.activity("Delete", note["id"])
    await scene.done(group, passed(group, delete))
    assert await scene.count("posts", "uri = ?", note["id"]) == 1
    scene.victim.pages[note["id"].removeprefix(scene.victim.base)] = gone()
    scene.forget_failures()
    await scene.done(group, passed(group, delete))
    assert await scene.count("posts", "uri = ?", note["id"]) == 0


async def test_an_answer_to_a_post_in_a_group_is_sent_to_the_group_too(scene: Scene, group: FakeActor) -> None:
    note = await _posted(scene, group)
    row = await scene.row("SELECT id, audience_uri FROM posts WHERE uri = ?", note["id"])
    assert row is not None
    assert row["audience_uri"] == group.id
    scene.evil.requests.clear()
    first = await scene.carol.post("@bob an answer", in_reply_to_id=str(row["id"]))
    await scene.settle()
    second = await scene.alice.post("an answer to that", in_reply_to_id=first["id"])
    await scene.settle()
    sent = [one for one in scene.evil.received if one["type"] == "Create"]
    assert [one["object"]["id"] for one in sent] == [first["uri"], second["uri"]]
    for create in sent:
        assert create["audience"] == create["object"]["audience"] == group.id
        assert group.id in {*create["cc"]} & {*create["object"]["cc"]}
    await scene.carol.call("DELETE", f"/api/v1/statuses/{first['id']}")
    await scene.settle()
    assert scene.evil.kinds()[-1] == "Delete"


async def test_a_private_answer_is_not_sent_to_the_group(scene: Scene, group: FakeActor) -> None:
    note = await _posted(scene, group)
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
    assert row is not None
    scene.evil.requests.clear()
    await scene.carol.post("quietly", in_reply_to_id=str(row["id"]), visibility="private")
    await scene.settle()
    assert not scene.evil.received


async def test_a_group_that_a_post_names_gets_it_with_all_that_answers_it(scene: Scene, group: FakeActor) -> None:
    scene.evil.requests.clear()
    named = await scene.carol.post(f"Hello @{group.handle}")
    await scene.settle()
    await scene.alice.post("an answer", in_reply_to_id=named["id"])
    await scene.settle()
    assert [one["object"]["audience"] for one in scene.evil.received] == [group.id, group.id]
    assert group.id in [tag["href"] for tag in scene.evil.received[0]["object"]["tag"]]


async def _container(scene: Scene, note: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Bob adds what mal wrote to a conversation of his."""
    create = scene.mal.create(note)
    scene.evil.serve(create["id"], create)
    target = {"type": "OrderedCollection", "id": f"{scene.bob.id}/contexts/1", "attributedTo": scene.bob.id}
    return scene.bob.activity("Add", {**create, **more}, target=target)


async def test_what_the_owner_of_a_conversation_adds_is_taken_as_its_author_s_server_serves_it(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.mal.note("an answer", inReplyTo=f"{scene.bob.id}/notes/0")
    add = await _container(scene, note, object={**note, "content": "FORGED"})
    await scene.done(scene.bob, add)
    assert [row["content"] for row in await scene.app.db.rows("SELECT content FROM posts")] == ["<p>an answer</p>"]


async def test_nothing_is_added_by_strangers_or_to_conversations_of_others(scene: Scene) -> None:
    await scene.known(scene.bob)
    add = await _container(scene, scene.mal.note("an answer"))
    await scene.without_effect("a stranger adds", scene.bob, add)
    await scene.follow(scene.alice, scene.bob)
    foreign = {**(await _container(scene, scene.mal.note("an answer"))), "target": f"{scene.evil.base}/contexts/1"}
    await scene.without_effect("to a conversation of somebody else", scene.bob, foreign)
    invented = await _container(scene, scene.mal.note("an answer"))
    scene.evil.pages.pop(invented["object"]["id"].removeprefix(scene.evil.base))
    await scene.without_effect("what its author's server does not know", scene.bob, invented, asked=1)
