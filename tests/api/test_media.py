import io

import pytest
from PIL import Image

from fedinote import server, worker
from fedinote.media import workers
from tests.api.client import Client, File
from tests.api.conftest import picture
from tests.media.films import cover, film, needs_films, sound, with_cover
from tests.media.pictures import moving
from tests.support.people import configure


def file(**more: str) -> list:
    return [("file", File("a.png", picture())), *more.items()]


@pytest.mark.parametrize("path", ["/api/v1/media", "/api/v2/media"])
async def test_an_upload_is_ready_at_once_with_all_its_keys(alice, path):
    answer = await alice.post(path, parts=file(description="red", focus="0.5,-0.5"))
    media = answer.json
    assert answer.status == 200
    assert (media["type"], media["description"]) == ("image", "red")
    assert all(media[name] for name in ("url", "preview_url", "blurhash"))
    assert media["meta"]["original"] == {"width": 64, "height": 64, "size": "64x64", "aspect": 1.0}
    assert media["meta"]["focus"] == {"x": 0.5, "y": -0.5}
    assert "small" in media["meta"]
    for key in ("remote_url", "text_url", "preview_remote_url"):
        assert media[key] is None


async def test_a_description_changes_until_the_file_is_attached(alice):
    media = (await alice.post("/api/v2/media", parts=file())).json
    path = f"/api/v1/media/{media['id']}"
    changed = (await alice.put(path, {"description": "deep blue", "focus": "-1.0,1.0"})).json
    assert (changed["description"], changed["meta"]["focus"]["x"]) == ("deep blue", -1.0)
    assert (await alice.put(path, {"focus": "0,0"})).json["description"] == "deep blue"
    assert (await alice.put(path, {"description": ""})).json["description"] is None
    await alice.post("/api/v1/statuses", {"status": "x", "media_ids": [media["id"]]})
    assert (await alice.put(path, {"description": "late"})).status == 404
    assert (await alice.get(path)).status == 404
    assert (await alice.delete(path)).status == 422


async def test_a_post_with_an_attachment_that_cannot_be_is_refused(alice):
    for ids in (["picture"], ["picture", ""], ["99999999999999999999"]):
        assert (await alice.post("/api/v1/statuses", {"status": "x", "media_ids": ids})).status == 422
    assert (await alice.post("/api/v1/statuses", {"status": "x", "media_ids": [""]})).status == 200


async def test_nobody_else_reads_changes_attaches_or_removes_an_upload(alice, bob):
    media = (await alice.post("/api/v2/media", parts=file(description="mine"))).json
    path = f"/api/v1/media/{media['id']}"
    assert (await bob.get(path)).status == 404
    assert (await bob.put(path, {"description": "bob was here"})).status == 404
    assert (await bob.delete(path)).status == 404
    assert (await bob.post("/api/v1/statuses", {"status": "x", "media_ids": [media["id"]]})).status == 422
    post = (await bob.post("/api/v1/statuses", {"status": "x"})).json
    wanted = {"status": "y", "media_ids": [media["id"]]}
    assert (await bob.put(f"/api/v1/statuses/{post['id']}", wanted)).status == 422
    wanted = {"status": "y", "media_attributes": [{"id": media["id"], "description": "bob"}]}
    assert (await bob.put(f"/api/v1/statuses/{post['id']}", wanted)).status == 404
    assert (await alice.get(path)).json["description"] == "mine"


async def test_a_file_is_attached_once(alice):
    media = (await alice.post("/api/v2/media", parts=file())).json
    body = {"status": "x", "media_ids": [media["id"]]}
    assert (await alice.post("/api/v1/statuses", body)).status == 200
    assert (await alice.post("/api/v1/statuses", body)).status == 422


async def test_an_upload_that_is_not_attached_can_be_removed_with_its_file(alice):
    media = (await alice.post("/api/v2/media", parts=file())).json
    answer = await alice.delete(f"/api/v1/media/{media['id']}")
    assert (answer.status, answer.json) == (200, {})
    assert (await alice.get(f"/api/v1/media/{media['id']}")).status == 404
    for url in (media["url"], media["preview_url"]):
        assert (await alice.get(url.removeprefix("http://localhost:8000"))).status == 404


