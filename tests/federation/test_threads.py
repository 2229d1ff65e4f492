"""Threads that become whole: answers and ancestors are fetched when a thread is opened."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from fedinote.federation import pages, threads
from fedinote.federation.fetching import Budget
from tests.federation.scene import Scene
from tests.support.fakefedi import Answer, FakeActor, FakeHost, Seen, stamp

REFRESH = "Mastodon-Async-Refresh"


@dataclass
class Tree:
    """A thread on several hosts, with a collection of the answers to each post."""

    scene: Scene
    actors: list[FakeActor]
    notes: list[dict[str, Any]] = field(default_factory=list)
    below: dict[str, list[str]] = field(default_factory=dict)

    def add(self, parent: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
        """A post by the next actor in turn, older than all that come after it."""
        author = self.actors[len(self.notes) % len(self.actors)]
        number = len(self.notes)
        fields = {"published": stamp(-3600 + number), **({"inReplyTo": parent["id"]} if parent else {})} | more
        note = author.note(f"number {number}", **fields)
        items = self.below[note["id"]] = []
        url = f"{note['id']}/replies"
        note["replies"] = {"id": url, "type": "Collection", "first": f"{url}?page=1"}
        author.host.serve(url, {"id": url, "type": "Collection", "first": f"{url}?page=1"})
        page = {"id": f"{url}?page=1", "type": "CollectionPage", "partOf": url, "items": items}
        author.host.serve(f"{url}?page=1", page)
        if parent:
            self.below[parent["id"]].append(note["id"])
        self.notes.append(note)
        return note


async def context(scene: Scene, uri: str, *, person: Any = None) -> dict[str, Any]:
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", uri)
    assert row is not None
    found: dict[str, Any] = await (person or scene.alice).call("GET", f"/api/v1/statuses/{row['id']}/context")
    return found


async def _people(scene: Scene) -> list[FakeActor]:
    third = await scene.fedi.host("127.0.0.4")
    return [scene.bob, scene.mal, third.actor("chris", key=4), scene.mallory]


async def test_a_thread_of_forty_posts_on_three_hosts_is_whole_when_its_leaf_is_opened(scene: Scene) -> None:
    tree = Tree(scene, await _people(scene))
    root = tree.add(None)
    spine = root
    for number in range(40):
        parent = tree.add(spine if number % 3 else root)
        spine = parent if number % 2 else spine
    path, leaf = [], tree.notes[-1]
    author = tree.actors[(len(tree.notes) - 1) % len(tree.actors)]
    await scene.follow(scene.alice, author)
    await scene.done(author, author.create(leaf))
    assert await scene.count("posts") < 41
    await context(scene, leaf["id"])
    await scene.settle()
    seen = await context(scene, root["id"])
    assert len(seen["descendants"]) == 40
    above = leaf
    while "inReplyTo" in above:
        above = next(n for n in tree.notes if n["id"] == above["inReplyTo"])
        path.append(above["id"])
    assert [one["uri"] for one in (await context(scene, leaf["id"]))["ancestors"]] == path[::-1]
    conversations = await scene.app.db.rows("SELECT DISTINCT conversation_id FROM posts")
    assert len(conversations) == 1


async def test_while_a_thread_is_fetched_the_answer_says_so_and_tells_how_far_it_is(scene: Scene) -> None:
    tree = Tree(scene, [scene.bob])
    root = tree.add(None)
    tree.add(root)
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.create(root))
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", root["id"])
    assert row is not None
    url = f"http://{scene.home.host}/api/v1/statuses/{row['id']}/context"
    auth = {"Authorization": f"Bearer {scene.alice.token}"}
    async with scene.home.http.get(url, headers=auth) as answer:
        told = dict(part.split("=") for part in answer.headers[REFRESH].split(", "))
    refresh_id = told["id"].strip('"')
    assert (told["retry"], told["result_count"]) == ("5", "0")
    path = f"/api/v1_alpha/async_refreshes/{refresh_id}"
    shown = (await scene.alice.call("GET", path))["async_refresh"]
    assert shown == {"id": refresh_id, "status": "running", "result_count": 0}
    await scene.settle()
    shown = (await scene.alice.call("GET", path))["async_refresh"]
    assert shown == {"id": refresh_id, "status": "finished", "result_count": 1}
    async with scene.home.http.get(url, headers=auth) as answer:
        assert REFRESH not in answer.headers
    await scene.alice.call("GET", "/api/v1_alpha/async_refreshes/1", status=404)
    await scene.home.call("GET", path, status=401)


async def test_a_thread_is_not_fetched_again_before_its_rest_is_over(scene: Scene) -> None:
    tree = Tree(scene, [scene.bob])
    root = tree.add(None)
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.create(root))
    await context(scene, root["id"])
    await scene.settle()
    asked = len(scene.victim.gets())
    tree.add(root)
    await context(scene, root["id"])
    await scene.settle()
    assert len(scene.victim.gets()) == asked
    await scene.app.db.execute("UPDATE refreshes SET started_at = started_at - ?", 16 * 60 * 1000)
    await context(scene, root["id"])
    await scene.settle()
    assert len((await context(scene, root["id"]))["descendants"]) == 1


async def test_the_collection_of_a_conversation_is_preferred_to_the_answers_one_by_one(scene: Scene) -> None:
    tree = Tree(scene, [scene.bob, scene.mal])
    url = f"{scene.victim.base}/contexts/1"
    root = tree.add(None, context=url)
    first = tree.add(root, context=url)
    second = tree.add(first, context=url)
    stranger = scene.mal.note("no part of it")
    members = [root["id"], first["id"], second["id"], stranger["id"]]
    scene.victim.serve(url, {"id": url, "type": "OrderedCollection", "orderedItems": members})
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.create(root))
    await context(scene, root["id"])
    await scene.settle()
    seen = await context(scene, root["id"])
    assert [one["uri"] for one in seen["descendants"]] == [first["id"], second["id"]]
    assert await scene.count("posts") == 3
    assert not any("replies" in seen.path for seen in scene.fedi.requests)


@pytest.mark.parametrize("parent", [None, "/gone"])
async def test_a_collection_of_a_conversation_on_another_host_is_not_asked(scene: Scene, parent: str | None) -> None:
    tree = Tree(scene, [scene.bob])
    url = f"{scene.evil.base}/contexts/1"
    lost = {"inReplyTo": f"{scene.victim.base}{parent}"} if parent else {}
    root = tree.add(None, context=url, **lost)
    reply = tree.add(root)
    scene.evil.serve(url, {"id": url, "type": "OrderedCollection", "orderedItems": []})
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.create(root))
    await context(scene, root["id"])
    await scene.settle()
    assert [one["uri"] for one in (await context(scene, root["id"]))["descendants"]] == [reply["id"]]
    assert not scene.evil.gets("/contexts/1")


async def test_a_note_of_a_victim_inside_a_foreign_collection_is_asked_for_at_its_origin(scene: Scene) -> None:
    root = scene.mal.note("root")
    honest = scene.bob.note("what bob wrote", inReplyTo=root["id"])
    invented = {**honest, "id": f"{scene.victim.base}/n/invented", "content": "<p>FORGED</p>"}
    forged = {**honest, "content": "<p>FORGED</p>"}
    own = scene.mal.note("whole in it", inReplyTo=root["id"])
    scene.evil.pages.pop(own["id"].removeprefix(scene.evil.base))
    url = f"{scene.evil.base}/replies"
    root["replies"] = {"id": url, "type": "Collection", "items": [forged, invented, own]}
    await scene.follow(scene.alice, scene.mal)
    await scene.done(scene.mal, scene.mal.create(root))
    await context(scene, root["id"])
    await scene.settle()
    seen = await context(scene, root["id"])
    texts = {one["uri"]: one["content"] for one in seen["descendants"]}
    assert texts == {honest["id"]: "<p>what bob wrote</p>", own["id"]: "<p>whole in it</p>"}


async def test_what_answers_something_else_is_not_taken_from_a_collection_of_answers(scene: Scene) -> None:
    root, other = scene.mal.note("root"), scene.bob.note("of another thread")
    url = f"{scene.evil.base}/replies"
    root["replies"] = {"id": url, "type": "Collection", "items": [other["id"]]}
    await scene.follow(scene.alice, scene.mal)
    await scene.done(scene.mal, scene.mal.create(root))
    await context(scene, root["id"])
    await scene.settle()
    assert await scene.count("posts", "uri = ?", other["id"]) == 0


def _endless(host: FakeHost) -> None:
    """Pages without end, each with a note that has answers without end."""

    def page(seen: Seen) -> Answer:
        number = len(host.requests)
        url = f"{host.base}{seen.path}"
        items = [f"{host.base}/made/{number}-{n}" for n in range(50)]
        follow = f"{host.base}/replies?n={number}"
        return Answer({"id": url, "type": "CollectionPage", "items": items, "next": follow})

    def made(seen: Seen) -> Answer:
        url = f"{host.base}{seen.path}"
        replies = {"id": f"{url}/replies", "type": "Collection", "first": f"{host.base}/replies"}
        author = host.actors["evil"].id
        return Answer({"id": url, "type": "Note", "attributedTo": author, "inReplyTo": f"{host.base}/root",
                       "content": "more", "to": [], "cc": [], "replies": replies})  # fmt: skip

    original = host.answer

    def answer(seen: Seen) -> Answer:
        if seen.path == "/replies":
            host.requests.append(seen)
            return page(seen)
        if seen.path.startswith("/made/"):
            host.requests.append(seen)
            return made(seen)
        return original(seen)

    host.answer = answer  # type: ignore[method-assign]


async def test_a_thread_without_end_is_fetched_within_its_budget(scene: Scene) -> None:
    root = scene.mal.note("root", id=f"{scene.evil.base}/root")
    root["replies"] = {"id": f"{scene.evil.base}/replies", "type": "Collection", "first": f"{scene.evil.base}/replies"}
    await scene.follow(scene.alice, scene.mal)
    await scene.done(scene.mal, scene.mal.create(root))
    _endless(scene.evil)
    before = len(scene.evil.gets())
    await context(scene, root["id"])
    await scene.settle()
    assert len(scene.evil.gets()) - before == threads.REQUESTS_FOR_A_HOST
    assert 20 < await scene.count("posts") < threads.REQUESTS_FOR_A_HOST


async def test_a_thread_without_end_is_cut_at_so_many_posts(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MAX_POSTS", 30)
    root = scene.mal.note("root", id=f"{scene.evil.base}/root")
    root["replies"] = {"id": f"{scene.evil.base}/replies", "type": "Collection", "first": f"{scene.evil.base}/replies"}
    await scene.follow(scene.alice, scene.mal)
    await scene.done(scene.mal, scene.mal.create(root))
    _endless(scene.evil)
    await context(scene, root["id"])
    await scene.settle()
    assert await scene.count("posts") == 30


async def test_pages_end_at_a_repeated_next_and_never_leave_their_host(scene: Scene) -> None:
    base = scene.evil.base
    scene.evil.serve("/c", {"id": f"{base}/c", "type": "Collection", "first": f"{base}/c?p=1"})
    scene.evil.serve("/c?p=1", {"type": "CollectionPage", "items": [f"{base}/1"], "next": f"{base}/c?p=2"})
    scene.evil.serve("/c?p=2", {"type": "CollectionPage", "items": [f"{base}/2"], "next": f"{base}/c?p=1"})
    found = await pages.gather(scene.app, f"{base}/c", stood_in=base, budget=Budget())
    assert list(found.items) == [f"{base}/1", f"{base}/2"]
    assert len(scene.evil.gets("/c")) == 3
    away = {"type": "CollectionPage", "items": [f"{base}/3"], "next": f"{scene.victim.base}/c"}
    scene.evil.serve("/d", away)
    scene.victim.serve("/c", {"type": "CollectionPage", "items": [f"{base}/4"]})
    found = await pages.gather(scene.app, f"{base}/d", stood_in=base, budget=Budget())
    assert list(found.items) == [f"{base}/3"]
    assert not scene.victim.gets("/c")


async def test_followers_that_are_counted_but_hidden_are_read_as_a_number(scene: Scene) -> None:
    base = scene.victim.base
    hidden = {"id": f"{base}/f", "type": "OrderedCollection", "totalItems": 296}
    for document in (hidden, hidden | {"first": {"type": "OrderedCollectionPage", "items": []}}):
        scene.victim.serve("/f", document)
        found = await pages.gather(scene.app, f"{base}/f", stood_in=base, budget=Budget())
        assert (found.total, found.items) == (296, {})


async def test_the_page_of_a_post_completes_its_thread_too(scene: Scene) -> None:
    root = await scene.alice.post("root")
    tree = Tree(scene, [scene.bob])
    tree.below[root["uri"]] = []
    reply = tree.add({"id": root["uri"]})
    await scene.done(scene.bob, scene.bob.create(reply))
    far = tree.add(reply)
    url = f"http://{scene.home.host}/@alice/{root['id']}"
    for text in (False, True):
        async with scene.home.http.get(url, headers={"Accept": "text/html"}) as answer:
            assert ("number 1" in await answer.text()) is text
        await scene.settle()
    assert await scene.count("posts", "uri = ?", far["id"]) == 1


async def test_strangers_have_so_many_threads_completed_in_an_hour(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "STRANGERS_AN_HOUR", 1)
    await scene.follow(scene.alice, scene.bob)
    for number in range(2):
        note = scene.bob.note(f"number {number}")
        await scene.done(scene.bob, scene.bob.create(note))
        row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
        assert row is not None
        await scene.home.call("GET", f"/api/v1/statuses/{row['id']}/context")
    assert await scene.count("refreshes", "post_id IS NOT NULL") == 1


async def test_an_answer_to_somebody_here_brings_the_thread_that_it_is_in(scene: Scene) -> None:
    tree = Tree(scene, [scene.bob, scene.mal])
    root = tree.add(None)
    tree.add(root)
    reply = tree.add(root, to=[scene.uri(scene.alice), "https://www.w3.org/ns/activitystreams#Public"])
    author = scene.bob
    await scene.known(author)
    await scene.done(author, author.create(reply))
    assert await scene.count("jobs", "kind = ?", threads.JOB) == 1
    await scene.app.db.execute("UPDATE jobs SET run_at = 0")
    await scene.settle()
    assert await scene.count("posts") == 3


async def test_old_posts_of_a_thread_tell_nobody_and_are_in_no_home(scene: Scene) -> None:
    tree = Tree(scene, [scene.bob])
    root = tree.add(None)
    old = tree.add(root, published="2020-01-01T00:00:00Z", to=[scene.uri(scene.alice), "as:Public"])
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.create(root))
    await context(scene, root["id"])
    await scene.settle()
    seen = await context(scene, root["id"])
    assert [one["created_at"][:4] for one in seen["descendants"]] == ["2020"]
    assert old["id"] not in [one["uri"] for one in await scene.alice.home()]
    assert not await scene.alice.call("GET", "/api/v1/notifications", params={"types[]": "mention"})


async def test_a_private_thread_is_not_asked_for(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("for followers", to=[scene.bob.document["followers"]])
    await scene.done(scene.bob, scene.bob.create(note))
    async with scene.nothing("a private thread"):
        await context(scene, note["id"])


async def test_counts_of_its_own_server_are_shown_and_ours_are_added(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    likes = {"type": "Collection", "totalItems": 41}
    note = scene.bob.note("liked", likes=likes, shares={"type": "Collection", "totalItems": 7})
    note["replies"] = {"type": "Collection", "totalItems": 3}
    await scene.done(scene.bob, scene.bob.create(note))
    shown = (await scene.alice.home())[0]
    assert (shown["favourites_count"], shown["reblogs_count"], shown["replies_count"]) == (41, 7, 3)
    await scene.alice.call("POST", f"/api/v1/statuses/{shown['id']}/favourite")
    assert (await scene.alice.home())[0]["favourites_count"] == 42
    note["likes"] = {"type": "Collection", "totalItems": 42}
    await context(scene, note["id"])
    await scene.settle()
    assert (await scene.alice.home())[0]["favourites_count"] == 42
    note["likes"] = {"type": "Collection", "totalItems": 50}
    await scene.done(scene.bob, scene.bob.activity("Update", note | {"updated": stamp()}))
    assert (await scene.alice.home())[0]["favourites_count"] == 50


@pytest.mark.parametrize("total", [-1, 10**9 + 1, "many", None, 1e40])
async def test_counts_that_cannot_be_true_are_not_shown(scene: Scene, total: Any) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("liked", likes={"type": "Collection", "totalItems": total})
    await scene.done(scene.bob, scene.bob.create(note))
    assert (await scene.alice.home())[0]["favourites_count"] == 0
