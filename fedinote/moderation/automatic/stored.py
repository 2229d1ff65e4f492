"""Posts that are here already, as rules judge them: the post, the versions that came with it, finished translations."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.policy.base import Subject
from fedinote.policy.rules.kinds import Judged, Machine
from fedinote.posts import languages
from fedinote.text import html

COLUMNS = """p.id, p.uri, p.account_id, p.content, p.spoiler_text, p.content_map, p.summary_map, p.visibility,
 p.language, p.media_count, p.in_reply_to_id, p.sensitive, p.local, p.created_at, p.edited_at, p.cleared_at, a.domain,
 a.username, (SELECT COUNT(*) FROM post_mentions m WHERE m.post_id = p.id) AS mentions"""
"""What is read of posts `p` by accounts `a`."""

_POST = f"SELECT {COLUMNS} FROM posts p JOIN accounts a ON a.id = p.account_id"  # noqa: S608
# What engines made of the present version; where they run is not known of what authors wrote themselves.
_MADE = """SELECT t.post_id, t.target, t.engine, t.content, t.spoiler_text, t.options, t.descriptions
 FROM post_translations t JOIN posts p ON p.id = t.post_id WHERE t.post_id IN_INTS(?) AND t.state = 'ready'
 AND t.location <> '' AND p.visibility IN ('public', 'unlisted')
 AND t.version >= COALESCE(p.edited_at, p.created_at) ORDER BY t.post_id, t.target"""


async def find(app: App, post_id: int) -> Row | None:
    """Return a post (not a boost) with COLUMNS, None when there is none."""
    return await app.db.row(f"{_POST} WHERE p.id = ? AND p.reblog_of_id IS NULL", post_id)


def subject(row: Row) -> Subject:
    """Return the subject of a post's row (COLUMNS)."""
    return Subject(
        kind="post",
        account_id=row["account_id"],
        domain=row["domain"],
        text=row["content"],
        spoiler_text=row["spoiler_text"],
        visibility=row["visibility"],
        mentions=row["mentions"],
        has_media=row["media_count"] > 0,
        uri=row["uri"],
        language=row["language"],
        answers=row["in_reply_to_id"] is not None,
        versions=languages.said(languages.decoded(row["content_map"]), languages.decoded(row["summary_map"])),
    )


async def judged(app: App, row: Row) -> Judged:
    """Return a post as it is judged once more: what its author says of it is no news."""
    found = await machines(app, [row["id"]])
    return Judged(subject(row), from_ms(row["created_at"]), found.get(row["id"], ()), again=True)


async def machines(app: App, post_ids: Sequence[int]) -> Mapping[int, Sequence[Machine]]:
    """Return the finished translations of public and unlisted posts by engines, by post; one query, no engine."""
    found: dict[int, list[Machine]] = {}
    if not post_ids:
        return found
    for row in await app.db.rows(_MADE, list(post_ids)):
        found.setdefault(row["post_id"], []).append(Machine(row["target"], row["engine"], _text(row)))
    return found


def _text(row: Row) -> str:
    options: list[str] = msgspec.json.decode(row["options"])
    described: dict[str, Any] = msgspec.json.decode(row["descriptions"])
    texts = (row["spoiler_text"], html.to_text(row["content"]), *options, *described.values())
    return "\n".join(filter(None, texts))
