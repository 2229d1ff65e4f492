"""A wave of spam from many new servers, by real requests: good posts overtake it, one command takes it all back."""

import random
from typing import Any

import pytest

from fedinote.infra import jobs
from fedinote.infra.db import Row
from fedinote.moderation import many
from fedinote.moderation.automatic import rules, undoing
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.servers import acquaintances
from fedinote.timelines.window import Window
from fedinote.wiring import JOBS
from tests.federation.scene import Scene
from tests.support import tables
from tests.support.fakefedi import PUBLIC, FakeActor
from tests.support.people import configure

SERVERS, EACH = 20, 8
SPAM = SERVERS * EACH
RULES = (
    Wanted("newcomers", {"days": 7, "doing": "links"}, "hold", "Links of newcomers", origin="remote"),
    Wanted("repeats", {"times": 3, "minutes": 60}, "hold", "The same again", origin="remote", spares="followed"),
)
_COLUMNS = """content, visibility, sensitive, spoiler_text, language, in_reply_to_id, mentions, tags, emojis,
 media_count, object_type, replies_count, local, conversation_id = id AS alone"""

PUBLISHED = (
    *("posts", "post_mentions", "post_links", "notifications", "held_posts", "rules", "audit_log", "accounts"),
    *("preview_cards", "jobs", "search_posts", "search_words", "search_words_idx", "search_words_data"),
)
"""What the end of a rule and the publication of a post change, wherever it comes from; accounts count posts."""


async def _on(scene: Scene) -> list[int]:
    made = [await rules.create(scene.app, wanted, by=None) for wanted in RULES]
    for rule in made:
        await rules.switch(scene.app, rule["id"], "on", by=None)
    return [rule["id"] for rule in made]


async def _sellers(scene: Scene) -> list[FakeActor]:
    hosts = [await scene.fedi.host(f"127.0.7.{number + 1}") for number in range(SERVERS)]
    return [host.actor("seller", key=number % 3) for number, host in enumerate(hosts)]


def _offer(scene: Scene, actor: FakeActor, number: int) -> Any:
    words = "great cheap offers online" if number % 4 else f"offers {random.Random(number).random()} for friends"
    return _mention(scene, actor, f'{words} {number} <a href="https://shop.example/{number}">here</a>')


def _mention(scene: Scene, actor: FakeActor, text: str, person: str = "") -> Any:
    uri = person or scene.uri(scene.alice)
    return actor.create(actor.note(text, to=[PUBLIC, uri], tag=[{"type": "Mention", "href": uri}]))


async def _wave(scene: Scene, sellers: list[FakeActor]) -> list[str]:
    """Let the wave arrive, and nobody work on it yet; the ids of its posts."""
    uris = []
    for number in range(SPAM):
        activity = _offer(scene, sellers[number % SERVERS], number)
        uris.append(activity["object"]["id"])
        assert await scene.send(sellers[number % SERVERS], activity) == 202
    return uris


def _but_words(row: Any) -> dict[str, Any]:
    return dict(row) | {"uri": "", "content": ""}


async def _posts(scene: Scene, like: str) -> list[Row]:
    sql = f"SELECT uri, {_COLUMNS} FROM posts WHERE uri LIKE ? ORDER BY uri"
    return list(await scene.app.db.rows(sql, like))


