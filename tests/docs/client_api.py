"""The table of routes in docs/client-api.md: `python -m tests.docs.client_api` writes it anew from the code."""

import re
import sys
from collections.abc import Iterator, Sequence

from fedinote.api.routes import ROUTES
from fedinote.api.routing import Route
from tests.docs.pages import ROOT, page

NAME = "docs/client-api.md"
BEGIN = "<!-- routes: written by `python -m tests.docs.client_api` -->"
END = "<!-- end of routes -->"
WHO = {"public": "anybody", "optional-user": "anybody, token looked at", "app": "any token", "user": "member"}
_ROW = re.compile(r"^\| (?P<method>[A-Z]+) \| `(?P<path>/[^`]*)` \| (?P<rest>.*?) \|$", re.MULTILINE)

Line = tuple[str, str, str]


def documented() -> list[Line]:
    """The rows of the table as (method, path, the other cells)."""
    _, _, after = page(NAME).text.partition(BEGIN)
    return [(row["method"], row["path"], row["rest"]) for row in _ROW.finditer(after.partition(END)[0])]


def served() -> list[Line]:
    return [_line(route) for route in ROUTES]


def _line(route: Route) -> Line:
    scopes = " or ".join(f"`{scope}`" for scope in route.scopes) or "–"
    return route.method, route.path, f"{WHO[route.auth]} | {scopes} | {route.limit or '–'}"


def table() -> str:
    """All routes, a section for each module that answers them, in the order of the code."""
    parts = []
    for module, routes in _by_module():
        title = re.split(r"[.:](?:\s|$)", (sys.modules[module].__doc__ or "").strip())[0]
        rows = [f"| {method} | `{path}` | {rest} |" for method, path, rest in map(_line, routes)]
        head = ["| Method | Path | Who | Scope | Limit |", "|---|---|---|---|---|"]
        parts.append("\n".join([f"### {title}", "", *head, *rows]))
    return "\n\n".join(parts)


def _by_module() -> Iterator[tuple[str, Sequence[Route]]]:
    names = [name for name in sys.modules if name.startswith("fedinote.api.") and name != "fedinote.api.routes"]
    left = set(ROUTES)
    for name in sorted(names):
        routes = [route for route in getattr(sys.modules[name], "ROUTES", ()) if route in left]
        left -= set(routes)
        if routes:
            yield name, routes
    assert not left, f"routes of no module: {left}"


def main() -> None:
    text = page(NAME).text
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    (ROOT / NAME).write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
