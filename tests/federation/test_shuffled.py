"""One afternoon of activities in fifty orders: it always ends in the same state."""

import random
from typing import Any

from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC as EVERYBODY
from tests.support.fakefedi import FakeActor, gone, stamp

ORDERS = 50
_STATE = {
    "posts": "SELECT p.uri, p.content, p.spoiler_text, p.edited_at IS NOT NULL AS edited, r.uri AS parent,"
    " b.uri AS boosted, p.replies_count, p.reblogs_count, p.favourites_count, p.in_reply_to_uri"
    " FROM posts p LEFT JOIN posts r ON r.id = p.in_reply_to_id LEFT JOIN posts b ON b.id = p.reblog_of_id",
    "favourites": "SELECT uri FROM favourites",
    "conversations": "SELECT COUNT(DISTINCT conversation_id) AS number FROM posts",
    "jobs": "SELECT kind, error FROM jobs WHERE dead_at IS NOT NULL OR failures > 0",
    "people": "SELECT uri, statuses_count FROM accounts WHERE domain <> ''",
}


def _afternoon(scene: Scene, posted: str) -> list[tuple[FakeActor, dict[str, Any]]]:
    """What bob and mallory did: everything is at its origin as it is in the end."""
    bob, mallory = scene.bob, scene.mallory
    note = bob.note("first")
    edits = [note | {"content": f"<p>version {number}</p>", "updated": stamp(number)} for number in (30, 60)]
    scene.victim.serve(note["id"], edits[-1])
    short = bob.note("soon deleted")
    scene.victim.serve(short["id"], b"{}", status=gone().status)
    reply = mallory.note("reply", inReplyTo=note["id"], to=[EVERYBODY], cc=[scene.uri(scene.alice)])
    answer = bob.note("answer to the reply", inReplyTo=reply["id"])
    like, second = mallory.activity("Like", posted), bob.activity("Like", posted)
    boost = mallory.activity("Announce", note["id"], to=[EVERYBODY])
    taken_back = bob.activity("Announce", posted, to=[EVERYBODY])
    return [
        (bob, bob.create(note)),
        *((bob, bob.activity("Update", edit, to=[EVERYBODY])) for edit in edits),
        (bob, bob.create(short)),
        (bob, bob.activity("Delete", {"type": "Tombstone", "id": short["id"]})),
        (mallory, mallory.activity("Announce", short["id"], to=[EVERYBODY])),
        (mallory, mallory.create(reply)),
        (bob, bob.create(answer)),
        (mallory, like),
        (mallory, mallory.activity("Undo", like)),
        (bob, second),
        (mallory, boost),
        (bob, taken_back),
        (bob, bob.activity("Undo", taken_back["id"])),
    ]


async def _state(scene: Scene) -> dict[str, Any]:
    found = {name: await scene.app.db.rows(sql) for name, sql in _STATE.items()}
    return {name: sorted(str(dict(row)) for row in rows) for name, rows in found.items()}


async def _begin_anew(scene: Scene, posted: str) -> None:
    db = scene.app.db
    async with db.transaction():
        await db.execute("DELETE FROM posts WHERE uri <> ?", posted)
        for table in ("favourites", "tombstones", "received_activities", "jobs", "deliveries", "notifications"):
            await db.execute(f"DELETE FROM {table}")
        await db.execute("UPDATE posts SET replies_count = 0, reblogs_count = 0, favourites_count = 0")
        await db.execute("UPDATE accounts SET statuses_count = 0 WHERE domain <> ''")


async def test_an_afternoon_ends_the_same_in_whatever_order_it_arrives(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    await scene.follow(scene.alice, scene.mallory)
    posted = (await scene.alice.post("Tea?"))["uri"]
    afternoon = _afternoon(scene, posted)
    expected: dict[str, Any] = {}
    for seed in range(ORDERS):
        await _begin_anew(scene, posted)
        order = list(range(len(afternoon)))
        if seed:
            random.Random(seed).shuffle(order)
        for position in order:
            actor, activity = afternoon[position]
            assert await scene.send(actor, activity) == 202
            if seed % 2 == 0:
                await scene.settle()
        await scene.settle()
        found = await _state(scene)
        if seed == 0:
            expected = found
            assert len(found["posts"]) == 5, found["posts"]
            assert "version 60" in str(found["posts"])
            assert found["jobs"] == []
        assert found == expected, f"order {order} (seed {seed})"
