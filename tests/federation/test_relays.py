"""Relays of both kinds (FEP-ae0c): subscribing, what they bring, and what they get."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from fedinote.federation import relays
from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, NotFound
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, FakeActor, FakeHost, stamp
from tests.support.proofs import listed, proven

KINDS = ("mastodon", "litepub")


@dataclass(repr=False)
class Relay:
    """A mock relay: its host and actor, the row here, and what it does."""

    scene: Scene
    host: FakeHost
    actor: FakeActor
    row: Any

    def got(self, kind: str) -> list[dict[str, Any]]:
        return [activity for activity in self.host.received if activity["type"] == kind]

    async def answer(self, kind: str = "Accept", **fields: Any) -> None:
        follow = {key: value for key, value in self.got("Follow")[-1].items() if key != "proof"}
        await self.scene.done(self.actor, self.actor.activity(kind, follow | fields))

    async def state(self) -> str:
        return str(await self.scene.app.db.value("SELECT state AS value FROM relays WHERE id = ?", self.row["id"]))


async def _relay(scene: Scene, kind: str, *, accepted: bool = True) -> Relay:
    host = await scene.fedi.host("127.0.0.5")
    actor = host.actor("relay", key=4, kind="Application", id=f"{host.base}/actor", inbox=f"{host.base}/inbox")
    row = await relays.add(scene.app, f"{host.base}/inbox" if kind == "mastodon" else actor.id)
    found = Relay(scene, host, actor, row)
    await scene.settle()
    if accepted:
        await found.answer()
        assert await found.state() == "accepted"
    return found


async def _public(scene: Scene) -> list[str]:
    """The public timeline of everywhere else, as anybody sees it."""
    found = await scene.home.call("GET", "/api/v1/timelines/public?remote=true", token=scene.alice.token)
    assert all(status["reblog"] is None for status in found)
    return [status["uri"] for status in found]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_relay_is_asked_with_the_follow_of_its_kind(scene: Scene, kind: str) -> None:
    relay = await _relay(scene, kind, accepted=False)
    (follow,) = relay.got("Follow")
    assert follow["actor"] == f"http://{scene.home.host}/actor"
    assert follow["object"] == (PUBLIC if kind == "mastodon" else relay.actor.id)
    request = next(seen for seen in relay.host.requests if seen.method == "POST")
    assert request.path == "/inbox"
    assert f"http://{scene.home.host}/actor#main-key" in str(request.headers)
    assert await relay.state() == "pending"
    await relay.answer()
    assert await relay.state() == "accepted"
    await relay.answer("Reject")
    assert await relay.state() == "rejected"


async def test_the_answer_is_found_by_its_id_and_by_a_follow_that_has_another_one(scene: Scene) -> None:
    relay = await _relay(scene, "mastodon", accepted=False)
    await scene.done(relay.actor, relay.actor.activity("Reject", relay.row["follow_uri"]))
    assert await relay.state() == "rejected"
    await relay.answer(id=relay.actor.url("follows/1"))
    assert await relay.state() == "accepted"


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_else_can_accept_for_a_relay(scene: Scene, kind: str) -> None:
    relay = await _relay(scene, kind, accepted=False)
    await scene.known(scene.mal)
    for answered in (relay.row["follow_uri"], relay.got("Follow")[0]):
        await scene.without_effect("accepted by another", scene.mal, scene.mal.activity("Accept", answered))
    assert await relay.state() == "pending"


async def test_a_neighbour_of_a_relay_with_another_inbox_cannot_accept_for_it(scene: Scene) -> None:
    relay = await _relay(scene, "mastodon", accepted=False)
    neighbour = relay.host.actor("neighbour", key=3, shared=False)
    follow = {**relay.got("Follow")[0], "id": neighbour.url("made-up")}
    await scene.done(neighbour, neighbour.activity("Accept", follow))
    assert await relay.state() == "pending"
    await relay.answer()
    assert await relay.state() == "accepted"


async def test_somebody_else_at_a_litepub_relays_host_can_not_accept_for_it(scene: Scene) -> None:
    relay = await _relay(scene, "litepub", accepted=False)
    other = relay.host.actor("other", key=5)
    await scene.known(other)
    await scene.without_effect("accepted", other, other.activity("Accept", relay.row["follow_uri"]))


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_relay_announces_is_fetched_and_is_no_boost(scene: Scene, kind: str) -> None:
    relay = await _relay(scene, kind)
    note = scene.bob.note("far away")
    await scene.done(relay.actor, relay.actor.activity("Announce", note["id"], to=[PUBLIC]))
    assert await _public(scene) == [note["id"]]
    assert await scene.count("posts") == 1
    assert await scene.count("posts", "reblog_of_id IS NOT NULL") == 0
    # Again, and the activity instead of its object, as some relays do.
    await scene.done(relay.actor, relay.actor.activity("Announce", note["id"], to=[PUBLIC]))
    other = scene.bob.create(scene.bob.note("another"))
    scene.victim.serve(other["id"], other)
    await scene.done(relay.actor, relay.actor.activity("Announce", other["id"], to=[PUBLIC]))
    third = scene.bob.create(scene.bob.note("a third"))
    await scene.done(relay.actor, relay.actor.activity("Announce", third, to=[PUBLIC]))
    assert set(await _public(scene)) == {note["id"], other["object"]["id"], third["object"]["id"]}
    assert await scene.count("posts") == 3


async def test_what_a_relay_passes_on_is_believed_for_its_proof_or_fetched(scene: Scene) -> None:
    relay = await _relay(scene, "mastodon")
    listed(scene.bob)
    note = scene.bob.note("proven")
    scene.victim.pages.pop(note["id"].removeprefix(scene.victim.base))
    await scene.done(relay.actor, proven(scene.bob, scene.bob.create(note)))
    assert await _public(scene) == [note["id"]]

    lied = scene.bob.note("what the origin says")
    await scene.done(relay.actor, scene.bob.create({**lied, "content": "<p>what the relay says</p>"}))
    found = await scene.row("SELECT content FROM posts WHERE uri = ?", lied["id"])
    assert found is not None
    assert "origin" in found["content"]

    changed = {**lied, "content": "<p>changed by bob</p>", "updated": stamp(5)}
    scene.victim.serve(lied["id"], changed)
    await scene.done(relay.actor, scene.bob.activity("Update", changed))
    found = await scene.row("SELECT content FROM posts WHERE uri = ?", lied["id"])
    assert found is not None
    assert "changed" in found["content"]
    scene.victim.serve(lied["id"], b"{}", status=410)
    await scene.done(relay.actor, scene.bob.activity("Delete", lied["id"]))
    assert await _public(scene) == [note["id"]]


async def test_what_a_relayed_post_answers_is_not_fetched(scene: Scene) -> None:
    relay = await _relay(scene, "litepub")
    parent = scene.bob.note("the beginning")
    answer = scene.bob.note("an answer", inReplyTo=parent["id"])
    await scene.done(relay.actor, relay.actor.activity("Announce", answer["id"], to=[PUBLIC]))
    assert await scene.count("posts", "uri = ?", answer["id"]) == 1
    assert scene.victim.gets(parent["id"].removeprefix(scene.victim.base)) == []


@pytest.mark.parametrize("state", ["pending", "rejected", "unknown"])
async def test_only_relays_that_accepted_us_bring_posts(scene: Scene, state: str) -> None:
    relay = await _relay(scene, "mastodon", accepted=state != "pending")
    if state == "rejected":
        await relay.answer("Reject")
    if state == "unknown":
        await relays.remove(scene.app, relay.row["id"])
    note = scene.bob.note("far away")
    await scene.known(relay.actor)
    async with scene.nothing(state, but=("received_activities", "hosts", "accounts", "account_keys"), asked=5):
        assert await scene.send(relay.actor, relay.actor.activity("Announce", note["id"], to=[PUBLIC])) == 202
        assert await scene.send(relay.actor, scene.bob.create(note)) == 202
    assert await scene.count("posts") == 0


async def test_what_a_relay_brings_is_subject_to_all_rules(scene: Scene) -> None:
    relay = await _relay(scene, "litepub")
    await scene.known(scene.mallory)
    private = scene.bob.note("for my followers", to=[scene.bob.document["followers"]])
    foreign = {**scene.bob.note("not mine"), "attributedTo": scene.mal.id}
    scene.victim.serve(foreign["id"], foreign)
    await scene.app.db.execute("UPDATE accounts SET suspended_at = 1 WHERE uri = ?", scene.mallory.id)
    suspended = scene.mallory.note("suspended here")
    await domains.block(scene.app, scene.evil.name.partition(":")[0], Terms(), by=None)
    for note in (private, foreign, suspended, scene.mal.note("blocked domain"), {"id": scene.evil.base + "/none"}):
        await scene.done(relay.actor, relay.actor.activity("Announce", note["id"], to=[PUBLIC]))
    ours = await scene.alice.post("My own")
    await scene.done(relay.actor, relay.actor.activity("Announce", ours["uri"], to=[PUBLIC]))
    assert await scene.count("posts", "NOT local") == 0
    assert await scene.count("posts") == 1
    assert await scene.count("notifications") == 0


async def test_a_relay_of_mastodons_kind_gets_our_public_activities_as_they_are(scene: Scene) -> None:
    relay = await _relay(scene, "mastodon")
    posted = await scene.alice.post("Public words")
    for visibility in ("unlisted", "private", "direct"):
        await scene.alice.post(f"Not for relays, @{scene.bob.handle}", visibility=visibility)
    await scene.settle()
    (create,) = relay.got("Create")
    assert (create["actor"], create["object"]["id"]) == (scene.uri(scene.alice), posted["uri"])
    assert create["proof"]["verificationMethod"] == f"{scene.uri(scene.alice)}#ed25519-key"
    await scene.alice.call("PUT", f"/api/v1/statuses/{posted['id']}", json={"status": "Other words"})
    await scene.settle()
    assert "Other words" in relay.got("Update")[0]["object"]["content"]
    await scene.alice.call("DELETE", f"/api/v1/statuses/{posted['id']}")
    await scene.settle()
    assert relay.got("Delete")[0]["object"]["id"] == posted["uri"]
    assert relay.got("Announce") == []


async def test_a_relay_of_litepubs_kind_gets_announces_by_the_servers_actor(scene: Scene) -> None:
    relay = await _relay(scene, "litepub")
    posted = await scene.alice.post("Public words")
    await scene.alice.post("Not for relays", visibility="unlisted")
    await scene.settle()
    (announce,) = relay.got("Announce")
    assert (announce["actor"], announce["object"]) == (f"http://{scene.home.host}/actor", posted["uri"])
    assert relay.actor.document["followers"] in announce["to"]
    assert announce["published"]
    assert relay.got("Create") == []
    assert await scene.count("posts", "reblog_of_id IS NOT NULL") == 0


async def test_an_answer_that_waits_for_consent_goes_to_relays_only_with_it(scene: Scene) -> None:
    relay = await _relay(scene, "mastodon")
    await scene.follow(scene.alice, scene.bob)
    rules = {"canReply": {"automaticApproval": [scene.bob.id], "manualApproval": [PUBLIC]}}
    note = scene.bob.note("Ask me first", interactionPolicy=rules)
    await scene.done(scene.bob, scene.bob.create(note))
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
    assert row is not None
    answer = await scene.alice.post(f"@{scene.bob.handle} An answer", in_reply_to_id=str(row["id"]))
    await scene.settle()
    assert relay.got("Create") == []
    request = next(activity for activity in scene.victim.received if activity["type"] == "ReplyRequest")
    accept = scene.bob.activity("Accept", request["id"], result=scene.bob.url("approvals/1"))
    await scene.done(scene.bob, accept)
    assert [activity["object"]["id"] for activity in relay.got("Create")] == [answer["uri"]]


@pytest.mark.parametrize("state", ["pending", "rejected", "removed"])
async def test_relays_that_did_not_accept_us_get_nothing(scene: Scene, state: str) -> None:
    relay = await _relay(scene, "mastodon", accepted=state != "pending")
    if state == "rejected":
        await relay.answer("Reject")
    if state == "removed":
        await relays.remove(scene.app, relay.row["id"])
    await scene.alice.post("Public words")
    await scene.settle()
    assert relay.got("Create") == []


async def test_a_litepub_relay_may_follow_the_servers_actor_and_nobody_else_may(scene: Scene) -> None:
    relay = await _relay(scene, "litepub")
    me = f"http://{scene.home.host}/actor"
    follow = relay.actor.activity("Follow", me)
    await scene.done(relay.actor, follow)
    (accept,) = relay.got("Accept")
    assert (accept["actor"], accept["object"]["id"]) == (me, follow["id"])
    await scene.known(scene.bob)
    await scene.without_effect("follow of the server", scene.bob, scene.bob.activity("Follow", me))


@pytest.mark.parametrize("kind", KINDS)
async def test_leaving_a_relay_undoes_the_follow(scene: Scene, kind: str) -> None:
    relay = await _relay(scene, kind)
    await relays.remove(scene.app, relay.row["id"])
    await scene.settle()
    (undo,) = relay.got("Undo")
    (follow,) = relay.got("Follow")
    assert undo["object"]["id"] == follow["id"]
    assert undo["object"]["object"] == follow["object"]
    assert await relays.everything(scene.app) == []
    with pytest.raises(NotFound):
        await relays.remove(scene.app, relay.row["id"])


async def test_a_relay_is_added_once_and_only_when_it_may_be(scene: Scene) -> None:
    relay = await _relay(scene, "mastodon")
    for url in (relay.row["inbox_url"], relay.actor.id, "relay.example", f"http://{scene.home.host}/inbox", ""):
        with pytest.raises(Invalid):
            await relays.add(scene.app, url)
    with pytest.raises(Invalid):
        await relays.add(scene.app, f"{scene.victim.base}/inbox", "pleroma")
    with pytest.raises(FediNoteError):
        await relays.add(scene.app, f"{scene.victim.base}/nobody")
    await domains.block(scene.app, scene.evil.name.partition(":")[0], Terms(), by=None)
    with pytest.raises(Forbidden):
        await relays.add(scene.app, f"{scene.evil.base}/inbox")
    assert len(await relays.everything(scene.app)) == 1
    sent = [json.loads(row["body"]) for row in await scene.app.db.rows("SELECT body FROM outgoing_activities")]
    assert [activity["type"] for activity in sent].count("Follow") == 1
