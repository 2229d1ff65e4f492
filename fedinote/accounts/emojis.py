"""Which custom emoji of this server a text uses, as the snapshots that posts and profiles keep for rendering."""

from collections.abc import Mapping

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.text import compose


async def used(app: App, text: str, domain: str = "") -> tuple[Mapping[str, str], ...]:
    """Find the custom emoji of a server (`""`: ours) that a text names: {shortcode, url, static_url, updated}.

    `updated` is when the picture was last changed (RFC 3339): others fetch it anew when it is later than what they
    have. No query for a text without shortcodes.
    """
    codes = compose.find_emoji(text)
    if not codes:
        return ()
    rows = await app.db.rows(
        "SELECT shortcode, url, static_url, updated_at FROM custom_emojis WHERE domain = ?"
        " AND shortcode IN_TEXTS(?) AND disabled_at IS NULL",
        domain,
        codes,
    )
    return tuple(
        {
            "shortcode": row["shortcode"],
            "url": row["url"],
            "static_url": row["static_url"],
            "updated": iso(from_ms(row["updated_at"])),
        }
        for row in rows
    )
