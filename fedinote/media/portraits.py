"""Avatars, headers and emoji: the bytes that a person sent become a clean picture in the storage."""

from fedinote.infra.app import App
from fedinote.media import workers
from fedinote.media.outcomes import Purpose


async def store_avatar(app: App, data: bytes) -> str:
    """Return the storage key of the picture as an avatar. `Invalid` when it is no picture, or too large."""
    return (await _store(app, data, "avatar"))[0]


async def store_header(app: App, data: bytes) -> str:
    """Return the storage key of the picture as a header. `Invalid` when it is no picture, or too large."""
    return (await _store(app, data, "header"))[0]


async def store_emoji(app: App, data: bytes) -> tuple[str, str]:
    """Return the storage keys of an emoji and of its still picture, the same one where nothing moves. `Invalid`."""
    return await _store(app, data, "emoji", still=True)


async def _store(app: App, data: bytes, purpose: Purpose, *, still: bool = False) -> tuple[str, str]:
    async with workers.bench(app) as place:
        outcome = await workers.clean(app, data, place, purpose=purpose)
        key = app.storage.new_key(outcome.extension)
        await app.storage.place(key, place / "original")
        if not (still and outcome.animated):
            return key, key
        preview = app.storage.new_key(outcome.preview_extension)
        await app.storage.place(preview, place / "preview")
        return key, preview
