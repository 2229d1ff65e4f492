"""The CSV files as Mastodon writes and reads them: which columns each kind has, and cells as text.

What Mastodon writes with a line of headers is written so here; in what is read the line may be there or not, and
columns that are missing have their usual values.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fedinote.infra.errors import Invalid

MAX_ROWS = 20_000
_MAX_CELL = 2048
_FALSE = frozenset({"false", "0", "no", "f"})


@dataclass(frozen=True, slots=True)
class Format:
    """The columns of a kind. `needed` of them, from the left, must have a value, and tell rows apart."""

    columns: tuple[str, ...]
    headed: bool = False
    needed: int = 1


FORMATS: Mapping[str, Format] = {
    "follows": Format(("Account address", "Show boosts", "Notify on new posts", "Languages"), headed=True),
    "blocks": Format(("Account address",)),
    "mutes": Format(("Account address", "Hide notifications"), headed=True),
    "lists": Format(("List name", "Account address"), needed=2),
    "bookmarks": Format(("#uri",)),
    "domain_blocks": Format(("#domain",)),
}


def form(kind: str) -> Format:
    """Return the format of a kind. Raises Invalid for any other."""
    if kind not in FORMATS:
        raise Invalid(f"Validation failed: Kind must be one of {', '.join(FORMATS)}")
    return FORMATS[kind]


def write(kind: str, rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV (RFC 4180, but with line feeds alone, as Mastodon's)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if form(kind).headed:
        writer.writerow(form(kind).columns)
    writer.writerows(rows)
    return out.getvalue()


def read(kind: str, data: bytes) -> list[list[str]]:
    """Return the rows of a file, each with a cell for each column ("" where it has none), without repetitions.

    Raises Invalid: no CSV in UTF-8, no rows, or more than 20,000.
    """
    wanted = form(kind)
    rows = _rows(data)
    order = list(range(len(wanted.columns)))
    if rows and _is_head(wanted, rows[0]):
        order = _order(wanted, rows.pop(0))
    found: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        cells = [row[at].strip()[:_MAX_CELL] if 0 <= at < len(row) else "" for at in order]
        if all(cells[: wanted.needed]):
            found.setdefault(tuple(cell.lower() for cell in cells[: wanted.needed]), cells)
    if not found:
        raise Invalid("Validation failed: There is nothing to import in this file")
    if len(found) > MAX_ROWS:
        raise Invalid(f"Validation failed: A file may have {MAX_ROWS} rows")
    return list(found.values())


def _rows(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig").replace("\x00", "")
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid("Validation failed: This is no CSV file in UTF-8") from error


def _is_head(wanted: Format, row: Sequence[str]) -> bool:
    return row[0].strip().lower() in {column.lower() for column in wanted.columns}


def _order(wanted: Format, head: Sequence[str]) -> list[int]:
    """Tell where each column is; -1 for one that is not there."""
    names = [name.strip().lower() for name in head]
    return [names.index(column.lower()) if column.lower() in names else -1 for column in wanted.columns]


def flag(cell: str, default: bool) -> bool:
    """Read a cell that says true or false; an empty one is the default."""
    return cell.lower() not in _FALSE if cell else default


def from_flag(value: object) -> str:
    """Write true or false."""
    return "true" if value else "false"
