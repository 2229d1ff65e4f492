"""What early releases of Python 3.11 do wrong is not used."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_group_is_repeated_possessively() -> None:
    """Before 3.11.5 such a group matches what it should not (`@b.` as a handle, found on 3.11.2)."""
    group = re.compile(r"[^\\]\)(?:[*+?]|\{[0-9,]+\})\+[^ =]")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / "fedinote").rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if ('r"' in line or 'rf"' in line) and group.search(line)
    ]
    assert found == []
