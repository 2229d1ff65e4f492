"""Reactions with an emoji between servers (FEP-c0e0), and what strangers may not do with them."""

from typing import Any

import pytest

from fedinote.media import emojis, remote
from tests.federation.scene import Scene
from tests.media.pictures import encoded, picture
from tests.support.instances import Instance, World
from tests.support.people import configure
from tests.support.signing import fetch


def tag(scene: Scene, name: str, **fields: Any) -> dict[str, Any]:
    """An Emoji tag of the server where bob lives."""
    base = scene.victim.base
    icon = {"type": "Image", "mediaType": "image/png", "url": f"{base}/files/{name}.png"}
    return {"id": f"{base}/emojis/{name}", "type": "Emoji", "name": f":{name}:", "icon": icon} | fields


async def _shown(scene: Scene, post_id: str) -> list[tuple[str, int]]:
    status = await scene.alice.call("GET", f"/api/v1/statuses/{post_id}")
    return [(one["name"], one["count"]) for one in status["reactions"]]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("EmojiReact", {"content": "🔥"}),
        ("Like", {"content": "🔥"}),
        ("Like", {"_misskey_reaction": "🔥"}),
        ("Like", {"content": "🔥", "_misskey_reaction": "🔥"}),
    ],
)
async def test_a_like_with_an_emoji_and_an_emoji_react_are_the_same(
    scene: Scene, kind: str, fields: dict[str, Any]
) -> None:
    posted = await scene.alice.post("Tea?")
    made = [scene.bob.activity(kind, posted["uri"], **fields) for _ in range(50)]
    for activity in made:
        assert await scene.send(scene.bob, activity) == 202
    await scene.settle()
    assert await _shown(scene, posted["id"]) == [("🔥", 1)]
    assert await scene.count("posts", "favourites_count = 0 AND reactions_count = 1") == 1
    assert await scene.count("notifications", "kind = 'reaction'") == 1
    await scene.done(scene.bob, scene.bob.activity("Undo", made[0]))
    assert await _shown(scene, posted["id"]) == []
    assert await scene.count("posts", "reactions_count = 0") == 1
    assert await scene.count("notifications", "kind = 'reaction'") == 0


async def test_one_person_may_react_with_several_emoji(scene: Scene) -> None:
    posted = await scene.alice.post("Tea?")
    first = scene.bob.activity("EmojiReact", posted["uri"], content="🔥")
    await scene.done(scene.bob, first)
    await scene.done(scene.bob, scene.bob.activity("EmojiReact", posted["uri"], content="👍"))
    assert await _shown(scene, posted["id"]) == [("🔥", 1), ("👍", 1)]
    await scene.done(scene.bob, scene.bob.activity("Undo", first["id"]))
    assert await _shown(scene, posted["id"]) == [("👍", 1)]
    assert await scene.count("notifications", "kind = 'reaction'") == 1


async def test_a_reaction_is_found_by_its_emoji_when_its_undo_has_another_id(scene: Scene) -> None:
    posted = await scene.alice.post("Tea?")
    blob = tag(scene, "blob")
    for fields in ({"content": ":blob:", "tag": [blob]}, {"content": "❤"}):
        await scene.done(scene.bob, scene.bob.activity("Like", posted["uri"], **fields))
    plain = scene.bob.activity("Like", posted["uri"])
    await scene.done(scene.bob, plain)
    assert len(await _shown(scene, posted["id"])) == 2
    for fields, left in (({"content": "❤️"}, 1), ({"content": ":blob:", "tag": [blob]}, 0)):
        again = scene.bob.activity("Like", posted["uri"], **fields)
        await scene.done(scene.bob, scene.bob.activity("Undo", again))
        assert len(await _shown(scene, posted["id"])) == left
    early = scene.bob.activity("Like", posted["uri"], content="👍")
    await scene.done(scene.bob, scene.bob.activity("Undo", early))
    assert await scene.count("favourites") == 1, "the undo of a reaction took the like"


@pytest.mark.parametrize("whole", [True, False])
async def test_an_undo_that_comes_first_keeps_the_reaction_away(scene: Scene, *, whole: bool) -> None:
    posted = await scene.alice.post("Tea?")
    early = scene.bob.activity("EmojiReact", posted["uri"], content="👍")
    await scene.done(scene.bob, scene.bob.activity("Undo", early if whole else early["id"]))
    await scene.done(scene.bob, early)
    assert await _shown(scene, posted["id"]) == []


