"""Writing a .tar.gz piece by piece, so that it may be broken off at any moment and gone on with later.

Each piece is a gzip member of its own, which readers see as one stream (RFC 1952, section 2.2), and ends on the border
of a tar entry. What a killed process wrote behind the last good length is cut off by the next one.
"""

import gzip
import os
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 18
_BLOCK = 512
_PACKED = (".jpg", ".png", ".webp", ".gif", ".avif", ".mp4", ".webm", ".mp3", ".ogg", ".m4a", ".opus", ".flac", ".mov")
"""Files that no compression makes smaller."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive: its name there, and what it is made of, one part after another."""

    name: str
    parts: Sequence[bytes | Path]
    modified: datetime


def append(place: Path, length: int, entries: Iterable[Entry]) -> int:
    """Write entries behind the first `length` bytes of a file (made where it is not there); the new length.

    On return they are on the disk. An entry of which a file is not there any more is left out. Blocks.
    """
    with _opened(place, length) as target:
        for entry in entries:
            level = 0 if entry.name.lower().endswith(_PACKED) else 6
            with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=level, filename="", mtime=0) as out:
                _write(out, entry)
        return _kept(target)


def finish(place: Path, length: int) -> int:
    """Write the end of the archive; its length. Blocks."""
    with _opened(place, length) as target:
        with gzip.GzipFile(fileobj=target, mode="wb", filename="", mtime=0) as out:
            out.write(bytes(2 * _BLOCK))
        return _kept(target)


def extend(place: Path, length: int, data: bytes) -> int:
    """Write bytes behind the first `length` bytes of a plain file; the new length. Blocks."""
    with _opened(place, length) as target:
        target.write(data)
        return _kept(target)


def _opened(place: Path, length: int) -> BinaryIO:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Others on this machine are no owners of it either.
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    target = os.fdopen(descriptor, "r+b")
    target.truncate(length)
    target.seek(length)
    return target


def _kept(target: BinaryIO) -> int:
    target.flush()
    os.fsync(target.fileno())
    return target.tell()


def _write(out: BinaryIO | gzip.GzipFile, entry: Entry) -> None:
    try:
        sizes = [len(part) if isinstance(part, bytes) else part.stat().st_size for part in entry.parts]
    except FileNotFoundError:
        return
    info = tarfile.TarInfo(entry.name)
    info.size, info.mtime, info.mode = sum(sizes), int(entry.modified.timestamp()), 0o644
    out.write(info.tobuf(tarfile.GNU_FORMAT))
    for part, size in zip(entry.parts, sizes, strict=True):
        if isinstance(part, bytes):
            out.write(part)
        else:
            _copy(part, out, size)
    out.write(bytes(-info.size % _BLOCK))


def _copy(source: Path, out: BinaryIO | gzip.GzipFile, size: int) -> None:
    """Copy exactly `size` bytes, as the entry says; a file that became shorter is filled up."""
    left = size
    with source.open("rb") as file:
        while left and (chunk := file.read(min(_CHUNK, left))):
            out.write(chunk)
            left -= len(chunk)
    while left:
        out.write(bytes(min(_CHUNK, left)))
        left -= min(_CHUNK, left)
