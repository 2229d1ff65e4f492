"""The table, with the figures of another server beside ours, and the same as JSON."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

import fedinote
from bench.figures import Line
from bench.processes import Memory

REFERENCE = "GoToSocial 0.20.0-rc1"
# CPU ms an operation at concurrency 1 / 8 / 32, on SQLite and on PostgreSQL; two cores, the same seeding.
REFERENCES = {
    "GET home?limit=20": ("1.4 / 1.2 / 1.5", "1.7 / 4.4 / 4.8"),
    "GET public": ("1.3 / 1.5 / 1.5", "2.2 / 5.1 / 5.2"),
    "GET account statuses": ("1.4 / 1.5 / 1.8", "1.8 / 4.0 / 5.1"),
    "GET context (50)": ("2.8 / 2.2 / 2.6", "3.1 / 2.8 / 2.6"),
    "GET notifications": ("3.3 / 4.5 / 4.4", "2.7 / 4.7 / 4.9"),
    "search statuses": ("5.8 / 9.2 / 10.1", "4.8 / 5.5 / 8.7"),
    "search accounts": ("0.52 / 0.61 / 0.57", "0.55 / 1.2 / 1.6"),
    "GET one status": ("0.21 / 0.12 / 0.13", "0.27 / 0.14 / 0.15"),
    "GET instance v2": ("0.34 / 0.50 / 0.44", "0.48 / 1.2 / 1.1"),
    "home of 20, as written": ("", ""),
    "home of 20, translated": ("", ""),
    "home of 20, both": ("", ""),
    "POST status": ("24 – 25", "45 – 48"),
    "incoming Create, until visible": ("21 – 25", "32 – 44"),
    "follow from outside, accepted": ("32 – 37", "63 – 75"),
    "one delivery, 100 shared inboxes": ("1.8 – 2.8", "1.8 – 3.3"),
    "one delivery, 500 separate inboxes": ("1.8", "2.0 – 2.3"),
    "one delivery, hosts answer after 100 ms": ("2.7 – 3.0", "2.8 – 3.3"),
}
_REFERENCE_FOOTPRINT = {
    "start to the first 200, with migrations": "3.1 s",
    "start to the first 200": "1.7 s",
    "resident memory, idle": "125 – 131 MiB",
    "resident memory, after the load": "154 MiB",
    "resident memory, peak": "189 MiB",
}


@dataclass(frozen=True, slots=True)
class Footprint:
    """Seconds of the first start and of a later one, the memory when idle and after the load.

    `others` is how many cores other programs used meanwhile.
    """

    first_start: float
    start: float
    idle: Memory
    loaded: Memory
    others: float


def table(lines: Sequence[Line], footprint: Footprint, database: str) -> str:
    """Return everything as text."""
    concurrencies = sorted({figure.concurrency for line in lines if len(line.figures) > 1 for figure in line.figures})
    at = " / ".join(map(str, concurrencies))
    head = ["operation", f"CPU ms at {at}", "per second", "queries", f"{REFERENCE}: CPU ms"]
    rows = [_row(line, database) for line in lines]
    text = [_columns([head, *rows]), "", _footprint(footprint)]
    text += [f"ERRORS {line.name} at {f.concurrency}: {f.errors}" for line in lines for f in line.figures if f.errors]
    text.append(f"Other programs used {footprint.others:.1f} of {os.cpu_count()} cores meanwhile.")
    return "\n".join(text)


def _row(line: Line, database: str) -> list[str]:
    sqlite, postgresql = REFERENCES.get(line.name, ("", ""))
    return [
        line.name,
        " / ".join(_short(figure.cpu_ms) for figure in line.figures),
        f"{line.figures[-1].per_second:,.0f}",
        "" if line.queries is None else str(line.queries),
        sqlite if database == "sqlite" else postgresql,
    ]


def _short(milliseconds: float) -> str:
    return f"{milliseconds:.2f}" if milliseconds < 1 else f"{milliseconds:.1f}"


def _footprint(footprint: Footprint) -> str:
    own = (
        f"{footprint.first_start:.1f} s",
        f"{footprint.start:.1f} s",
        f"{footprint.idle.resident:.0f} MiB",
        f"{footprint.loaded.resident:.0f} MiB",
        f"{footprint.loaded.peak:.0f} MiB",
    )
    rows = [[name, value, other] for value, (name, other) in zip(own, _REFERENCE_FOOTPRINT.items(), strict=True)]
    return _columns([["footprint", "FediNote", f"{REFERENCE}, SQLite"], *rows])


def _columns(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    rule = ["-" * width for width in widths]
    lines = [rows[0], rule, *rows[1:]]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in lines
    )


def as_json(lines: Sequence[Line], footprint: Footprint, database: str) -> bytes:
    """Return everything as JSON, with what the machine is."""
    document: dict[str, Any] = {
        "version": fedinote.__version__,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "database": database,
        "lines": [asdict(line) for line in lines],
        "footprint": asdict(footprint),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1)
