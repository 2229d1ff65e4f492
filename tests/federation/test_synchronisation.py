"""Followers as two servers know them, compared at each delivery and repaired (FEP-8fcf)."""

from typing import Any

import pytest

from fedinote.federation import synchronisation
from fedinote.federation.synchronisation import HEADER, NOBODY, digest_of
from tests.federation.scene import Scene
from tests.support.fakefedi import ACTIVITY, PUBLIC, Answer, FakeActor, FakeHost
from tests.support.instances import Instance, Person, World
from tests.support.signing import FULL, MessageWay, Way, fetch, signed

NAME = HEADER.lower()


def test_the_digest_is_that_of_the_proposal() -> None:
    one, two = "https://testing.example.org/users/1", "https://testing.example.org/users/2"
    assert digest_of([one]) == "3a06e99569547f444c352ab7f52e4bab207abec5ca6f07b0045cfdc9723f8fa9"
    assert digest_of([two]) == "f939a1585d4a8f02ee339210dbe7315d7003476663d6095f7d996fc4bc7a49b6"
    both = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"
    assert digest_of([one, two]) == digest_of([two, one]) == digest_of([one, two, two]) == both
    assert digest_of([]) == NOBODY


async def _following(instance: Instance) -> set[tuple[str, str]]:
    rows = await instance.app.db.rows(
        "SELECT a.uri AS follower, b.uri AS target FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " JOIN accounts b ON b.id = f.target_id WHERE f.accepted"
    )
    return {(row["follower"], row["target"]) for row in rows}


async def _lose(instance: Instance, follower: Person) -> None:
    """Forget a follow, as a crash or an old backup would."""
    uri = f"http://{follower.instance.host}/users/{follower.name}"
    await instance.app.db.execute(
        "DELETE FROM follows WHERE follower_id = (SELECT id FROM accounts WHERE uri = ?)", uri
    )


@pytest.fixture
async def people(world: World, one: Instance, two: Instance) -> list[Person]:
    """Alice at the first server, and three who follow her from the second."""
    alice = await one.person("alice")
    followers = [await two.person(name) for name in ("bao", "chen", "dina")]
    for person in followers:
        await person.follow(alice)
    await world.settle()
    assert len(await _following(one)) == 3
    return [alice, *followers]


async def test_tables_that_differ_are_the_same_again_after_one_post(
    world: World, one: Instance, two: Instance, people: list[Person]
) -> None:
    alice, bao, chen, _ = people
    await _lose(one, chen)
    await _lose(two, bao)
    await alice.post("for my followers", visibility="private")
    await world.settle()
    only = {(f"http://{two.host}/users/dina", f"http://{one.host}/users/alice")}
    assert await _following(one) == await _following(two) == only
    account = await chen.find(alice.handle)
    relation = await chen.call("GET", "/api/v1/accounts/relationships", params={"id[]": account["id"]})
    assert not relation[0]["following"]
    for person in (bao, chen):
        await person.follow(alice)
    await world.settle()
    assert len(await _following(one)) == len(await _following(two)) == 3


async def test_where_nothing_differs_nothing_is_asked(
    world: World, one: Instance, two: Instance, people: list[Person]
) -> None:
    alice = people[0]
    queued: list[str] = []
    run = two.app.db.execute

    async def watched(sql: str, *params: Any) -> Any:
        queued.extend(str(value) for value in params if value == synchronisation.JOB)
        return await run(sql, *params)

    two.app.db.execute = watched  # type: ignore[method-assign]
    for visibility in ("public", "private"):
        await alice.post("hello", visibility=visibility)
        await world.settle()
    assert queued == []
    assert len(await _following(two)) == 3
    await _lose(one, people[1])
    await alice.post("hello again")
    await world.settle()
    assert queued == [synchronisation.JOB]


async def test_who_waits_and_is_listed_follows(
    world: World, one: Instance, two: Instance, people: list[Person]
) -> None:
    """The Accept was lost."""
    await two.app.db.execute(
        "UPDATE follows SET accepted = FALSE WHERE follower_id = (SELECT id FROM accounts WHERE uri = ?)",
        f"http://{two.host}/users/bao",
    )
    await people[0].post("hello")
    await world.settle()
    assert len(await _following(one)) == len(await _following(two)) == 3


def _said(host: FakeHost) -> list[str]:
    return [seen.headers.get(NAME, "") for seen in host.requests if seen.method == "POST"]


def _header(scene: Scene, digest: str) -> str:
    me = scene.uri(scene.alice)
    return f'collectionId="{me}/followers", url="{me}/followers_synchronization", digest="{digest}"'


