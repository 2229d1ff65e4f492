"""Announcement entities. https://docs.joinmastodon.org/entities/Announcement/"""

from typing import Any

from fedinote.api.entities.tags import url
from fedinote.api.entities.values import emojis, listed, moment, moment_or_none
from fedinote.infra.app import App
from fedinote.infra.db import Row


def entity(app: App, row: Row) -> dict[str, Any]:
    """Turn a row into an Announcement, without `read`: that is for a person to be asked for."""
    return {
        "id": str(row["id"]),
        "content": row["content"],
        "starts_at": moment_or_none(row["starts_at"]),
        "ends_at": moment_or_none(row["ends_at"]),
        "all_day": bool(row["all_day"]),
        "published_at": moment(row["created_at"]),
        "updated_at": moment(row["created_at"]),
        "mentions": listed(row["mentions"]),
        "statuses": listed(row["statuses"]),
        "tags": [{"name": one["name"], "url": url(app, one["name"])} for one in listed(row["tags"])],
        "emojis": emojis(row["emojis"]),
        "reactions": [],  # there are none here
    }
