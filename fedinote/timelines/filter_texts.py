"""What posts say in other languages, for a person's filters: what is there already; no engine is asked for a filter.

That is what engines made of them in a language that the person reads, and the versions that came with them.
"""

from collections.abc import Iterator, Sequence

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.posts.languages import decoded, said
from fedinote.text import language
from fedinote.text.html import to_text

_OTHERS = """SELECT p.id, p.content_map, p.summary_map, q.translations AS options_map, t.target, t.content,
 t.spoiler_text, t.options, t.descriptions, u.locale, r.target AS reads, r.understood
 FROM posts p LEFT JOIN polls q ON q.post_id = p.id
 LEFT JOIN post_translations t ON t.post_id = p.id AND t.state = 'ready'
  AND t.version >= COALESCE(p.edited_at, p.created_at)
 LEFT JOIN users u ON u.account_id = ? LEFT JOIN translation_preferences r ON r.account_id = ?
 WHERE p.id IN_INTS(?) AND (t.post_id IS NOT NULL OR p.content_map IS NOT NULL OR p.summary_map IS NOT NULL)
 ORDER BY p.id, t.target"""


async def of(app: App, viewer_id: int, post_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return plain texts by post id: translations first, then the authors' own versions. One query."""
    if not post_ids:
        return {}
    rows = await app.db.rows(_OTHERS, viewer_id, viewer_id, list(post_ids))
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row["id"], []).extend(_made(row))
    for row in {row["id"]: row for row in rows}.values():  # each once, however many translations there are
        found[row["id"]].extend(_versions(row))
    return found


def _made(row: Row) -> Iterator[str]:
    if row["target"] is None or not language.reads(_languages(row), row["target"]):
        return
    yield row["spoiler_text"]
    yield to_text(row["content"])
    yield from msgspec.json.decode(row["options"])
    yield from msgspec.json.decode(row["descriptions"]).values()


def _languages(row: Row) -> list[str]:
    understood: list[str] = msgspec.json.decode(row["understood"]) if row["understood"] else []
    return [*filter(None, (row["locale"], row["reads"])), *understood]


def _versions(row: Row) -> Iterator[str]:
    if row["content_map"] is not None or row["summary_map"] is not None:
        yield from map(to_text, said(decoded(row["content_map"]), decoded(row["summary_map"])).values())
        for titles in decoded(row["options_map"]).values():
            yield from titles
