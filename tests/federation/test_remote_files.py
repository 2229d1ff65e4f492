"""How much is kept of other servers' files: what makes room, what goes after a while, what is swept."""

import os
from datetime import timedelta

from fedinote import worker
from fedinote.infra.clock import from_ms
from fedinote.media import remote, remote_cache, remote_files
from tests.federation.scene import Scene
from tests.federation.test_remote_media import look, serve, shown
from tests.media.pictures import encoded, picture
from tests.support.people import configure


async def _keep(scene: Scene, number: int) -> remote.Source:
    source = remote.Source("emoji", 0, f"{scene.victim.base}/{number}.png")
    scene.victim.serve(f"/{number}.png", encoded(picture(64, 64).rotate(number), "PNG"), content_type="image/png")
    await remote_cache.path(scene.app, source, small=False)
    return source


async def test_what_nobody_looked_at_for_longest_makes_room(scene: Scene):
    sources = [await _keep(scene, number) for number in range(4)]
    for number, source in enumerate(sources):
        ago = scene.app.now() - timedelta(hours=10 * (number + 1))
        await scene.app.db.execute("UPDATE remote_files SET used_at = ? WHERE digest = ?", ago, source.digest)
    total = (await remote_files.usage(scene.app)).bytes
    configure(scene.app, "media", remote_cache_bytes=total + 10)
    await _keep(scene, 9)
    await worker.settle(scene.app)
    rows = await scene.app.db.rows("SELECT url FROM remote_files ORDER BY used_at DESC")
    left = [row["url"].rsplit("/", 1)[1] for row in rows]
    assert left[0] == "9.png"
    assert left[1:] == ["0.png", "1.png", "2.png"][: len(left) - 1]
    assert "3.png" not in left
    on_disk = sum(place.stat().st_size for place in (scene.app.settings.data_path / "remote").rglob("*.png"))
    assert on_disk == (await remote_files.usage(scene.app)).bytes <= total + 10


async def test_a_look_keeps_a_file_from_being_the_oldest(scene: Scene):
    source = await _keep(scene, 1)
    old = scene.app.now() - timedelta(days=3)
    await scene.app.db.execute("UPDATE remote_files SET used_at = ?", old)
    await remote_cache.path(scene.app, source, small=False)
    row = await scene.row("SELECT used_at FROM remote_files")
    assert row is not None
    assert from_ms(row["used_at"]) > old + timedelta(days=2)


async def test_files_that_nobody_looks_at_go_after_a_while_and_those_of_nothing_at_once(scene: Scene):
    serve(scene)
    post = await shown(scene)
    await look(scene, post["media_attachments"][0]["url"])
    await _keep(scene, 1)
    await remote_files.tidy(scene.app)
    assert (await remote_files.usage(scene.app)).files == 2
    await scene.app.db.execute("DELETE FROM media")
    await remote_files.tidy(scene.app)
    assert (await remote_files.usage(scene.app)).files == 1
    await scene.app.db.execute("UPDATE remote_files SET used_at = ?", scene.app.now() - timedelta(days=31))
    await remote_files.tidy(scene.app)
    assert (await remote_files.usage(scene.app)).files == 0


async def test_a_file_without_a_row_is_swept_and_one_with_a_row_stays(scene: Scene):
    await _keep(scene, 1)
    lost = await remote_files.storage(scene.app).put(b"x", "png")
    for place in (scene.app.settings.data_path / "remote").rglob("*.png"):
        os.utime(place, (1, 1))
    assert await remote_files.sweep(scene.app) == 1
    assert not (scene.app.settings.data_path / "remote" / lost).exists()
    assert (await remote_files.usage(scene.app)).files == 1


async def test_a_file_that_is_lost_from_the_disk_is_fetched_again(scene: Scene):
    source = await _keep(scene, 1)
    place = await remote_cache.path(scene.app, source, small=False)
    place.unlink()
    again = await remote_cache.path(scene.app, source, small=False)
    assert again.exists()
    assert len(scene.victim.gets("/1.png")) == 2
