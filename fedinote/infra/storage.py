"""Local files: attachments, avatars, previews and archives, under names that only we make."""

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fedinote.infra.errors import NotFound, Unavailable, UnsupportedType

# Nothing that a browser would run as a page or script of ours may ever be added here (svg, html, xml, js, pdf).
EXTENSIONS = frozenset(
    {
        "avif",
        "csv",
        "flac",
        "gif",
        "jpg",
        "m4a",
        "mov",
        "mp3",
        "mp4",
        "oga",
        "ogg",
        "opus",
        "png",
        "wav",
        "webm",
        "webp",
        "zip",
    }
)
_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.([0-9a-z]{3,4})", re.ASCII)
_INCOMING = ".incoming"


class LocalStorage:
    """Files under one folder, each written whole or not at all.

    A key looks like `ab/cd/<28 hex digits>.png`: random, so that it cannot be guessed, and sharded, so that no
    folder grows without bound.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    async def put(self, data: bytes, extension: str) -> str:
        """Store the bytes and return their new key; on return they are on the disk.

        `UnsupportedType` for an extension outside `EXTENSIONS`; `Unavailable` when the disk is full or broken,
        and then nothing is left behind.
        """
        key = self.new_key(extension)
        await asyncio.to_thread(self._write, key, data)
        return key

    @staticmethod
    def new_key(extension: str) -> str:
        """Return a key under which nothing lies yet. `UnsupportedType` for an extension outside `EXTENSIONS`."""
        if extension not in EXTENSIONS:
            raise UnsupportedType
        name = secrets.token_hex(16)
        return f"{name[:2]}/{name[2:4]}/{name[4:]}.{extension}"

    async def place(self, key: str, source: Path) -> None:
        """Store a copy of a file under a key that `new_key` gave. `Unavailable` as for `put`."""
        await asyncio.to_thread(self._write, key, source)

    async def delete(self, key: str) -> None:
        """Remove a file. A key that is not there, or is no key at all, is no error: the wish is fulfilled."""
        with contextlib.suppress(NotFound):
            await asyncio.to_thread(self._unlink, self.path(key))

    def path(self, key: str) -> Path:
        """Return where the file is, for serving. `NotFound` for what we did not make, or what is not there."""
        match = _KEY.fullmatch(key)
        if match is None or match[1] not in EXTENSIONS:
            raise NotFound
        place = self._root / key
        # A link planted in the folder must not lead outside, so the folder's and the file's real places are compared.
        if place.resolve() != self._root.resolve() / key or not place.is_file():
            raise NotFound
        return place

    async def read(self, key: str) -> bytes:
        """Return the whole file. `NotFound` as for `path`; `Unavailable` when the disk fails."""
        return await asyncio.to_thread(self._read, self.path(key))

    async def open(self, key: str) -> BinaryIO:
        """Return the file opened for reading; the caller closes it. Errors as for `read`."""
        return await asyncio.to_thread(self._open, self.path(key))

    async def sweep(self, older_than: float = 3600.0) -> int:
        """Remove what a killed process left half written, `older_than` seconds or more ago; return how many files."""
        return await asyncio.to_thread(self._sweep, older_than)

    def keys(self, older_than: float, each: int) -> Iterator[list[str]]:
        """Give the keys of the files that are older than so many seconds, so many at a time. It reads all folders."""
        found: list[str] = []
        limit = time.time() - older_than
        for place in self._root.glob("??/??/*"):
            with contextlib.suppress(OSError):
                if place.stat().st_mtime <= limit:
                    found.append(place.relative_to(self._root).as_posix())
            if len(found) == each:
                yield found
                found = []
        yield found

    def size(self) -> int:
        """Return the bytes of all files together. It reads all folders: call it in a thread."""
        total = 0
        for place in self._root.glob("??/??/*"):
            with contextlib.suppress(OSError):
                total += place.stat().st_size
        return total

    def _write(self, key: str, data: bytes | Path) -> None:
        target = self._root / key
        partial = self._root / _INCOMING / target.name
        try:
            partial.parent.mkdir(parents=True, exist_ok=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("xb") as file:
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    with data.open("rb") as source:
                        shutil.copyfileobj(source, file)
                file.flush()
                os.fsync(file.fileno())
            partial.rename(target)
            _sync_folder(target.parent)
        except OSError as error:
            for leftover in (partial, target):
                with contextlib.suppress(OSError):
                    leftover.unlink()
            raise Unavailable(reason=f"file not stored: {error.strerror}") from error

    @staticmethod
    def _unlink(place: Path) -> None:
        try:
            place.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(reason=f"file not deleted: {error.strerror}") from error

    @staticmethod
    def _open(place: Path) -> BinaryIO:
        try:
            return place.open("rb")
        except FileNotFoundError:
            raise NotFound from None
        except OSError as error:
            raise Unavailable(reason=f"file not opened: {error.strerror}") from error

    @classmethod
    def _read(cls, place: Path) -> bytes:
        with cls._open(place) as file:
            try:
                return file.read()
            except OSError as error:
                raise Unavailable(reason=f"file not read: {error.strerror}") from error

    def _sweep(self, older_than: float) -> int:
        removed = 0
        limit = time.time() - older_than
        for leftover in (self._root / _INCOMING).glob("*"):
            with contextlib.suppress(OSError):
                if leftover.stat().st_mtime <= limit:
                    leftover.unlink()
                    removed += 1
        return removed


def _sync_folder(folder: Path) -> None:
    # The rename is durable only once the folder itself is on the disk.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
