"""What comes in the wrong order, or twice, ends in the right state (R17-R22)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fedinote.federation import delivery
from fedinote.infra.clock import http_date
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, Answer, stamp
from tests.support.signing import Way

DAY = 86_400


@pytest.mark.parametrize(("kind", "table"), [("Like", "favourites"), ("Announce", "posts"), ("Follow", "follows")])
async def test_an_undo_that_comes_first_wins(scene: Scene, kind: str, table: str) -> None:
    posted = await scene.alice.post("Tea?")
    before = await scene.count(table)
    target = scene.uri(scene.alice) if kind == "Follow" else posted["uri"]
    for by_id in (True, False):
        done = scene.bob.activity(kind, target, to=[PUBLIC])
        await scene.done(scene.bob, scene.bob.activity("Undo", done["id"] if by_id else done))
        scene.app.clock.shift(DAY)
        await delivery.tidy(scene.app)
        scene.app.clock.shift(-DAY)
        await scene.done(scene.bob, done)
        await scene.done(scene.bob, done)
        assert await scene.count(table) == before
    await scene.done(scene.bob, scene.bob.activity(kind, target, to=[PUBLIC]))
    assert await scene.count(table) == before + 1
    assert await scene.count("jobs") == 0


async def test_a_post_that_was_deleted_before_it_came_stays_away(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("deleted at once")
    await scene.done(scene.bob, scene.bob.activity("Delete", {"type": "Tombstone", "id": note["id"]}))
    for kind in ("Create", "Update"):
        await scene.done(scene.bob, scene.bob.activity(kind, {**note, "updated": stamp(60)}, to=[PUBLIC]))
    await scene.done(scene.bob, scene.bob.activity("Announce", note["id"], to=[PUBLIC]))
    await scene.alice.call("GET", "/api/v2/search", params={"q": note["id"], "resolve": "true"})
    assert await scene.count("posts") == 0
    assert await scene.alice.home() == []
    assert await scene.count("tombstones", "uri LIKE ?", f"% undid {note['id']}") == 1


@pytest.mark.parametrize("kind", ["Create", "Announce"])
async def test_what_is_posted_right_after_the_accept_and_comes_before_it_is_not_lost(scene: Scene, kind: str) -> None:
    request = await scene.follow(scene.alice, scene.bob, accept=False)
    note = scene.bob.note("for my new follower", to=[scene.bob.url("followers")])
    public = scene.mallory.note("worth a look")
    said = scene.bob.create(note) if kind == "Create" else scene.bob.activity("Announce", public["id"], to=[PUBLIC])
    await scene.done(scene.bob, said)
    assert await scene.alice.home() == []
    await scene.done(scene.bob, scene.bob.activity("Accept", request))
    (shown,) = await scene.alice.home()
    assert (shown["reblog"] or shown)["uri"] == (note if kind == "Create" else public)["id"]


async def _shown(scene: Scene) -> Any:
    row = await scene.row("SELECT id FROM posts")
    assert row is not None
    return await scene.alice.call("GET", f"/api/v1/statuses/{row['id']}")


async def test_an_update_before_its_create_shows_the_newest(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("first")
    await scene.done(scene.bob, scene.bob.activity("Update", {**note, "content": "second", "updated": stamp(60)}))
    await scene.done(scene.bob, scene.bob.create(note))
    shown = await _shown(scene)
    assert "second" in shown["content"]
    assert shown["edited_at"]
    assert await scene.count("posts") == 1


async def test_two_updates_in_the_wrong_order_show_the_newest(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("first")
    await scene.done(scene.bob, scene.bob.create(note))
    for words, seconds in (("third", 120), ("second", 60)):
        update = scene.bob.activity("Update", {**note, "content": words, "updated": stamp(seconds)})
        await scene.done(scene.bob, update)
    shown = await _shown(scene)
    assert "third" in shown["content"]
    history = await scene.alice.call("GET", f"/api/v1/statuses/{shown['id']}/history")
    assert ["first" in version["content"] for version in history] == [True, False]
    assert await scene.count("posts") == 1


async def _state(scene: Scene) -> list[bool]:
    """The follows that there are: whether each is accepted."""
    return [bool(row["accepted"]) for row in await scene.app.db.rows("SELECT accepted FROM follows")]


async def test_answers_to_a_follow_in_any_number_and_order_leave_one_right_state(scene: Scene) -> None:
    request = await scene.follow(scene.alice, scene.bob)
    for answer, state in (("Accept", [True]), ("Accept", [True]), ("Reject", []), ("Reject", []), ("Accept", [])):
        await scene.done(scene.bob, scene.bob.activity(answer, request))
        assert await _state(scene) == state
    account = await scene.alice.find(scene.bob.handle)
    assert (account["followers_count"], account["following_count"]) == (0, 0)
    second = await scene.follow(scene.alice, scene.bob, accept=False)
    assert second["id"] != request["id"]
    await scene.done(scene.bob, scene.bob.activity("Accept", request["id"]))
    assert await _state(scene) == [False]
    await scene.done(scene.bob, scene.bob.activity("Accept", second["id"]))
    assert await _state(scene) == [True]


async def test_a_follower_may_come_back_and_asks_again_without_harm(scene: Scene) -> None:
    first = await scene.follows(scene.bob, scene.alice)
    again = scene.bob.activity("Follow", scene.uri(scene.alice))
    for activity, state in (
        (first, [True]),
        (again, [True]),
        (scene.bob.activity("Undo", again), []),
        (first, [True]),
        (scene.bob.activity("Undo", first), []),
        (scene.bob.activity("Follow", scene.uri(scene.alice)), [True]),
    ):
        # A server that lost our answer asks in new words each time.
        await scene.app.db.execute("DELETE FROM received_activities")
        await scene.done(scene.bob, activity)
        assert await _state(scene) == state, activity
    me = await scene.alice.call("GET", "/api/v1/accounts/verify_credentials")
    assert me["followers_count"] == 1
    assert set(scene.victim.kinds()) == {"Accept"}


async def test_a_reply_before_its_parent_is_shown_alone_and_joined_later(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    parent = scene.mallory.note("the question")
    path = parent["id"].removeprefix(scene.victim.base)
    page, scene.victim.pages[path] = scene.victim.pages[path], Answer(status=404)
    reply = scene.bob.note("the answer", inReplyTo=parent["id"])
    await scene.done(scene.bob, scene.bob.create(reply))
    shown = await _shown(scene)
    assert shown["in_reply_to_id"] is None
    assert len(scene.victim.gets(path)) <= 3
    scene.victim.pages[path] = page
    await scene.done(scene.bob, scene.bob.activity("Announce", parent["id"], to=[PUBLIC]))
    row = await scene.row("SELECT id, replies_count FROM posts WHERE uri = ?", parent["id"])
    assert row is not None
    joined = await scene.alice.call("GET", f"/api/v1/statuses/{shown['id']}")
    assert joined["in_reply_to_id"] == str(row["id"])
    assert row["replies_count"] == 1
    context = await scene.alice.call("GET", f"/api/v1/statuses/{row['id']}/context")
    assert [status["uri"] for status in context["descendants"]] == [reply["id"]]


async def test_a_reply_brings_its_parents_up_to_a_limit(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    notes = [scene.mallory.note("the first")]
    for number in range(30):
        notes.append(scene.mallory.note(f"answer {number}", inReplyTo=notes[-1]["id"]))
    reply = scene.bob.note("the last", inReplyTo=notes[-1]["id"])
    await scene.done(scene.bob, scene.bob.create(reply))
    assert 20 <= await scene.count("posts") <= 22
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", reply["id"])
    assert row is not None
    context = await scene.alice.call("GET", f"/api/v1/statuses/{row['id']}/context")
    assert len(context["ancestors"]) == await scene.count("posts") - 1


async def test_posts_that_answer_each_other_in_a_circle_end(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    first = scene.bob.note("hen")
    second = scene.bob.note("egg", inReplyTo=first["id"])
    first["inReplyTo"] = second["id"]
    await scene.done(scene.bob, scene.bob.create(first))
    assert await scene.count("posts") == 2
    for uri in (first["id"], second["id"]):
        row = await scene.row("SELECT id FROM posts WHERE uri = ?", uri)
        assert row is not None
        await scene.alice.call("GET", f"/api/v1/statuses/{row['id']}/context")
    assert len(scene.victim.gets()) < 10


async def test_somebody_whose_server_names_every_follow_alike_follows_again(scene: Scene) -> None:
    follow = scene.bob.activity("Follow", scene.uri(scene.alice)) | {"id": f"{scene.victim.base}/follows/9abc/9xyz"}
    undo = scene.bob.activity("Undo", follow) | {"id": f"{follow['id']}/undo"}
    moment = datetime.now(UTC)
    for second, expected in enumerate((1, 0, 1, 0, 1)):
        way = Way(headers={"date": http_date(moment + timedelta(seconds=second))})  # and so another signature
        assert await scene.send(scene.bob, follow if expected else undo, way) == 202
        await scene.settle()
        assert await scene.count("follows") == expected
    replayed = Way(headers={"date": http_date(moment + timedelta(seconds=3))})
    assert await scene.send(scene.bob, undo, replayed) == 202
    await scene.settle()
    assert await scene.count("follows") == 1
