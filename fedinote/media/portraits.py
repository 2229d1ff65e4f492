"""Avatars, headers and emoji: the bytes that a person sent become a clean picture in the storage."""

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.media import prints, workers
from fedinote.media.outcomes import Purpose
from fedinote.policy.pictures import refusing


async def store_avatar(app: App, data: bytes, *, account_id: int | None = None) -> str:
    """Return the storage key of the picture as an avatar, for this account.

    `Invalid` when it is no picture, too large, or one that the moderators do not want here.
    """
    return (await _store(app, data, "avatar", account_id=account_id))[0]


async def store_header(app: App, data: bytes, *, account_id: int | None = None) -> str:
    """Return the storage key of the picture as a header, otherwise as `store_avatar`."""
    return (await _store(app, data, "header", account_id=account_id))[0]


async def store_emoji(app: App, data: bytes) -> tuple[str, str]:
    """Return the storage keys of an emoji and of its still picture, the same one where nothing moves. `Invalid`."""
    return await _store(app, data, "emoji", still=True)


async def _store(
    app: App, data: bytes, purpose: Purpose, *, still: bool = False, account_id: int | None = None
) -> tuple[str, str]:
    async with workers.bench(app) as place:
        outcome = await workers.clean(app, data, place, purpose=purpose)
        if await refusing.refused(app, prints.known(outcome.prints), domain="", account_id=account_id):
            raise Invalid("This picture is not accepted on this server")
        key = app.storage.new_key(outcome.extension)
        await app.storage.place(key, place / "original")
        if not (still and outcome.animated):
            return key, key
        preview = app.storage.new_key(outcome.preview_extension)
        await app.storage.place(preview, place / "preview")
        return key, preview
