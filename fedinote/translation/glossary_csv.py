"""A glossary as CSV (RFC 4180): for spreadsheets, for passing it on, and for the entries that come with FediNote.

Columns: `term`, `origin`, `languages` (tags, separated by spaces), `keep` (yes or empty), and as many `meaning:<tag>`
and `translation:<tag>` as there are languages.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from importlib import resources

from fedinote.infra.errors import Invalid
from fedinote.translation.glossary import Entry
from fedinote.translation.glossary_keeping import MAX_ENTRIES

MAX_BYTES = 2_000_000
STARTER = "starter_glossary.csv"
_FIXED = ("term", "origin", "languages", "keep")
_MAPS = ("meaning", "translation")
_YES = frozenset({"yes", "y", "true", "1"})
_FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet would calculate


def written(entries: Iterable[Entry]) -> str:
    """Return entries as CSV with a head. A cell that a spreadsheet would take for a formula gets a `'` in front."""
    entries = list(entries)
    columns = {
        "meaning": sorted({tag for one in entries for tag in one.meanings}),
        "translation": sorted({tag for one in entries for tag in one.translations}),
    }
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_FIXED, *(f"{kind}:{tag}" for kind in _MAPS for tag in columns[kind])])
    for one in entries:
        texts = {"meaning": one.meanings, "translation": one.translations}
        row = [one.term, one.origin, " ".join(one.languages), "yes" if one.keep else ""]
        row += [texts[kind].get(tag, "") for kind in _MAPS for tag in columns[kind]]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return out.getvalue()


def read(text: str) -> list[Entry]:
    """Return the entries of a CSV text; each is checked when it is stored. Raises Invalid, which names the line."""
    if len(text) > MAX_BYTES:
        raise Invalid("Validation failed: The file is too large")
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    found = []
    try:
        head = reader.fieldnames or ()
        if not {"term", "origin"} <= set(head):
            raise Invalid("Validation failed: The first line must name the columns term and origin")
        for row in reader:
            found.append(_entry(row, reader.line_num))
            if len(found) > MAX_ENTRIES:
                raise Invalid(f"Validation failed: A glossary can have at most {MAX_ENTRIES} entries")
    except csv.Error as error:
        raise Invalid(f"Validation failed: Line {reader.line_num} is no CSV") from error
    return found


def _entry(row: Mapping[str | None, str | list[str] | None], line: int) -> Entry:
    if None in row:
        raise Invalid(f"Validation failed: Line {line} has more cells than the first line")
    cells = {name: _cell(text) for name, text in row.items() if name is not None and isinstance(text, str)}
    if not cells.get("term") or not cells.get("origin"):
        raise Invalid(f"Validation failed: Line {line} has no term or no origin")
    return Entry(
        term=cells["term"],
        origin=cells["origin"],
        languages=tuple(cells.get("languages", "").split()),
        meanings=_map(cells, "meaning"),
        translations=_map(cells, "translation"),
        keep=cells.get("keep", "").lower() in _YES,
    )


def _cell(text: str) -> str:
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _map(cells: Mapping[str, str], kind: str) -> dict[str, str]:
    head = f"{kind}:"
    return {name.removeprefix(head): text for name, text in cells.items() if name.startswith(head) and text}


def starter() -> list[Entry]:
    """Return the entries that come with FediNote, Chinese and English slang: in use once somebody loads them."""
    return read(resources.files(__package__).joinpath(STARTER).read_text(encoding="utf-8"))
