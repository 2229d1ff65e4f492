"""Uploads: a file becomes an attachment that its uploader may describe, and attach once to a post of their own."""

import asyncio
import math
import shutil
from pathlib import Path
from typing import BinaryIO

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import prints, processing, workers
from fedinote.media.models import Media
from fedinote.media.outcomes import Outcome, Prints
from fedinote.media.sniffing import FILM_TYPES, HEAD, IMAGE_TYPES, Sniffed, sniff

_MEGABYTE = 1_000_000
MAX_NAME = 200


async def upload(
    app: App,
    account_id: int,
    file: bytes | BinaryIO,
    *,
    description: str | None = None,
    focus: str | None = None,
    thumbnail: bytes | BinaryIO | None = None,
    later: bool = False,
) -> Media:
    """Check, clean and store a file; return its attachment, ready for use.

    `focus` is "x,y" (each -1 to 1); `thumbnail` is another image, shown small in its place. With `later` a video or
    sound is only stored, and made ready by a job: its `state` is then "processing". Raises `Invalid` for what is no
    file of an accepted type or beyond the limits, `Unavailable` when it cannot be stored.
    """
    text = checked_description(app, description)
    media = Media(id=app.ids.next(), account_id=account_id, description=text, created_at=app.now(), meta={})
    if point := parse_focus(focus):
        media.meta["focus"] = {"x": point[0], "y": point[1]}
    async with workers.bench(app) as place:
        sniffed = await _received(app, file, place)
        try:
            small = None if thumbnail is None else await _illustrate(app, media, thumbnail)
            await _make(app, media, place, film=sniffed.family == "film", later=later)
            if small is not None:
                await prints.keep(app, media.id, small, part="preview")
        except BaseException:
            await _remove(app, media.key, media.preview_key)
            raise
    return media


async def _make(app: App, media: Media, place: Path, *, film: bool, later: bool) -> None:
    if film and later:
        media.kind, media.state = "unknown", "processing"
        await processing.postpone(app, media, place / "source")
    else:
        await _store(app, media, await workers.process(app, place, film=film), place)


async def _received(app: App, file: bytes | BinaryIO, place: Path) -> Sniffed:
    """Write what was sent into the folder, as `source`, and refuse what is refused without opening it."""
    length, head = await asyncio.to_thread(_write, file, place / "source")
    sniffed = sniff(head)
    limits = app.settings.media
    if sniffed.family == "film" and not workers.films_accepted():
        raise Invalid("This server accepts images only: PNG, JPEG, GIF and WebP")
    most = limits.max_image_bytes if sniffed.family == "image" else limits.max_video_bytes
    if length > most:
        what = "images" if sniffed.family == "image" else "video and sound"
        raise Invalid(
            f"The file has {length / _MEGABYTE:.1f} MB; {what} may have {most / _MEGABYTE:g} MB on this server"
        )
    return sniffed


def _write(file: bytes | BinaryIO, place: Path) -> tuple[int, bytes]:
    """Copy a file; return its length and its first bytes."""
    if isinstance(file, bytes):
        place.write_bytes(file)
        return len(file), file[:HEAD]
    file.seek(0)
    with place.open("wb") as target:
        shutil.copyfileobj(file, target)
    with place.open("rb") as written:
        return place.stat().st_size, written.read(HEAD)


async def _illustrate(app: App, media: Media, thumbnail: bytes | BinaryIO) -> Prints:
    """Make a picture the thumbnail of an upload: its key, size and BlurHash are set, the row is not saved.

    Return what the picture is known by.
    """
    async with workers.bench(app) as place:
        await _received(app, thumbnail, place)
        outcome = await workers.process(app, place, purpose="thumbnail")
        media.preview_key = app.storage.new_key(outcome.preview_extension)
        await app.storage.place(media.preview_key, place / "preview")
        media.meta = {**media.meta, "small": outcome.meta["small"]}
        media.blurhash = outcome.blurhash
    return outcome.prints


async def _store(app: App, media: Media, outcome: Outcome, place: Path) -> None:
    """Write the row first and then the files: what a killed process leaves behind is found by the row, and swept."""
    media.kind, media.media_type = outcome.kind, outcome.media_type
    media.meta = processing.merged(outcome.meta, media.meta)
    processing.label(media, outcome)
    media.key = app.storage.new_key(outcome.extension)
    own_picture = bool(media.preview_key)
    if outcome.kind in ("image", "gifv") or not own_picture:
        media.blurhash = outcome.blurhash
    if outcome.preview_extension and not own_picture:
        media.preview_key = app.storage.new_key(outcome.preview_extension)
    async with app.db.transaction():
        await media.save(using_db=app.db.orm, force_create=True)
        await prints.keep(app, media.id, outcome.prints)
    try:
        await app.storage.place(media.key, place / "original")
        if media.preview_key and not own_picture:
            await app.storage.place(media.preview_key, place / "preview")
    except BaseException:
        await app.db.execute("DELETE FROM media WHERE id = ?", media.id)
        raise


