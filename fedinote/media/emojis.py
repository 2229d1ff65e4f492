"""Custom emoji of this server: pictures for :shortcodes:."""

import asyncio
import re

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import images

_SHORTCODE = re.compile(r"[A-Za-z0-9_]{2,64}")


async def add(app: App, shortcode: str, data: bytes, *, category: str | None = None) -> None:
    """Add a custom emoji, or give the one of this name a new picture.

    Raises Invalid when the name has other signs than letters, digits and underscores, or the data are no picture.
    """
    if not _SHORTCODE.fullmatch(shortcode):
        raise Invalid("A shortcode is 2 to 64 letters, digits or underscores")
    picture = await asyncio.to_thread(images.emoji, data)
    key = await app.storage.put(picture.data, picture.extension)
    still = await app.storage.put(picture.preview_data, picture.preview_extension) if picture.animated else key
    await app.db.execute(
        "INSERT INTO custom_emojis (id, shortcode, domain, uri, url, static_url, category, visible, updated_at)"
        " VALUES (?, ?, '', ?, ?, ?, ?, TRUE, ?) ON CONFLICT (shortcode, domain) DO UPDATE SET url = excluded.url,"
        " static_url = excluded.static_url, category = excluded.category, updated_at = excluded.updated_at",
        app.ids.next(),
        shortcode,
        app.url(f"/emojis/{shortcode}"),
        app.url(f"/media/{key}"),
        app.url(f"/media/{still}"),
        category,
        app.now(),
    )


async def remove(app: App, shortcode: str) -> None:
    """Remove a custom emoji; posts that used it keep its picture. Raises NotFound."""
    if not await app.db.execute("DELETE FROM custom_emojis WHERE shortcode = ? AND domain = ''", shortcode):
        raise NotFound("There is no emoji of this name")


async def find(app: App, shortcode: str) -> Row:
    """Return the row of a custom emoji of ours. Raises NotFound."""
    row = await app.db.row("SELECT * FROM custom_emojis WHERE shortcode = ? AND domain = ''", shortcode)
    if row is None:
        raise NotFound
    return row


async def listing(app: App) -> list[Row]:
    """Return the custom emoji of ours by category and name."""
    return await app.db.rows(
        "SELECT shortcode, url, category FROM custom_emojis WHERE domain = ''"
        " ORDER BY COALESCE(category, ''), shortcode"
    )
