"""Collection entities (Mastodon 4.6). https://docs.joinmastodon.org/entities/Collection/"""

import re
from collections.abc import Iterable, Sequence
from html import unescape
from typing import Any

from fedinote.api.entities.values import moment
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.relations import curation

# Collections have it in their addresses (Mastodon's, ours): other posts cost no query.
_WORD = "collection"
_LINK = re.compile(r'href="(https?://[^"]{1,2048})"')
MAX_LINKED = 4
"""How many collections of one post are looked up."""


async def collections(app: App, rows: Sequence[Row], viewer_id: int | None) -> list[dict[str, Any]]:
    """Turn rows of collections into entities with their items, in their order. One query."""
    found = await curation.items(app, [row["id"] for row in rows], viewer_id) if rows else []
    return [_collection(app, row, [item(one) for one in found if one["collection_id"] == row["id"]]) for row in rows]


async def of_posts(app: App, rows: Iterable[Row], viewer_id: int | None) -> dict[int, list[dict[str, Any]]]:
    """Return the collections to which posts link (rows with id and content), by post: those that are known here.

    Two queries, and none where no link could be one.
    """
    links = {row["id"]: _links(row["content"]) for row in rows if _WORD in row["content"]}
    wanted = {link for one in links.values() for link in one}
    if not wanted:
        return {}
    known = await curation.by_url(app, viewer_id, list(wanted))
    shown = await collections(app, known, viewer_id)
    by_url = {url: value for value in shown for url in (value["url"], value["uri"])}
    return {
        post_id: list({by_url[link]["id"]: by_url[link] for link in there if link in by_url}.values())
        for post_id, there in links.items()
    }


def _links(content: str) -> list[str]:
    found = dict.fromkeys(unescape(link) for link in _LINK.findall(content) if _WORD in link)
    return list(found)[:MAX_LINKED]


def _collection(app: App, row: Row, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "uri": row["uri"],
        "url": row["url"],
        "name": row["name"],
        "description": row["description"],
        "language": row["language"],
        "account_id": str(row["account_id"]),
        "local": row["domain"] == "",
        "sensitive": bool(row["sensitive"]),
        "discoverable": bool(row["discoverable"]),
        "item_count": len(items),
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["updated_at"]),
        "tag": {"name": row["tag"], "url": app.url(f"/tags/{row['tag'].lower()}")} if row["tag"] else None,
        "items": items,
    }


def item(row: Row) -> dict[str, Any]:
    """Turn one row of `curation.items` into a CollectionItem."""
    return {
        "id": str(row["id"]),
        "account_id": str(row["account_id"]),
        "state": row["state"],
        "created_at": moment(row["created_at"]),
    }
