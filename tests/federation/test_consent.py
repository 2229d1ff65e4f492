"""Authors say on one server which machines may translate their words, and another server keeps to it."""

from typing import Any

import pytest

from fedinote.activitypub import vocab
from fedinote.translation.engine import Location
from tests.federation.scene import Scene
from tests.support.fakefedi import stamp
from tests.support.instances import Instance, World
from tests.translation.recorders import engines

ACTIVITY = {"Accept": "application/activity+json"}


async def _document(at: Instance, uri: str) -> Any:
    return await at.call("GET", "/" + uri.split("/", 3)[3], headers=ACTIVITY)


async def test_the_wish_is_in_the_documents_only_where_there_is_one(world: World, one: Instance) -> None:
    alice = await one.person("alice")
    free = await alice.post("Good morning my friends", language="en")
    shy = await alice.post("Good night my friends", language="en", machine_translation="none")
    assert "machineTranslation" not in await _document(one, free["uri"])
    document = await _document(one, shy["uri"])
    assert document["machineTranslation"] == "none"
    assert document["@context"][1]["machineTranslation"] == "urn:fedinote:machineTranslation"
    actor = await _document(one, shy["account"]["uri"])
    assert "machineTranslation" not in actor
    wish = {"machine_translation": "no_third_party"}
    await alice.call("PATCH", "/api/v1/accounts/update_credentials", json=wish)
    actor = await _document(one, shy["account"]["uri"])
    assert actor["machineTranslation"] == "no_third_party"
    assert actor["@context"][-1]["machineTranslation"] == "urn:fedinote:machineTranslation"


async def test_a_wish_crosses_over_is_kept_there_and_changes_there(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    recorders = engines(two.app)
    await bao.follow(alice)
    await world.settle()
    posted = await alice.post("Good morning my friends", language="en", machine_translation="none")
    await world.settle()
    status = (await bao.home())[0]
    assert status["machine_translation"] == "none"
    path = f"/api/v1/statuses/{status['id']}/translate"
    refused = await bao.call("POST", path, json={"lang": "es"}, status=403)
    assert "author" in refused["error"]
    own = f"/api/fedinote/v1/statuses/{posted['id']}/machine_translation"
    await alice.call("PUT", own, json={"machine_translation": "no_third_party"})
    await world.settle()
    made = await bao.call("POST", path, json={"lang": "es"})
    assert made["provider"] == "Recorder, network"
    assert (await bao.home())[0]["edited_at"] is None
    await alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"machine_translation": "none"})
    await world.settle()
    await bao.call("POST", path, json={"lang": "es"}, status=403)
    assert recorders[Location.THIRD_PARTY].calls == 0


async def test_an_edit_elsewhere_that_says_no_more_of_it_is_free_again(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("Good morning my friends", machineTranslation="none")
    await scene.done(scene.bob, scene.bob.create(note))
    wish = "SELECT machine_translation AS value FROM posts WHERE uri = ?"
    assert await scene.app.db.value(wish, note["id"]) == "none"
    del note["machineTranslation"]
    await scene.done(scene.bob, scene.bob.activity("Update", note | {"updated": stamp(60)}))
    assert await scene.app.db.value(wish, note["id"]) == "any"


async def test_what_is_marked_in_the_html_of_others_never_goes_to_an_engine(scene: Scene) -> None:
    recorders = engines(scene.app)
    await scene.follow(scene.alice, scene.bob)
    content = '<div translate="no"><p>Never this motto</p></div><p>Good morning my friends</p>'
    partly = scene.bob.note("", content=content, contentMap={"en": content})
    closed = scene.bob.note("", content='<section translate="no"><p>Never this motto</p></section>')
    for note in (partly, closed):
        await scene.done(scene.bob, scene.bob.create(note))
    other, first = await scene.alice.home()
    made = await scene.alice.call("POST", f"/api/v1/statuses/{first['id']}/translate", json={"lang": "es"})
    assert "Never this motto" in made["content"]
    assert recorders[Location.THIRD_PARTY].sent == ["Good morning my friends"]
    await scene.alice.call("POST", f"/api/v1/statuses/{other['id']}/translate", json={"lang": "es"}, status=422)
    assert recorders[Location.THIRD_PARTY].calls == 1


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("none", "none"),
        ("no_third_party", "no_third_party"),
        ("no-third-party", "no_third_party"),
        ("noThirdParty", "no_third_party"),
        ("any", "any"),
        (None, "any"),
        (True, "any"),
        (False, "none"),
        ("something else", "none"),
        ({"id": "https://x.example/none"}, "none"),
        (["none"], "none"),
        ([], "any"),
        (7, "none"),
    ],
)
def test_what_others_say_is_read_and_what_is_not_understood_is_a_no(said: Any, meant: str) -> None:
    identity = "https://remote.example/notes/1"
    note = {"type": "Note", "id": identity, "attributedTo": "https://remote.example/bob", "machineTranslation": said}
    assert vocab.parse_post(note).machine_translation == meant
    person = {"type": "Person", "id": identity, "inbox": f"{identity}/inbox", "preferredUsername": "bob"}
    assert vocab.parse_actor({**person, "machineTranslation": said}).machine_translation == meant
    spelled = {**person, "urn:fedinote:machineTranslation": said}
    assert vocab.parse_actor(spelled).machine_translation == meant


async def test_an_actor_elsewhere_says_it_for_all_its_posts(scene: Scene) -> None:
    recorders = engines(scene.app)
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("Good morning my friends")
    await scene.done(scene.bob, scene.bob.create(note))
    scene.bob.document["machineTranslation"] = "none"
    await scene.done(scene.bob, scene.bob.activity("Update", scene.bob.document))
    (status,) = await scene.alice.home()
    await scene.alice.call("POST", f"/api/v1/statuses/{status['id']}/translate", json={"lang": "es"}, status=403)
    assert not any(one.calls for one in recorders.values())
