"""Everything of an account in one file: asked for by its owner, made by a job, kept for a week for nobody else.

The files lie in a folder of their own, which no address leads to. A job that is killed goes on where it was: the row
says up to which length the files are good.
"""

import asyncio
import contextlib
import secrets
import shutil
import time
from datetime import timedelta
from pathlib import Path

import msgspec

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, NotFound, TooMany
from fedinote.portability import archive_contents, packing
from fedinote.portability.packing import Entry

JOB = "portability.archive"
KEPT = timedelta(days=7)
INTERVAL = timedelta(hours=24)
"""How long after one archive the next one may be asked for."""
PATIENCE = 25.0
"""Seconds after which a job hands the rest to the next one."""
POSTS, FILES = 50, 20
"""How many of them are written between two looks at the clock."""
RESERVE = 256 * 1024 * 1024
"""Bytes that are to stay free on the disk."""
NO_ROOM = "The server has not enough room for the archive at the moment"
STALE = 3600.0
BUSY = ("posts", "files")


def folder(app: App) -> Path:
    """Return the folder of the archives; only this server's own user may look into it."""
    return app.settings.data_path / "archives"


def place(app: App, key: str) -> Path:
    """Return where the file of an archive is, or will be."""
    return folder(app) / f"{key}.tar.gz"


def _list(app: App, key: str) -> Path:
    return folder(app) / f"{key}.posts"


async def request(app: App, account_id: int) -> int:
    """Have an archive made of a local account; its id. The one from before goes.

    Raises `Conflict` while one is being made and `TooMany` within a day of the last one.
    """
    archive_id, key, now = app.ids.next(), secrets.token_hex(24), app.now()
    async with app.db.transaction():
        await app.db.rows(f"SELECT id FROM accounts WHERE id = ?{app.db.lock}", account_id)  # noqa: S608
        former = await current(app, account_id)
        if former is not None and former["stage"] in BUSY:
            raise Conflict("An archive is being made already")
        if former is not None and former["stage"] == "ready":
            wait = (from_ms(former["created_at"]) + INTERVAL - now).total_seconds()
            if wait > 0:
                raise TooMany("A new archive can be made a day after the last one", retry_after=int(wait) + 1)
        await app.db.execute("DELETE FROM archives WHERE account_id = ?", account_id)
        await app.db.execute(
            "INSERT INTO archives (id, account_id, key, stage, cursor, written, listed, total, done, error, created_at)"
            " SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT), 'posts', 0, 0, 0,"
            " (SELECT COUNT(*) FROM posts WHERE account_id = ?) +"
            " (SELECT COUNT(*) FROM media WHERE account_id = ? AND post_id IS NOT NULL), 0, '', CAST(? AS BIGINT)",
            archive_id,
            account_id,
            key,
            account_id,
            account_id,
            now,
        )
        await jobs.enqueue(app, JOB, {"archive_id": archive_id}, key=f"archive-{archive_id}", priority=8)
    if former is not None:
        await asyncio.to_thread(_unlink, app, former["key"])
    return archive_id


async def current(app: App, account_id: int) -> Row | None:
    """Return the archive of an account, be it ready or not; None where there is none."""
    return await app.db.row("SELECT * FROM archives WHERE account_id = ? ORDER BY id DESC LIMIT 1", account_id)


def ends(row: Row) -> str:
    """Return when an archive is deleted, as ISO 8601."""
    return (from_ms(row["created_at"]) + KEPT).isoformat()


async def file(app: App, account_id: int) -> Path:
    """Return where the finished archive of an account is. Raises `NotFound` where there is none (any more)."""
    row = await current(app, account_id)
    if row is None or row["stage"] != "ready" or from_ms(row["created_at"]) + KEPT <= app.now():
        raise NotFound
    found = place(app, row["key"])
    if not await asyncio.to_thread(found.is_file):
        raise NotFound
    return found


async def discard(app: App, account_id: int) -> None:
    """Delete the archive of an account, also one that is being made. Raises `NotFound`."""
    rows = await app.db.returning("DELETE FROM archives WHERE account_id = ? RETURNING key", account_id)
    if not rows:
        raise NotFound
    for row in rows:
        await asyncio.to_thread(_unlink, app, row["key"])


def _unlink(app: App, key: str) -> None:
    for leftover in (place(app, key), _list(app, key)):
        leftover.unlink(missing_ok=True)


async def make(app: App, archive_id: int) -> None:
    """Go on with an archive (a job; safe to kill and to repeat)."""
    row = await app.db.row(
        "SELECT x.* FROM archives x JOIN accounts a ON a.id = x.account_id"
        " WHERE x.id = ? AND a.deleted_at IS NULL AND x.stage IN ('posts', 'files')",
        archive_id,
    )
    if row is None:
        return
    end = time.monotonic() + PATIENCE
    try:
        while await (_posts if row["stage"] == "posts" else _files)(app, row):
            row = await app.db.row("SELECT * FROM archives WHERE id = ?", archive_id)
            if row is None or row["stage"] not in BUSY:
                return
            if time.monotonic() > end:
                await jobs.enqueue(app, JOB, {"archive_id": archive_id}, key=f"archive-{archive_id}", priority=8)
                return
    except OSError:
        await _fail(app, archive_id, NO_ROOM)