async def test_each_server_is_told_the_digest_of_its_own_people(scene: Scene) -> None:
    for actor in (scene.bob, scene.mallory, scene.mal):
        await scene.follows(actor, scene.alice)
    for host in (scene.victim, scene.evil):
        host.requests.clear()
    for visibility in ("public", "private"):
        await scene.alice.post("hello", visibility=visibility)
    await scene.settle()
    assert set(_said(scene.victim)) == {_header(scene, digest_of([scene.bob.id, scene.mallory.id]))}
    assert set(_said(scene.evil)) == {_header(scene, digest_of([scene.mal.id]))}
    signature = next(seen for seen in scene.evil.requests if seen.method == "POST").headers["signature"]
    assert f"{NAME}" in signature, "the header is not signed"
    await scene.done(scene.mallory, scene.mallory.activity("Undo", {"type": "Follow", "actor": scene.mallory.id}
        | {"object": scene.uri(scene.alice)}))  # fmt: skip
    scene.victim.requests.clear()
    await scene.alice.post("hello")
    await scene.settle()
    assert _said(scene.victim) == [_header(scene, digest_of([scene.bob.id]))]


async def test_what_is_not_for_followers_says_nothing_of_them(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    scene.victim.requests.clear()
    await scene.alice.post(f"@{scene.bob.handle} between us", visibility="direct")
    await scene.settle()
    assert _said(scene.victim) == [""]


async def _list(scene: Scene, actor: FakeActor | None) -> tuple[int, set[str]]:
    """GET the partial collection as an actor: (status, who is in it)."""
    url = f"{scene.uri(scene.alice)}/followers_synchronization"
    bare = {"digest": None, "content-type": None}
    way = Way(names="(request-target) host date", method="GET", headers=bare)
    path = url.removeprefix(f"http://{scene.home.host}")
    headers = dict(signed(actor, scene.home.host, path, b"", way)) if actor else {}
    async with scene.home.http.get(url, headers=headers | {"accept": ACTIVITY}) as answer:
        assert answer.status != 200 or "no-store" in answer.headers["Cache-Control"]
        return answer.status, set((await answer.json()).get("orderedItems", []))


async def test_a_server_learns_of_its_own_people_and_of_nobody_else(scene: Scene) -> None:
    for actor in (scene.bob, scene.mallory, scene.mal):
        await scene.follows(actor, scene.alice)
    assert await _list(scene, None) == (401, set())
    assert await _list(scene, scene.mal) == (200, {scene.mal.id})
    assert await _list(scene, scene.bob) == (200, {scene.bob.id, scene.mallory.id})
    stranger = scene.evil.actor("stranger", key=3)
    assert await _list(scene, stranger) == (200, {scene.mal.id})
    url = f"{scene.uri(scene.alice)}/followers_synchronization"
    wrong = MessageWay(names="@method @target-uri", method="GET", headers={"content-type": None}, key=scene.mal.key)
    assert await fetch(scene.home, scene.bob, url, wrong) == 401
    await scene.app.db.execute(
        "UPDATE accounts SET suspended_at = ? WHERE uri = ?", scene.app.now(), scene.uri(scene.alice)
    )
    assert (await _list(scene, scene.bob))[0] == 403


async def _told(scene: Scene, listed: Any, **changes: Any) -> None:
    """Bob's server sends something with the header, and a list at its address."""
    url = f"{scene.bob.id}/sync"
    if listed is not None:
        scene.victim.pages[f"/users/{scene.bob.name}/sync"] = Answer(listed)
    digest = changes.pop("digest", digest_of([scene.uri(scene.alice)]))
    collection = changes.pop("collection", f"{scene.bob.id}/followers")
    value = f'collectionId="{collection}", url="{changes.pop("url", url)}", digest="{digest}"'
    names = changes.pop("names", f"{FULL} {NAME}")
    way = Way(names=names, headers={NAME: changes.pop("value", value)})
    activity = scene.bob.activity("View", PUBLIC, to=[f"{scene.bob.id}/followers"])
    assert await scene.send(changes.pop("actor", scene.bob), activity, way) == 202
    await scene.settle()


def _collection(*uris: str, **fields: Any) -> dict[str, Any]:
    return {"type": "OrderedCollection", "id": "x:y", "orderedItems": list(uris)} | fields


async def _two_follow(scene: Scene) -> None:
    for person in (scene.alice, scene.carol):
        await scene.follow(person, scene.bob)
    scene.victim.requests.clear()


async def _followers(scene: Scene) -> set[str]:
    return {follower for follower, target in await _following(scene.home) if target == scene.bob.id}


async def test_who_is_not_listed_follows_no_longer(scene: Scene) -> None:
    await _two_follow(scene)
    await _told(scene, _collection(scene.uri(scene.alice)))
    assert await _followers(scene) == {scene.uri(scene.alice)}
    assert scene.victim.kinds() == ["Undo"]
    (seen,) = scene.victim.gets("/users/bob/sync")
    assert "signature" in seen.headers


async def test_an_empty_list_is_a_list(scene: Scene) -> None:
    await _two_follow(scene)
    await _told(scene, _collection(totalItems=0), digest=NOBODY)
    assert await _followers(scene) == set()


async def test_whom_we_do_not_know_to_follow_is_undone_there(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    scene.victim.requests.clear()
    both = [scene.uri(scene.alice), scene.uri(scene.carol)]
    await _told(scene, _collection(*both), digest=digest_of(both))
    (undo,) = scene.victim.received
    assert (undo["type"], undo["object"]["type"], undo["object"]["object"]) == ("Undo", "Follow", scene.bob.id)
    assert undo["actor"] == undo["object"]["actor"] == scene.uri(scene.carol)
    assert await _followers(scene) == {scene.uri(scene.alice)}


async def test_a_list_in_pages_is_read_whole(scene: Scene) -> None:
    await _two_follow(scene)
    base = f"/users/{scene.bob.name}/sync"
    url = f"{scene.victim.base}{base}"
    scene.victim.serve(f"{base}2", {"type": "CollectionPage", "items": [scene.uri(scene.alice)], "id": f"{url}2"})
    first = {"type": "CollectionPage", "items": [], "next": f"{url}2"}
    await _told(scene, {"type": "Collection", "id": url, "totalItems": 1, "first": first})
    assert await _followers(scene) == {scene.uri(scene.alice)}


async def test_a_header_that_is_not_the_sender_s_own_and_signed_has_no_effect(scene: Scene) -> None:
    await _two_follow(scene)
    await scene.known(scene.mal)
    scene.evil.pages["/users/evil/sync"] = Answer(_collection(scene.uri(scene.alice)))
    listed = _collection(scene.uri(scene.alice))
    variants: dict[str, dict[str, Any]] = {
        "not signed": {"names": FULL},
        "another collection": {"collection": f"{scene.mal.id}/followers"},
        "a neighbour's collection": {"collection": f"{scene.mallory.id}/followers"},
        "a list elsewhere": {"url": f"{scene.mal.id}/sync"},
        "no digest": {"digest": "abc"},
        "garbage": {"value": "garbage"},
        "a parameter twice": {"value": f'url="{scene.bob.id}/sync", url="{scene.bob.id}/sync"'},
        "forwarded by somebody else": {"actor": scene.mal},
    }
    scene.evil.requests.clear()
    for what, changes in variants.items():
        await _told(scene, listed, **changes)
        assert len(await _followers(scene)) == 2, what
    assert scene.victim.gets("/users/bob/sync") == scene.evil.gets("/users/evil/sync") == []
    await _told(scene, listed)
    assert len(await _followers(scene)) == 1


async def test_a_list_that_is_not_the_announced_one_or_not_whole_changes_nothing(scene: Scene) -> None:
    await _two_follow(scene)
    me = scene.uri(scene.alice)
    for listed in (
        _collection(),
        _collection(me, totalItems=2),
        {"type": "OrderedCollection", "id": "x:y"},
        {"type": "Note", "content": "no"},
        _collection(first=f"{scene.evil.base}/page"),
        _collection(first=f"{scene.bob.id}/endless"),
    ):
        scene.victim.serve(f"{scene.bob.id}/endless", {"items": [me], "next": f"{scene.bob.id}/endless"})
        scene.app.caches.pop("synchronised", None)
        await _told(scene, listed)
        assert len(await _followers(scene)) == 2, listed
    scene.app.caches.pop("missing_urls", None)
    scene.victim.pages["/users/bob/sync"] = Answer(status=404)
    await _told(scene, None)
    assert len(await _followers(scene)) == 2


async def test_the_same_difference_is_not_looked_into_at_each_delivery(scene: Scene) -> None:
    await _two_follow(scene)
    for _ in range(4):
        await _told(scene, _collection())
    assert len(scene.victim.gets("/users/bob/sync")) == 1
    scene.app.clock.shift(3700)
    await _told(scene, _collection())
    assert len(scene.victim.gets("/users/bob/sync")) == 2


async def test_a_person_who_is_no_longer_here_is_passed_over(scene: Scene) -> None:
    ghost = f"http://{scene.home.host}/users/ghost"
    listed = [scene.uri(scene.alice), ghost]
    await scene.follow(scene.alice, scene.bob)
    scene.victim.requests.clear()
    await _told(scene, _collection(*listed), digest=digest_of(listed))
    assert scene.victim.received == []
    assert await _followers(scene) == {scene.uri(scene.alice)}
