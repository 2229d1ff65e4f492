"""Bringing old posts along: an archive is unpacked and read by a job, its posts are stored one by one by further ones.

The rows are those of `imports`, with the kind "posts". What is left out is counted by reason; what failed is kept with
the reason for two weeks. A job that is killed goes on where it was; no post is stored twice.
"""

import asyncio
import contextlib
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from fedinote.accounts import emojis
from fedinote.federation import contents
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, FediNoteError, Invalid, NotFound, TooLarge, Unavailable
from fedinote.media import uploads
from fedinote.portability import archive_boards, archive_lists, archive_reading, archives, old_posts
from fedinote.portability.old_posts import OldFile, OldPost, Owner
from fedinote.posts import history
from fedinote.posts.drafts import NewPost
from fedinote.text import language

JOB = "portability.old_posts"
KIND = "posts"
MAX_BYTES = 1_000_000_000
"""How large an archive may be that is handed in."""
BATCH = 50
PATIENCE = 25.0
PRIVATE = ("keep", "skip")


@dataclass(frozen=True, slots=True)
class _Work:
    """An import under way: what its owner chose, whose archive it is, and where its files are."""

    id: int
    account_id: int
    owner: Owner
    options: Mapping[str, Any]
    files: Mapping[str, str]
    place: Path


def _folder(app: App, import_id: int) -> Path:
    return archives.folder(app) / f"in-{import_id}"


def incoming(app: App) -> Path:
    """Return where an archive is to be written that is just coming in; nothing is there yet."""
    archives.folder(app).mkdir(mode=0o700, parents=True, exist_ok=True)
    return archives.folder(app) / f"{secrets.token_hex(16)}.incoming"


async def start(app: App, account_id: int, source: Path, *, private: str = "keep", also_lists: bool = False) -> int:
    """Take an archive over, which goes from where it lies, and have it imported; the id of the import.

    `private`: whether what was not for everybody is kept for the author alone, or skipped. `also_lists`: follows,
    lists, bookmarks, blocks, mutes and filters too (`archive_lists`). Raises `Invalid`, `TooLarge` and `Conflict` while
    another one is being imported.
    """
    if private not in PRIVATE:
        raise Invalid(f"Validation failed: Private must be one of {', '.join(PRIVATE)}")
    if (await asyncio.to_thread(source.stat)).st_size > MAX_BYTES:
        raise TooLarge(f"An archive may have {MAX_BYTES // 1_000_000} MB on this server")
    import_id = app.ids.next()
    place = _folder(app, import_id)
    try:
        await asyncio.to_thread(_take, source, place)
        await _store(app, account_id, import_id, {"private": private, "lists": also_lists, "skipped": {}})
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)
        raise
    return import_id


def _take(source: Path, place: Path) -> None:
    if shutil.disk_usage(source.parent).free < archives.RESERVE:
        raise Unavailable("The server has not enough room for the archive at the moment")
    place.mkdir(mode=0o700, parents=True)
    shutil.move(source, place / "archive")


async def _store(app: App, account_id: int, import_id: int, options: Mapping[str, Any]) -> None:
    async with app.db.transaction():
        await app.db.rows(f"SELECT id FROM accounts WHERE id = ?{app.db.lock}", account_id)  # noqa: S608
        busy = "SELECT id FROM imports WHERE account_id = ? AND kind = ? AND finished_at IS NULL"
        if await app.db.row(busy, account_id, KIND) is not None:
            raise Conflict("An import of that kind is going on")
        await app.db.execute(
            "INSERT INTO imports (id, account_id, kind, overwrite, cleared, total, imported, failed, created_at,"
            " options, error) VALUES (?, ?, ?, FALSE, FALSE, 0, 0, 0, ?, ?, '')",
            import_id,
            account_id,
            KIND,
            app.now(),
            _encoded(options),
        )
        await jobs.enqueue(app, JOB, {"import_id": import_id}, key=f"old-posts-{import_id}", priority=8)


