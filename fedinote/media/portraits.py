"""Avatars and headers: the bytes that a person sent become a clean picture in the storage."""

import asyncio

from fedinote.infra.app import App
from fedinote.media import images


async def store_avatar(app: App, data: bytes) -> str:
    """Return the storage key of the picture as an avatar. `Invalid` when it is no picture, or too large."""
    picture = await asyncio.to_thread(images.avatar, data)
    return await app.storage.put(picture.data, picture.extension)


async def store_header(app: App, data: bytes) -> str:
    """Return the storage key of the picture as a header. `Invalid` when it is no picture, or too large."""
    picture = await asyncio.to_thread(images.header, data)
    return await app.storage.put(picture.data, picture.extension)
