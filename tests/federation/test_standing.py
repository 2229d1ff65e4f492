"""Whose activities are worked on first: those of people who are followed, then of servers that are known."""

from datetime import timedelta
from typing import Any

import pytest

from fedinote.federation import standing, throttling
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases import statements
from fedinote.moderation.cases.statements import Basis, Decision
from fedinote.moderation.servers import acquaintances
from fedinote.relations import follows
from tests.federation.scene import Scene
from tests.relations.people import person
from tests.support.fakefedi import PUBLIC, FakeActor


def _mention(scene: Scene, actor: FakeActor, text: str = "Hello") -> Any:
    alice = scene.uri(scene.alice)
    return actor.create(actor.note(text, to=[PUBLIC, alice], tag=[{"type": "Mention", "href": alice}]))


async def _priorities(app: App) -> list[int]:
    rows = await app.db.rows("SELECT priority FROM jobs WHERE kind = 'federation.process' ORDER BY id")
    return [row["priority"] for row in rows]


async def test_who_is_followed_goes_first_then_known_servers_then_a_share_of_new_ones(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    for number in range(standing.SHARE + 2):
        assert await scene.send(scene.mal, _mention(scene, scene.mal, f"buy {number}")) == 202
    assert await scene.send(scene.mallory, _mention(scene, scene.mallory)) == 202  # of bob's server
    assert await scene.send(scene.bob, _mention(scene, scene.bob)) == 202
    expected = [standing.NEW] * standing.SHARE + [standing.LAST] * 2 + [standing.KNOWN, standing.FOLLOWED]
    assert await _priorities(scene.app) == expected
    (first,) = await jobs.claim(scene.app, 1)
    last = await scene.app.db.value("SELECT MAX(id) AS value FROM received_activities")
    assert first.args == {"received_id": last}


async def test_a_server_is_known_by_its_age_by_a_decision_and_by_a_follow(app: App) -> None:
    ours = await person(app, "ours")
    await person(app, "before", "old.example")
    app.clock.shift((standing.AGE + timedelta(minutes=1)).total_seconds())
    new, old, listed, liked = [await person(app, "somebody", f"{name}.example") for name in ("new", "old", "list", "f")]
    sql = "INSERT INTO server_trust (domain, state, why, decided_at) VALUES ('list.example', 'known', '', ?)"
    await app.db.execute(sql, app.now())
    await follows.request(app, ours, liked)
    found = {
        name: await standing.priority(app, who, f"https://{name}.example/users/somebody")
        for name, who in {"new": new, "old": old, "list": listed, "f": liked}.items()
    }
    assert found == {"new": standing.NEW, "old": standing.KNOWN, "list": standing.KNOWN, "f": standing.KNOWN}


@pytest.mark.parametrize("against", ["held", "decided", "kept apart"])
async def test_a_server_that_waited_for_a_week_and_then_sent_spam_is_a_new_one_again(app: App, against: str) -> None:
    ours = await person(app, "ours")
    spammer = await person(app, "spammer", "old.example")
    app.clock.shift((standing.AGE + timedelta(minutes=1)).total_seconds())
    if against == "held":
        made = await rules.create(app, Wanted("words", {"words": ["casino"]}, "hold", "No casino"), by=None)
        await app.db.execute(
            "INSERT INTO rule_hits (id, rule_id, account_id, uri, action, why, created_at)"
            " VALUES (1, ?, ?, '', 'hold', '', ?)",
            *(made["id"], spammer, app.now()),
        )
    elif against == "decided":
        await statements.note(app, Decision("account.warn", spammer, False, None, "spam"), Basis())
    else:
        await acquaintances.keep_apart(app, "old.example", by=None)
    uri = "https://old.example/users/spammer"
    assert await standing.priority(app, spammer, uri) == standing.NEW
    await follows.request(app, ours, spammer)
    app.clock.shift(standing.KEEP_MS / 1000 + 1)
    assert await standing.priority(app, spammer, uri) == standing.KNOWN


async def test_what_somebody_new_sent_before_they_were_followed_still_comes_before_what_they_sent_after(
    scene: Scene,
) -> None:
    first = _mention(scene, scene.mal, "first")
    assert await scene.send(scene.mal, first) == 202
    mal = await scene.app.db.value("SELECT id AS value FROM accounts WHERE uri = ?", scene.mal.id)
    await follows.request(scene.app, scene.alice.account_id, mal)
    assert await scene.send(scene.mal, _mention(scene, scene.mal, "second")) == 202
    await scene.settle()
    sql = "SELECT p.content FROM notifications n JOIN posts p ON p.id = n.post_id ORDER BY n.id"
    rows = await scene.app.db.rows(sql)
    assert [row["content"] for row in rows] == ["<p>first</p>", "<p>second</p>"]


async def test_an_address_is_welcome_once_a_known_server_signed_from_there(scene: Scene) -> None:
    assert await scene.send(scene.mal, _mention(scene, scene.mal)) == 202
    assert not throttling.is_welcome(scene.app, "127.0.0.1")
    await scene.follow(scene.alice, scene.bob)
    assert await scene.send(scene.bob, _mention(scene, scene.bob)) == 202
    assert throttling.is_welcome(scene.app, "127.0.0.1")
    scene.app.clock.shift(86_401)
    assert not throttling.is_welcome(scene.app, "127.0.0.1")
