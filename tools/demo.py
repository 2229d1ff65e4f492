"""`make demo`: `fedinote demo` with a real LibreTranslate server where one can be had, else with the phrase book.

The server is the one of the tests: its packages are a dictionary of some fifty words, so it shows how FediNote and
LibreTranslate work together, and not how well LibreTranslate translates. Arguments go on to `fedinote demo`, which
checks them before anything is set up; with `--translate-with` among them no server is.
"""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence

import click

from fedinote.cli.demo import CHECK, demo

NOTE = (
    "It is a real LibreTranslate server, with a dictionary of some fifty words in the place of its language models: "
    "it shows how the two work together, not how well LibreTranslate translates."
)
WITHOUT = 'Without it: make demo DEMO_ARGS="--translate-with phrasebook"'


def main(arguments: Sequence[str]) -> int:
    """Run the demonstration to its end; return its exit code."""
    code = check(arguments)
    if code is not None:
        return code
    if any(argument.startswith("--translate-with") for argument in arguments):
        return run(arguments)
    try:
        with translating() as options:
            return run([*arguments, *options])
    except KeyboardInterrupt:
        return 130


def check(arguments: Sequence[str]) -> int | None:
    """Look at arguments and ports; None when all is well, else the exit code, after saying what is wrong."""
    try:
        found = demo.main([*arguments, CHECK], prog_name="fedinote demo", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    return None if found is True else 0  # --help was answered


@contextlib.contextmanager
def translating() -> Iterator[list[str]]:
    """Give the options for `fedinote demo`, while LibreTranslate runs where it can."""
    try:
        from tests.support import libretranslate
    except ImportError:  # an installation without the tests
        yield []
        return
    if failure := libretranslate.earlier_failure():
        print("An earlier attempt failed:", failure)
        print("Trying once more to set up LibreTranslate in", libretranslate.environment_folder())
        print(WITHOUT, flush=True)
    elif not (libretranslate.environment_folder() / ".installed").is_file():
        print("Setting up a LibreTranslate server, once: about 540 MB in", libretranslate.environment_folder())
        print(WITHOUT, flush=True)
    try:
        server = libretranslate.ensure()
    except (libretranslate.InstallError, libretranslate.StartError) as error:
        print("There is no LibreTranslate server.", libretranslate.brief(error))
        print("The built-in phrase book translates instead. The next start tries again.")
        print(WITHOUT, flush=True)
        yield []
        return
    with server:
        yield ["--translate-with", server.url, "--note", NOTE]


def run(arguments: Sequence[str]) -> int:
    """Run `fedinote demo`; a signal is for it to answer, and this process waits until it has."""
    child = subprocess.Popen([sys.executable, "-m", "fedinote", "demo", *arguments])
    # Ctrl-C reaches both processes; other signals reach this one alone.
    signal.signal(signal.SIGINT, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: child.send_signal(number))
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
