"""Known pictures in posts of other servers: caught when somebody opens them, or at once where a rule wants that."""

import json
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.media import recognising, uploads
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.pictures import entries, library, looking
from fedinote.moderation.pictures.entries import About
from fedinote.moderation.servers import domains
from fedinote.timelines.window import Window
from tests.federation.scene import Scene
from tests.federation.test_remote_media import look, serve, shown
from tests.media.drawings import CHANGES, saved
from tests.media.drawings import scene as drawing
from tests.support.fakefedi import PUBLIC
from tests.support.people import configure

SPAM = saved(CHANGES["half the size"](drawing(1)))
OTHER = saved(drawing(2))


async def on(app: App, action: str, **terms: Any) -> int:
    """A rule about a set that has one drawing, switched on."""
    if not await library.listing(app):
        made = await library.create(app, library.Wanted("spam"), by=None)
        await entries.add_file(app, made["id"], saved(drawing(1)), About("pills"), by=None)
    made = await rules.create(app, Wanted("pictures", {"set": "spam", **terms}, action, "Known spam"), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    return int(made["id"])


async def arrives(scene: Scene, *paths: str) -> int:
    """A post of bob's, whom nobody follows, that names alice and has pictures; return its id."""
    urls = [path if path.startswith("http") else scene.victim.base + path for path in paths or ["/files/a"]]
    files = [{"type": "Image", "mediaType": "image/jpeg", "url": url} for url in urls]
    alice = scene.uri(scene.alice)
    note = scene.bob.note("look", to=[PUBLIC, alice], attachment=files, tag=[{"type": "Mention", "href": alice}])
    await scene.done(scene.bob, scene.bob.create(note))
    return int(await scene.app.db.value("SELECT id AS value FROM posts WHERE uri = ?", note["id"]) or 0)


async def hits(scene: Scene, rule_id: int) -> list[str]:
    return [one["action"] for one in await rules.hits(scene.app, rule_id, Window(10).sql)]


async def gone(scene: Scene, post_id: int) -> bool:
    return await scene.count("posts", "id = ?", post_id) == 0


async def test_a_post_is_judged_when_somebody_opens_its_picture(scene: Scene):
    rule_id = await on(scene.app, "sensitive")
    serve(scene, SPAM, kind="image/jpeg")
    post = await shown(scene)
    assert await hits(scene, rule_id) == []
    assert (await look(scene, post["media_attachments"][0]["url"]))[0] == 200
    await scene.settle()
    assert await hits(scene, rule_id) == ["sensitive"]
    assert (await scene.alice.home())[0]["sensitive"]


async def test_another_picture_changes_nothing(scene: Scene):
    rule_id = await on(scene.app, "reject")
    serve(scene, OTHER, kind="image/jpeg")
    post = await shown(scene)
    assert (await look(scene, post["media_attachments"][0]["url"]))[0] == 200
    await scene.settle()
    assert await hits(scene, rule_id) == []
    assert len(await scene.alice.home()) == 1


async def test_a_refused_picture_is_shown_to_nobody_and_not_kept(scene: Scene):
    rule_id = await on(scene.app, "reject")
    serve(scene, SPAM, kind="image/jpeg")
    post = await shown(scene)
    assert (await look(scene, post["media_attachments"][0]["url"]))[0] == 404
    await scene.settle()
    assert await hits(scene, rule_id) == ["reject"]
    assert await scene.alice.home() == []
    assert not list((scene.app.settings.data_path / "remote").rglob("*.jpg"))
    assert await scene.count("remote_files") == 0
    assert await scene.count("media_prints") == 0


async def test_a_picture_that_was_seen_before_the_rule_goes_with_its_post(scene: Scene):
    serve(scene, SPAM, kind="image/jpeg")
    post = await shown(scene)
    await look(scene, post["media_attachments"][0]["url"])
    rule_id = await on(scene.app, "reject")
    await looking.judge(scene.app, int(post["id"]))
    await scene.settle()
    assert await hits(scene, rule_id) == ["reject"]
    assert not list((scene.app.settings.data_path / "remote").rglob("*.jpg"))


async def test_pictures_of_strangers_are_looked_at_as_soon_as_they_come_where_a_rule_wants_that(scene: Scene):
    await scene.known(scene.bob)
    serve(scene, SPAM, kind="image/jpeg")
    await on(scene.app, "note")
    await arrives(scene)
    assert scene.victim.gets("/files/a") == []
    rule_id = await on(scene.app, "reject", fetch=True)
    post_id = await arrives(scene)
    assert len(scene.victim.gets("/files/a")) == 1
    assert await hits(scene, rule_id) == ["reject"]
    assert await gone(scene, post_id)


async def test_pictures_of_people_who_are_followed_here_are_not_fetched_unasked(scene: Scene):
    await on(scene.app, "reject", fetch=True)
    serve(scene, SPAM, kind="image/jpeg")
    await shown(scene)
    assert scene.victim.gets("/files/a") == []


async def test_no_more_than_so_many_pictures_are_fetched_unasked(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    await scene.known(scene.bob)
    await on(scene.app, "note", fetch=True)
    paths = [f"/files/{number}" for number in range(6)]
    for path in paths:
        serve(scene, OTHER, path, "image/jpeg")
    monkeypatch.setattr(looking, "MOST_FILES", 2)
    monkeypatch.setattr(looking, "HOURLY_OF_A_SERVER", 3)
    await arrives(scene, *paths[:3])
    assert await scene.count("media_prints") == 2
    await arrives(scene, *paths[3:])
    assert await scene.count("media_prints") == 3


async def test_nothing_is_fetched_from_servers_that_are_blocked(scene: Scene):
    await scene.known(scene.bob)
    await domains.block(scene.app, scene.evil.name, domains.Terms(severity="suspend"), by=None)
    rule_id = await on(scene.app, "reject", fetch=True)
    scene.evil.serve("/files/a", SPAM, content_type="image/jpeg")
    post_id = await arrives(scene, scene.evil.base + "/files/a")
    media_id = await scene.app.db.value("SELECT id AS value FROM media WHERE post_id = ?", post_id)
    assert await recognising.known(scene.app, media_id) == []
    assert scene.evil.gets("/files/a") == []
    assert await hits(scene, rule_id) == []


async def test_a_known_picture_is_not_shown_as_a_portrait(scene: Scene):
    rule_id = await on(scene.app, "sensitive")
    serve(scene, SPAM, path="/face", kind="image/jpeg")
    scene.bob.document["icon"] = {"type": "Image", "url": f"{scene.victim.base}/face"}
    account = await scene.alice.find(scene.bob.handle)
    status, _, headers = await look(scene, account["avatar"])
    assert (status, headers["Content-Type"]) == (200, "image/png")  # as of who has none
    assert len(scene.victim.gets("/face")) == 1
    assert await hits(scene, rule_id) == ["reject"]
    assert not list((scene.app.settings.data_path / "remote").rglob("*.jpg"))


async def test_a_file_that_is_no_picture_catches_nobody_and_breaks_nothing(scene: Scene):
    await scene.known(scene.bob)
    rule_id = await on(scene.app, "reject", fetch=True)
    for data in (SPAM[:400], b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
        serve(scene, data, kind="image/jpeg")
        post_id = await arrives(scene)
        assert not await gone(scene, post_id)
    assert await hits(scene, rule_id) == []
    assert await scene.count("jobs", "dead_at IS NOT NULL") == 0


async def test_pictures_of_strangers_are_left_alone_where_nothing_of_others_is_kept(scene: Scene):
    await scene.known(scene.bob)
    configure(scene.app, "media", remote_cache_bytes=0)
    await on(scene.app, "reject", fetch=True)
    serve(scene, SPAM, kind="image/jpeg")
    await arrives(scene)
    assert scene.victim.gets("/files/a") == []


async def test_hashes_of_what_people_send_leave_this_machine_nowhere(scene: Scene):
    await on(scene.app, "note")
    await scene.follows(scene.bob, scene.alice)
    media = await uploads.upload(scene.app, scene.alice.account_id, saved(drawing(1)))
    post = await scene.alice.post("look", media_ids=[str(media.id)])
    await scene.settle()
    row = await scene.row("SELECT * FROM media_prints WHERE media_id = ?", media.id)
    assert row is not None
    said = json.dumps([post, await scene.alice.home(), *scene.victim.received])
    for name in ("received", "kept", "look"):
        assert row[name]
        assert row[name] not in said
    assert row["turned"][:64] not in said
