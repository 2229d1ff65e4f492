"""Translations of what is deleted: the lasting cache, which knows words and not posts, forgets them too."""

from fedinote.events import PostDeleted
from fedinote.infra.app import App
from fedinote.translation import cache, translations

_MADE = "SELECT 1 AS value FROM post_translations WHERE post_id = ? LIMIT 1"
_VERSIONS = """SELECT id, content, spoiler_text FROM posts WHERE id = ? UNION ALL
 SELECT post_id, content, spoiler_text FROM post_edits WHERE post_id = ?"""


async def on_post_deleted(app: App, event: PostDeleted) -> None:
    """Forget what engines made of a post and its former versions, while it is still there to tell its words.

    Somebody else's post in the same words is translated anew, when somebody asks for that.
    """
    if await app.db.row(_MADE, event.post_id) is None:
        return
    for row in await app.db.rows(_VERSIONS, event.post_id, event.post_id):
        parts = await translations.cut(app, row)
        if parts.runs:
            await cache.forget(app, parts.runs)
