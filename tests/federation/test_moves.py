"""Moving from one account to another, out and in; what is carried over, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from fedinote.infra.clock import to_ms
from tests.federation.scene import Scene
from tests.support.fakefedi import FakeActor
from tests.support.instances import PASSWORD, Person

MOVE = "/api/fedinote/v1/account/move"
ALIASES = "/api/fedinote/v1/account/aliases"


def agreed(scene: Scene) -> FakeActor:
    """Bob's new account on another host; both name each other."""
    new = scene.evil.actor("bob", key=4, alsoKnownAs=[scene.bob.id])
    scene.bob.document["movedTo"] = new.id
    return new


async def _targets(scene: Scene, table: str, column: str, person: Person) -> list[str]:
    rows = await scene.app.db.rows(
        f"SELECT b.uri FROM {table} t JOIN accounts b ON b.id = t.target_id WHERE t.{column} = ? ORDER BY b.uri",
        person.account_id,
    )
    return [row["uri"] for row in rows]


async def test_followers_go_along_with_their_wishes_and_lists(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    old = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{old['id']}/follow", json={"reblogs": False, "notify": True})
    made = await scene.alice.call("POST", "/api/v1/lists", json={"title": "Friends"})
    await scene.alice.call("POST", f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": [old["id"]]})
    new = agreed(scene)
    await scene.done(scene.bob, scene.bob.activity("Move", scene.bob.id, target=new.id))
    row = await scene.row(
        "SELECT f.reblogs, f.notify FROM follows f JOIN accounts a ON a.id = f.target_id WHERE a.uri = ?", new.id
    )
    assert row is not None
    assert (bool(row["reblogs"]), bool(row["notify"])) == (False, True)
    assert await _targets(scene, "follows", "follower_id", scene.alice) == [new.id]
    members = await scene.alice.call("GET", f"/api/v1/lists/{made['id']}/accounts")
    assert [one["uri"] for one in members] == [new.id]
    shown = await scene.alice.call("GET", f"/api/v1/accounts/{old['id']}")
    assert shown["moved"]["uri"] == new.id


async def test_blocks_mutes_and_notes_are_carried_over_but_not_to_those_whom_one_follows(scene: Scene) -> None:
    await scene.known(scene.bob)
    old = (await scene.alice.find(scene.bob.handle))["id"]
    dora, emil = await scene.home.person("dora"), await scene.home.person("emil")
    await scene.alice.call("POST", f"/api/v1/accounts/{old}/block")
    await scene.alice.call("POST", f"/api/v1/accounts/{old}/note", json={"comment": "rude"})
    await scene.carol.call("POST", f"/api/v1/accounts/{old}/mute", json={"notifications": False})
    await dora.call("POST", f"/api/v1/accounts/{old}/block")
    await emil.call("POST", f"/api/v1/accounts/{old}/mute")
    new = agreed(scene)
    for person in (dora, emil):
        await scene.follow(person, new)
    await scene.done(scene.bob, scene.bob.activity("Move", scene.bob.id, target=new.id))
    both = sorted([scene.bob.id, new.id])
    assert await _targets(scene, "blocks", "account_id", scene.alice) == both
    assert await _targets(scene, "mutes", "account_id", scene.carol) == both
    assert await scene.count("mutes", "account_id = ? AND NOT hide_notifications", scene.carol.account_id) == 2
    assert await _targets(scene, "account_notes", "account_id", scene.alice) == both
    assert await _targets(scene, "blocks", "account_id", dora) == [scene.bob.id]
    assert await _targets(scene, "mutes", "account_id", emil) == [scene.bob.id]


async def test_one_follower_who_may_not_follow_the_new_account_does_not_keep_the_others(scene: Scene) -> None:
    for person in (scene.alice, scene.carol):
        await scene.follow(person, scene.bob)
    new = agreed(scene)
    await scene.known(new)
    account = await scene.alice.find(new.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{account['id']}/block")
    await scene.done(scene.bob, scene.bob.activity("Move", scene.bob.id, target=new.id))
    assert await _targets(scene, "follows", "follower_id", scene.carol) == [new.id]
    assert await _targets(scene, "follows", "follower_id", scene.alice) == [scene.bob.id]


async def test_a_second_move_within_a_week_takes_nobody_along(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    new = agreed(scene)
    await scene.done(scene.bob, scene.bob.activity("Move", scene.bob.id, target=new.id))
    third = scene.evil.actor("bob3", key=5, alsoKnownAs=[scene.bob.id])
    scene.bob.document["movedTo"] = third.id
    back = "UPDATE follows SET accepted = TRUE, target_id = (SELECT id FROM accounts WHERE uri = ?)"
    await scene.app.db.execute(back, scene.bob.id)
    again = scene.bob.activity("Move", scene.bob.id, target=third.id)
    await scene.done(scene.bob, again)
    assert await _targets(scene, "follows", "follower_id", scene.alice) == [scene.bob.id]
    week_ago = to_ms(scene.app.now() - timedelta(days=7, seconds=1))
    await scene.app.db.execute("UPDATE accounts SET moved_at = ? WHERE uri = ?", week_ago, scene.bob.id)
    await scene.done(scene.bob, {**again, "id": f"{again['id']}/2"})
    assert await _targets(scene, "follows", "follower_id", scene.alice) == [third.id]


@pytest.mark.parametrize("lacks", ["alias", "movedTo", "target there", "old there", "target unmoved", "right signer"])
async def test_a_forged_move_takes_nobody_along(scene: Scene, lacks: str) -> None:
    await scene.follow(scene.alice, scene.bob)
    new = agreed(scene)
    signer = scene.bob
    match lacks:
        case "alias":
            new.document["alsoKnownAs"] = [f"{scene.bob.id}2", scene.mallory.id]
        case "movedTo":
            del scene.bob.document["movedTo"]
        case "target there":
            scene.evil.pages.clear()
        case "old there":
            scene.victim.pages.pop("/users/bob")
        case "target unmoved":
            new.document["movedTo"] = scene.mallory.id
        case _:
            signer = scene.mallory
    await scene.done(signer, signer.activity("Move", scene.bob.id, target=new.id))
    assert await _targets(scene, "follows", "follower_id", scene.alice) == [scene.bob.id]


async def test_both_accounts_are_fetched_anew_whatever_is_known_or_embedded(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    new = agreed(scene)
    await scene.known(new)
    new.document["alsoKnownAs"] = []
    scene.bob.document.pop("movedTo")
    embedded = {**new.document, "alsoKnownAs": [scene.bob.id]}
    forged = scene.bob.activity("Move", {**scene.bob.document, "movedTo": new.id}, target=embedded)
    await scene.done(scene.bob, forged)
    assert await _targets(scene, "follows", "follower_id", scene.alice) == [scene.bob.id]


async def test_a_pull_move_needs_the_old_account_s_own_word(scene: Scene) -> None:
    """FEP-7628: what the new account signs proves nothing."""
    await scene.follow(scene.alice, scene.bob)
    new = agreed(scene)
    del scene.bob.document["movedTo"]
    await scene.done(new, new.activity("Move", scene.bob.id, target=new.id))
    assert await _targets(scene, "follows", "follower_id", scene.alice) == [scene.bob.id]
    scene.bob.document["movedTo"] = new.id
    await scene.done(new, new.activity("Move", scene.bob.id, target=new.id))
    assert await _targets(scene, "follows", "follower_id", scene.alice) == [new.id]


async def _move(person: Person, target: str, *, password: str = PASSWORD, status: int = 200) -> Any:
    return await person.call("POST", MOVE, json={"account": target, "password": password}, status=status)


async def _does_nothing_new(scene: Scene) -> None:
    """See that an account that has moved neither posts nor boosts nor follows; it still reads and removes."""
    post = await scene.carol.post("Hello")
    account = await scene.alice.call("GET", "/api/v1/accounts/verify_credentials")
    assert account["moved"]
    await scene.alice.call("POST", "/api/v1/statuses", json={"status": "Still here"}, status=403)
    await scene.alice.call("POST", f"/api/v1/statuses/{post['id']}/reblog", status=403)
    await scene.alice.call("POST", f"/api/v1/accounts/{scene.carol.account_id}/follow", status=403)
    await scene.alice.call("GET", "/api/v1/timelines/home")


async def test_an_account_of_ours_moves_when_the_new_one_names_it(scene: Scene) -> None:
    await scene.follows(scene.mal, scene.alice)
    local = await scene.carol.call("POST", f"/api/v1/accounts/{scene.alice.account_id}/follow")
    assert local["following"]
    new = scene.victim.actor("alice", key=4)
    await _move(scene.alice, new.handle, status=403)
    new.document["alsoKnownAs"] = [scene.uri(scene.alice)]
    await _move(scene.alice, new.handle, password="wrong", status=403)
    state = await _move(scene.alice, new.handle)
    assert (state["moved"]["uri"], state["may_move_at"] is not None) == (new.id, True)
    await scene.settle()
    assert [one for one in scene.evil.kinds() if one != "Accept"] == ["Update", "Move"]
    move = scene.evil.received[-1]
    assert (move["actor"], move["object"], move["target"]) == (scene.uri(scene.alice),) * 2 + (new.id,)
    assert await _targets(scene, "follows", "follower_id", scene.carol) == [new.id]
    document = await scene.home.call("GET", "/users/alice", headers={"Accept": "application/activity+json"})
    assert document["movedTo"] == new.id
    await _move(scene.alice, new.handle, status=409)
    await _does_nothing_new(scene)
    await scene.alice.call("DELETE", MOVE)
    await scene.alice.post("Back again")
    shown = await scene.carol.call("GET", f"/api/v1/accounts/{scene.alice.account_id}")
    assert "moved" not in shown
    await _move(scene.alice, new.handle, status=409)


async def test_aliases_are_published_and_let_another_account_move_here(scene: Scene) -> None:
    state = await scene.alice.call("POST", ALIASES, json={"account": scene.bob.handle})
    assert state["aliases"] == [scene.bob.id]
    document = await scene.home.call("GET", "/users/alice", headers={"Accept": "application/activity+json"})
    assert document["alsoKnownAs"] == [scene.bob.id]
    await scene.follow(scene.carol, scene.bob)
    scene.bob.document["movedTo"] = scene.uri(scene.alice)
    await scene.done(scene.bob, scene.bob.activity("Move", scene.bob.id, target=scene.uri(scene.alice)))
    assert await _targets(scene, "follows", "follower_id", scene.carol) == [scene.uri(scene.alice)]
    await scene.alice.call("POST", ALIASES, json={"account": "nobody@127.0.0.2:1"}, status=422)
    await scene.alice.call("POST", ALIASES, json={"account": "alice"}, status=422)
    await scene.alice.call("DELETE", ALIASES, json={"uri": scene.mal.id}, status=404)
    state = await scene.alice.call("DELETE", ALIASES, json={"uri": scene.bob.id})
    assert state == {"aliases": [], "moved": None, "may_move_at": None}
