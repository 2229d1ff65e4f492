"""Announcement and Reaction entities. https://docs.joinmastodon.org/entities/Announcement/"""

from collections.abc import Iterable
from typing import Any

from fedinote.api.entities.tags import url
from fedinote.api.entities.values import emojis, listed, moment, moment_or_none
from fedinote.infra.app import App
from fedinote.infra.db import Row


def entity(app: App, row: Row, reactions: Iterable[Row] = ()) -> dict[str, Any]:
    """Turn a row into an Announcement, without `read`: that is for a person to be asked for.

    `reactions` are those of any announcements; this one's are taken.
    """
    return {
        "id": str(row["id"]),
        "content": row["content"],
        "starts_at": moment_or_none(row["starts_at"]),
        "ends_at": moment_or_none(row["ends_at"]),
        "all_day": bool(row["all_day"]),
        "published_at": moment(row["shown_from"] or row["created_at"]),
        "updated_at": moment(row["created_at"]),
        "mentions": listed(row["mentions"]),
        "statuses": listed(row["statuses"]),
        "tags": [{"name": one["name"], "url": url(app, one["name"])} for one in listed(row["tags"])],
        "emojis": emojis(app, row["emojis"]),
        "reactions": [
            {**reaction(one), "me": bool(one["mine"])} for one in reactions if one["announcement_id"] == row["id"]
        ],
    }


def reaction(row: Row) -> dict[str, Any]:
    """Turn a row into a Reaction, without `me`: pictures for custom emoji only."""
    pictures = {} if row["url"] is None else {"url": row["url"], "static_url": row["static_url"] or row["url"]}
    return {"name": row["name"], "count": row["count"], **pictures}


def streamed(row: Row) -> dict[str, Any]:
    """Turn a row into what `announcement.reaction` carries; a count of 0 means that the last one took it back."""
    return {**reaction(row), "announcement_id": str(row["announcement_id"])}
