"""Polls of other servers and of ours: votes, counts, ends and edits, through the real inbox."""

from typing import Any

from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, stamp

HOUR = 3600


def _options(*votes: int) -> list[dict[str, Any]]:
    names = ("Green", "Black", "White")
    return [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": count}}
        for name, count in zip(names, votes, strict=False)
    ]


async def _asked(scene: Scene, **fields: Any) -> dict[str, Any]:
    await scene.follow(scene.alice, scene.bob)
    question = scene.bob.note("Which tea?", type="Question", **fields)
    await scene.done(scene.bob, scene.bob.create(question))
    return question


async def _poll(scene: Scene) -> Any:
    return (await scene.alice.home())[0]["poll"]


def _vote(scene: Scene, poll: str, choice: str, number: int, **fields: Any) -> dict[str, Any]:
    bob = scene.bob
    vote = {"id": bob.url(f"votes/{number}"), "type": "Note", "attributedTo": bob.id, "name": choice}
    return vote | {"inReplyTo": poll, "to": [scene.uri(scene.alice)]} | fields


async def test_new_counts_arrive_without_an_edit_and_in_any_number(scene: Scene) -> None:
    question = await _asked(scene, anyOf=_options(1, 2), endTime=stamp(HOUR), votersCount=2)
    before = await _poll(scene)
    assert (before["multiple"], before["votes_count"], before["voters_count"]) == (True, 3, 2)
    poll = before
    for votes, voters in (((4, 2), 5), ((4, 2), 6), ((9, 9), None)):
        changed = question | {"anyOf": _options(*votes), "votersCount": voters}
        await scene.done(scene.bob, scene.bob.activity("Update", changed, to=[PUBLIC]))
        poll = await _poll(scene)
        assert [option["votes_count"] for option in poll["options"]] == list(votes)
        assert poll["voters_count"] == (sum(votes) if voters is None else voters)
    assert poll["id"] == before["id"]
    shown = (await scene.alice.home())[0]
    assert shown["edited_at"] is None
    assert await scene.count("post_edits") == 0


async def test_a_poll_that_is_closed_early_is_over_at_once_and_once(scene: Scene) -> None:
    question = await _asked(scene, oneOf=_options(1, 2), endTime=stamp(HOUR))
    poll = await _poll(scene)
    assert poll["expired"] is False
    for closed in (True, stamp(-1), True):
        await scene.done(scene.bob, scene.bob.activity("Update", question | {"closed": closed, "endTime": None}))
        poll = await _poll(scene)
        assert poll["expired"] is True, closed
    vote = {"choices": [0]}
    await scene.alice.call("POST", f"/api/v1/polls/{poll['id']}/votes", json=vote, status=422)


async def test_a_poll_in_every_form_ends_when_it_says(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    end = stamp(HOUR)
    for fields, expired, ends in (
        ({"endTime": end}, False, True),
        ({"closed": end}, False, True),
        ({"closed": True}, True, True),
        ({}, False, False),
        ({"closed": stamp(-HOUR)}, True, True),
        ({"closed": False}, False, False),
        ({"endTime": "never"}, False, False),
    ):
        question = scene.bob.note("Which?", type="Question", oneOf=_options(0, 0), **fields)
        await scene.done(scene.bob, scene.bob.create(question))
        poll = await _poll(scene)
        assert (poll["expired"], poll["expires_at"] is not None) == (expired, ends), fields


async def test_a_question_without_text_shows_its_name(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    question = scene.bob.note(type="Question", name="Which tea?", content=None, oneOf=_options(0, 0))
    await scene.done(scene.bob, scene.bob.create(question))
    assert (await scene.alice.home())[0]["content"] == "<p><strong>Which tea?</strong></p>"


async def test_other_options_start_the_count_anew_and_the_former_ones_stay_in_the_history(scene: Scene) -> None:
    question = await _asked(scene, oneOf=_options(1, 2), endTime=stamp(HOUR))
    first = await _poll(scene)
    await scene.alice.call("POST", f"/api/v1/polls/{first['id']}/votes", json={"choices": [1]})
    await scene.settle()
    await scene.done(
        scene.bob, scene.bob.activity("Update", question | {"oneOf": _options(0, 0, 0), "updated": stamp(60)})
    )
    poll = await _poll(scene)
    assert (poll["voted"], poll["votes_count"], len(poll["options"])) == (False, 0, 3)
    assert await scene.count("poll_votes") == 0
    shown = (await scene.alice.home())[0]
    history = await scene.alice.call("GET", f"/api/v1/statuses/{shown['id']}/history")
    assert [len(version["poll"]["options"]) for version in history] == [2, 3]
    implicit = question | {"oneOf": _options(7, 7), "updated": None}
    await scene.done(scene.bob, scene.bob.activity("Update", implicit))
    assert len((await _poll(scene))["options"]) == 3, "other options are an edit, which has a time"


async def test_several_votes_in_one_create_count_once_each_and_are_never_posts(scene: Scene) -> None:
    poll = {"options": ["Green", "Black", "White"], "expires_in": HOUR, "multiple": True}
    posted = await scene.alice.post("Which tea?", poll=poll)
    votes = [_vote(scene, posted["uri"], "Green", 1), _vote(scene, posted["uri"], "White", 2)]
    await scene.done(scene.bob, scene.bob.activity("Create", votes, to=[scene.uri(scene.alice)]))
    await scene.done(scene.bob, scene.bob.activity("Create", votes[0]))
    for odd in ("Red", "green"):
        await scene.done(scene.bob, scene.bob.create(_vote(scene, posted["uri"], odd, 9)))
    shown = await scene.alice.call("GET", f"/api/v1/polls/{posted['poll']['id']}")
    assert [option["votes_count"] for option in shown["options"]] == [1, 0, 1]
    assert shown["voters_count"] == 1
    assert await scene.count("posts") == 1
    notifications = await scene.alice.call("GET", "/api/v1/notifications")
    assert not [one for one in notifications if one["type"] == "mention"]


async def test_a_second_choice_in_a_poll_with_one_is_not_counted(scene: Scene) -> None:
    posted = await scene.alice.post("Which tea?", poll={"options": ["Green", "Black"], "expires_in": HOUR})
    for number, choice in enumerate(("Green", "Black", "Green")):
        await scene.done(scene.bob, scene.bob.create(_vote(scene, posted["uri"], choice, number)))
    shown = await scene.alice.call("GET", f"/api/v1/polls/{posted['poll']['id']}")
    assert [option["votes_count"] for option in shown["options"]] == [1, 0]


async def test_votes_for_a_poll_of_ours_are_told_to_all_once_in_a_while_and_at_the_end(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    posted = await scene.alice.post("Which tea?", poll={"options": ["Green", "Black"], "expires_in": HOUR})
    await scene.done(scene.bob, scene.bob.create(_vote(scene, posted["uri"], "Black", 1)))
    scene.app.clock.shift(60)
    await scene.settle()
    updates = [one for one in scene.victim.received if one["type"] == "Update"]
    assert [option["replies"]["totalItems"] for option in updates[-1]["object"]["oneOf"]] == [0, 1]
    assert "updated" not in updates[-1]["object"]
    scene.app.clock.shift(HOUR)
    await scene.settle()
    updates = [one for one in scene.victim.received if one["type"] == "Update"]
    assert len(updates) == 2
    assert updates[-1]["object"]["closed"] == updates[-1]["object"]["endTime"]
    assert "closed" not in updates[0]["object"]
    kinds = [one["type"] for one in await scene.alice.call("GET", "/api/v1/notifications")]
    assert "poll" in kinds
