"""Answers, likes and boosts that an author must agree to (GoToSocial's interaction controls)."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, FakeActor

ASKING = {"automaticApproval": [], "manualApproval": PUBLIC}
KINDS = {"like": "canLike", "reply": "canReply", "announce": "canAnnounce"}


def policy(kind: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    return {"interactionPolicy": {KINDS[kind]: rule}}


def received(actor: FakeActor, kind: str) -> list[dict[str, Any]]:
    return [one for one in actor.host.received if one["type"] == kind]


async def found(scene: Scene, note: Mapping[str, Any]) -> str:
    """The id here of a note elsewhere."""
    result = await scene.alice.call("GET", "/api/v2/search", params={"q": note["id"], "resolve": "true"})
    return str(result["statuses"][0]["id"])


async def act(scene: Scene, kind: str, status_id: str, *, status: int = 200, text: str = "an answer") -> Any:
    if kind == "reply":
        body = {"status": text, "in_reply_to_id": status_id}
        made = await scene.alice.call("POST", "/api/v1/statuses", json=body, status=status)
    else:
        verb = "favourite" if kind == "like" else "reblog"
        made = await scene.alice.call("POST", f"/api/v1/statuses/{status_id}/{verb}", status=status)
    await scene.settle()
    return made


SENT = {"like": "Like", "reply": "Create", "announce": "Announce"}
REQUEST = {"like": "LikeRequest", "reply": "ReplyRequest", "announce": "AnnounceRequest"}


@pytest.mark.parametrize("kind", KINDS)
async def test_what_needs_consent_is_asked_for_and_goes_to_others_with_the_proof(scene: Scene, kind: str) -> None:
    await scene.follows(scene.mal, scene.alice)
    note = scene.bob.note("be polite", **policy(kind, ASKING))
    await act(scene, kind, await found(scene, note))
    (asked,) = received(scene.bob, REQUEST[kind])
    assert (asked["actor"], asked["object"]) == (scene.uri(scene.alice), note["id"])
    assert asked["instrument"]["type"] == {"reply": "Note"}.get(kind, SENT[kind])
    assert received(scene.bob, SENT[kind]) == received(scene.mal, SENT[kind]) == []

    proof = scene.bob.url("authorizations/1")
    answer = scene.bob.activity("Accept", {**asked, "instrument": asked["instrument"]["id"]}, result=proof)
    await scene.done(scene.bob, answer)
    (sent,) = received(scene.bob, SENT[kind])
    carrier = sent["object"] if kind == "reply" else sent
    assert carrier[f"{kind}Authorization"] == carrier["approvedBy"] == proof
    assert carrier["id"] == asked["instrument"]["id"]
    assert len(received(scene.mal, SENT[kind])) == (0 if kind == "like" else 1)
    await scene.done(scene.bob, {**answer, "id": scene.bob.url("accepts/again")})
    assert len(received(scene.bob, SENT[kind])) == 1, "consent that comes twice sends nothing twice"


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_refused_goes_to_nobody(scene: Scene, kind: str) -> None:
    await scene.follows(scene.mal, scene.alice)
    note = scene.bob.note("be polite", **policy(kind, ASKING))
    status_id = await found(scene, note)
    made = await act(scene, kind, status_id)
    (asked,) = received(scene.bob, REQUEST[kind])
    await scene.done(scene.bob, scene.bob.activity("Reject", asked["id"]))
    assert received(scene.bob, SENT[kind]) == received(scene.mal, SENT[kind]) == []
    status = await scene.alice.call("GET", f"/api/v1/statuses/{status_id}")
    assert (status["favourited"], status["reblogged"]) == (False, False)
    if kind == "reply":
        await scene.alice.call("PUT", f"/api/v1/statuses/{made['id']}", json={"status": "edited"})
        await scene.settle()
        assert received(scene.bob, "Update") == received(scene.mal, "Update") == []


@pytest.mark.parametrize("kind", KINDS)
async def test_what_the_author_does_not_want_at_all_is_refused_here(scene: Scene, kind: str) -> None:
    note = scene.bob.note("leave me", **policy(kind, {"always": scene.bob.id}))
    await act(scene, kind, await found(scene, note), status=403)
    assert received(scene.bob, SENT[kind]) == received(scene.bob, REQUEST[kind]) == []


@pytest.mark.parametrize("rule", [{"always": [PUBLIC]}, {"automaticApproval": PUBLIC}, {}])
async def test_what_everybody_may_is_not_asked_for(scene: Scene, rule: dict[str, Any]) -> None:
    note = scene.bob.note("welcome", **policy("like", rule))
    await act(scene, "like", await found(scene, note))
    assert len(received(scene.bob, "Like")) == 1
    assert received(scene.bob, "LikeRequest") == []


async def test_followers_ask_too_as_others_cannot_see_that_they_follow(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("for followers", **policy("like", {"automaticApproval": [scene.bob.document["followers"]]}))
    await act(scene, "like", await found(scene, note))
    assert len(received(scene.bob, "LikeRequest")) == 1


async def test_who_is_mentioned_may_answer(scene: Scene) -> None:
    mention = [{"type": "Mention", "href": scene.uri(scene.alice), "name": "@alice"}]
    note = scene.bob.note("what do you say?", tag=mention, **policy("reply", {"automaticApproval": scene.bob.id}))
    await act(scene, "reply", await found(scene, note))
    assert len(received(scene.bob, "Create")) == 1


async def test_consent_counts_from_the_author_only_and_with_a_proof_of_that_server(scene: Scene) -> None:
    note = scene.bob.note("be polite", **policy("like", ASKING))
    await act(scene, "like", await found(scene, note))
    (asked,) = received(scene.bob, "LikeRequest")
    await scene.known(scene.mallory, scene.mal)
    for actor, proof in (
        (scene.mallory, scene.bob.url("a/1")),
        (scene.mal, scene.mal.url("a/1")),
        (scene.bob, scene.mal.url("a/1")),
    ):
        await scene.send(actor, actor.activity("Accept", asked, result=proof))
        await scene.settle()
    assert received(scene.bob, "Like") == []
    assert await scene.count("interaction_approvals", "state = 'pending'") == 1


# -- being asked ------------------------------------------------------------------------------------------------------


def instrument(scene: Scene, kind: str, uri: str) -> dict[str, Any]:
    if kind == "reply":
        return scene.bob.note("an answer", inReplyTo=uri)
    made = scene.bob.activity(SENT[kind], uri, to=[PUBLIC])
    if kind == "announce":
        return made
    return {("attributedTo" if key == "actor" else key): value for key, value in made.items()}  # as GoToSocial does


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_is_agreed_to_and_the_authorization_served(scene: Scene, kind: str) -> None:
    posted = await scene.alice.post("ask me")
    await scene.known(scene.bob)
    done = instrument(scene, kind, posted["uri"])
    asked = scene.bob.activity(REQUEST[kind], posted["uri"], instrument=done)
    await scene.done(scene.bob, asked)
    (answer,) = received(scene.bob, "Accept")
    assert answer["object"] == {
        "type": REQUEST[kind],
        "id": asked["id"],
        "actor": scene.bob.id,
        "object": posted["uri"],
        "instrument": done["id"],
    }
    served = await scene.home.call("GET", answer["result"].partition(scene.home.host)[2])
    assert served["type"] == REQUEST[kind].replace("Request", "Authorization")
    assert served["attributedTo"] == scene.uri(scene.alice)
    assert (served["interactingObject"], served["interactionTarget"]) == (done["id"], posted["uri"])
    status = await scene.alice.call("GET", f"/api/v1/statuses/{posted['id']}")
    counts = {"like": status["favourites_count"], "announce": status["reblogs_count"], "reply": status["replies_count"]}
    assert counts == {name: int(name == kind) for name in KINDS}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_does_not_tell_whether_a_private_post_is_there(scene: Scene, kind: str) -> None:
    hidden = await scene.alice.post("among us", visibility="private")
    await scene.known(scene.bob)
    for uri in (hidden["uri"], f"{scene.uri(scene.alice)}/statuses/123456789"):
        await scene.done(scene.bob, scene.bob.activity(REQUEST[kind], uri, instrument=instrument(scene, kind, uri)))
    assert received(scene.bob, "Accept") == received(scene.bob, "Reject") == []
    assert await scene.count("interaction_approvals") == 0


async def test_a_boost_of_a_private_post_is_answered_with_a_refusal(scene: Scene) -> None:
    hidden = await scene.alice.post("among us", visibility="private")
    await scene.follows(scene.bob, scene.alice)
    done = instrument(scene, "announce", hidden["uri"])
    await scene.done(scene.bob, scene.bob.activity("AnnounceRequest", hidden["uri"], instrument=done))
    (answer,) = received(scene.bob, "Reject")
    assert answer["object"]["instrument"] == done["id"]
    assert "result" not in answer


async def test_a_request_is_for_ones_own_interaction_only(scene: Scene) -> None:
    posted = await scene.alice.post("ask me")
    await scene.known(scene.bob, scene.mallory)
    theirs = scene.mallory.note("an answer", inReplyTo=posted["uri"])
    wrong = [
        ("ReplyRequest", theirs),
        ("ReplyRequest", scene.bob.note("no answer")),
        ("ReplyRequest", scene.mal.note("an answer", inReplyTo=posted["uri"])),
        ("LikeRequest", scene.mallory.activity("Like", posted["uri"])),
        ("LikeRequest", scene.bob.activity("Like", "http://elsewhere.example/1")),
        ("LikeRequest", scene.bob.activity("Announce", posted["uri"])),
    ]
    for kind, done in wrong:
        await scene.send(scene.bob, scene.bob.activity(kind, posted["uri"], instrument=done))
        await scene.settle()
    assert received(scene.bob, "Accept") == []
    assert await scene.count("interaction_approvals") == 0


@pytest.mark.parametrize("kind", ["like", "announce"])
async def test_an_interaction_that_is_only_named_counts_for_whom_its_server_says(scene: Scene, kind: str) -> None:
    posted = await scene.alice.post("ask me")
    await scene.known(scene.bob, scene.mallory)
    of_bob = scene.bob.activity(SENT[kind], posted["uri"])
    unserved = scene.mallory.url("activities/unserved")
    of_another = scene.mallory.activity(SENT[kind], f"{posted['uri']}0")
    for done in (of_bob, of_another):
        scene.victim.serve(done["id"], done)
    for uri in (of_bob["id"], of_another["id"], unserved):
        await scene.done(scene.mallory, scene.mallory.activity(REQUEST[kind], posted["uri"], instrument=uri))
        nameless = {"id": uri, "type": SENT[kind], "object": posted["uri"]}
        await scene.done(scene.mallory, scene.mallory.activity(REQUEST[kind], posted["uri"], instrument=nameless))
    assert received(scene.mallory, "Accept") == []
    assert await scene.count("interaction_approvals") == await scene.count("favourites") == 0
    assert await scene.count("posts") == 1
    await scene.done(scene.bob, scene.bob.activity(REQUEST[kind], posted["uri"], instrument=of_bob["id"]))
    (answer,) = received(scene.bob, "Accept")
    assert (answer["object"]["actor"], answer["object"]["instrument"]) == (scene.bob.id, of_bob["id"])


# -- what third parties did -------------------------------------------------------------------------------------------


def authorization(author: FakeActor, kind: str, uri: str, target: str, **fields: Any) -> str:
    author.count += 1
    made = {
        "id": author.url(f"authorizations/{author.count}"),
        "type": f"{kind}Authorization",
        "attributedTo": author.id,
        "interactingObject": uri,
        "interactionTarget": target,
    } | fields
    author.host.serve(made["id"], made)
    return str(made["id"])


async def test_an_answer_that_the_author_agreed_to_is_taken_and_others_are_dropped(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    note = scene.bob.note("be polite", **policy("reply", ASKING))
    await found(scene, note)
    own_id = scene.mal.url("notes/answer")
    right = authorization(scene.bob, "Reply", own_id, note["id"])
    wrong = {
        "none": {},
        "on the answering server": {
            "replyAuthorization": authorization(scene.mal, "Reply", own_id, note["id"], attributedTo=scene.bob.id)
        },
        "for another answer": {"replyAuthorization": authorization(scene.bob, "Reply", own_id + "x", note["id"])},
        "for another post": {"replyAuthorization": authorization(scene.bob, "Reply", own_id, note["id"] + "x")},
        "for a like": {"replyAuthorization": authorization(scene.bob, "Like", own_id, note["id"])},
        "by somebody else": {
            "replyAuthorization": authorization(scene.bob, "Reply", own_id, note["id"], attributedTo=scene.mallory.id)
        },
        "not there": {"approvedBy": scene.bob.url("authorizations/none")},
    }
    for what, fields in wrong.items():
        answer = scene.mal.note("an answer", id=own_id, inReplyTo=note["id"], **fields)
        await scene.send(scene.mal, scene.mal.create(answer))
        await scene.settle()
        assert await scene.count("posts", "uri = ?", own_id) == 0, what
    answer = scene.mal.note("an answer", id=own_id, inReplyTo=note["id"], replyAuthorization=right)
    await scene.done(scene.mal, scene.mal.create(answer))
    assert await scene.count("posts", "uri = ?", own_id) == 1


async def test_an_accept_is_a_proof_too_as_gotosocial_had_it_first(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    note = scene.bob.note("be polite", **policy("reply", ASKING))
    await found(scene, note)
    answer = scene.mal.note("an answer", inReplyTo=note["id"])
    accept = scene.bob.activity("Accept", answer["id"])
    scene.victim.serve(accept["id"], accept)
    await scene.done(scene.mal, scene.mal.create({**answer, "approvedBy": accept["id"]}))
    assert await scene.count("posts", "uri = ?", answer["id"]) == 1


async def test_a_boost_that_the_author_did_not_agree_to_is_dropped(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    note = scene.bob.note("be polite", **policy("announce", ASKING))
    await found(scene, note)
    await scene.send(scene.mal, scene.mal.activity("Announce", note["id"], to=[PUBLIC]))
    await scene.settle()
    assert await scene.count("posts", "reblog_of_id IS NOT NULL") == 0
    boost = scene.mal.activity("Announce", note["id"], to=[PUBLIC])
    proof = authorization(scene.bob, "Announce", boost["id"], note["id"])
    await scene.done(scene.mal, {**boost, "announceAuthorization": proof})
    assert await scene.count("posts", "reblog_of_id IS NOT NULL") == 1


async def test_a_refused_answer_is_for_nobody_but_its_author_who_is_told(scene: Scene) -> None:
    note = scene.bob.note("be polite", **policy("reply", ASKING))
    status_id = await found(scene, note)
    made = await act(scene, "reply", status_id, text="@carol look at this")
    (asked,) = received(scene.bob, REQUEST["reply"])
    own = await scene.alice.call("GET", f"/api/v1/statuses/{made['id']}")
    assert own["reply_state"] == "pending"
    await scene.done(scene.bob, scene.bob.activity("Reject", asked["id"]))
    own = await scene.alice.call("GET", f"/api/v1/statuses/{made['id']}")
    assert (own["reply_state"], own["visibility"], own["content"] != "") == ("rejected", "direct", True)
    for ask in (scene.carol.call, scene.home.call):
        await ask("GET", f"/api/v1/statuses/{made['id']}", status=404)
        assert (await ask("GET", f"/api/v1/statuses/{status_id}/context"))["descendants"] == []
    (told,) = [one for one in await scene.alice.call("GET", "/api/v1/notifications") if one["type"] == "answer_refused"]
    assert told["account"]["acct"] == scene.bob.handle
    assert told["status"]["id"] == made["id"]
    await scene.done(scene.bob, {**scene.bob.activity("Reject", asked["id"]), "id": scene.bob.url("rejects/again")})
    assert await scene.count("notifications", "kind = 'answer_refused'") == 1


async def test_an_answer_that_was_refused_unasked_is_taken_back_everywhere(scene: Scene) -> None:
    await scene.follows(scene.mal, scene.alice)
    note = scene.bob.note("hello")
    status_id = await found(scene, note)
    made = await act(scene, "reply", status_id)
    assert len(received(scene.mal, "Create")) == 1
    scene.bob.host.serve(note["id"], note | policy("reply", ASKING))  # its rules came later, and were not told here
    refusal = scene.bob.activity("Reject", made["uri"])
    await scene.done(scene.bob, refusal)
    (gone,) = received(scene.mal, "Delete")
    assert gone["object"]["id"] == made["uri"]
    own = await scene.alice.call("GET", f"/api/v1/statuses/{made['id']}")
    assert (own["reply_state"], own["visibility"]) == ("rejected", "direct")
    await scene.carol.call("GET", f"/api/v1/statuses/{made['id']}", status=404)
    assert await scene.count("notifications", "kind = 'answer_refused'") == 1
    await scene.alice.call("PUT", f"/api/v1/statuses/{made['id']}", json={"status": "edited"})
    await scene.settle()
    assert received(scene.mal, "Update") == []


async def test_whose_post_lets_everybody_answer_makes_no_answer_vanish(scene: Scene) -> None:
    status_id = await found(scene, scene.bob.note("hello"))
    made = await act(scene, "reply", status_id)
    await scene.send(scene.bob, scene.bob.activity("Reject", made["uri"]))
    await scene.settle()
    assert (await scene.carol.call("GET", f"/api/v1/statuses/{made['id']}"))["visibility"] == "public"
    assert await scene.count("interaction_approvals") == 0


async def test_nobody_else_refuses_an_answer(scene: Scene) -> None:
    await scene.known(scene.mal, scene.mallory)
    status_id = await found(scene, scene.bob.note("hello"))
    made = await act(scene, "reply", status_id)
    for stranger in (scene.mal, scene.mallory):
        await scene.send(stranger, stranger.activity("Reject", made["uri"]))
    await scene.settle()
    shown = await scene.carol.call("GET", f"/api/v1/statuses/{made['id']}")
    assert shown["visibility"] == "public"
    assert await scene.count("interaction_approvals") == 0
