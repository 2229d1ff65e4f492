"""Files of other servers, fetched when somebody first looks at them, and kept for the next ones.

A picture is opened and written anew like an upload; video and sound are passed on as they are, once their first
bytes say that they are that. A file is fetched once however many ask for it, and one that cannot be had is asked for
again only after a while.
"""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from fedinote.infra import gate
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Busy, Crowded, FediNoteError, Invalid, NotFound, Refused, Unavailable, Unreachable
from fedinote.media import prints, remote_files, workers
from fedinote.media.outcomes import Prints
from fedinote.media.remote import PURPOSES, Source
from fedinote.media.remote_files import storage
from fedinote.media.sniffing import HEAD, sniff
from fedinote.policy import domains
from fedinote.policy.pictures import refusing

log = logging.getLogger(__name__)

PICTURE_SECONDS, FILM_SECONDS = 20.0, 60.0
"""How long a file may take to come."""
FLIGHTS = 64
"""How many files may be on their way or waiting for their turn."""
SCHEDULE = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""When a file that could not be had is asked for again; one that is not what it should be, at the last of these."""
TOUCH = timedelta(hours=6)
"""A look at a file is written down this often."""
_REST = 60
"""Seconds in which nothing is fetched, after the disk was found full."""
_ACCEPT_PICTURE = "image/webp,image/png,image/jpeg,image/gif"
_ACCEPT_FILM = "video/*,audio/*,image/webp,image/png,image/jpeg,image/gif"
_EXTENSIONS = {"matroska": "webm", "ogg": "ogg", "flac": "flac", "wav": "wav", "mp3": "mp3"}
_PICTURES = ("gif", "jpg", "png", "webp")
_FILMS = ("video", "gifv", "audio", "unknown")
_FIND = "SELECT key, preview_key, retry_at, used_at, failures FROM remote_files WHERE digest = ?"
_KEEP = """INSERT INTO remote_files (digest, kind, owner, account, post, url, host, domain, key, preview_key, bytes,
 failures, error, retry_at, fetched_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
 ON CONFLICT (digest) DO UPDATE SET key = excluded.key, preview_key = excluded.preview_key, bytes = excluded.bytes,
 failures = excluded.failures, error = excluded.error, retry_at = excluded.retry_at,
 fetched_at = excluded.fetched_at, used_at = excluded.used_at"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a fetch ended with: storage keys and bytes, or why there are none and for how many times in a row."""

    key: str = ""
    preview_key: str = ""
    bytes: int = 0
    failures: int = 0
    error: str | None = None
    retry_in: timedelta | None = None
    prints: Prints = field(default_factory=Prints)


async def path(app: App, source: Source, *, small: bool) -> Path:
    """Return where the file is, fetching it if need be.

    `NotFound` when it could not be had (and is not to be asked for again yet), `Busy` when it may be in a moment.
    """
    row = await app.db.row(_FIND, source.digest)
    if row is not None:
        if (place := _stored(app, row, small=small)) is not None:
            await _touch(app, source, row)
            return place
        if row["retry_at"] is not None and row["retry_at"] > to_ms(app.now()):
            raise NotFound
    kept = await _flight(app, source, failures=0 if row is None else row["failures"])
    place = _stored(app, {"key": kept.key, "preview_key": kept.preview_key}, small=small)
    if place is None:
        raise NotFound
    return place


def _stored(app: App, row: Row, *, small: bool) -> Path | None:
    """Return where a file is that should be there. `NotFound` for the small picture of a film that has none."""
    key = row["preview_key"] if small and row["preview_key"] else row["key"]
    if not key:
        return None
    if small and not row["preview_key"] and key.rpartition(".")[2] not in _PICTURES:
        raise NotFound
    try:
        return storage(app).path(key)
    except NotFound:
        return None


async def _touch(app: App, source: Source, row: Row) -> None:
    now = app.now()
    if row["used_at"] < to_ms(now - TOUCH):
        await app.db.execute("UPDATE remote_files SET used_at = ? WHERE digest = ?", now, source.digest)


async def _flight(app: App, source: Source, *, failures: int) -> Kept:
    """Fetch a file, or wait for the one who fetches it already: who goes away does not stop it for the others."""
    flights: dict[str, asyncio.Task[Kept]] = app.caches.setdefault("media-flights", {})
    task = flights.get(source.digest)
    if task is None:
        if len(flights) >= FLIGHTS or _resting(app):
            raise Busy
        task = _begin(flights, source.digest, _fetch(app, source, failures))
    gate.step_aside()
    return await asyncio.shield(task)


def _begin(flights: dict[str, asyncio.Task[Kept]], digest: str, work: Coroutine[Any, Any, Kept]) -> asyncio.Task[Kept]:
    task = flights[digest] = asyncio.create_task(work)

    def landed(done: asyncio.Task[Kept]) -> None:
        flights.pop(digest, None)
        if not done.cancelled():
            done.exception()  # nobody may be left to whom it could be raised

    task.add_done_callback(landed)
    return task


async def close(app: App) -> None:
    """Break off what is on its way; it will be fetched again."""
    flights: dict[str, asyncio.Task[Kept]] = app.caches.get("media-flights", {})
    tasks = list(flights.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _fetch(app: App, source: Source, failures: int) -> Kept:
    """Fetch and keep a file, or remember that it cannot be had. `Busy` when that says nothing about the file."""
    try:
        async with workers.bench(app) as place:
            await _download(app, source, place / "source")
            kept = await _made(app, source, place)
            await _recognise(app, source, kept.prints)
            await _keep(app, source, kept, place)
            return kept
    except Crowded as error:
        raise Busy from error
    except (Refused, Invalid, NotFound) as error:
        kept = Kept(failures=failures + 1, error=error.reason[:500], retry_in=SCHEDULE[-1])
    except Unreachable as error:
        wait = SCHEDULE[min(failures, len(SCHEDULE) - 1)]
        kept = Kept(failures=failures + 1, error=error.reason[:500], retry_in=wait)
    except Unavailable as error:
        _rest(app, error)
        raise Busy(retry_after=_REST) from error
    await _note(app, source, kept)
    return kept


def _resting(app: App) -> bool:
    until: int = app.caches.get("media-remote-rest", 0)
    return to_ms(app.now()) < until


def _rest(app: App, error: FediNoteError) -> None:
    """Leave other servers' files alone for a while: there is no room here. Said once, not for each file."""
    if not _resting(app):
        log.warning("files of other servers cannot be kept", extra={"reason": error.reason})
    app.caches["media-remote-rest"] = to_ms(app.now()) + 1000 * _REST


async def _download(app: App, source: Source, target: Path) -> None:
    """Write the file to the disk, not a byte more than allowed. `Refused`, `NotFound`, `Unreachable`."""
    film = source.shape in _FILMS
    limits = app.settings.media
    sink = _Sink(target)
    try:
        answer = await app.outbound.download(
            source.url,
            accept=_ACCEPT_FILM if film else _ACCEPT_PICTURE,
            limit=max(limits.remote_file_bytes, limits.max_image_bytes) if film else limits.max_image_bytes,
            timeout=FILM_SECONDS if film else PICTURE_SECONDS,
            keep=sink.take,
        )
    finally:
        await sink.close()
    if answer.status >= 500 or answer.status in (408, 425, 429):
        raise Unreachable(reason=f"{source.host}: status {answer.status}")
    if answer.status != 200:
        raise NotFound(reason=f"{source.host}: status {answer.status}")
    block = await domains.find(app, domains.host_of(answer.url))  # it may have sent us elsewhere
    if block is not None and (block.reject_media or block.severity == "suspend"):
        raise Refused(reason=f"{block.domain} is blocked")


class _Sink:
    """Writes pieces to a file, many at once and in a thread. `Unavailable` when the disk is full."""

    _MOST = 1 << 20

    def __init__(self, place: Path) -> None:
        self._place = place
        self._file: BinaryIO | None = None
        self._waiting = bytearray()

    async def take(self, piece: bytes) -> None:
        self._waiting += piece
        if len(self._waiting) >= self._MOST:
            await self._flush()

    async def close(self) -> None:
        await self._flush()
        if self._file is not None:
            await asyncio.to_thread(self._file.close)

    async def _flush(self) -> None:
        waiting, self._waiting = bytes(self._waiting), bytearray()
        try:
            await asyncio.to_thread(self._write, waiting)
        except OSError as error:
            raise Unavailable(reason=f"file of another server not stored: {error.strerror}") from error

    def _write(self, data: bytes) -> None:
        if self._file is None:
            self._file = self._place.open("wb")
        self._file.write(data)


async def _made(app: App, source: Source, place: Path) -> Kept:
    """Make what came ready to be shown: `original`, and mostly `preview`. `Invalid` when it is something else."""
    head = await asyncio.to_thread(_head, place / "source")
    sniffed = sniff(head)
    if sniffed.family == "film":
        if source.shape not in _FILMS:
            raise Invalid("The file is not an image")
        return await _film(app, source, place, _extension(sniffed.reader, head))
    if source.shape not in ("image", "unknown"):
        raise Invalid("The file is an image, and not what it was said to be")
    async with _turn(app):
        outcome = await workers.process(app, place, purpose=PURPOSES.get(source.kind, "attachment"), foreign=True)
    preview = (
        "" if source.kind in PURPOSES and not outcome.animated else storage(app).new_key(outcome.preview_extension)
    )
    return Kept(storage(app).new_key(outcome.extension), preview, prints=outcome.prints)


def _turn(app: App) -> asyncio.Semaphore:
    """One of others' pictures at a time, so that there is always a process for what people upload."""
    turn: asyncio.Semaphore = app.caches.setdefault("media-remote-turn", asyncio.Semaphore(1))
    return turn


def _head(place: Path) -> bytes:
    with place.open("rb") as file:
        return file.read(HEAD)


def _extension(reader: str, head: bytes) -> str:
    """Return the ending under which a video or sound is served. `Invalid` for AAC without a container."""
    if reader == "mov":
        return {b"qt  ": "mov", b"M4A ": "m4a", b"M4B ": "m4a"}.get(head[8:12], "mp4")
    if reader not in _EXTENSIONS:
        raise Invalid("The file is a sound without a container")
    return _EXTENSIONS[reader]


async def _film(app: App, source: Source, place: Path, extension: str) -> Kept:
    key, preview, known = storage(app).new_key(extension), "", Prints()
    if source.shape != "audio" and workers.films_accepted():
        try:
            async with _turn(app):
                outcome = await workers.process(app, place, purpose="still", foreign=True)
            preview, known = storage(app).new_key(outcome.preview_extension), outcome.prints
        except Invalid:  # no still can be had: browsers know more formats than we open
            preview = ""
    await asyncio.to_thread((place / "source").rename, place / "original")
    return Kept(key, preview, prints=known)


async def _recognise(app: App, source: Source, found: Prints) -> None:
    """Keep what an attachment is known by. `Refused` for a picture that moderators do not want to be kept here."""
    post = source.kind in ("media", "preview")
    if post:
        part = "file" if source.kind == "media" else "preview"
        await prints.keep(app, source.owner, found, part=part, post_id=source.post)
    actions = refusing.NOT_KEPT if post else refusing.NOT_SHOWN
    why = await refusing.refused(
        app, prints.known(found), domain=source.domain, account_id=source.account, actions=actions
    )
    if why is not None:
        raise Refused(reason=why)


async def _keep(app: App, source: Source, kept: Kept, place: Path) -> None:
    """Write the row first and then the files: a row without its file is fetched again, a file without its row stays."""
    files = [(kept.key, place / "original"), *([(kept.preview_key, place / "preview")] if kept.preview_key else [])]
    size = sum([(await asyncio.to_thread(file.stat)).st_size for _, file in files])
    await _note(app, source, Kept(kept.key, kept.preview_key, size))
    for key, file in files:
        await storage(app).place(key, file)
    await remote_files.added(app, size)


async def _note(app: App, source: Source, kept: Kept) -> None:
    now = app.now()
    retry_at = None if kept.retry_in is None else now + kept.retry_in
    await app.db.execute(
        _KEEP,
        *(source.digest, source.kind, source.owner, source.account, source.post, source.url, source.host),
        *(source.domain, kept.key, kept.preview_key, kept.bytes, kept.failures, kept.error, retry_at, now, now),
    )
