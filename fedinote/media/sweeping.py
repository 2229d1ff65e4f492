"""Cleaning up: uploads that no post took, and files that a stopped process left half written."""

import asyncio
import contextlib
import shutil
import time
from datetime import timedelta
from pathlib import Path

from fedinote.infra.app import App
from fedinote.media import processing, workers

KEEP_UNUSED = timedelta(days=1)
KEEP_WORK = 3600.0  # seconds
BATCH = 200


async def sweep(app: App) -> int:
    """Delete uploads that for a day were in no post, former version, plan, held post or draft; return how many."""
    rows = await app.db.rows(
        "SELECT id, key, preview_key FROM media WHERE post_id IS NULL AND created_at < ? AND NOT EXISTS"
        " (SELECT 1 FROM post_edits e JOIN posts p ON p.id = e.post_id WHERE p.account_id = media.account_id"
        " AND e.media LIKE '%\"' || CAST(media.id AS TEXT) || '\"%') AND NOT EXISTS"
        " (SELECT 1 FROM scheduled_posts s WHERE s.account_id = media.account_id"
        " AND s.params LIKE '%\"' || CAST(media.id AS TEXT) || '\"%') AND NOT EXISTS"
        " (SELECT 1 FROM held_posts h WHERE h.account_id = media.account_id"
        " AND h.content LIKE '%' || CAST(media.id AS TEXT) || '%') AND NOT EXISTS"
        " (SELECT 1 FROM unfinished_posts u WHERE u.account_id = media.account_id"
        " AND u.content LIKE '%\"' || CAST(media.id AS TEXT) || '\"%') LIMIT ?",
        app.now() - KEEP_UNUSED,
        BATCH,
    )
    for row in rows:
        for key in (row["key"], row["preview_key"]):
            if key:
                await app.storage.delete(key)
    await app.db.execute("DELETE FROM media WHERE post_id IS NULL AND id IN_INTS(?)", [row["id"] for row in rows])
    await app.storage.sweep()
    await _sweep_work(app)
    return len(rows)


async def _sweep_work(app: App) -> None:
    """Remove folders of files that were being worked on, and originals that wait for a job no longer."""
    old = await asyncio.to_thread(_older, workers.folder(app), time.time() - KEEP_WORK)
    ids = [int(place.name) for place in old if place.name.isdigit() and place.is_file()]
    rows = await app.db.rows("SELECT id FROM media WHERE state = 'processing' AND id IN_INTS(?)", ids)
    wanted = {processing.waiting(app, row["id"]) for row in rows}
    await asyncio.to_thread(_delete, [place for place in old if place not in wanted])


def _older(folder: Path, limit: float) -> list[Path]:
    found = []
    for place in [*folder.glob("work/*"), *folder.glob("waiting/*")]:
        with contextlib.suppress(OSError):
            if place.stat().st_mtime <= limit:
                found.append(place)
    return found


def _delete(places: list[Path]) -> None:
    for place in places:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
