"""Translations that come with a post: its author wrote them, or had them made. No engine is asked for these."""

from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.posts.languages import decoded
from fedinote.text import language

AUTHOR = "author"
MACHINE = "machine translation"
UNKNOWN = "unknown translator"


async def find(app: App, row: Row, wanted: str) -> dict[str, Any] | None:
    """Return Mastodon's Translation entity of a post's row in a version that its author gave; None where there is none.

    For Chinese the script must be the wanted one: an engine does better than the other script.
    """
    made = decoded(row["translations"])
    tag = language.match(wanted, {*made, *filter(None, [row["language"]])}) if made else None
    if tag is None or tag not in made or _other_script(wanted, tag):
        return None
    polls, media = await app.db.many(
        ("SELECT id, options, translations FROM polls WHERE post_id = ?", (row["id"],)),
        (
            "SELECT id, description, description_map FROM media WHERE post_id = ? AND description IS NOT NULL"
            " ORDER BY position",
            (row["id"],),
        ),
    )
    return {
        "content": decoded(row["content_map"]).get(tag, row["content"]),
        "spoiler_text": decoded(row["summary_map"]).get(tag, row["spoiler_text"]),
        "language": tag,
        "detected_source_language": row["language"] or "und",
        "provider": _provider(made[tag]),
        "media_attachments": [
            {"id": str(m["id"]), "description": decoded(m["description_map"]).get(tag, m["description"])} for m in media
        ],
        "poll": _poll(polls[0], tag) if polls else None,
    }


def _other_script(wanted: str, tag: str) -> bool:
    return language.script_of(wanted) != language.script_of(tag)


def _provider(made: dict[str, Any]) -> str:
    """Return whom the reader is told of; a machine is never called the author."""
    if made["machine"] is False:
        return AUTHOR
    return UNKNOWN if made["machine"] is None else made["engine"] or MACHINE


def _poll(row: Row, tag: str) -> dict[str, Any]:
    titles = [option["title"] for option in msgspec.json.decode(row["options"])]
    titles = decoded(row["translations"]).get(tag, titles)
    return {"id": str(row["id"]), "options": [{"title": title} for title in titles]}
