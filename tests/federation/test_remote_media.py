"""Pictures, videos and sounds of other servers, looked at through ours."""

import asyncio
from typing import Any

import aiohttp
import pytest

from fedinote import worker
from fedinote.accounts import deletion
from fedinote.media import remote, remote_cache, remote_files
from fedinote.moderation import actions
from fedinote.moderation.servers import domains
from tests.federation.scene import Scene
from tests.media.films import film, needs_films
from tests.media.pictures import MARK, encoded, moving, picture, reopened
from tests.support.fakefedi import PUBLIC, Answer, redirect
from tests.support.people import configure

PNG = encoded(picture(900, 600), "PNG")


async def look(scene: Scene, url: str, **headers: str) -> tuple[int, bytes, Any]:
    url = url if url.startswith("http") else f"http://{scene.home.host}{url}"
    assert url.startswith(f"http://{scene.home.host}/media/remote/")
    async with scene.home.http.get(url, headers=headers) as answer:
        return answer.status, await answer.read(), answer.headers


async def shown(scene: Scene, kind: str = "Image", path: str = "/files/a", *, to: str = PUBLIC, **more: Any) -> Any:
    """A post of bob's with one attachment at this path of his server, as Alice's app gets it."""
    await scene.follow(scene.alice, scene.bob)
    types = {"Image": "image/png", "Video": "video/mp4", "Audio": "audio/mpeg"}
    files = [{"type": kind, "mediaType": types[kind], "url": scene.victim.base + path, **more}]
    note = scene.bob.note("look", to=[to], attachment=files)
    await scene.done(scene.bob, scene.bob.create(note))
    return (await scene.alice.home())[0]


def serve(scene: Scene, data: bytes = PNG, path: str = "/files/a", kind: str = "image/png", **more: Any) -> None:
    scene.victim.serve(path, data, content_type=kind, **more)


async def test_a_picture_is_fetched_once_written_anew_and_served_by_us(scene: Scene):
    serve(scene, PNG + MARK)
    file = (await shown(scene))["media_attachments"][0]
    assert file["remote_url"] == f"{scene.victim.base}/files/a"
    status, data, headers = await look(scene, file["url"])
    assert (status, headers["Content-Type"], headers["X-Content-Type-Options"]) == (200, "image/png", "nosniff")
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "private" in headers["Cache-Control"]
    assert MARK not in data
    assert reopened(data).size == (900, 600)
    small = await look(scene, file["preview_url"])
    assert max(reopened(small[1]).size) == 640
    await look(scene, file["url"])
    assert len(scene.victim.gets("/files/a")) == 1
    asked = scene.victim.gets("/files/a")[0].headers
    assert not {"referer", "cookie", "signature", "authorization", "x-forwarded-for"} & set(asked)


async def test_many_who_look_at_once_cause_one_request(scene: Scene):
    serve(scene, delay=0.2)
    url = (await shown(scene))["media_attachments"][0]["url"]
    found = await asyncio.gather(*(look(scene, url) for _ in range(8)))
    assert {one[0] for one in found} == {200}
    assert len(scene.victim.gets("/files/a")) == 1


async def test_who_goes_away_does_not_stop_it_for_the_others(scene: Scene):
    ready = asyncio.Event()
    serve(scene, after=ready)
    url = (await shown(scene))["media_attachments"][0]["url"]
    impatient = asyncio.create_task(look(scene, url))
    await scene.fedi.until(lambda: bool(scene.victim.gets("/files/a")))
    patient = asyncio.create_task(look(scene, url))
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    ready.set()
    assert (await patient)[0] == 200
    assert len(scene.victim.gets("/files/a")) == 1


@pytest.mark.parametrize("change", ["token", "owner", "kind", "size", "nothing"])
async def test_an_address_that_we_did_not_make_is_none(scene: Scene, change: str):
    serve(scene)
    url = (await shown(scene))["media_attachments"][0]["url"]
    base, kind, owner, token = url.rsplit("/", 3)
    wrong = {
        "token": f"{base}/{kind}/{owner}/{'A' * 22}",
        "owner": f"{base}/{kind}/{int(owner) + 1}/{token}",
        "kind": f"{base}/avatar/{owner}/{token}",
        "size": f"{url}/large",
        "nothing": f"{base}/{kind}/{owner}",
    }[change]
    assert (await look(scene, wrong))[0] == 404
    assert not scene.victim.gets("/files/a")


