"""PreviewCard entities, in batches. https://docs.joinmastodon.org/entities/PreviewCard/"""

from collections.abc import Collection
from typing import Any

from fedinote.api.entities import accounts
from fedinote.api.entities.values import here, moment_or_none
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.media import remote
from fedinote.previews import cards


async def by_id(app: App, ids: Collection[int], viewer_id: int | None = None) -> dict[int, dict[str, Any]]:
    """Return cards by id; unknown ones are left out.

    One query, and a second where an author is an account (a third where one has moved); none without ids.
    """
    if not ids:
        return {}
    rows = await app.db.rows(*_flat(cards.of_posts(list(ids))))
    authors = {row["author_id"] for row in rows if row["author_id"] is not None}
    sql, params = accounts.query(authors)
    people = await accounts.by_id(app, await app.db.rows(sql, *params), viewer_id) if authors else {}
    return {row["id"]: entity(app, row, people.get(row["author_id"])) for row in rows}


def _flat(query: tuple[str, Any]) -> tuple[Any, ...]:
    return query[0], *query[1]


def entity(app: App, row: Row, author: dict[str, Any] | None = None) -> dict[str, Any]:
    """Turn a row into a PreviewCard. Texts are plain; `html` is an iframe that we wrote."""
    name = row["author_name"] or (author["display_name"] or author["username"] if author else "")
    url = row["author_url"] or (author["url"] if author else "")
    return {
        "url": row["url"],
        "title": row["title"],
        "description": row["description"],
        "language": row["language"],
        "type": row["kind"],
        "author_name": name,
        "author_url": url,
        "provider_name": row["provider_name"],
        "provider_url": row["provider_url"],
        "html": row["html"],
        "width": row["width"],
        "height": row["height"],
        "image": here(app, remote.address(app, "card", row["id"], row["image"]), row["image"] or "") or None,
        "image_description": row["image_description"],
        "embed_url": row["embed_url"],
        "blurhash": None,
        "published_at": moment_or_none(row["published_at"]),
        "authors": [{"name": name, "url": url, "account": author}] if name or author else [],
    }