async def test_nobody_takes_back_somebody_else_s_reaction(scene: Scene) -> None:
    await scene.known(scene.mallory, scene.mal)
    posted = await scene.alice.post("Tea?")
    done = scene.bob.activity("EmojiReact", posted["uri"], content="👍")
    await scene.done(scene.bob, done)
    for actor in (scene.mallory, scene.mal):
        for what in (done, done["id"], {**done, "actor": actor.id}):
            await scene.done(actor, actor.activity("Undo", what))
    assert await _shown(scene, posted["id"]) == [("👍", 1)]


@pytest.mark.parametrize(
    "content", ["~", "🔥🔥", ":blob:", ":other:", "", "<script>", "x" * 10_000, ":" * 3000, "👍" * 500, None, ["a"], {}]
)
async def test_what_is_not_one_emoji_is_no_reaction(scene: Scene, content: Any) -> None:
    await scene.known(scene.mal)
    posted = await scene.alice.post("Tea?")
    # A tag that explains another name, and one without a picture.
    tags = [tag(scene, "blobcat"), {"type": "Emoji", "name": ":other:"}]
    activity = scene.mal.activity("EmojiReact", posted["uri"], content=content, tag=tags)
    await scene.without_effect(str(content)[:20], scene.mal, activity)


async def test_a_like_with_a_sentence_is_a_like(scene: Scene) -> None:
    posted = await scene.alice.post("Tea?")
    await scene.done(scene.bob, scene.bob.activity("Like", posted["uri"], content="bob likes this"))
    assert await scene.count("favourites") == 1
    assert await scene.count("reactions") == 0


@pytest.mark.parametrize("visibility", ["direct", "private"])
async def test_a_reaction_to_what_one_may_not_see_is_refused_and_tells_nothing(scene: Scene, visibility: str) -> None:
    await scene.known(scene.mal)
    posted = await scene.alice.post("not for you", visibility=visibility)
    await scene.settle()
    for uri in (posted["uri"], posted["uri"][:-3] + "000"):
        for kind in ("EmojiReact", "Like"):
            activity = scene.mal.activity(kind, uri, content="👍")
            async with scene.nothing(f"{kind} {uri}", but=("received_activities", "hosts")):
                assert await scene.send(scene.mal, activity) == 202


def through(scene: Scene, url: str) -> str:
    """Where readers here get an emoji of another server from."""
    return str(scene.app.url(remote.emoji(scene.app, url)))


async def test_a_custom_emoji_is_of_the_server_that_sends_it(scene: Scene) -> None:
    """So that nobody gives the emoji of another server, or ours, a face of their own."""
    await emojis.add(scene.app, "tea", encoded(picture(), "PNG"))
    posted = await scene.alice.post("Tea?")
    await scene.done(
        scene.bob, scene.bob.activity("EmojiReact", posted["uri"], content=":blob:", tag=tag(scene, "blob"))
    )
    icon = {"type": "Image", "url": f"{scene.evil.base}/files/evil.png"}
    ours = f"http://{scene.home.host}/emojis/tea"
    for claimed in (tag(scene, "blob", icon=icon), tag(scene, "tea", id=ours, icon=icon)):
        content = claimed["name"]
        await scene.done(scene.mal, scene.mal.activity("EmojiReact", posted["uri"], content=content, tag=[claimed]))
    # With the picture that we know, it is the emoji that it says it is.
    same = scene.mal.activity("EmojiReact", posted["uri"], content=":blob:", tag=[tag(scene, "blob")])
    await scene.done(scene.mal, same)
    status = await scene.alice.call("GET", f"/api/v1/statuses/{posted['id']}")
    found = {one["name"]: (one["count"], one["url"]) for one in status["reactions"]}
    assert found.pop("tea")[1].startswith(f"http://{scene.home.host}/media/")
    assert found == {
        f"blob@{scene.victim.name}": (2, through(scene, f"{scene.victim.base}/files/blob.png")),
        f"blob@{scene.evil.name}": (1, through(scene, f"{scene.evil.base}/files/evil.png")),
    }


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:image/png;base64,AA", "//evil.example/x.png", "http://x/"]
)
async def test_a_picture_without_https_makes_no_reaction(scene: Scene, url: str) -> None:
    await scene.known(scene.mal)
    posted = await scene.alice.post("Tea?")
    configure(scene.app, "federation", allow_http=False)
    bad = tag(scene, "blob", icon={"type": "Image", "url": url})
    activity = scene.mal.activity("EmojiReact", posted["uri"], content=":blob:", tag=[bad])
    await scene.without_effect(url, scene.mal, activity)


