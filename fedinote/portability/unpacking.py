"""Taking an archive apart that anybody may have made: a zip or a .tar.gz, entry by entry, within limits.

Nothing is ever written under a name that the archive gives: files are numbered, and found again by a table of names.
Entries are counted and bytes are counted as they come out, whatever the archive says of itself. All of it blocks.
"""

import gzip
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

from fedinote.infra.errors import Invalid

MAX_ENTRIES = 100_000
MAX_TOTAL = 4_000_000_000
"""Bytes that come out of an archive, kept or not."""
MAX_RATIO = 200
"""How many times larger than the archive its contents may be, beyond the first `FREE` bytes."""
FREE = 64_000_000
SECONDS = 55.0
_CHUNK = 1 << 18
_BLOCK = 512
_MAX_DIRECTORY = 16_000_000
_MAX_NAME = 16_384
_END, _END64, _LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_SIZE, _END64_SIZE, _LOCATOR_SIZE = 22, 56, 20
_STORED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

BROKEN = "The archive is damaged, or is no zip or .tar.gz file"
TOO_MANY = f"The archive has too many files (maximum is {MAX_ENTRIES})"
BOMB = "The archive unpacks to far more than an archive of posts has"
ENCRYPTED = "The archive is protected by a password"
SLOW = "The archive takes too long to unpack"

Wanted = Callable[[str], int]
"""Tells for a name how many bytes are kept of it at most; 0: it is not wanted."""


@dataclass(slots=True)
class Unpacked:
    """The files that were wanted, by their names in the archive, and names of those that were larger than wanted."""

    files: dict[str, Path] = field(default_factory=dict)
    too_large: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Meter:
    """What has come out so far. Raises Invalid beyond the limits."""

    most: int
    end: float
    entries: int = 0
    total: int = 0

    def entry(self) -> None:
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise Invalid(TOO_MANY)

    def take(self, count: int) -> None:
        self.total += count
        if self.total > self.most:
            raise Invalid(BOMB)
        if time.monotonic() > self.end:
            raise Invalid(SLOW)


def unpack(source: Path, target: Path, wanted: Wanted) -> Unpacked:
    """Take the wanted files of an archive out, into the folder `target`. Raises `Invalid`, which says what is wrong."""
    size = source.stat().st_size
    meter = _Meter(min(MAX_TOTAL, FREE + MAX_RATIO * size), time.monotonic() + SECONDS)
    found = Unpacked()
    try:
        with source.open("rb") as file:
            kind = file.read(4)
            file.seek(0)
            entries = _zip(file, size, meter) if kind[:2] == b"PK" else _tar(file, meter)
            for name, content in entries:
                _keep(found, target, name, content, wanted)
    except (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, struct.error, UnicodeError) as error:
        raise Invalid(BROKEN) from error
    except (NotImplementedError, RuntimeError, OverflowError, ValueError) as error:
        raise Invalid(BROKEN) from error
    return found


def _keep(found: Unpacked, target: Path, name: str, content: Iterator[bytes], wanted: Wanted) -> None:
    """Write a file if it is wanted; what is longer than that is left out. The content is read to its end."""
    most = wanted(name)
    if not most or name in found.files:
        for _ in content:
            pass
        return
    place = target / f"{len(found.files):06}"
    written = 0
    with place.open("wb") as out:
        for chunk in content:
            written += len(chunk)
            if written <= most:
                out.write(chunk)
    if written > most:
        place.unlink()
        found.too_large.append(name)
        return
    found.files[name] = place


# -- zip --------------------------------------------------------------------------------------------------------------


def _zip(file: BinaryIO, size: int, meter: _Meter) -> Iterator[tuple[str, Iterator[bytes]]]:
    # zipfile reads the whole directory into memory before it can be asked how many entries there are.
    if _directory_size(file, size) > _MAX_DIRECTORY:
        raise Invalid(TOO_MANY)
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            meter.entry()
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                raise Invalid(ENCRYPTED)
            if info.compress_type not in _STORED:
                raise Invalid(BROKEN)
            with archive.open(info) as entry:
                yield info.filename, _chunks(entry, meter)


