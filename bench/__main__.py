"""`python -m bench`: start a server, fill it, measure it, print one table."""

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import uvloop

from bench import report, wave_people
from bench.plan import FULL, QUICK, SMOKE
from bench.session import Database, Session
from bench.wave import Wave


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure FediNote. See bench/README.md.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a minute instead of five")
    size.add_argument("--smoke", action="store_true", help="does the harness work? The figures mean nothing")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--wave", action="store_true", help="a wave of spam instead of the operations")
    parser.add_argument("--first-contact", choices=["careful", "open"], default="careful", help="with --wave")
    parser.add_argument("--connections", type=int, default=1, help="with --wave: of each server that sends spam")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Run the measurement; 1 when something that was measured did not work."""
    options = arguments(given)
    if options.wave:
        return _wave(options)
    plan = QUICK if options.quick else SMOKE if options.smoke else FULL
    with databases(options.database) as database, tempfile.TemporaryDirectory(prefix="fedinote-bench-") as folder:
        lines, footprint = uvloop.run(Session(plan, Path(folder), database, _say).run())
    print(report.table(lines, footprint, options.database))
    if options.json:
        options.json.write_bytes(report.as_json(lines, footprint, options.database))
    return 1 if any(figure.errors for line in lines for figure in line.figures) else 0


def _wave(options: argparse.Namespace) -> int:
    plan = replace(wave_people.SMOKE if options.smoke else wave_people.FULL, connections=options.connections)
    with databases(options.database) as database, tempfile.TemporaryDirectory(prefix="fedinote-wave-") as folder:
        wave = Wave(plan, Path(folder), database, _say)
        found = uvloop.run(wave.run(first_contact=options.first_contact))
    text = msgspec.json.format(msgspec.json.encode(found), indent=2)
    print(text.decode())
    if options.json:
        options.json.write_bytes(text)
    return 1 if found["leaked"] or found["missed"] else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def databases(dialect: str) -> Iterator[Database]:
    """Give two empty databases; PostgreSQL is started for them, and ended."""
    if dialect == "sqlite":
        yield Database()
        return
    from tests.support.postgres import Cluster

    with Cluster() as cluster:
        assert cluster.pid is not None
        first, second = (cluster.create_database(f"fedinote_{name}") for name in ("first", "bench"))
        yield Database(first, second, (cluster.pid,))


if __name__ == "__main__":
    sys.exit(main())
