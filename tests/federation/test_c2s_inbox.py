"""The inbox as its owner's client reads it (ActivityPub, section 5.2), and what a person likes."""

from typing import Any

from tests.federation.scene import Scene
from tests.federation.test_c2s_outbox import note, read, scoped, send, uri
from tests.support.fakefedi import PUBLIC
from tests.support.instances import Instance, Person


async def page(person: Person, path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = await read(person, path or f"{uri(person)}/inbox?page=true")
    assert found["type"] == "OrderedCollectionPage"
    return found


async def test_the_inbox_has_what_came_for_its_owner_newest_first(scene: Scene) -> None:
    post = await scene.alice.post("Tea")
    await scene.follow(scene.alice, scene.bob)
    told = scene.bob.note("To my followers", to=[scene.bob.url("followers")])
    await scene.done(scene.bob, scene.bob.create(told))
    like = scene.bob.activity("Like", post["uri"])
    await scene.done(scene.bob, like)
    boost = scene.mal.activity("Announce", post["uri"], to=[PUBLIC])
    await scene.done(scene.mal, boost)
    follow = await scene.follows(scene.mallory, scene.alice)
    local = await send(scene.carol, note("Psst", to=[uri(scene.alice)]))
    items = (await page(scene.alice))["orderedItems"]
    assert [(one["type"], one.get("id")) for one in items if one["type"] != "Announce"] == [
        ("Create", local),
        ("Follow", follow["id"]),
        ("Like", like["id"]),
        ("Create", None),
    ]
    assert [(one["id"], one["object"]) for one in items if one["type"] == "Announce"] == [(boost["id"], post["uri"])]
    theirs = next(one for one in items if one["type"] == "Create" and one["actor"] == scene.bob.id)
    assert (theirs["object"]["id"], theirs["object"]["content"]) == (told["id"], "<p>To my followers</p>")


async def test_an_inbox_is_read_by_its_owner_alone(home: Instance) -> None:
    alice, bao = await home.person("alice"), await home.person("bao")
    inbox = f"{uri(alice)}/inbox"
    assert (await read(alice, inbox))["type"] == "OrderedCollection"
    await read(alice, inbox, status=401, token=None)
    await read(alice, inbox, status=401, token="forged")
    await read(bao, inbox, status=403)
    await read(alice, inbox, status=403, token=await scoped(home.app, alice, "write", "read:statuses"))


async def test_an_inbox_has_pages(home: Instance) -> None:
    alice, bao = await home.person("alice"), await home.person("bao")
    sent = [await send(bao, note(str(number), to=[uri(alice)])) for number in range(25)]
    first = await page(alice)
    second = await page(alice, first["next"])
    assert "next" not in second
    assert [one["id"] for one in (*first["orderedItems"], *second["orderedItems"])] == sent[::-1]
    await read(alice, f"{uri(alice)}/inbox?page=true&max_id=x", status=400)


async def test_an_inbox_leaves_out_whom_its_owner_blocks_or_mutes_and_what_is_deleted(home: Instance) -> None:
    alice, bao = await home.person("alice"), await home.person("bao")
    carol, dao = await home.person("carol"), await home.person("dao")
    sent = {one.name: await send(one, note("Hi", to=[uri(alice)])) for one in (bao, carol, dao)}
    assert len((await page(alice))["orderedItems"]) == 3
    await alice.call("POST", f"/api/v1/accounts/{bao.account_id}/block")
    await alice.call("POST", f"/api/v1/accounts/{carol.account_id}/mute")
    assert [one["id"] for one in (await page(alice))["orderedItems"]] == [sent["dao"]]
    await send(dao, {"type": "Delete", "object": sent["dao"].removesuffix("/activity")})
    assert (await page(alice))["orderedItems"] == []


async def test_a_blind_recipient_is_in_no_inbox_but_the_own(home: Instance) -> None:
    alice, bao, carol = [await home.person(name) for name in ("alice", "bao", "carol")]
    await send(alice, note("A surprise", to=[uri(bao)], bto=[uri(carol)]))
    for reader in (bao, carol):
        items = (await page(reader))["orderedItems"]
        assert [one["object"]["content"] for one in items] == ["A surprise"]
        assert uri(carol) not in str(items)


async def test_the_number_of_likes_is_public_and_what_is_liked_is_not(home: Instance) -> None:
    alice, bao = await home.person("alice"), await home.person("bao")
    post = (await bao.post("Tea"))["uri"]
    await send(alice, {"type": "Like", "object": post})
    liked = (await read(bao, uri(alice)))["liked"]
    assert (await read(alice, liked, token=None))["totalItems"] == 1
    assert "first" not in await read(bao, liked)
    assert "orderedItems" not in await read(bao, f"{liked}?page=true")
    own = await read(alice, liked)
    assert list((await page(alice, own["first"]))["orderedItems"]) == [post]


async def test_the_owner_reads_all_of_an_outbox_and_others_what_is_public(home: Instance) -> None:
    alice, bao = await home.person("alice"), await home.person("bao")
    hidden = await send(alice, note("Hush", to=[uri(bao)]))
    shown = await send(alice, note("Hello", to=[PUBLIC]))
    more = [await send(alice, note(str(number))) for number in range(20)]
    outbox = f"{uri(alice)}/outbox"
    for reader, token in ((bao, ""), (alice, None)):
        found = await read(reader, f"{outbox}?page=true", token=token)
        assert [one["id"] for one in found["orderedItems"]] == [shown]
    own = await read(alice, outbox)
    first = await page(alice, own["first"])
    second = await page(alice, first["next"])
    assert own["totalItems"] == 22
    assert [one["id"] for one in (*first["orderedItems"], *second["orderedItems"])] == [*more[::-1], shown, hidden]
