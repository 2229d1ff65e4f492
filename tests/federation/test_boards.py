"""Boards between servers: served as collections, told of to followers and authors, and left by an author's Remove."""

from typing import Any

from tests.federation.scene import Scene
from tests.support.instances import Person
from tests.support.signing import fetch

PATH = "/api/fedinote/v1/boards"


async def _get(scene: Scene, url: str) -> Any:
    path = url.partition(scene.home.host)[2]
    return await scene.home.call("GET", path, headers={"Accept": "application/activity+json"})


async def _made(person: Person, *post_ids: str, **fields: str) -> Any:
    made = await person.call("POST", PATH, json={"title": "Tea", "language": "en"} | fields)
    for post_id in post_ids:
        await person.call("POST", f"{PATH}/{made['id']}/statuses", json={"status_id": post_id})
    return made


async def _post_of_bob(scene: Scene) -> tuple[dict[str, Any], str]:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("green leaves")
    await scene.done(scene.bob, scene.bob.create(note))
    return note, str((await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"]))["id"])  # type: ignore[index]


async def test_an_actor_leads_to_its_boards_and_these_page_by_page_to_the_ids_of_their_posts(scene: Scene) -> None:
    posts = [await scene.alice.post(f"cup {number}") for number in range(41)]
    made = await _made(scene.alice, *[post["id"] for post in posts], description="All of it")
    (streams,) = (await _get(scene, scene.uri(scene.alice)))["streams"]
    listed = await _get(scene, streams)
    assert (listed["type"], listed["orderedItems"]) == ("OrderedCollection", [made["uri"]])
    board = await _get(scene, made["uri"])
    assert (board["type"], board["name"], board["summary"], board["nameMap"], board["totalItems"]) == (
        "OrderedCollection", "Tea", "All of it", {"en": "Tea"}, 41)  # fmt: skip
    assert (board["attributedTo"], board["url"]) == (scene.uri(scene.alice), made["url"])
    first = await _get(scene, board["first"])
    rest = await _get(scene, first["next"])
    assert [first["partOf"], first["type"]] == [made["uri"], "OrderedCollectionPage"]
    assert first["orderedItems"] + rest["orderedItems"] == [post["uri"] for post in reversed(posts)]
    assert "next" not in rest


async def test_what_is_not_public_any_more_is_not_named_in_a_board(scene: Scene) -> None:
    post = await scene.alice.post("a cup")
    made = await _made(scene.alice, post["id"])
    await scene.app.db.execute("UPDATE posts SET visibility = 'private' WHERE id = ?", int(post["id"]))
    board = await _get(scene, made["uri"])
    assert (board["totalItems"], (await _get(scene, board["first"]))["orderedItems"]) == (0, [])


async def test_a_deleted_board_is_gone_and_a_page_that_is_none_is_refused(scene: Scene) -> None:
    made = await _made(scene.alice)
    for page in ("x", "1", "1.", "1.x", "9" * 30 + ".1"):
        assert await fetch(scene.home, None, f"{made['uri']}?page={page}") == 400
    assert await fetch(scene.home, None, f"{scene.uri(scene.carol)}/boards/{made['id']}") == 404
    await scene.alice.call("DELETE", f"{PATH}/{made['id']}")
    assert await fetch(scene.home, None, made["uri"]) == 410


async def test_followers_are_told_of_a_board_and_of_what_is_put_on_it(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    post = await scene.alice.post("a cup")
    made = await _made(scene.alice, post["id"])
    await scene.alice.call("PATCH", f"{PATH}/{made['id']}", json={"title": "Green tea"})
    await scene.alice.call("DELETE", f"{PATH}/{made['id']}/statuses/{post['id']}")
    await scene.alice.call("DELETE", f"{PATH}/{made['id']}")
    await scene.settle()
    streams = f"{scene.uri(scene.alice)}/boards"
    told = [one for one in scene.victim.received if "#boards/" in one.get("id", "")]
    assert [(one["type"], one.get("target")) for one in told] == [
        ("Add", streams), ("Add", made["uri"]), ("Update", None), ("Remove", made["uri"]), ("Remove", streams),
    ]  # fmt: skip
    assert (told[0]["object"]["name"], told[2]["object"]["name"]) == ("Tea", "Green tea")
    assert [told[1]["object"], told[3]["object"], told[4]["object"]] == [post["uri"], post["uri"], made["uri"]]


async def test_who_wrote_a_post_elsewhere_is_told_and_leaves_the_board_for_good(scene: Scene) -> None:
    note, post_id = await _post_of_bob(scene)
    made = await _made(scene.alice, post_id)
    await scene.settle()
    told = [one for one in scene.victim.received if one.get("target") == made["uri"]]
    assert [(one["type"], one["object"]) for one in told] == [("Add", note["id"])]
    await scene.done(scene.bob, scene.bob.activity("Remove", note["id"], target=made["uri"]))
    assert await scene.count("board_items") == 0
    await scene.alice.call("POST", f"{PATH}/{made['id']}/statuses", json={"status_id": post_id}, status=403)


async def test_nobody_but_its_author_takes_a_post_off_a_board(scene: Scene) -> None:
    note, post_id = await _post_of_bob(scene)
    made = await _made(scene.alice, post_id)
    await scene.known(scene.mallory)
    activity = scene.mallory.activity("Remove", note["id"], target=made["uri"])
    await scene.without_effect("by somebody else", scene.mallory, activity)
    assert await scene.count("board_items") == 1


async def test_a_post_that_is_deleted_elsewhere_is_on_no_board(scene: Scene) -> None:
    note, post_id = await _post_of_bob(scene)
    await _made(scene.alice, post_id)
    await scene.done(scene.bob, scene.bob.activity("Delete", note["id"]))
    assert await scene.count("board_items") == 0