@pytest.mark.parametrize("first_contact", ["open", "careful"])
async def test_good_posts_overtake_a_wave_that_is_held_and_one_command_takes_it_back(
    scene: Scene, first_contact: str
) -> None:
    app = scene.app
    configure(app, "federation", first_contact=first_contact)
    await scene.follow(scene.alice, scene.bob)
    await scene.known(scene.bob, scene.mallory)
    await acquaintances.approve(app, scene.victim.name, by=None)
    numbers = await _on(scene)
    uris = await _wave(scene, await _sellers(scene))
    good = [
        scene.bob.create(scene.bob.note(f'leaves <a href="https://tea.example/{n}">here</a>')) for n in range(3)
    ] + [_mention(scene, scene.mallory, f"good morning number {n}") for n in range(3)]  # fmt: skip
    for activity in good:
        assert await scene.send(scene.bob if activity["actor"] == scene.bob.id else scene.mallory, activity) == 202
    written = await scene.carol.post("the kettle sings")
    await jobs.run_batch(app, JOBS)  # what is worked on first, of all that waits
    wanted = {activity["object"]["id"] for activity in good}
    assert {row["uri"] for row in await app.db.rows("SELECT uri FROM posts WHERE NOT local")} >= wanted
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE kind = 'federation.process'") > SPAM / 2
    await scene.settle()

    pages = [
        await scene.alice.call("GET", f"/api/v1/timelines/{one}") for one in ("public", "public?local=true", "home")
    ]
    shown = {post["uri"] for page in pages for post in page}
    assert written["uri"] in shown
    assert shown.isdisjoint(uris)
    held = await app.db.rows("SELECT uri, reason FROM held_posts ORDER BY uri")
    assert sorted(uris) == [row["uri"] for row in held]
    hits = [hit for number in numbers for hit in await rules.hits(app, number, Window(4 * SPAM).sql)]
    assert {hit["uri"] for hit in hits} == set(uris)
    assert all(hit["why"] for hit in hits)
    audited = await app.db.rows("SELECT target FROM audit_log WHERE action = 'policy.hold' AND detail LIKE '%reason%'")
    assert {row["target"] for row in audited} == set(uris)
    await _taken_back(scene, numbers, uris)


async def _taken_back(scene: Scene, numbers: list[int], uris: list[str]) -> None:
    """Undo both rules at once: the posts are as one that was never held, and nothing else has changed."""
    app = scene.app
    others = await _posts(scene, f"http://{scene.victim.name}/%")
    people = await app.db.rows("SELECT id, suspended_at, silenced_at, display_name FROM accounts ORDER BY id")
    async with tables.untouched(app, "undo", but=PUBLISHED):
        done = await undoing.undo_all(app, numbers, by=None)
        assert (done.released, done.failed) == (SPAM, 0)
        await scene.settle()
    assert await app.db.rows("SELECT id, suspended_at, silenced_at, display_name FROM accounts ORDER BY id") == people
    assert await _posts(scene, f"http://{scene.victim.name}/%") == others
    configure(app, "federation", first_contact="open")
    twin = (await scene.fedi.host("127.0.7.250")).actor("seller")
    await scene.done(twin, _offer(scene, twin, 1))
    (never_held,) = await _posts(scene, f"{twin.id}/%")
    back = await _posts(scene, "http://127.0.7.2:%/users/seller/%")
    assert _but_words(back[0]) == _but_words(never_held)
    told = await app.db.rows(
        "SELECT p.uri FROM notifications n JOIN posts p ON p.id = n.post_id WHERE n.kind = 'mention' ORDER BY p.uri"
    )
    assert set(uris) <= {row["uri"] for row in told}


async def test_what_waits_for_first_contact_alone_is_released_at_once_and_that_can_be_taken_back(scene: Scene) -> None:
    configure(scene.app, "federation", first_contact="careful")
    uris = await _wave(scene, await _sellers(scene))
    await scene.settle()
    held = await scene.app.db.rows("SELECT id, reason FROM held_posts ORDER BY id")
    assert len(held) == SPAM
    assert all("is not known here yet" in row["reason"] for row in held)
    done = await many.decide_held(scene.app, [row["id"] for row in held], "release", by=None)
    assert (done.done, done.failed) == (SPAM, ())
    assert {row["uri"] for row in await _posts(scene, "http://127.0.7.%")} == set(uris)
    back = await many.undo(scene.app, done.batch, by=None)
    assert (back.done, back.failed) == (SPAM, ())
    assert await scene.count("held_posts") == SPAM
    assert await scene.count("posts", "visibility = 'public' AND uri LIKE 'http://127.0.7.%'") == 0
