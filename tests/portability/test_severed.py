"""Lost follows as files that can be imported, and following again."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Invalid, NotFound
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.notifications import severances
from fedinote.portability import formats, severed
from fedinote.relations import follows
from fedinote.timelines.window import Window
from fedinote.worker import settle
from tests.relations.people import person

FAR = "far.example"


async def _severed(app: App) -> tuple[int, int, list[int]]:
    """Alice lost two whom she followed, and one follower; her event."""
    alice = await person(app, "alice")
    others = [await person(app, name, FAR) for name in ("one", "two")]
    for other in others:
        await follows.request(app, alice, other, reblogs=False, notify=True, languages=["ja"])
        await follows.accept(app, alice, other)
    await follows.request(app, others[0], alice)
    await follows.accept(app, others[0], alice)
    made = (await domains.block(app, FAR, Terms(), by=None)).block
    assert made is not None
    (event,) = await severances.page(app, alice, Window(5).sql)
    return alice, event.id, others


async def _lift(app: App) -> None:
    made = await domains.find(app, FAR)
    assert made is not None
    await domains.unblock(app, made.id, by=None)


async def _asked(app: App, alice: int) -> list[int]:
    rows = await app.db.rows("SELECT target_id FROM follows WHERE follower_id = ? ORDER BY target_id", alice)
    return [row["target_id"] for row in rows]


async def test_the_files_have_mastodons_form_and_can_be_imported(app: App) -> None:
    alice, event_id, _ = await _severed(app)
    text = await severed.file(app, alice, event_id, "following")
    assert sorted(text.splitlines()) == [
        "Account address,Show boosts,Notify on new posts,Languages",
        f"one@{FAR},false,true,ja",
        f"two@{FAR},false,true,ja",
    ]
    assert len(formats.read("follows", text.encode())) == 2
    assert await severed.file(app, alice, event_id, "follower") == f"Account address\none@{FAR}\n"
    with pytest.raises(NotFound):
        await severed.file(app, await person(app, "mallory"), event_id, "following")


async def test_following_again_fails_while_the_block_lasts_and_is_a_request_afterwards(app: App) -> None:
    alice, event_id, (one, two) = await _severed(app)
    assert await severed.follow_again(app, alice, event_id, [one, two]) == (0, 2)
    await _lift(app)
    assert await _asked(app, alice) == [], "nobody is followed by the end of the block alone"
    assert await severed.follow_again(app, alice, event_id, [one, 12345]) == (1, 0)
    assert await _asked(app, alice) == [one]
    row = await app.db.row("SELECT accepted, reblogs, notify, languages FROM follows WHERE follower_id = ?", alice)
    assert row is not None
    assert (bool(row["accepted"]), bool(row["reblogs"]), bool(row["notify"]), row["languages"]) == (
        False,
        False,
        True,
        '["ja"]',
    )
    (left, again) = await severances.lost(app, event_id, "following", Window(5).sql)
    assert {left["other_id"]: bool(left["followed"]), again["other_id"]: bool(again["followed"])} == {
        one: True,
        two: False,
    }
    with pytest.raises(Invalid):
        await severed.follow_again(app, alice, event_id, list(range(101)))


async def test_all_are_followed_again_by_an_import(app: App) -> None:
    alice, event_id, others = await _severed(app)
    await _lift(app)
    await severed.follow_all_again(app, alice, event_id)
    with pytest.raises(Conflict):
        await severed.follow_all_again(app, alice, event_id)
    await settle(app)
    assert await _asked(app, alice) == sorted(others)
