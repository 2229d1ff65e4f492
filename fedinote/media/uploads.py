"""Uploads: a file becomes an attachment that its uploader may describe, and attach once to a post of their own."""

import asyncio
import math
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import images
from fedinote.media.images import ImageLimits, ProcessedImage
from fedinote.media.models import Media

AT_ONCE = 2


async def upload(
    app: App,
    account_id: int,
    data: bytes,
    *,
    description: str | None = None,
    focus: str | None = None,
    thumbnail: bytes | None = None,
) -> Media:
    """Check, clean and store an image; return its attachment, ready for use.

    `focus` is "x,y" (each -1 to 1); `thumbnail` is another image, shown small in its place. Raises `Invalid` for
    what is no image or beyond the limits, `Unavailable` when it cannot be stored.
    """
    text = checked_description(app, description)
    limits = image_limits(app)
    point = parse_focus(focus)
    image = await _process(app, data, limits)
    small = image if thumbnail is None else await _process(app, thumbnail, limits)
    said = {"description": text, "blurhash": image.blurhash, "meta": _meta(image, small, point)}
    return await _store(app, account_id, image, small, said)


async def _store(
    app: App, account_id: int, image: ProcessedImage, small: ProcessedImage, said: dict[str, Any]
) -> Media:
    media = Media(
        id=app.ids.next(),
        account_id=account_id,
        kind="image",
        media_type=image.media_type,
        key=await app.storage.put(image.data, image.extension),
        preview_key=await app.storage.put(small.preview_data, small.preview_extension),
        created_at=app.now(),
        **said,
    )
    try:
        await media.save(using_db=app.db.orm, force_create=True)
    except BaseException:  # without the row the files are nobody's
        await app.storage.delete(media.key)
        await app.storage.delete(media.preview_key)
        raise
    return media


async def _process(app: App, data: bytes, limits: ImageLimits) -> ProcessedImage:
    """Clean an image in a thread; not more than two at once, since each takes a core and much memory."""
    turns: asyncio.Semaphore = app.caches.setdefault("image-turns", asyncio.Semaphore(AT_ONCE))
    async with turns:
        return await asyncio.to_thread(images.process, data, limits=limits)


def image_limits(app: App) -> ImageLimits:
    """Return what the settings allow."""
    return ImageLimits(size=app.settings.media.max_image_bytes, pixels=app.settings.media.max_pixels)


def checked_description(app: App, text: str | None) -> str | None:
    """Return a description without blanks around it, None for none. `Invalid` when it is too long."""
    text = (text or "").strip()
    most = app.settings.media.max_description
    if len(text) > most:
        raise Invalid(f"Validation failed: Description is too long (maximum is {most} characters)")
    return text or None


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


def _meta(image: ProcessedImage, small: ProcessedImage, focus: tuple[float, float] | None) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "original": _size(image.width, image.height),
        "small": _size(small.preview_width, small.preview_height),
    }
    if focus is not None:
        meta["focus"] = {"x": focus[0], "y": focus[1]}
    return meta


def _size(width: int, height: int) -> dict[str, Any]:
    return {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / height}


async def mine(app: App, account_id: int, media_id: int, *, post_id: int | None = None) -> Media:
    """Return an upload of this account that is not attached (or is attached to this post). `NotFound` otherwise."""
    found = await Media.filter(id=media_id, account_id=account_id, post_id=post_id).using_db(app.db.orm).first()
    if found is None:
        raise NotFound
    return found


async def describe(
    app: App, account_id: int, media_id: int, changes: dict[str, str | None], *, post_id: int | None = None
) -> Media:
    """Change `description` and `focus`, where they are among the changes, of an upload as `mine` finds it."""
    media = await mine(app, account_id, media_id, post_id=post_id)
    if "description" in changes:
        text = checked_description(app, changes["description"])
        media.update_from_dict({"description": text})
    if "focus" in changes:
        point = parse_focus(changes["focus"])
        media.meta = {name: value for name, value in media.meta.items() if name != "focus"}
        if point is not None:
            media.meta["focus"] = {"x": point[0], "y": point[1]}
    await media.save(using_db=app.db.orm, update_fields=["description", "meta"])
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
    for key in (gone[0]["key"], gone[0]["preview_key"]):
        if key:
            await app.storage.delete(key)