def _directory_size(file: BinaryIO, size: int) -> int:
    """Return how long the directory of a zip is, as zipfile will read it (APPNOTE 4.3.14 to 4.3.16)."""
    tail = min(size, _END_SIZE + (1 << 16))
    file.seek(size - tail)
    data = file.read(tail)
    file.seek(0)
    at = data.rfind(_END)
    if at < 0 or len(data) - at < _END_SIZE:
        raise Invalid(BROKEN)
    length: int = struct.unpack_from("<L", data, at + 12)[0]
    end = size - tail + at
    if end >= _LOCATOR_SIZE + _END64_SIZE:
        file.seek(end - _LOCATOR_SIZE - _END64_SIZE)
        before = file.read(_END64_SIZE + _LOCATOR_SIZE)
        file.seek(0)
        if before[_END64_SIZE : _END64_SIZE + 4] == _LOCATOR and before[:4] == _END64:
            length = max(length if length != 0xFFFFFFFF else 0, struct.unpack_from("<Q", before, 40)[0])
    return length


def _chunks(entry: IO[bytes], meter: _Meter) -> Iterator[bytes]:
    while chunk := entry.read(_CHUNK):
        meter.take(len(chunk))
        yield chunk


# -- tar --------------------------------------------------------------------------------------------------------------


def _tar(file: BinaryIO, meter: _Meter) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Read a stream of tar entries; long names in GNU's and POSIX's form are known, links and devices are passed over.

    (POSIX.1-2017, pax, "ustar Interchange Format".) tarfile reads a long name whole, however long it says it is.
    """
    with gzip.GzipFile(fileobj=file, mode="rb") as stream:
        name = ""
        while len(head := _exactly(stream, _BLOCK, meter)) == _BLOCK and head.strip(b"\x00"):
            meter.entry()
            if not _is_head(head):
                raise Invalid(BROKEN)
            size, kind = _number(head[124:136]), head[156:157]
            if kind in (b"L", b"x"):
                text = _short(stream, size, meter)
                name = _pax_path(text) if kind == b"x" else text.split(b"\x00")[0].decode(errors="replace")
                continue
            content = _entry(stream, size, meter)
            if kind in (b"0", b"\x00"):
                yield name or _ustar_name(head), content
            for _ in content:  # what was not read
                pass
            if kind != b"g":
                name = ""


def _is_head(head: bytes) -> bool:
    """Check the sum of a header: what is no tar ends here."""
    said = _number(head[148:156])
    return said == sum(head[:148]) + 8 * 0x20 + sum(head[156:])


def _number(field_: bytes) -> int:
    if field_[:1] in (b"\x80", b"\xff"):  # GNU: base 256
        return int.from_bytes(field_[1:], "big") if field_[:1] == b"\x80" else -1
    text = field_.split(b"\x00")[0].strip()
    try:
        return int(text, 8) if text else 0
    except ValueError:
        raise Invalid(BROKEN) from None


def _ustar_name(head: bytes) -> str:
    name = head[:100].split(b"\x00")[0]
    prefix = head[345:500].split(b"\x00")[0] if head[257:263] == b"ustar\x00" else b""
    return (prefix + b"/" + name if prefix else name).decode(errors="replace")


def _short(stream: gzip.GzipFile, size: int, meter: _Meter) -> bytes:
    if not 0 <= size <= _MAX_NAME:
        raise Invalid(BROKEN)
    return b"".join(_entry(stream, size, meter))


def _pax_path(text: bytes) -> str:
    """Return the path that the extended header names, "" where it names none."""
    while text:
        digits, _, _ = text.partition(b" ")
        length = int(digits) if digits.isdigit() and len(digits) < 6 else 0
        if not len(digits) < length <= len(text):
            raise Invalid(BROKEN)
        key, _, value = text[len(digits) + 1 : length - 1].partition(b"=")
        if key == b"path":
            return value.decode(errors="replace")
        text = text[length:]
    return ""


def _entry(stream: gzip.GzipFile, size: int, meter: _Meter) -> Iterator[bytes]:
    """Give the content of an entry and read the rest of its last block."""
    if size < 0:
        raise Invalid(BROKEN)
    left = size
    while left:
        chunk = stream.read(min(_CHUNK, left))
        if not chunk:
            raise Invalid(BROKEN)
        meter.take(len(chunk))
        left -= len(chunk)
        yield chunk
    _exactly(stream, -size % _BLOCK, meter)


def _exactly(stream: gzip.GzipFile, count: int, meter: _Meter) -> bytes:
    found = b""
    while len(found) < count and (chunk := stream.read(count - len(found))):
        found += chunk
    meter.take(len(found))
    return found