async def test_our_people_s_reactions_are_likes_with_content_and_are_taken_back(scene: Scene) -> None:
    await emojis.add(scene.app, "tea", encoded(picture(), "PNG"))
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("React to me")
    await scene.done(scene.bob, scene.bob.create(note))
    seen = (await scene.alice.home())[0]
    for name in ("🔥", "tea", "🔥"):
        await scene.alice.call("PUT", f"/api/v1/pleroma/statuses/{seen['id']}/reactions/{name}")
    await scene.settle()
    sent = [one for one in scene.victim.received if one["type"] == "Like"]
    assert [(one["object"], one["content"], one["_misskey_reaction"]) for one in sent] == [
        (note["id"], "🔥", "🔥"), (note["id"], ":tea:", ":tea:"),
    ]  # fmt: skip
    assert sent[1]["tag"][0]["id"] == f"http://{scene.home.host}/emojis/tea"
    assert sent[1]["tag"][0]["updated"] > "2020"
    for name in ("🔥", "tea", "tea"):
        await scene.alice.call("DELETE", f"/api/v1/pleroma/statuses/{seen['id']}/reactions/{name}")
    await scene.settle()
    undone = [one["object"] for one in scene.victim.received if one["type"] == "Undo"]
    assert [(one["id"], one["content"]) for one in undone] == [(one["id"], one["content"]) for one in sent]


async def test_a_post_of_ours_has_a_collection_of_its_reactions(scene: Scene) -> None:
    posted = await scene.alice.post("Tea?")
    theirs = scene.bob.activity("EmojiReact", posted["uri"], content="🔥")
    await scene.done(scene.bob, theirs)
    await scene.alice.call("POST", f"/api/v1/statuses/{posted['id']}/react/👍")
    document = await _get(scene, posted["uri"])
    found = await _get(scene, document["emojiReactions"])
    assert (found["type"], found["totalItems"]) == ("OrderedCollection", 2)
    ours, by_id = found["orderedItems"]
    assert (ours["type"], ours["content"], ours["object"]) == ("Like", "👍", posted["uri"])
    assert by_id == theirs["id"]
    assert (await _get(scene, ours["id"]))["content"] == "👍"
    assert await fetch(scene.home, scene.bob, ours["id"][:-3] + "000") == 404
    private = await scene.alice.post("for followers", visibility="private")
    await scene.alice.call("POST", f"/api/v1/statuses/{private['id']}/react/👍")
    hidden = await scene.row("SELECT uri FROM reactions ORDER BY id DESC LIMIT 1")
    assert hidden is not None
    for uri in (f"{private['uri']}/reactions", hidden["uri"]):
        assert await fetch(scene.home, scene.bob, uri) == 404


async def _get(scene: Scene, url: str) -> Any:
    path = url.removeprefix(f"http://{scene.home.host}")
    return await scene.home.call("GET", path, headers={"Accept": "application/activity+json"})


