"""Hashtags that the staff does not want used in posts written here."""

from collections.abc import Sequence

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid


async def check(app: App, tags: Sequence[tuple[str, str]]) -> None:
    """Raise Invalid, naming them, when some of the tags (folded name, as written) may not be used."""
    if not tags:
        return
    rows = await app.db.rows(
        "SELECT name FROM tags WHERE name IN_TEXTS(?) AND usable = FALSE ORDER BY name", [name for name, _ in tags]
    )
    if rows:
        names = ", ".join(row["name"] for row in rows)
        raise Invalid(f"Validation failed: Text contained a disallowed hashtag: {names}")