async def _fail(app: App, archive_id: int, error: str) -> None:
    rows = await app.db.returning(
        "UPDATE archives SET stage = 'failed', error = ?, finished_at = ? WHERE id = ? RETURNING key",
        error,
        app.now(),
        archive_id,
    )
    for row in rows:
        await asyncio.to_thread(_unlink, app, row["key"])


def _make_room(app: App) -> None:
    """Raise OSError where the disk is nearly full: uploads and the database come first."""
    folder(app).mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(folder(app)).free < RESERVE:
        raise OSError(NO_ROOM)


async def _posts(app: App, row: Row) -> bool:
    """Write the next posts to the list beside the archive; once there are none, begin with the archive itself."""
    await asyncio.to_thread(_make_room, app)
    rows = await app.db.rows(
        "SELECT id, reblog_of_id FROM posts WHERE account_id = ? AND id > ? ORDER BY id LIMIT ?",
        row["account_id"],
        row["cursor"],
        POSTS,
    )
    if not rows:
        return await _begin(app, row)
    found = [one for post in rows if (one := await archive_contents.activity(app, post)) is not None]
    data = b"".join(msgspec.json.encode(one) + b",\n" for one in found)
    listed = await asyncio.to_thread(packing.extend, _list(app, row["key"]), row["listed"], data)
    await app.db.execute(
        "UPDATE archives SET cursor = ?, listed = ?, done = done + ? WHERE id = ?",
        rows[-1]["id"],
        listed,
        len(rows),
        row["id"],
    )
    return True


async def _begin(app: App, row: Row) -> bool:
    """Write all but the files of posts into the archive."""
    account = await app.db.row("SELECT * FROM accounts WHERE id = ?", row["account_id"])
    if account is None:
        return False
    now = app.now()
    entries = await archive_contents.before(app, account, now)
    posts = _list(app, row["key"])
    # The last comma and line end of the list are replaced by the end of the collection.
    listed = await asyncio.to_thread(packing.extend, posts, max(row["listed"] - 2, 0), b"]}")
    total = await asyncio.to_thread(_lines, posts, listed)
    entries.append(Entry("outbox.json", [archive_contents.outbox_head(total), posts], now))
    written = await asyncio.to_thread(packing.append, place(app, row["key"]), 0, entries)
    await app.db.execute(
        "UPDATE archives SET stage = 'files', cursor = 0, written = ?, listed = 0 WHERE id = ?", written, row["id"]
    )
    await asyncio.to_thread(posts.unlink, missing_ok=True)
    return True


def _lines(posts: Path, length: int) -> int:
    """Count the activities of the list: one in a line."""
    if length <= len(b"]}"):
        return 0
    with posts.open("rb") as file_:
        return sum(1 for _ in file_)


async def _files(app: App, row: Row) -> bool:
    """Write the next files of posts into the archive; once there are none, its end."""
    await asyncio.to_thread(_make_room, app)
    rows = await app.db.rows(
        "SELECT id, kind, key, preview_key, created_at FROM media WHERE account_id = ? AND post_id IS NOT NULL"
        " AND id > ? ORDER BY id LIMIT ?",
        row["account_id"],
        row["cursor"],
        FILES,
    )
    target = place(app, row["key"])
    if not rows:
        await asyncio.to_thread(packing.finish, target, row["written"])
        await app.db.execute(
            "UPDATE archives SET stage = 'ready', done = total, finished_at = ? WHERE id = ?", app.now(), row["id"]
        )
        return False
    entries = [entry for one in rows for entry in _entries(app, one)]
    written = await asyncio.to_thread(packing.append, target, row["written"], entries)
    await app.db.execute(
        "UPDATE archives SET cursor = ?, written = ?, done = done + ? WHERE id = ?",
        rows[-1]["id"],
        written,
        len(rows),
        row["id"],
    )
    return True


def _entries(app: App, row: Row) -> list[Entry]:
    keys = [row["key"], row["preview_key"] if row["kind"] != "image" else ""]
    found = []
    for key in filter(None, keys):
        with contextlib.suppress(NotFound):
            at = from_ms(row["created_at"])
            found.append(Entry(f"{archive_contents.FILES}{key}", [app.storage.path(key)], at))
    return found


async def tidy(app: App) -> None:
    """Delete archives a week after they were asked for, and files that belong to none. For a periodic job."""
    await app.db.execute("DELETE FROM archives WHERE created_at < ?", app.now() - KEPT)
    rows = await app.db.rows("SELECT key FROM archives")
    await asyncio.to_thread(_sweep, app, {row["key"] for row in rows})


def _sweep(app: App, known: set[str]) -> None:
    limit = time.time() - STALE
    for leftover in folder(app).glob("*.*"):
        with contextlib.suppress(OSError):
            if leftover.is_file() and leftover.name.partition(".")[0] not in known and leftover.stat().st_mtime < limit:
                leftover.unlink()
