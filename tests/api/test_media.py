import pytest

from tests.api.client import File
from tests.api.conftest import picture
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


async def test_nobody_else_reads_changes_attaches_or_removes_an_upload(alice, bob):
    media = (await alice.post("/api/v2/media", parts=file(description="mine"))).json
    path = f"/api/v1/media/{media['id']}"
    assert (await bob.get(path)).status == 404
    assert (await bob.put(path, {"description": "bob was here"})).status == 404
    assert (await bob.delete(path)).status == 404
    assert (await bob.post("/api/v1/statuses", {"status": "x", "media_ids": [media["id"]]})).status in (404, 422)
    post = (await bob.post("/api/v1/statuses", {"status": "x"})).json
    wanted = {"status": "y", "media_ids": [media["id"]]}
    assert (await bob.put(f"/api/v1/statuses/{post['id']}", wanted)).status in (404, 422)
    wanted = {"status": "y", "media_attributes": [{"id": media["id"], "description": "bob"}]}
    assert (await bob.put(f"/api/v1/statuses/{post['id']}", wanted)).status == 404
    assert (await alice.get(path)).json["description"] == "mine"


async def test_a_file_is_attached_once(alice):
    media = (await alice.post("/api/v2/media", parts=file())).json
    body = {"status": "x", "media_ids": [media["id"]]}
    assert (await alice.post("/api/v1/statuses", body)).status == 200
    assert (await alice.post("/api/v1/statuses", body)).status in (404, 422)


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