@pytest.mark.parametrize(
    "parts",
    [
        [("description", "no file")],
        [("file", "a text")],
        [("file", File("x.png", b"this is no picture"))],
        [("file", File("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"))],
        [("file", File("a.png", picture())), ("focus", "2,0")],
        [("file", File("a.png", picture())), ("focus", "nan,0")],
        [("file", File("a.png", picture())), ("focus", "left")],
        [("file", File("a.png", picture())), ("description", "x" * 5001)],
    ],
)
async def test_what_is_no_picture_or_breaks_a_rule_is_422_and_leaves_nothing(alice, town, parts):
    answer = await alice.post("/api/v2/media", parts=parts)
    assert answer.status == 422
    assert answer.json["error"]
    folder = town.app.settings.data_path / "media"
    assert not [one for one in folder.rglob("*") if one.is_file()]


async def test_a_picture_beyond_the_size_limit_is_refused(town, alice):
    configure(town.app, "media", max_image_bytes=100)
    assert (await alice.post("/api/v2/media", parts=file())).status == 422


async def test_another_picture_may_stand_for_it_while_it_is_small(alice):
    parts = [("file", File("a.png", picture(64))), ("thumbnail", File("t.png", picture(32, "blue")))]
    media = (await alice.post("/api/v2/media", parts=parts)).json
    assert media["meta"]["original"]["width"] == 64
    assert media["meta"]["small"]["width"] == 32


def video(data: bytes, **more: str | File) -> list:
    return [("file", File("a.mp4", data, "video/mp4")), *more.items()]


@needs_films
async def test_a_video_is_answered_202_then_206_and_200_when_it_is_ready(alice, town):
    answer = await alice.post("/api/v2/media", parts=video(film(), description="tide"))
    media = answer.json
    path = f"/api/v1/media/{media['id']}"
    assert (answer.status, media["url"], media["preview_url"], media["description"]) == (202, None, None, "tide")
    assert ((await alice.get(path)).status, (await alice.put(path, {"focus": "0,0"})).status) == (206, 206)
    refused = await alice.post("/api/v1/statuses", {"status": "x", "media_ids": [media["id"]]})
    assert refused.status == 422
    assert "not finished processing" in refused.json["error"]
    await worker.settle(town.app)
    ready = await alice.get(path)
    assert (ready.status, ready.json["type"]) == (200, "video")
    for name, kind in (("url", "video/mp4"), ("preview_url", "image/jpeg")):
        served = await alice.get(ready.json[name].removeprefix("http://localhost:8000"))
        assert (served.status, served.header("content-type")) == (200, kind)
        assert served.header("x-content-type-options") == "nosniff"
    assert (await alice.post("/api/v1/statuses", {"status": "x", "media_ids": [media["id"]]})).status == 200


@needs_films
async def test_the_older_upload_answers_when_a_video_is_ready(alice):
    answer = await alice.post("/api/v1/media", parts=video(film()))
    assert (answer.status, answer.json["type"]) == (200, "video")
    assert answer.json["url"]
    assert answer.json["meta"]["original"]["frame_rate"] == "25/1"


@needs_films
async def test_an_upload_that_cannot_be_made_ready_tells_why(alice, town):
    media = (await alice.post("/api/v2/media", parts=video(film()[:900]))).json
    await worker.settle(town.app)
    answer = await alice.get(f"/api/v1/media/{media['id']}")
    assert (answer.status, answer.json["error"]) == (422, "The file is damaged or incomplete")
    assert (await alice.post("/api/v1/statuses", {"status": "x", "media_ids": [media["id"]]})).status == 422
    assert (await alice.delete(f"/api/v1/media/{media['id']}")).status == 200


@needs_films
async def test_a_video_that_waits_belongs_to_its_uploader_alone(alice, bob):
    media = (await alice.post("/api/v2/media", parts=video(film()))).json
    path = f"/api/v1/media/{media['id']}"
    assert [(await bob.get(path)).status, (await bob.put(path, {})).status, (await bob.delete(path)).status] == [
        404
    ] * 3
    assert (await alice.delete(path)).status == 200
    assert (await alice.get(path)).status == 404


@needs_films
async def test_a_gif_that_moves_is_a_gifv_and_ready_at_once(alice):
    answer = await alice.post("/api/v2/media", parts=[("file", File("a.gif", moving("GIF"), "image/gif"))])
    assert (answer.status, answer.json["type"]) == (200, "gifv")
    assert answer.json["url"].endswith(".mp4")


