"""Music notes between servers: title, artist, cover and waveform go with the file."""

from typing import Any

import aiohttp
import pytest

from tests.api.conftest import picture
from tests.federation.scene import Scene
from tests.media.films import cover, needs_films, sound, with_cover
from tests.support.fakefedi import FakeActor
from tests.support.instances import Instance, Person, World

WAVES = "ABCDefgh0123-_zz" * 4


async def _uploaded(person: Person, data: bytes, name: str = "a.mp3", **fields: str) -> Any:
    form = aiohttp.FormData()
    form.add_field("file", data, filename=name)
    for key, value in fields.items():
        form.add_field(key, value)
    return await person.call("POST", "/api/v1/media", data=form)


async def _attachments(person: Person) -> list[Any]:
    found: list[Any] = (await person.home())[0]["media_attachments"]
    return found


@needs_films
async def test_a_track_reaches_the_other_server_with_all_that_is_told_of_it(
    world: World, one: Instance, two: Instance
) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await bao.follow(alice)
    await world.settle()
    shown = await _uploaded(alice, picture(), "a.png")
    track = await _uploaded(alice, with_cover(sound(), cover(), title="Lied", artist="Ann"))
    posted = await alice.post("listen", media_ids=[shown["id"], track["id"]])
    await world.settle()
    first, second = await _attachments(bao)
    assert first["type"] == "image"
    assert (second["type"], second["title"], second["artist"]) == ("audio", "Lied", "Ann")
    assert second["waveform"] == track["waveform"]
    assert second["description"] is None, "what stands in for it on other servers is no description"
    assert second["preview_remote_url"] == track["preview_url"]
    changes = [{"id": track["id"], "title": "Ein anderes Lied", "description": "a slow waltz"}]
    await alice.call("PUT", f"/api/v1/statuses/{posted['id']}", json={"status": "listen", "media_attributes": changes})
    await world.settle()
    _, second = await _attachments(bao)
    assert (second["title"], second["artist"], second["description"]) == ("Ein anderes Lied", "Ann", "a slow waltz")


@needs_films
async def test_a_track_is_a_document_that_servers_without_music_understand(world: World, one: Instance) -> None:
    alice = await one.person("alice")
    track = await _uploaded(alice, with_cover(sound(), cover(), title="Lied", artist="Ann"))
    posted = await alice.post("listen", media_ids=[track["id"]])
    path = "/" + posted["uri"].split("/", 3)[3]
    note = await one.call("GET", path, headers={"Accept": "application/activity+json"})
    attached = note["attachment"][0]
    assert (attached["type"], attached["mediaType"], attached["name"]) == ("Document", "audio/mpeg", "Ann – Lied")
    assert attached["track"] == {"type": "Track", "name": "Lied", "artists": [{"type": "Artist", "name": "Ann"}]}
    assert attached["waveform"] == track["waveform"]
    assert note["@context"][1]["track"] == {"@id": "fw:track", "@type": "@id"}
    plain = await alice.post("no music")
    note = await one.call("GET", "/" + plain["uri"].split("/", 3)[3], headers={"Accept": "application/activity+json"})
    assert "track" not in note["@context"][1]


def _heard(actor: FakeActor, **fields: Any) -> dict[str, Any]:
    url = actor.url("/a.mp3")
    file = {"type": "Audio", "mediaType": "audio/mpeg", "url": url, "name": "a slow waltz", **fields}
    return actor.create(actor.note("listen", attachment=[file]))


async def test_a_track_as_funkwhale_tells_it_is_read(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    artists = [{"type": "Artist", "name": "Ann"}, {"type": "Artist", "name": "Bo"}]
    track = {"type": "Track", "name": "Walzer\n2", "artists": artists}
    await scene.done(scene.bob, _heard(scene.bob, track=track, waveform=WAVES))
    found = (await _attachments(scene.alice))[0]
    assert (found["title"], found["artist"], found["description"]) == ("Walzer 2", "Ann, Bo", "a slow waltz")
    assert found["waveform"] == WAVES


@pytest.mark.parametrize(
    ("track", "waveform"),
    [
        ("https://victim.example/track", "<svg>"),
        ([[]], ["A"] * 40),
        ({"name": {"x": 1}, "artists": "Ann"}, "A" * 401),
        ({"name": "", "artists": [{"name": {}}, 7, None]}, "A" * 15),
        (5, None),
    ],
)
async def test_a_track_that_is_none_is_left_out(scene: Scene, track: Any, waveform: Any) -> None:
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, _heard(scene.bob, track=track, waveform=waveform))
    found = (await _attachments(scene.alice))[0]
    assert (found["title"], found["artist"], found["waveform"]) == (None, None, None)
    assert found["description"] == "a slow waltz"


async def test_a_title_beyond_all_length_is_cut(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    names = [{"name": "a" * 300}] * 9
    await scene.done(scene.bob, _heard(scene.bob, track={"name": "t" * 5000, "artists": names}))
    found = (await _attachments(scene.alice))[0]
    assert (len(found["title"]), len(found["artist"])) == (200, 200)
