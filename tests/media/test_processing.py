"""Uploads that a job makes ready: states, failures, a server that is killed in the middle, and what is swept."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fedinote import worker
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.media import processing, sweeping, uploads, workers
from fedinote.media.models import Media
from tests.media.films import film, needs_films, sound
from tests.media.pictures import encoded, picture
from tests.support import accounts

pytestmark = needs_films


@pytest.fixture
async def author(app: App) -> int:
    return (await accounts.local(app, "alice")).id


def files(app: App) -> Iterator[Path]:
    """All that lies on the disk, ready or not."""
    for folder in (app.settings.data_path / "media", workers.folder(app)):
        yield from (one for one in folder.rglob("*") if one.is_file())


async def row(app: App, media_id: int) -> Any:
    return await Media.filter(id=media_id).using_db(app.db.orm).first()


async def test_a_video_waits_for_its_job_and_is_ready_after_it(app: App, author: int) -> None:
    media = await uploads.upload(app, author, film(), focus="0.5,0", description="tide", later=True)
    assert (media.state, media.key, media.preview_key) == ("processing", "", "")
    await worker.settle(app)
    ready = await row(app, media.id)
    assert (ready.state, ready.kind, ready.description) == ("ready", "video", "tide")
    assert ready.meta["focus"] == {"x": 0.5, "y": 0.0}
    assert ready.blurhash
    assert {app.storage.path(ready.key), app.storage.path(ready.preview_key)} == set(files(app))


async def test_what_was_said_while_a_video_waited_is_kept(app: App, author: int) -> None:
    thumbnail = encoded(picture(80, 20), "PNG")
    media = await uploads.upload(app, author, film(), thumbnail=thumbnail, later=True)
    await uploads.describe(app, author, media.id, {"description": "waves", "focus": "0,1"})
    await worker.settle(app)
    ready = await row(app, media.id)
    assert (ready.state, ready.description, ready.meta["focus"]["y"]) == ("ready", "waves", 1.0)
    assert (ready.preview_key, ready.meta["small"]["size"]) == (media.preview_key, "80x20")
    assert len(list(files(app))) == 2


async def test_a_failure_is_told_and_leaves_no_file(app: App, author: int) -> None:
    media = await uploads.upload(app, author, film()[:900], later=True)
    await worker.settle(app)
    failed = await row(app, media.id)
    assert (failed.state, failed.key) == ("failed", "")
    assert failed.error == "The file is damaged or incomplete"
    assert not list(files(app))
    assert await app.db.rows("SELECT id FROM jobs WHERE dead_at IS NOT NULL") == []


async def test_a_job_that_was_killed_at_any_point_runs_again_and_leaves_two_files(
    app: App, author: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = await uploads.upload(app, author, film(), later=True)
    place = app.storage.place

    class Killed(BaseException):
        pass

    for stop_at in (1, 2):
        calls = 0

        async def placed(key: str, source: Path, stop_at: int = stop_at) -> None:
            nonlocal calls
            calls += 1
            await place(key, source)
            if calls == stop_at:
                raise Killed

        monkeypatch.setattr(app.storage, "place", placed, raising=False)
        with pytest.raises(Killed):
            await processing.process(app, media.id)
        assert (await row(app, media.id)).state == "processing"
    monkeypatch.undo()
    await processing.process(app, media.id)
    ready = await row(app, media.id)
    assert ready.state == "ready"
    assert {app.storage.path(ready.key), app.storage.path(ready.preview_key)} == set(files(app))


async def test_a_job_that_runs_twice_changes_nothing_the_second_time(app: App, author: int) -> None:
    media = await uploads.upload(app, author, sound(), later=True)
    await worker.settle(app)
    before = (await row(app, media.id)).key
    await processing.process(app, media.id)
    assert (await row(app, media.id)).key == before
    assert app.storage.path(before).is_file()


async def test_an_upload_that_is_removed_while_it_waits_leaves_nothing(app: App, author: int) -> None:
    media = await uploads.upload(app, author, film(), later=True)
    await uploads.discard(app, author, media.id)
    assert not list(files(app))
    await worker.settle(app)
    assert not list(files(app))


async def test_an_upload_that_is_removed_while_it_is_made_ready_leaves_nothing(
    app: App, author: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = await uploads.upload(app, author, film(), later=True)
    place = app.storage.place

    async def placed(key: str, source: Path) -> None:
        await app.db.execute("DELETE FROM media WHERE id = ?", media.id)
        await place(key, source)

    monkeypatch.setattr(app.storage, "place", placed, raising=False)
    await processing.process(app, media.id)
    assert not list(files(app))


async def test_one_video_at_a_time_the_others_wait_without_a_failure(app: App, author: int) -> None:
    media = await uploads.upload(app, author, film(), later=True)
    app.caches["media-busy"] = {1}
    assert await jobs.run_batch(app, {processing.JOB: processing.process}) == 1
    waiting = await app.db.rows("SELECT kind, failures FROM jobs")
    assert [(one["kind"], one["failures"]) for one in waiting] == [(processing.JOB, 0)]
    assert (await row(app, media.id)).state == "processing"


async def test_a_lost_original_is_told(app: App, author: int) -> None:
    media = await uploads.upload(app, author, film(), later=True)
    processing.waiting(app, media.id).unlink()
    await worker.settle(app)
    assert (await row(app, media.id)).error == "The file was lost: send it again"


async def test_the_sweep_removes_originals_and_folders_that_nobody_waits_for(app: App, author: int) -> None:
    media = await uploads.upload(app, author, film(), later=True)
    orphan, work = processing.waiting(app, 12345), workers.folder(app) / "work" / "left"
    orphan.write_bytes(b"x")
    work.mkdir()
    (work / "source").write_bytes(b"x")
    young = processing.waiting(app, 777)
    young.write_bytes(b"x")
    for one in (orphan, work, processing.waiting(app, media.id)):
        os.utime(one, (time.time() - 7200,) * 2)
    await sweeping.sweep(app)
    assert not orphan.exists()
    assert not work.exists()
    assert young.exists()
    assert processing.waiting(app, media.id).exists()


async def test_an_upload_that_cannot_be_noted_leaves_no_file(
    app: App, author: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise Invalid("no")

    monkeypatch.setattr(Media, "save", broken)
    for later in (True, False):
        with pytest.raises(Invalid):
            await uploads.upload(app, author, film(), thumbnail=encoded(picture(), "PNG"), later=later)
    assert not list(files(app))
