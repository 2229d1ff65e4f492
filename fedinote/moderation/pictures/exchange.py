"""Lists of hashes as files: CSV with the columns kind, hash and label, and others that are read if they are there."""

import csv
import io
from collections.abc import AsyncIterator, Iterator, Sequence

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.moderation.pictures.entries import MAX_LABEL, MAX_PICTURES, Entry
from fedinote.policy.pictures.hashes import PDQ, checked
from fedinote.text import cells

MAX_BYTES = 64 * 1024 * 1024
COLUMNS = ("kind", "hash", "label", "source", "reason")
_PAGE = 1_000
_SQL = (
    "SELECT id, kind, hash, label, source, reason FROM known_pictures WHERE set_id = ? AND id > ? ORDER BY id LIMIT ?"
)


def read(data: bytes, *, source: str = "", reason: str = "") -> list[Entry]:
    """Return what a file lists: CSV with a header line, or one PDQ hash a line. `source` and `reason` fill gaps.

    Raises Invalid for what is neither, naming the line.
    """
    if len(data) > MAX_BYTES:
        raise Invalid(f"Validation failed: The list is larger than {MAX_BYTES // (1024 * 1024)} MB")
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        return list(_entries(lines, source, reason))
    except UnicodeDecodeError:
        raise Invalid("Validation failed: The list is not a text in UTF-8") from None
    except csv.Error:
        raise Invalid("Validation failed: The list is not CSV") from None


def _entries(lines: Iterator[list[str]], source: str, reason: str) -> Iterator[Entry]:
    columns: dict[str, int] = {"hash": 0}
    for number, line in enumerate(lines, start=1):
        if number > MAX_PICTURES:
            raise Invalid(f"Validation failed: A set has at most {MAX_PICTURES} pictures")
        if number == 1 and "hash" in (names := [one.strip().lower() for one in line]):
            columns = {name: names.index(name) for name in COLUMNS if name in names}
            continue
        if any(one.strip() for one in line):
            yield _entry(line, columns, number, Entry(PDQ, "", "", source, reason))


def _entry(line: Sequence[str], columns: dict[str, int], number: int, usual: Entry) -> Entry:
    found = {name: line[at].strip() for name, at in columns.items() if at < len(line)}
    try:
        kind, digits = checked(found.get("kind") or usual.kind, found.get("hash", ""))
    except Invalid:
        raise Invalid(f"Validation failed: There is no hash that can be read in line {number} of the list") from None
    return Entry(
        kind,
        digits,
        cells.meant(found.get("label", ""))[:MAX_LABEL],
        (cells.meant(found.get("source", "")) or usual.source)[:MAX_LABEL],
        (cells.meant(found.get("reason", "")) or usual.reason)[:MAX_LABEL],
    )


async def written(app: App, set_id: int) -> AsyncIterator[str]:
    """Give a set as CSV, piece by piece. Nothing in it says who added what."""
    yield _lines([COLUMNS])
    last = 0
    while rows := await app.db.rows(_SQL, set_id, last, _PAGE):
        last = rows[-1]["id"]
        yield _lines([[cells.plain(row[name]) for name in COLUMNS] for row in rows])


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
