"""Hold the sizes of files and functions in `fedinote/`: `python tools/size.py` fails above the hard limits."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Limit:
    """How many lines a thing should have (`soft`), and may have (`hard`)."""

    soft: int
    hard: int


@dataclass(frozen=True, slots=True)
class Size:
    """One measured file or function, and how many lines it has."""

    lines: int
    place: str


FILE = Limit(soft=350, hard=500)
FUNCTION = Limit(soft=30, hard=60)


def measure(package: Path) -> tuple[list[Size], list[Size]]:
    """Give the sizes of all files and of all functions below `package`; a syntax error is left to the caller."""
    files: list[Size] = []
    functions: list[Size] = []
    for path in sorted(package.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        name = path.relative_to(package.parent).as_posix()
        files.append(Size(len(source.splitlines()), name))
        functions.extend(_functions(ast.parse(source, filename=name), name))
    return files, functions


def _functions(tree: ast.Module, name: str) -> Iterator[Size]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Size((node.end_lineno or node.lineno) - node.lineno + 1, f"{name}:{node.lineno} {node.name}")


def report(what: str, sizes: list[Size], limit: Limit) -> bool:
    """Print the figures and everything above the soft limit; True when nothing is above the hard one."""
    ordered = sorted(sizes, key=lambda size: (-size.lines, size.place))
    total = sum(size.lines for size in ordered)
    median = ordered[len(ordered) // 2].lines if ordered else 0
    largest = ordered[0].lines if ordered else 0
    limits = f"limits {limit.soft}/{limit.hard}"
    print(f"{len(ordered)} {what}: {total} lines, median {median}, largest {largest} ({limits})")
    for size in ordered:
        if size.lines > limit.soft:
            print(f"  {'TOO LONG' if size.lines > limit.hard else 'long'} {size.lines} {size.place}")
    return largest <= limit.hard


def main(package: Path = ROOT / "fedinote") -> int:
    """Measure the package; 0 when it keeps the hard limits, otherwise 1."""
    files, functions = measure(package)
    if not files:
        print(f"No Python file below {package}", file=sys.stderr)
        return 1
    kept = [report("files", files, FILE), report("functions", functions, FUNCTION)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