async def test_we_fetch_nothing_that_only_the_address_names(scene: Scene):
    """No open proxy: the address of an emoji carries where it lies, and is of no use without our mark."""
    right = remote.emoji(scene.app, f"{scene.victim.base}/right.png")
    other = remote.emoji(scene.app, f"{scene.victim.base}/other.png")
    forged = f"{other.rsplit('/', 1)[0]}/{right.rsplit('/', 1)[1]}"
    scene.victim.serve("/other.png", PNG, content_type="image/png")
    assert (await look(scene, forged))[0] == 404
    assert not scene.victim.gets("/other.png")


async def test_the_media_of_a_private_post_has_an_address_that_cannot_be_guessed(scene: Scene):
    serve(scene)
    post = await shown(scene, to=scene.bob.url("followers"))
    assert post["visibility"] == "private"
    url = post["media_attachments"][0]["url"]
    token = url.rsplit("/", 1)[1]
    assert len(token) == 22
    assert (await look(scene, url))[0] == 200
    assert (await look(scene, url[:-1] + ("A" if url[-1] != "A" else "B")))[0] == 404


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<!doctype html><script>alert(1)</script>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"),
        (b"%PDF-1.7", "image/png"),
        (PNG[:300], "image/png"),
        (b"", "image/png"),
    ],
)
async def test_what_is_no_picture_is_never_passed_on(scene: Scene, data: bytes, kind: str):
    serve(scene, data, kind=kind)
    url = (await shown(scene))["media_attachments"][0]["url"]
    status, body, headers = await look(scene, url)
    assert (status, body) == (404, b"")
    assert headers["Content-Type"].startswith("text/plain")
    assert not list((scene.app.settings.data_path / "remote").rglob("*.*"))


async def test_a_file_without_end_is_refused_at_the_limit(scene: Scene):
    configure(scene.app, "media", max_image_bytes=20_000)
    serve(scene, PNG + bytes(40_000))
    url = (await shown(scene))["media_attachments"][0]["url"]
    assert (await look(scene, url))[0] == 404
    row = await scene.row("SELECT error, bytes FROM remote_files")
    assert row is not None
    assert "too long" in row["error"]
    assert not list((scene.app.settings.data_path / "uploads").rglob("source"))