async def _remove(app: App, *keys: str) -> None:
    for key in filter(None, keys):
        await app.storage.delete(key)


def supported_types() -> list[str]:
    """Return the media types that are accepted here at this moment."""
    return [*IMAGE_TYPES, *(FILM_TYPES if workers.films_accepted() else ())]


def checked_description(app: App, text: str | None) -> str | None:
    """Return a description without blanks around it, None for none. `Invalid` when it is too long."""
    text = (text or "").strip()
    most = app.settings.media.max_description
    if len(text) > most:
        raise Invalid(f"Validation failed: Description is too long (maximum is {most} characters)")
    return text or None


def checked_name(text: str | None) -> str:
    """Return a title or an artist on one line. `Invalid` when it is too long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text or "").split())
    if len(text) > MAX_NAME:
        raise Invalid(f"Validation failed: Title and artist can have at most {MAX_NAME} characters")
    return text


def parse_focus(text: str | None) -> tuple[float, float] | None:
    """Return the point of "x,y" (each -1.0 to 1.0), None for none. `Invalid` for anything else."""
    if not text:
        return None
    parts = text.split(",")
    try:
        x, y = (float(part) for part in parts)
    except ValueError:
        raise Invalid("Validation failed: Focus must be two numbers, like 0.0,-0.5") from None
    if not (math.isfinite(x) and math.isfinite(y)) or abs(x) > 1 or abs(y) > 1:
        raise Invalid("Validation failed: Focus must be between -1.0 and 1.0")
    return x, y


async def mine(app: App, account_id: int, media_id: int, *, post_id: int | None = None) -> Media:
    """Return an upload of this account that is not attached (or is attached to this post). `NotFound` otherwise."""
    found = await Media.filter(id=media_id, account_id=account_id, post_id=post_id).using_db(app.db.orm).first()
    if found is None:
        raise NotFound
    return found


async def describe(
    app: App, account_id: int, media_id: int, changes: dict[str, str | None], *, post_id: int | None = None
) -> Media:
    """Change an upload as `mine` finds it: what is among the changes of `description`, `focus`, `title`, `artist`.

    Title and artist are a sound's; an empty one stays empty, whatever its file says. Raises Invalid.
    """
    async with app.db.transaction():
        media = await mine(app, account_id, media_id, post_id=post_id)
        if "description" in changes:
            text = checked_description(app, changes["description"])
            media.update_from_dict({"description": text})
        if "focus" in changes:
            point = parse_focus(changes["focus"])
            media.meta = {name: value for name, value in media.meta.items() if name != "focus"}
            if point is not None:
                media.meta["focus"] = {"x": point[0], "y": point[1]}
        media.update_from_dict({name: checked_name(changes[name]) for name in ("title", "artist") if name in changes})
        await media.save(using_db=app.db.orm, update_fields=["description", "meta", "title", "artist"])
    return media


async def illustrate(app: App, account_id: int, media_id: int, thumbnail: bytes | BinaryIO) -> Media:
    """Give an upload as `mine` finds it another thumbnail. `Invalid` for no image, and while it is made ready."""
    drawn = Media(meta={})
    if (await mine(app, account_id, media_id)).state != "ready":
        raise Invalid("The file has not finished processing. Try again in a moment!")
    small = await _illustrate(app, drawn, thumbnail)
    try:
        async with app.db.transaction():
            media = await mine(app, account_id, media_id)
            before, media.preview_key = media.preview_key, drawn.preview_key
            media.meta = {**media.meta, **drawn.meta}
            if media.kind in ("video", "audio"):
                media.blurhash = drawn.blurhash
            await media.save(using_db=app.db.orm, update_fields=["preview_key", "meta", "blurhash"])
            await prints.keep(app, media_id, small, part="preview")
    except BaseException:
        await _remove(app, drawn.preview_key)
        raise
    await _remove(app, before)
    return media


async def discard(app: App, account_id: int, media_id: int) -> None:
    """Remove an upload that is not attached, and its files. `NotFound` for others', `Invalid` when it is in use."""
    gone = await app.db.returning(
        "DELETE FROM media WHERE id = ? AND account_id = ? AND post_id IS NULL RETURNING key, preview_key",
        media_id,
        account_id,
    )
    if not gone:
        if await app.db.row("SELECT 1 AS value FROM media WHERE id = ? AND account_id = ?", media_id, account_id):
            raise Invalid("Media attachment is currently used by a status")
        raise NotFound
    await _remove(app, gone[0]["key"], gone[0]["preview_key"])
    await processing.forget(app, media_id)
