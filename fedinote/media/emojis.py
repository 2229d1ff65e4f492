"""Custom emoji: pictures for :shortcodes:, ours and, as addresses only, those of other servers (FEP-9098)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from fedinote.infra.app import App
from fedinote.infra.clock import EPOCH, to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import portraits
from fedinote.policy import domains
from fedinote.text import emoji as spelling
from fedinote.text.urls import safe_url

MAX_PER_DOMAIN = 5000
"""How many emoji of one server are kept; posts that use others have them all the same."""

_SHORTCODE = re.compile(r"[A-Za-z0-9_]{2,64}")


class Seen(Protocol):
    """An emoji as another server described it: `id` and `updated` are None where it did not say."""

    @property
    def shortcode(self) -> str:
        """The name, without colons."""

    @property
    def url(self) -> str:
        """Where its picture is."""

    @property
    def id(self) -> str | None:
        """The id of its own document."""

    @property
    def updated(self) -> datetime | None:
        """When its server last changed it."""


async def add(app: App, shortcode: str, data: bytes, *, category: str | None = None) -> None:
    """Add a custom emoji, or give the one of this name a new picture.

    Raises Invalid when the name has other signs than letters, digits and underscores, or the data are no picture.
    """
    if not _SHORTCODE.fullmatch(shortcode):
        raise Invalid("A shortcode is 2 to 64 letters, digits or underscores")
    key, still = await portraits.store_emoji(app, data)
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


async def find(app: App, shortcode: str, domain: str = "") -> Row:
    """Return the row of a custom emoji of ours, or of another server's. Raises NotFound."""
    row = await app.db.row("SELECT * FROM custom_emojis WHERE shortcode = ? AND domain = ?", shortcode, domain)
    if row is None:
        raise NotFound
    return row


async def listing(app: App) -> list[Row]:
    """Return the custom emoji of ours by category and name."""
    return await app.db.rows(
        "SELECT shortcode, url, category FROM custom_emojis WHERE domain = ''"
        " ORDER BY COALESCE(category, ''), shortcode"
    )


async def remember(app: App, domain: str, seen: Sequence[Seen]) -> tuple[Mapping[str, str], ...]:
    """Note the emoji that something of another server's uses; return them as snapshots for posts and profiles.

    Snapshots are {shortcode, url, static_url}. A picture that is older (by `updated`) than the one known here is not
    taken: an old post that is fetched anew shows the present picture. Left out is what has no address that a reader
    may load (https, or http where the settings allow it), and everything of servers whose media are refused here.
    """
    usable = {one.shortcode: (one, url) for one in seen if (url := _picture(app, one)) is not None}
    block = await domains.find(app, domain) if usable else None
    if not usable or (block is not None and block.reject_media):
        return ()
    rows = await app.db.rows(
        "SELECT shortcode, uri, url, updated_at FROM custom_emojis WHERE domain = ? AND shortcode IN_TEXTS(?)",
        domain,
        list(usable),
    )
    known = {row["shortcode"]: row for row in rows}
    newer = [name for name, (one, url) in usable.items() if _is_news(known.get(name), one, url)]
    if newer:
        await _keep(app, domain, [usable[name] for name in sorted(newer)])
    shown = {name: url if name in newer else known[name]["url"] for name, (_, url) in usable.items()}
    return tuple({"shortcode": name, "url": url, "static_url": url} for name, url in shown.items())


def _picture(app: App, seen: Seen) -> str | None:
    url = safe_url(seen.url)
    if url is None or not spelling.is_shortcode(seen.shortcode):
        return None
    return url if url.startswith("https:") or app.settings.federation.allow_http else None


def _is_news(known: Row | None, seen: Seen, url: str) -> bool:
    """Tell whether a picture takes the place of the known one: it is another one, and not said to be older."""
    if known is None:
        return True
    return known["url"] != url and (seen.updated is None or to_ms(seen.updated) >= known["updated_at"])


async def _keep(app: App, domain: str, found: Sequence[tuple[Seen, str]]) -> None:
    await app.db.execute_many(
        "INSERT INTO custom_emojis (id, shortcode, domain, uri, url, static_url, category, visible, updated_at)"
        " SELECT CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),"
        " CAST(? AS TEXT), NULL, FALSE, CAST(? AS BIGINT)"
        " WHERE (SELECT COUNT(*) FROM custom_emojis WHERE domain = ?) < ?"
        " ON CONFLICT (shortcode, domain) DO UPDATE SET uri = excluded.uri, url = excluded.url,"
        " static_url = excluded.static_url, updated_at = excluded.updated_at",
        [
            # A time ahead of ours would keep every later picture away.
            (app.ids.next(), one.shortcode, domain, one.id, url, url, min(one.updated or EPOCH, app.now()), domain,
             MAX_PER_DOMAIN)
            for one, url in found
        ],
    )  # fmt: skip