async def test_a_failure_is_remembered_and_tried_again_later(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    scene.victim.pages["/files/a"] = [Answer(b"", 503), Answer(PNG, content_type="image/png")]
    url = (await shown(scene))["media_attachments"][0]["url"]
    assert [(await look(scene, url))[0] for _ in range(3)] == [404, 404, 404]
    assert len(scene.victim.gets("/files/a")) == 1
    row = await scene.row("SELECT failures, retry_at, fetched_at FROM remote_files")
    assert row is not None
    assert row["retry_at"] - row["fetched_at"] == 300_000
    await scene.app.db.execute("UPDATE remote_files SET retry_at = ?", scene.app.now())
    assert (await look(scene, url))[0] == 200


async def test_a_redirect_to_an_address_that_is_not_public_is_not_followed(scene: Scene):
    configure(scene.app, "federation", allow_networks=["127.0.0.2/32"])
    scene.victim.pages["/files/a"] = redirect("http://10.0.0.1/secret.png")
    url = (await shown(scene))["media_attachments"][0]["url"]
    assert (await look(scene, url))[0] == 404


async def test_the_files_of_a_blocked_domain_are_shown_to_nobody_and_go(scene: Scene):
    serve(scene)
    url = (await shown(scene))["media_attachments"][0]["url"]
    assert (await look(scene, url))[0] == 200
    terms = domains.Terms(severity="suspend")
    await domains.block(scene.app, scene.victim.name, terms, by=None)
    assert (await look(scene, url))[0] == 404
    await worker.settle(scene.app)
    assert (await remote_files.usage(scene.app)).files == 0
    assert not list((scene.app.settings.data_path / "remote").rglob("*.png"))


async def test_where_media_is_rejected_an_emoji_is_not_fetched_either(scene: Scene):
    scene.victim.serve("/e.png", PNG, content_type="image/png")
    address = remote.emoji(scene.app, f"{scene.victim.base}/e.png")
    await domains.block(scene.app, scene.victim.name, domains.Terms(severity="noop", reject_media=True), by=None)
    assert (await look(scene, address))[0] == 404
    assert not scene.victim.gets("/e.png")


async def test_a_host_that_sends_us_to_a_blocked_one_is_not_believed(scene: Scene):
    scene.evil.serve("/a.png", PNG, content_type="image/png")
    scene.victim.pages["/files/a"] = redirect(f"{scene.evil.base}/a.png")
    url = (await shown(scene))["media_attachments"][0]["url"]
    await domains.block(scene.app, scene.evil.name, domains.Terms(severity="suspend"), by=None)
    assert (await look(scene, url))[0] == 404


async def test_the_files_of_a_suspended_account_are_gone_at_once(scene: Scene):
    serve(scene)
    post = await shown(scene)
    url = post["media_attachments"][0]["url"]
    assert (await look(scene, url))[0] == 200
    await actions.suspend_by_rule(scene.app, int(post["account"]["id"]), "spam")
    assert (await look(scene, url))[0] == 404
    await worker.settle(scene.app)
    assert not list((scene.app.settings.data_path / "remote").rglob("*.png"))


async def test_the_files_of_a_deleted_post_go_with_it(scene: Scene):
    serve(scene)
    post = await shown(scene)
    url = post["media_attachments"][0]["url"]
    await look(scene, url)
    assert list((scene.app.settings.data_path / "remote").rglob("*.png"))
    await scene.done(scene.bob, scene.bob.activity("Delete", post["uri"]))
    assert (await look(scene, url))[0] == 404
    assert not list((scene.app.settings.data_path / "remote").rglob("*.png"))


async def test_the_files_of_a_deleted_account_go_with_it(scene: Scene):
    serve(scene)
    post = await shown(scene)
    await look(scene, post["media_attachments"][0]["url"])
    await deletion.delete(scene.app, int(post["account"]["id"]))
    await worker.settle(scene.app)
    assert not list((scene.app.settings.data_path / "remote").rglob("*.png"))


async def test_an_avatar_and_a_header_come_through_us_cut_to_size(scene: Scene):
    for name, kind in (("icon", "/face"), ("image", "/sky")):
        scene.bob.document[name] = {"type": "Image", "url": scene.victim.base + kind}
        serve(scene, moving("GIF", size=(80, 60)), kind, "image/gif")
    account = await scene.alice.find(scene.bob.handle)
    face, still = await look(scene, account["avatar"]), await look(scene, account["avatar_static"])
    assert (face[2]["Content-Type"], reopened(face[1]).size) == ("image/gif", (400, 400))
    assert still[2]["Content-Type"] == "image/jpeg"
    assert reopened((await look(scene, account["header"]))[1]).size == (1500, 500)


async def test_who_has_a_picture_that_cannot_be_had_looks_like_who_has_none(scene: Scene):
    scene.bob.document["icon"] = {"type": "Image", "url": scene.victim.base + "/nowhere"}
    account = await scene.alice.find(scene.bob.handle)
    status, data, headers = await look(scene, account["avatar"])
    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert reopened(data).size
    assert "max-age=300" in headers["Cache-Control"]


async def test_a_new_picture_has_a_new_address(scene: Scene):
    first = remote.address(scene.app, "avatar", 1, "https://a.example/1.png")
    assert first != remote.address(scene.app, "avatar", 1, "https://a.example/2.png")
    assert first == remote.address(scene.app, "avatar", 1, "https://a.example/1.png")


@needs_films
async def test_a_video_can_be_asked_for_in_ranges_and_has_a_still(scene: Scene):
    data = film()
    serve(scene, data, kind="video/mp4")
    file = (await shown(scene, "Video"))["media_attachments"][0]
    status, part, headers = await look(scene, file["url"], Range="bytes=4-11")
    assert (status, headers["Content-Type"], part) == (206, "video/mp4", data[4:12])
    status, still, headers = await look(scene, file["preview_url"])
    assert (status, headers["Content-Type"]) == (200, "image/jpeg")
    assert reopened(still).size == (64, 48)
    assert len(scene.victim.gets("/files/a")) == 1


@needs_films
async def test_a_video_is_no_emoji_and_a_picture_no_video(scene: Scene):
    scene.victim.serve("/e.png", film(), content_type="image/png")
    assert (await look(scene, remote.emoji(scene.app, f"{scene.victim.base}/e.png")))[0] == 404
    serve(scene)
    file = (await shown(scene, "Video"))["media_attachments"][0]
    assert (await look(scene, file["url"]))[0] == 404


async def test_a_page_that_calls_itself_a_video_is_not_passed_on(scene: Scene):
    serve(scene, b"<html><script>alert(1)</script>" + bytes(100), kind="video/mp4")
    file = (await shown(scene, "Video"))["media_attachments"][0]
    assert (await look(scene, file["url"]))[0] == 404


async def test_with_a_cap_of_nothing_readers_get_links(scene: Scene):
    configure(scene.app, "media", remote_cache_bytes=0)
    serve(scene)
    file = (await shown(scene))["media_attachments"][0]
    assert file["url"] == file["remote_url"] == f"{scene.victim.base}/files/a"
    assert remote.address(scene.app, "media", int(file["id"]), file["remote_url"]) == ""


async def test_a_full_disk_is_said_once_and_readers_are_asked_to_come_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    serve(scene)
    url = (await shown(scene))["media_attachments"][0]["url"]

    def full(self: Any, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(remote_cache._Sink, "_write", full)
    answers = [await look(scene, url) for _ in range(3)]
    assert {one[0] for one in answers} == {503}
    assert answers[0][2]["Retry-After"]
    assert len(scene.victim.gets("/files/a")) == 1
    assert sum("cannot be kept" in record.message for record in caplog.records) == 1
    assert (await remote_files.usage(scene.app)).failures == 0


async def test_one_slow_host_holds_up_neither_other_files_nor_documents(scene: Scene):
    never = asyncio.Event()
    for number in range(8):
        scene.evil.serve(f"/{number}.png", PNG, content_type="image/png", after=never)
    scene.victim.serve("/e.png", PNG, content_type="image/png")
    slow = [
        asyncio.create_task(look(scene, remote.emoji(scene.app, f"{scene.evil.base}/{number}.png")))
        for number in range(8)
    ]
    await scene.fedi.until(lambda: len(scene.evil.gets()) == 4)
    assert (await look(scene, remote.emoji(scene.app, f"{scene.victim.base}/e.png")))[0] == 200
    assert await scene.alice.find(scene.mal.handle)
    assert len([seen for seen in scene.evil.gets() if seen.path.endswith(".png")]) == 4
    never.set()
    assert {one[0] for one in await asyncio.gather(*slow)} == {200}


async def test_other_methods_are_refused(scene: Scene):
    address = remote.emoji(scene.app, f"{scene.victim.base}/e.png")
    async with aiohttp.ClientSession() as http, http.post(f"http://{scene.home.host}{address}") as answer:
        assert answer.status == 405


async def test_the_picture_of_a_preview_comes_through_us(scene: Scene):
    scene.victim.serve("/t.png", PNG, content_type="image/png")
    app = scene.app
    await app.db.execute(
        "INSERT INTO preview_cards (id, link, state, url, host, kind, title, description, author_name, author_url,"
        " creator, provider_name, provider_url, html, embed_url, width, height, image, image_description, created_at)"
        " VALUES (7, 'http://x/', 'ready', 'http://x/', ?, 'link', 't', '', '', '', '', '', '', '', '', 0, 0, ?, '',"
        " ?)",
        scene.victim.name,
        f"{scene.victim.base}/t.png",
        app.now(),
    )
    address = remote.address(app, "card", 7, f"{scene.victim.base}/t.png")
    assert (await look(scene, address))[2]["Content-Type"] == "image/png"
    await app.db.execute("UPDATE preview_cards SET state = 'nothing'")
    assert (await look(scene, address))[0] == 404
