"""Translations that come with a post: its author wrote them, or had them made. No engine is asked for these."""

from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.posts.languages import decoded, outdated
from fedinote.text import language

AUTHOR = "author"
MACHINE = "machine translation"
UNKNOWN = "unknown translator"


async def find(app: App, row: Row, wanted: str, *, any_script: bool = False) -> dict[str, Any] | None:
    """Return Mastodon's Translation entity of a post's row in a version that its author gave; None where there is none.

    For Chinese the script must be the wanted one, unless `any_script`: see `rewritten`.
    """
    made = decoded(row["translations"])
    tag = language.match(wanted, {*made, *filter(None, [row["language"]])}, target=True) if made else None
    if tag is None or tag not in made or (_other_script(wanted, tag) and not any_script):
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
        "kind": _kind(made[tag]),
        "outdated": outdated(made[tag], row["edited_at"] or row["created_at"]),
        "media_attachments": [
            {"id": str(m["id"]), "description": decoded(m["description_map"]).get(tag, m["description"])} for m in media
        ],
        "poll": _poll(polls[0], tag) if polls else None,
    }


def _other_script(wanted: str, tag: str) -> bool:
    return language.script_of(wanted) != language.script_of(tag)


def _provider(made: dict[str, Any]) -> str:
    """Return whom the reader is told of: a program, people who helped, or the author; a machine is never the author."""
    people = [f"@{one['acct']}" for one in made.get("people", ())]
    if made["machine"] is None:
        return UNKNOWN
    if made["machine"]:
        return ", ".join([made["engine"] or MACHINE, *people])
    return ", ".join(people) or (UNKNOWN if made.get("unnamed") else AUTHOR)


def _kind(made: dict[str, Any]) -> str:
    """Return "author", "person" for people who helped, or "machine" for what a program had a part in."""
    if made["machine"] is False:
        return "person" if made.get("people") or made.get("unnamed") else "author"
    return "machine"


def _poll(row: Row, tag: str) -> dict[str, Any]:
    titles = [option["title"] for option in msgspec.json.decode(row["options"])]
    titles = decoded(row["translations"]).get(tag, titles)
    return {"id": str(row["id"]), "options": [{"title": title} for title in titles]}
