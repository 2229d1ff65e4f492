"""What finished translations say, for places that show the beginning of many posts in the reader's language."""

from collections.abc import Sequence

from fedinote.infra.app import App
from fedinote.translation import preferences

# Of the present version of each post alone: `views.version_of` in SQL.
_READY = """SELECT m.post_id, m.content FROM post_translations m JOIN posts p ON p.id = m.post_id
 WHERE m.post_id IN_INTS(?) AND m.target = ? AND m.state = 'ready' AND m.kind <> 'author'
 AND m.version = CASE WHEN COALESCE(p.translated_at, 0) > COALESCE(p.edited_at, p.created_at)
  THEN p.translated_at ELSE COALESCE(p.edited_at, p.created_at) END"""


async def ready(app: App, post_ids: Sequence[int], reader: str) -> dict[int, str]:
    """Return the posts' contents (safe HTML) in a reader's language, by post id, as far as they are finished.

    One query, and no engine is asked. Who may see a post may see this; that is for the caller to know.
    """
    target = preferences.target_of(reader)
    if target is None or not post_ids:
        return {}
    return {row["post_id"]: row["content"] for row in await app.db.rows(_READY, list(post_ids), target)}
