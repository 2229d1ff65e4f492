"""Video and sound that are made ready after their upload was answered: the original waits on the disk for its job.

The job may be cut off at any moment and runs again: what it is about to store is written into the row first, so that
the next run, or the sweep, can remove it.
"""

import asyncio
import contextlib
import os
import shutil
from pathlib import Path
from typing import Any

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, Unavailable
from fedinote.media import prints, workers
from fedinote.media.models import Media
from fedinote.media.outcomes import Outcome

JOB = "media.process"
_LATER = 2.0


def waiting(app: App, media_id: int) -> Path:
    """Return where the original of an upload waits: out of reach of everybody, under no name of the uploader's."""
    return workers.folder(app) / "waiting" / str(media_id)


async def postpone(app: App, media: Media, source: Path) -> None:
    """Store an upload that is still to be made ready, with the job that will do it. `Unavailable` without room."""
    place = waiting(app, media.id)
    try:
        await asyncio.to_thread(_keep, source, place)
    except OSError as error:
        raise Unavailable(reason=f"upload not stored: {error.strerror}") from error
    try:
        async with app.db.transaction():
            await media.save(using_db=app.db.orm, force_create=True)
            await jobs.enqueue(app, JOB, {"media_id": media.id}, key=f"{JOB}:{media.id}")
    except BaseException:
        await forget(app, media.id)
        raise


def _keep(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        os.fsync(file.fileno())
    source.rename(place)


async def forget(app: App, media_id: int) -> None:
    """Remove the original of an upload, if it is there."""
    with contextlib.suppress(OSError):
        await asyncio.to_thread(waiting(app, media_id).unlink, missing_ok=True)


async def process(app: App, media_id: int) -> None:
    """Make one upload ready, or note why it cannot be (job). Nothing happens when it is done, or gone, already."""
    busy: set[int] = app.caches.setdefault("media-busy", set())
    if len(busy) >= workers.FILMS.at_once:
        await jobs.enqueue(app, JOB, {"media_id": media_id}, key=f"{JOB}:{media_id}", delay=_LATER)
        return
    busy.add(media_id)
    try:
        await _process(app, media_id)
    finally:
        busy.discard(media_id)


async def _process(app: App, media_id: int) -> None:
    media = await Media.filter(id=media_id, state="processing").using_db(app.db.orm).first()
    if media is None:
        await forget(app, media_id)
        return
    try:
        async with workers.bench(app) as place:
            await asyncio.to_thread(_fetch, waiting(app, media_id), place / "source")
            outcome = await workers.process(app, place, film=True)
            await _finish(app, media, outcome, place)
    except Invalid as error:
        await app.db.execute(
            "UPDATE media SET state = 'failed', error = ? WHERE id = ? AND state = 'processing'",
            error.message,
            media_id,
        )
    await forget(app, media_id)


def _fetch(original: Path, place: Path) -> None:
    try:
        shutil.copyfile(original, place)
    except FileNotFoundError:
        raise Invalid("The file was lost: send it again") from None


async def _finish(app: App, media: Media, outcome: Outcome, place: Path) -> None:
    """Announce the files in the row, store them, and only then call it ready."""
    own_picture = "small" in media.meta
    await _remove(app, media.key, None if own_picture else media.preview_key)  # of a run that was cut off
    key = app.storage.new_key(outcome.extension)
    drawn = outcome.preview_extension and not own_picture
    preview = app.storage.new_key(outcome.preview_extension) if drawn else media.preview_key if own_picture else ""
    if not await _announce(app, media.id, key, preview):
        return
    await app.storage.place(key, place / "original")
    if drawn:
        await app.storage.place(preview, place / "preview")
    if not await _ready(app, media.id, outcome):
        await _remove(app, key, preview)


async def _announce(app: App, media_id: int, key: str, preview: str) -> int:
    return await app.db.execute(
        "UPDATE media SET key = ?, preview_key = ? WHERE id = ? AND state = 'processing'", key, preview, media_id
    )


async def _ready(app: App, media_id: int, outcome: Outcome) -> bool:
    async with app.db.transaction():
        media = await Media.filter(id=media_id, state="processing").using_db(app.db.orm).first()
        if media is None:
            return False
        media.kind, media.media_type, media.state = outcome.kind, outcome.media_type, "ready"
        media.meta = merged(outcome.meta, media.meta)
        media.blurhash = media.blurhash or outcome.blurhash
        label(media, outcome)
        changed = ["kind", "media_type", "state", "meta", "blurhash", "title", "artist", "waveform"]
        await media.save(using_db=app.db.orm, update_fields=changed)
        await prints.keep(app, media_id, outcome.prints)
    return True


def label(media: Media, outcome: Outcome) -> None:
    """Take over a sound's title and artist, unless its uploader gave others meanwhile, and its waveform."""
    media.title = outcome.title if media.title is None else media.title
    media.artist = outcome.artist if media.artist is None else media.artist
    media.waveform = outcome.waveform


def merged(found: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Return what was found out of a file, with the focus and the thumbnail that its uploader gave."""
    return {**found, **{name: said[name] for name in ("focus", "small") if name in said}}


async def _remove(app: App, *keys: str | None) -> None:
    for key in filter(None, keys):
        await app.storage.delete(key)
