"""What we tell of our threads: answers in pages, and the collection of a conversation."""

from typing import Any

from fedinote.federation import collections
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC
from tests.support.instances import Instance, World

ACCEPT = {"Accept": "application/activity+json"}


async def _get(scene: Scene, url: str) -> Any:
    return await scene.home.call("GET", url.removeprefix(f"http://{scene.home.host}"), headers=ACCEPT)


async def _pages(scene: Scene, url: str) -> list[list[str]]:
    """The items of all pages of a collection, page by page."""
    found, following = [], (await _get(scene, url))["first"]
    while following:
        page = await _get(scene, following)
        assert (page["id"], page["partOf"]) == (following, url)
        found.append(page["orderedItems"])
        following = page.get("next")
    return found


async def test_answers_are_paged_the_author_s_own_first(scene: Scene) -> None:
    root = await scene.alice.post("root")
    mine, theirs = [], []
    for number in range(collections.PAGE + 3):
        theirs.append((await scene.carol.post(f"{number}", in_reply_to_id=root["id"]))["uri"])
        mine.append((await scene.alice.post(f"{number}", in_reply_to_id=root["id"]))["uri"])
    await scene.carol.post("privately", in_reply_to_id=root["id"], visibility="private")
    url = f"{root['uri']}/replies"
    document = await _get(scene, root["uri"])
    assert document["replies"]["id"] == url
    assert (await _get(scene, url))["totalItems"] == len(mine) + len(theirs)
    pages = await _pages(scene, url)
    assert pages == [mine[:20], mine[20:], theirs[:20], theirs[20:]]


async def test_a_conversation_is_a_collection_of_who_began_it(scene: Scene) -> None:
    root = await scene.alice.post("root")
    reply = await scene.carol.post("an answer", in_reply_to_id=root["id"])
    await scene.follow(scene.alice, scene.bob)
    far = scene.bob.note("from elsewhere", inReplyTo=reply["uri"], to=[PUBLIC, scene.uri(scene.alice)])
    await scene.done(scene.bob, scene.bob.create(far))
    await scene.carol.post("privately", in_reply_to_id=root["id"], visibility="private")
    await scene.carol.call("POST", f"/api/v1/statuses/{root['id']}/reblog")
    context = (await _get(scene, root["uri"]))["context"]
    assert (await _get(scene, reply["uri"]))["context"] == context
    found = await _get(scene, context)
    assert (found["type"], found["attributedTo"]) == ("OrderedCollection", scene.uri(scene.alice))
    assert found["totalItems"] == 3
    assert await _pages(scene, context) == [[root["uri"], reply["uri"], far["id"]]]


async def test_a_long_conversation_is_paged(scene: Scene) -> None:
    root = await scene.alice.post("root")
    answers = [await scene.carol.post(f"{n}", in_reply_to_id=root["id"]) for n in range(101)]
    uris = [root["uri"], *(one["uri"] for one in answers)]
    context = (await _get(scene, root["uri"]))["context"]
    assert [len(page) for page in await _pages(scene, context)] == [collections.CONVERSATION_PAGE, 2]
    assert [uri for page in await _pages(scene, context) for uri in page] == uris


async def test_a_conversation_that_is_not_public_or_not_ours_is_no_collection(scene: Scene) -> None:
    private = await scene.alice.post("for followers", visibility="private")
    reply = await scene.alice.post("an answer", in_reply_to_id=(await scene.alice.post("root"))["id"])
    await scene.follow(scene.alice, scene.bob)
    far = scene.bob.note("from elsewhere")
    await scene.done(scene.bob, scene.bob.create(far))
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", far["id"])
    assert row is not None
    for post_id in (private["id"], reply["id"], row["id"], 1, 2**70):
        await scene.home.call("GET", f"/contexts/{post_id}", headers=ACCEPT, status=404)


async def test_an_answer_names_the_conversation_as_who_began_it_does(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    far = scene.bob.note("from elsewhere", context=f"{scene.victim.base}/contexts/7")
    await scene.done(scene.bob, scene.bob.create(far))
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", far["id"])
    assert row is not None
    reply = await scene.alice.post("an answer", in_reply_to_id=str(row["id"]))
    answer = await scene.alice.post("and another", in_reply_to_id=reply["id"])
    for one in (reply, answer):
        document = await _get(scene, one["uri"])
        assert document["context"] == far["context"]
        assert document["conversation"].startswith(f"http://{scene.home.host}/contexts/")


async def test_a_conversation_is_not_where_an_answer_to_something_unknown_says_it_is(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    lost = f"{scene.victim.base}/notes/lost"
    far = scene.mal.note("an answer", context=f"{scene.victim.base}/contexts/7", inReplyTo=lost)
    await scene.done(scene.mal, scene.mal.create(far))
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", far["id"])
    assert row is not None
    reply = await scene.alice.post("what do you mean?", in_reply_to_id=str(row["id"]))
    assert "context" not in await _get(scene, reply["uri"])
    assert not scene.victim.gets("/contexts/7")


async def test_two_servers_of_ours_complete_each_other_s_threads(world: World, one: Instance, two: Instance) -> None:
    ann, bao, eve = await one.person("ann"), await two.person("bao"), await one.person("eve")
    root = await ann.post("root")
    first = await eve.post("an answer that nobody elsewhere follows", in_reply_to_id=root["id"])
    await eve.post("and an answer to it", in_reply_to_id=first["id"])
    await world.settle()
    found = await bao.call("GET", "/api/v2/search", params={"q": root["uri"], "resolve": "true"})
    (status,) = found["statuses"]
    path = f"/api/v1/statuses/{status['id']}/context"
    assert not (await bao.call("GET", path))["descendants"]
    await world.settle()
    assert len((await bao.call("GET", path))["descendants"]) == 2
