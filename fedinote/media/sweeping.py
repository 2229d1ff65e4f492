"""Cleaning up: uploads that no post took, and files that a stopped process left half written."""

from datetime import timedelta

from fedinote.infra.app import App

KEEP_UNUSED = timedelta(days=1)
BATCH = 200


async def sweep(app: App) -> int:
    """Delete uploads that for a day were in no post, nor in a former version or a plan of one; return how many."""
    rows = await app.db.rows(
        "SELECT id, key, preview_key FROM media WHERE post_id IS NULL AND created_at < ? AND NOT EXISTS"
        " (SELECT 1 FROM post_edits e JOIN posts p ON p.id = e.post_id WHERE p.account_id = media.account_id"
        " AND e.media LIKE '%\"' || CAST(media.id AS TEXT) || '\"%') AND NOT EXISTS"
        " (SELECT 1 FROM scheduled_posts s WHERE s.account_id = media.account_id"
        " AND s.params LIKE '%\"' || CAST(media.id AS TEXT) || '\"%') LIMIT ?",
        app.now() - KEEP_UNUSED,
        BATCH,
    )
    for row in rows:
        for key in (row["key"], row["preview_key"]):
            if key:
                await app.storage.delete(key)
    await app.db.execute("DELETE FROM media WHERE post_id IS NULL AND id IN_INTS(?)", [row["id"] for row in rows])
    await app.storage.sweep()
    return len(rows)