async def test_reactions_cross_between_two_servers(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await emojis.add(two.app, "tea", encoded(picture(), "PNG"))
    await bao.follow(alice)
    await world.settle()
    posted = await alice.post("Tea?")
    await world.settle()
    seen = (await bao.home())[0]
    for name in ("👍", "tea"):
        await bao.call("POST", f"/api/v1/statuses/{seen['id']}/react/{name}")
        await world.settle()
    status = await alice.call("GET", f"/api/v1/statuses/{posted['id']}")
    assert [(r["name"], r["count"], r["me"]) for r in status["reactions"]] == [
        ("👍", 1, False), (f"tea@{two.host}", 1, False),
    ]  # fmt: skip
    joined = await alice.call("POST", f"/api/v1/statuses/{posted['id']}/react/tea@{two.host}")
    assert joined["reactions"][1]["count"] == 2
    assert joined["reactions"][1]["me"]
    await bao.call("POST", f"/api/v1/statuses/{seen['id']}/unreact/tea")
    await bao.call("POST", f"/api/v1/statuses/{seen['id']}/unreact/👍")
    await world.settle()
    status = await alice.call("GET", f"/api/v1/statuses/{posted['id']}")
    assert [(r["name"], r["count"]) for r in status["reactions"]] == [(f"tea@{two.host}", 1)]


async def test_emoji_in_names_bios_fields_and_polls_cross(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    for name in ("tea", "cup", "leaf", "pot", "sun"):
        await emojis.add(one.app, name, encoded(picture(), "PNG"))
    changes = {
        "display_name": "Alice :tea:",
        "note": "I like a :cup:",
        "fields_attributes": {"0": {"name": ":leaf:", "value": "in a :pot:"}},
    }
    own = await alice.call("PATCH", "/api/v1/accounts/update_credentials", json=changes)
    assert {emoji["shortcode"] for emoji in own["emojis"]} == {"tea", "cup", "leaf", "pot"}
    await bao.follow(alice)
    await world.settle()
    await alice.post("Which?", poll={"options": [":sun:", "rain"], "expires_in": 3600}, spoiler_text=":tea: time")
    await world.settle()
    seen = (await bao.home())[0]
    assert {emoji["shortcode"] for emoji in seen["account"]["emojis"]} == {"tea", "cup", "leaf", "pot"}
    assert seen["account"]["display_name"] == "Alice :tea:"
    assert {emoji["shortcode"] for emoji in seen["emojis"]} == {"sun", "tea"}
    assert {emoji["shortcode"] for emoji in seen["poll"]["emojis"]} == {"sun", "tea"}
    assert all(emoji["url"].startswith(f"http://{two.host}/media/remote/emoji/") for emoji in seen["emojis"])
    assert await two.app.db.value("SELECT COUNT(*) AS value FROM custom_emojis WHERE domain = ?", one.host) == 5
    changed = await alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"display_name": "Alice"})
    assert {emoji["shortcode"] for emoji in changed["emojis"]} == {"cup", "leaf", "pot"}


async def test_a_new_picture_reaches_others_and_an_old_post_does_not_bring_the_former_one_back(
    world: World, one: Instance, two: Instance
) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await emojis.add(one.app, "tea", encoded(picture(), "PNG"))
    await bao.follow(alice)
    await world.settle()
    posted = await alice.post(":tea:")
    await world.settle()
    first = await _tea(one, two)
    one.app.clock.shift(60)
    await emojis.add(one.app, "tea", encoded(picture(), "PNG"))
    await alice.post(":tea: again")
    await world.settle()
    second = await _tea(one, two)
    assert (await bao.home())[0]["emojis"][0]["url"] == two.app.url(remote.emoji(two.app, second))
    assert second != first
    old = await one.app.db.value("SELECT emojis AS value FROM posts WHERE uri = ?", posted["uri"])
    assert first in old
    await two.app.db.execute("DELETE FROM posts WHERE uri = ?", posted["uri"])
    found = await bao.call("GET", "/api/v2/search", params={"q": posted["uri"], "resolve": "true"})
    assert [emoji["url"] for emoji in found["statuses"][0]["emojis"]] == [two.app.url(remote.emoji(two.app, second))]


async def _tea(one: Instance, two: Instance) -> str:
    """Where the picture of :tea: lies, as the other server knows it."""
    sql = "SELECT url AS value FROM custom_emojis WHERE shortcode = 'tea' AND domain = ?"
    return str(await two.app.db.value(sql, one.host))


async def test_reactions_by_a_suspended_account_have_no_effect(scene: Scene) -> None:
    posted = await scene.alice.post("Tea?")
    await scene.known(scene.mal)
    await scene.app.db.execute("UPDATE accounts SET suspended_at = ? WHERE uri = ?", scene.app.now(), scene.mal.id)
    await scene.without_effect("suspended", scene.mal, scene.mal.activity("EmojiReact", posted["uri"], content="👍"))
