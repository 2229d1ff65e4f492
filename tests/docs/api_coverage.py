"""The table of docs/api-coverage.md: `python -m tests.docs.api_coverage` writes it anew from the code and the tests."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from fedinote.api.routes import ROUTES
from fedinote.api.routing import Route
from tests.docs.client_api import WHO
from tests.docs.pages import ROOT, page

NAME = "docs/api-coverage.md"
BEGIN = "<!-- coverage: written by `python -m tests.docs.api_coverage` -->"
END = "<!-- end of coverage -->"
EVERYWHERE = ("test_openapi.py", "test_routes_table.py", "test_schemathesis.py")
_ROW = re.compile(r"^\| [A-Z]+ \| `/.*\|$", re.MULTILINE)
_GAP = r"(?:[^/\s\"'`?]+|\{[^{}]*\})"


@cache
def _texts() -> Mapping[str, str]:
    """The tests that call routes one by one, by their names; not those that walk through the whole table."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if path.name not in EVERYWHERE:
            found[str(path.relative_to(ROOT / "tests"))] = path.read_text(encoding="utf-8")
    return found


def tests_of(route: Route) -> Sequence[str]:
    """Return the test files in which the path stands, with anything in the place of its parameters.

    A path of which the test makes the beginning from a variable (f"{post}/favourite") is found by its last two parts,
    or by its verb behind a variable.
    """
    parts = [_GAP if part.startswith("{") else re.escape(part) for part in route.path.split("/")[1:]]
    whole = re.compile("/" + "/".join(parts) + r"(?=[\"'`?\s,)]|$)", re.MULTILINE)
    behind = re.compile(r"\{[^{}]*\}/" + parts[-1] + r"(?=[\"'?])") if len(parts) > 1 and route.names else None
    found = []
    for name, text in _texts().items():
        if whole.search(text) or (behind is not None and parts[-1] != _GAP and behind.search(text)):
            found.append(name)
    return found


def lines() -> list[str]:
    """The rows of the table, in the order of paths."""
    return [_line(route) for route in sorted(ROUTES, key=lambda one: (one.path, one.method))]


def _line(route: Route) -> str:
    scopes = " or ".join(f"`{scope}`" for scope in route.scopes) or "–"
    named = [f"`{Path(name)}`" for name in tests_of(route)]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f"| {route.method} | `{route.path}` | {WHO[route.auth]} | {scopes} | {', '.join(named[:3]) or '–'}{more} |"


def documented() -> list[str]:
    """The rows as they are written."""
    _, _, after = page(NAME).text.partition(BEGIN)
    return _ROW.findall(after.partition(END)[0])


def main() -> None:
    before, _, rest = page(NAME).text.partition(BEGIN)
    head = ["| Method | Path | Who | Scope | Tests below `tests/` |", "|---|---|---|---|---|"]
    table = "\n".join([*head, *lines()])
    (ROOT / NAME).write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