@needs_films
async def test_a_sound_has_a_player_s_data_and_no_picture_without_a_cover(alice):
    media = (await alice.post("/api/v1/media", parts=[("file", File("a.mp3", sound()))])).json
    assert (media["type"], media["preview_url"], media["blurhash"]) == ("audio", None, None)
    given = with_cover(sound(), cover(), title="Lied", artist="Ann")
    media = (await alice.post("/api/v1/media", parts=[("file", File("a.mp3", given))])).json
    assert (media["title"], media["artist"], len(media["waveform"])) == ("Lied", "Ann", 96)
    assert media["preview_url"].endswith(".jpg")


@needs_films
async def test_title_and_artist_of_a_sound_can_be_changed_before_and_after_it_is_attached(alice):
    given = with_cover(sound(), cover(), title="Lied", artist="Ann")
    media = (await alice.post("/api/v1/media", parts=[("file", File("a.mp3", given))])).json
    path = f"/api/v1/media/{media['id']}"
    changed = (await alice.put(path, {"title": " A \n song ", "artist": ""})).json
    assert (changed["title"], changed["artist"]) == ("A song", None)
    assert (await alice.put(path, {"title": "x" * 201})).status == 422
    post = (await alice.post("/api/v1/statuses", {"status": "x", "media_ids": [media["id"]]})).json
    assert post["media_attachments"][0]["title"] == "A song"
    attributes = [{"id": media["id"], "artist": "Bo"}]
    edited = (await alice.put(f"/api/v1/statuses/{post['id']}", {"status": "x", "media_attributes": attributes})).json
    assert [(one["title"], one["artist"]) for one in edited["media_attachments"]] == [("A song", "Bo")]


@needs_films
async def test_what_is_said_of_a_sound_while_it_is_made_ready_stays(alice, town):
    given = with_cover(sound(), cover(), title="Lied", artist="Ann")
    media = (await alice.post("/api/v2/media", parts=[("file", File("a.mp3", given))])).json
    path = f"/api/v1/media/{media['id']}"
    assert (await alice.put(path, {"artist": "Bo"})).status == 206
    await worker.settle(town.app)
    ready = (await alice.get(path)).json
    assert (ready["title"], ready["artist"], ready["meta"]["length"]) == ("Lied", "Bo", "0:00:01.03")


@needs_films
async def test_a_picture_note_may_carry_a_track_and_pictures_have_no_title(alice):
    track = (await alice.post("/api/v1/media", parts=[("file", File("a.mp3", sound()))])).json
    shown = (await alice.post("/api/v1/media", parts=file())).json
    post = (await alice.post("/api/v1/statuses", {"status": "x", "media_ids": [shown["id"], track["id"]]})).json
    assert [one["type"] for one in post["media_attachments"]] == ["image", "audio"]
    assert "title" not in post["media_attachments"][0]
    assert len(post["media_attachments"][1]["waveform"]) == 96


@needs_films
async def test_a_video_goes_to_other_servers_and_pages_with_its_length_and_poster(alice, town):
    media = (await alice.post("/api/v1/media", parts=video(film(), description="tide"))).json
    post = (await alice.post("/api/v1/statuses", {"status": "x", "media_ids": [media["id"]]})).json
    note = (await town.stranger.get(post["uri"], headers={"accept": "application/activity+json"})).json
    attached = note["attachment"][0]
    assert (attached["type"], attached["mediaType"], attached["name"]) == ("Document", "video/mp4", "tide")
    assert (attached["width"], attached["height"], attached["duration"]) == (64, 48, "PT1S")
    assert attached["icon"] == {"type": "Image", "mediaType": "image/jpeg", "url": media["preview_url"]}
    page = (await town.stranger.get(post["url"], headers={"accept": "text/html"})).body.decode()
    assert f'src="{media["url"].removeprefix("http://localhost:8000")}"' in page
    assert f'poster="{media["preview_url"].removeprefix("http://localhost:8000")}"' in page


async def test_without_the_extra_video_and_sound_are_refused_and_the_instance_says_so(alice, monkeypatch):
    monkeypatch.setattr(workers, "films_accepted", lambda: False)
    for head in (b"\0\0\0\x18ftypmp42", b"ID3\4", b"OggS", b"\x1aE\xdf\xa3"):
        answer = await alice.post("/api/v2/media", parts=video(head + b"\0" * 500))
        assert answer.status == 422
        assert answer.json["error"] == "This server accepts images only: PNG, JPEG, GIF and WebP"
    limits = (await alice.get("/api/v2/instance")).json["configuration"]["media_attachments"]
    assert all(kind.startswith("image/") for kind in limits["supported_mime_types"])
    assert (limits["video_size_limit"], limits["video_frame_rate_limit"], limits["video_matrix_limit"]) == (0, 0, 0)
    media = (await alice.post("/api/v2/media", parts=[("file", File("a.gif", moving("GIF")))])).json
    assert media["type"] == "image"


