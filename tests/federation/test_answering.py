"""Who may answer a post of ours: said to other servers, and kept to here whichever way an answer comes."""

from typing import Any

import pytest

from tests.federation.scene import Scene
from tests.support.fakefedi import FakeActor


def received(actor: FakeActor, kind: str) -> list[dict[str, Any]]:
    return [one for one in actor.host.received if one["type"] == kind]


async def write(scene: Scene, text: str, **fields: Any) -> Any:
    posted = await scene.alice.post(text, **fields)
    await scene.settle()
    return posted


async def answer(scene: Scene, actor: FakeActor, uri: str, **fields: Any) -> None:
    await scene.send(actor, actor.create(actor.note("an answer", inReplyTo=uri, **fields)))
    await scene.settle()


async def answers(scene: Scene, status_id: str) -> int:
    context = await scene.alice.call("GET", f"/api/v1/statuses/{status_id}/context")
    return len(context["descendants"])


async def test_only_followers_answer_what_is_for_followers_to_answer(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    await scene.known(scene.mal)
    posted = await write(scene, "among us", reply_approval_policy="followers")
    (sent,) = received(scene.bob, "Create")
    followers = (await scene.home.call("GET", f"{scene.uri(scene.alice).partition(scene.home.host)[2]}"))["followers"]
    assert sent["object"]["interactionPolicy"]["canReply"] == {"automaticApproval": [followers], "manualApproval": []}
    await answer(scene, scene.mal, posted["uri"])
    assert await answers(scene, posted["id"]) == 0
    assert await scene.count("notifications", "kind = 'mention'") == 0
    await answer(scene, scene.bob, posted["uri"])
    assert await answers(scene, posted["id"]) == 1


async def test_whom_the_post_names_answers_where_nobody_else_may(scene: Scene) -> None:
    await scene.known(scene.bob, scene.mal)
    posted = await write(scene, f"@{scene.bob.handle} your turn", reply_approval_policy="nobody")
    (sent,) = received(scene.bob, "Create")
    rule = sent["object"]["interactionPolicy"]["canReply"]
    assert rule["automaticApproval"] == [scene.uri(scene.alice)]
    await answer(scene, scene.mal, posted["uri"])
    assert await answers(scene, posted["id"]) == 0
    await answer(scene, scene.bob, posted["uri"])
    assert await answers(scene, posted["id"]) == 1
    made = await scene.alice.call("POST", "/api/v1/statuses", json={"status": "my own", "in_reply_to_id": posted["id"]})
    assert made["in_reply_to_id"] == posted["id"]


async def test_a_request_to_answer_is_granted_or_refused_by_the_same_rule(scene: Scene) -> None:
    await scene.known(scene.bob, scene.mal)
    posted = await write(scene, "closed", reply_approval_policy="nobody")
    note = scene.mal.note("an answer", inReplyTo=posted["uri"])
    await scene.done(scene.mal, scene.mal.activity("ReplyRequest", posted["uri"], instrument=note))
    (refused,) = received(scene.mal, "Reject")
    assert refused["object"]["instrument"] == note["id"]
    assert received(scene.mal, "Accept") == []
    assert await answers(scene, posted["id"]) == 0


async def test_the_author_opens_and_closes_answers_later(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    await scene.known(scene.mal)
    posted = await write(scene, "open")
    assert "canReply" not in received(scene.bob, "Create")[0]["object"]["interactionPolicy"]
    await answer(scene, scene.mal, posted["uri"])
    path = f"/api/v1/statuses/{posted['id']}"
    await scene.alice.call("PUT", f"{path}/interaction_policy", json={"reply_approval_policy": "nobody"})
    await scene.settle()
    (update,) = received(scene.bob, "Update")
    assert update["object"]["interactionPolicy"]["canReply"]["automaticApproval"] == [scene.uri(scene.alice)]
    await answer(scene, scene.mal, posted["uri"])
    assert await answers(scene, posted["id"]) == 1, "what was there stays"
    assert (await scene.alice.call("GET", f"{path}/source"))["reply_approval_policy"] == "nobody"
    await scene.alice.call("PUT", path, json={"status": "open again", "reply_approval_policy": "public"})
    await answer(scene, scene.mal, posted["uri"])
    assert await answers(scene, posted["id"]) == 2


async def test_an_answer_to_a_boost_is_one_to_what_it_boosts(scene: Scene) -> None:
    await scene.known(scene.mal)
    posted = await write(scene, "closed", reply_approval_policy="nobody")
    boost = await scene.carol.call("POST", f"/api/v1/statuses/{posted['id']}/reblog")
    await answer(scene, scene.mal, boost["uri"])
    assert await scene.count("posts", "content LIKE '%an answer%'") == 0
    await scene.alice.call(
        "PUT", f"/api/v1/statuses/{posted['id']}/interaction_policy", json={"reply_approval_policy": "public"}
    )
    await answer(scene, scene.mal, boost["uri"])
    assert await answers(scene, posted["id"]) == 1


@pytest.mark.parametrize("setting", ["everybody", "FOLLOWERS", "x" * 5000])
async def test_what_is_no_such_setting_is_refused(scene: Scene, setting: str) -> None:
    body = {"status": "hello", "reply_approval_policy": setting}
    await scene.alice.call("POST", "/api/v1/statuses", json=body, status=422)


async def test_a_planned_post_keeps_who_may_answer_it(scene: Scene) -> None:
    body = {"status": "later", "reply_approval_policy": "followers", "scheduled_at": "2099-01-01T00:00:00Z"}
    await scene.alice.call("POST", "/api/v1/statuses", json=body, status=422)
    soon = {**body, "scheduled_at": scene.app.now().replace(year=scene.app.now().year + 1).isoformat()}
    made = await scene.alice.call("POST", "/api/v1/statuses", json=soon)
    assert made["params"]["reply_approval_policy"] == "followers"


async def test_whose_answer_is_not_taken_is_told_so(scene: Scene) -> None:
    await scene.known(scene.bob, scene.mal)
    posted = await write(scene, "among us", reply_approval_policy="followers")
    note = scene.mal.note("an answer", inReplyTo=posted["uri"])
    await scene.send(scene.mal, scene.mal.create(note))
    await scene.settle()
    (refusal,) = received(scene.mal, "Reject")
    assert (refusal["actor"], refusal["object"], refusal["to"]) == (scene.uri(scene.alice), note["id"], scene.mal.id)
    open_ = await write(scene, "to all")
    await answer(scene, scene.mal, open_["uri"])
    assert len(received(scene.mal, "Reject")) == 1


async def test_who_cannot_see_a_post_learns_nothing_by_answering_it(scene: Scene) -> None:
    await scene.known(scene.mal)
    posted = await write(scene, "hush", visibility="private", reply_approval_policy="nobody")
    await answer(scene, scene.mal, posted["uri"], to=[scene.uri(scene.alice)])
    assert received(scene.mal, "Reject") == []