def _encoded(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def skipped(row: Row) -> dict[str, int]:
    """Return what an import left out: how many by reason (boosts, others, here, private, files, large, many)."""
    found: dict[str, int] = (msgspec.json.decode(row["options"]) if row["options"] else {}).get("skipped", {})
    return found


async def work(app: App, import_id: int) -> None:
    """Go on with an import (a job; safe to kill and to repeat)."""
    row = await app.db.row(
        "SELECT i.*, a.also_known_as, a.uri FROM imports i JOIN accounts a ON a.id = i.account_id"
        " WHERE i.id = ? AND i.finished_at IS NULL AND a.deleted_at IS NULL AND a.suspended_at IS NULL",
        import_id,
    )
    if row is None:
        return
    if not row["cleared"] and not await _unpack(app, row):
        return
    end = time.monotonic() + PATIENCE
    current = await _current(app, import_id)
    while rows := await app.db.rows(
        "SELECT id, data FROM import_rows WHERE of_import_id = ? AND due IS NOT NULL ORDER BY id LIMIT ?",
        import_id,
        BATCH,
    ):
        for one in rows:
            await _apply(app, current, one)
            if time.monotonic() > end:
                await _again(app, import_id)
                return
    await archive_boards.restore(app, current.account_id, current.place / "fedinote.json")
    if current.options.get("lists"):
        await archive_lists.restore(app, current.account_id, current.place)
    await _end(app, import_id)


async def _again(app: App, import_id: int) -> None:
    await jobs.enqueue(app, JOB, {"import_id": import_id}, key=f"old-posts-{import_id}", priority=8)


async def _end(app: App, import_id: int, error: str = "") -> None:
    await app.db.execute(
        "UPDATE imports SET finished_at = ?, error = ? WHERE id = ? AND finished_at IS NULL",
        app.now(),
        error,
        import_id,
    )
    await asyncio.to_thread(shutil.rmtree, _folder(app, import_id), ignore_errors=True)


# -- reading ----------------------------------------------------------------------------------------------------------


async def _unpack(app: App, row: Row) -> bool:
    """Take the archive apart and store its posts as rows; False when there is nothing to go on with."""
    place = _folder(app, row["id"])
    try:
        by = await asyncio.to_thread(archive_reading.opened, app, place)
    except FediNoteError as error:
        await _end(app, row["id"], error.message)
        return False
    except OSError:
        await _end(app, row["id"], "The archive could not be unpacked on this server")
        return False
    aliases = msgspec.json.decode(row["also_known_as"] or "[]")
    options = {
        **msgspec.json.decode(row["options"]),
        "owner": {"uri": by.uri, "followers": by.followers, "name": by.name},
        "proven": by.uri in (*aliases, row["uri"]),
    }
    await app.db.execute("DELETE FROM import_rows WHERE of_import_id = ?", row["id"])
    counted: Counter[str] = Counter()
    total = 0
    for batch in archive_reading.batches(place / "outbox.json", counted):
        total += len(batch)
        await app.db.execute_many(
            "INSERT INTO import_rows (of_import_id, data, tries, due, error) VALUES (?, ?, 0, ?, '')",
            [(row["id"], text, app.now()) for text in batch],
        )
    options["skipped"] = dict(counted)
    await app.db.execute(
        "UPDATE imports SET cleared = TRUE, total = ?, options = ? WHERE id = ?", total, _encoded(options), row["id"]
    )
    await asyncio.to_thread((place / "archive").unlink, missing_ok=True)  # not before: a killed job begins anew
    return True


# -- storing ----------------------------------------------------------------------------------------------------------


async def _current(app: App, import_id: int) -> _Work:
    row = await app.db.row("SELECT * FROM imports WHERE id = ?", import_id)
    if row is None:
        raise NotFound
    options, place = msgspec.json.decode(row["options"]), _folder(app, import_id)
    table: dict[str, str] = {}
    with contextlib.suppress(OSError):
        table = msgspec.json.decode(await asyncio.to_thread((place / "table.json").read_bytes))
    by = Owner(**options["owner"])
    return _Work(row["id"], row["account_id"], by, options, table, place)


async def _apply(app: App, of: _Work, row: Row) -> None:
    """Store one old post, or note why it is left out."""
    name = ""
    try:
        activity = msgspec.json.decode(row["data"])
        name = _name(activity)
        old = old_posts.read(activity, of.owner)
        if old is None:
            await _skip(app, of, row, "others")
            return
        if of.options["private"] == "skip" and history.here(old.original.visibility) == history.ALONE:
            await _skip(app, of, row, "private")
        elif await history.known(app, of.account_id, old.original.uri) is not None:
            await _skip(app, of, row, "here")
        else:
            await _keep(app, of, row, old)
    except (FediNoteError, msgspec.DecodeError, RecursionError) as error:
        message = error.message if isinstance(error, FediNoteError) else "The post cannot be read"
        await _fail(app, of, row, name, message)


def _name(activity: Any) -> str:
    """Return the id of what an activity is about, for people who look for it; "" where it has none."""
    about = activity.get("object") if isinstance(activity, dict) else None
    name = about.get("id") if isinstance(about, dict) else None
    return name[:2048] if isinstance(name, str) else ""


async def _keep(app: App, of: _Work, row: Row, old: OldPost) -> None:
    media, lost = await _files(app, of, old)
    new = await _new(app, of, old, media)
    original = replace(old.original, proven=of.options["proven"])
    async with app.db.transaction():
        if not await app.db.execute("DELETE FROM import_rows WHERE id = ?", row["id"]):
            return  # another worker was first, or the import was taken back
        if await history.keep(app, new, original) is None:
            await _count(app, of.id, "here", 1)
            return
        await app.db.execute("UPDATE imports SET imported = imported + 1 WHERE id = ?", of.id)
        if lost:
            await _count(app, of.id, "files", lost)


async def _new(app: App, of: _Work, old: OldPost, media: tuple[tuple[int, OldFile], ...]) -> NewPost:
    post, now = old.post, app.now()
    content, others = old_posts.texts(old, lambda name: app.url(f"/tags/{name}"))
    warning = contents.plain(post.content_warning)
    published = max(min(post.published or now, now), now - timedelta(days=365 * 60))
    words = " ".join([post.source.text if post.source else content, warning])
    return NewPost(
        author_id=of.account_id,
        visibility=history.here(old.original.visibility),
        content=content,
        created_at=published,
        source=post.source.text[: app.settings.posts.max_characters * 4] if post.source else "",
        spoiler_text=warning,
        sensitive=post.sensitive or bool(warning),
        language=language.canonical(post.language) if post.language else None,
        content_map=others,
        summary_map=contents.summaries(post),
        tags=tuple((name.lower(), name) for name in post.hashtags[:100]),
        emojis=await emojis.used(app, words),
        upload_ids=tuple(media_id for media_id, _ in media),
        descriptions={media_id: file.descriptions for media_id, file in media if file.descriptions},
        poll=contents.poll(post, now),
        edited_at=post.updated if post.updated and published < post.updated <= now else None,
        machine_translation=post.machine_translation,
    )


async def _files(app: App, of: _Work, old: OldPost) -> tuple[tuple[tuple[int, OldFile], ...], int]:
    """Take the files of a post through the media pipeline; how many are not in the archive or not accepted."""
    found: list[tuple[int, OldFile]] = []
    most = app.settings.posts.max_attachments
    for file in old.files[:most]:
        number = of.files.get(archive_reading.normal(file.path))
        if number is None:
            continue
        focus = None if file.focus is None else ",".join(f"{max(-1.0, min(1.0, one)):.4f}" for one in file.focus)
        description = file.description[: app.settings.media.max_description]
        with contextlib.suppress(Invalid, OSError):
            with (of.place / "files" / number).open("rb") as stream:
                media = await uploads.upload(
                    app, of.account_id, stream, description=description, focus=focus, later=True
                )
            found.append((media.id, file))
    return tuple(found), len(old.files) - len(found)


async def _skip(app: App, of: _Work, row: Row, reason: str) -> None:
    async with app.db.transaction():
        if await app.db.execute("DELETE FROM import_rows WHERE id = ?", row["id"]):
            await _count(app, of.id, reason, 1)


async def _count(app: App, import_id: int, reason: str, number: int) -> None:
    row = await app.db.row(f"SELECT options FROM imports WHERE id = ?{app.db.lock}", import_id)  # noqa: S608
    if row is None:
        return
    options = msgspec.json.decode(row["options"])
    options["skipped"][reason] = options["skipped"].get(reason, 0) + number
    await app.db.execute("UPDATE imports SET options = ? WHERE id = ?", _encoded(options), import_id)


async def _fail(app: App, of: _Work, row: Row, name: str, message: str) -> None:
    """Keep what could not be stored by its id alone, with the reason."""
    async with app.db.transaction():
        done = await app.db.execute(
            "UPDATE import_rows SET due = NULL, error = ?, data = ? WHERE id = ? AND due IS NOT NULL",
            message,
            _encoded([name]),
            row["id"],
        )
        if done:
            await app.db.execute("UPDATE imports SET failed = failed + 1 WHERE id = ?", of.id)


async def tidy(app: App) -> None:
    """Delete what lies around of imports that are over or were taken back. For a periodic job."""
    rows = await app.db.rows("SELECT id FROM imports WHERE kind = ? AND finished_at IS NULL", KIND)
    await asyncio.to_thread(_sweep, app, {f"in-{row['id']}" for row in rows})


def _sweep(app: App, known: set[str]) -> None:
    limit = time.time() - archives.STALE
    for leftover in archives.folder(app).glob("in-*"):
        with contextlib.suppress(OSError):
            if leftover.name not in known and leftover.stat().st_mtime < limit:
                shutil.rmtree(leftover)