@needs_films
@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_the_limits_of_the_instance_are_those_that_are_enforced(alice, town, version):
    data = film()
    configure(town.app, "media", max_video_bytes=len(data), max_video_pixels=64 * 48, max_frame_rate=25)
    limits = (await alice.get(f"/api/{version}/instance")).json["configuration"]["media_attachments"]
    assert {"video/mp4", "video/webm", "audio/mpeg", "audio/ogg"} < set(limits["supported_mime_types"])
    assert limits["video_size_limit"] == len(data)
    assert (limits["video_matrix_limit"], limits["video_frame_rate_limit"]) == (64 * 48, 25)
    assert (await alice.post("/api/v1/media", parts=video(data))).status == 200
    for name, words in (
        ("max_video_bytes", "video and sound may have"),
        ("max_video_pixels", "pixels in a frame"),
        ("max_frame_rate", "frames a second"),
    ):
        at = getattr(town.app.settings.media, name)
        configure(town.app, "media", **{name: at - 1})
        answer = await alice.post("/api/v1/media", parts=video(data))
        assert answer.status == 422
        assert words in answer.json["error"]
        configure(town.app, "media", **{name: at})


async def test_a_request_that_is_too_large_is_413_and_tells_the_limit(town, alice):
    configure(town.app, "media", max_image_bytes=1000, max_video_bytes=2000)
    caller = Client(server.create(town.app), alice.token)
    answer = await caller.post("/api/v2/media", parts=[("file", File("a.png", b"\x89PNG" + b"\0" * 1_100_000))])
    assert (answer.status, answer.json["error"]) == (413, "The request is larger than 1 MB")


@pytest.mark.parametrize("brand", ["avif", "heic"])
async def test_modern_pictures_are_refused_with_what_to_do(alice, brand):
    data = b"\0\0\0\x18ftyp" + brand.encode() + b"\0" * 100
    answer = await alice.post("/api/v2/media", parts=[("file", File("a.jpg", data, "image/jpeg"))])
    assert answer.status == 422
    assert "save it as JPEG, PNG or WebP" in answer.json["error"]


async def test_a_thumbnail_can_be_given_later_and_the_old_one_goes(alice):
    media = (await alice.post("/api/v2/media", parts=file())).json
    path = f"/api/v1/media/{media['id']}"
    changed = await alice.put(path, parts=[("thumbnail", File("t.png", picture(16, "blue"))), ("focus", "0,1")])
    assert changed.status == 200
    assert (changed.json["url"], changed.json["blurhash"]) == (media["url"], media["blurhash"])
    assert changed.json["meta"]["small"]["width"] == 16
    assert changed.json["meta"]["focus"] == {"x": 0.0, "y": 1.0}
    old, new = (one["preview_url"].removeprefix("http://localhost:8000") for one in (media, changed.json))
    assert [(await alice.get(old)).status, (await alice.get(new)).status] == [404, 200]
    assert (await alice.put(path, parts=[("thumbnail", File("t.png", b"no picture"))])).status == 422
    assert (await alice.get(new)).status == 200


async def test_a_thumbnail_of_somebody_else_s_upload_cannot_be_changed(alice, bob, town):
    media = (await alice.post("/api/v2/media", parts=file())).json
    parts = [("thumbnail", File("t.png", picture(16)))]
    assert (await bob.put(f"/api/v1/media/{media['id']}", parts=parts)).status == 404
    assert (await alice.get(f"/api/v1/media/{media['id']}")).json == media
    stored = [one for one in (town.app.settings.data_path / "media").rglob("*") if one.is_file()]
    assert len(stored) == 2


@needs_films
async def test_a_thumbnail_is_no_video(alice):
    assert (await alice.post("/api/v2/media", parts=[*file(), ("thumbnail", File("t.mp4", film()))])).status == 422


async def test_a_thumbnail_may_be_shown_for_a_large_file_while_both_are_on_the_disk(alice, town):
    """A large form is spooled to the disk by the parser, and closed when it is answered."""
    noise = Image.effect_noise((1400, 1200), 90)
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(out.getvalue()) > 1 << 20
    answer = await alice.post("/api/v2/media", parts=[("file", File("a.png", out.getvalue()))])
    assert (answer.status, answer.json["meta"]["original"]["width"]) == (200, 1400)
    assert not list((workers.folder(town.app) / "work").iterdir())
