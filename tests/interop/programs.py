"""Programs of others, installed once from locked lists: npm's into `.venv-interop/node`, PyPI's into `…/python`.

They live apart from our own packages (some want older versions of these), and are never imported by our tests.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
HOME = Path(os.environ.get("FEDINOTE_INTEROP_DIR") or HERE.parents[1] / ".venv-interop").absolute()
NODE_LISTS = ("package.json", "package-lock.json", ".npmrc")
REQUIREMENTS = HERE / "requirements.txt"
INSTALL_SECONDS = 600.0
_MARK = ".installed"


class MissingProgramError(RuntimeError):
    """A program cannot be had here; the message says why."""


def node() -> Path:
    """The folder with `node_modules`, installed where it is missing. Raises MissingProgramError."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise MissingProgramError("Node.js and npm are not installed")
    lists = [HERE / name for name in NODE_LISTS]

    def install(folder: Path) -> None:
        for path in lists:
            shutil.copy(path, folder)
        _run(["npm", "ci", "--omit=dev", "--loglevel=error", "--fetch-retries=5"], folder)

    return _installed(HOME / "node", lists, install)


def python() -> Path:
    """The interpreter of a virtual environment with the Python peers. Raises MissingProgramError."""

    def install(folder: Path) -> None:
        _run([sys.executable, "-m", "venv", str(folder)], folder)
        options = ["--require-hashes", "--no-input", "--quiet", "--disable-pip-version-check", "--retries=5"]
        _run([str(folder / "bin/python"), "-m", "pip", "install", *options, "-r", str(REQUIREMENTS)], folder)

    return _installed(HOME / "python", [REQUIREMENTS], install) / "bin" / "python"


def _installed(folder: Path, lists: list[Path], install: Callable[[Path], None]) -> Path:
    """Install into a folder unless it holds already what the lists say."""
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in lists)).hexdigest()
    mark = folder / _MARK
    HOME.mkdir(parents=True, exist_ok=True)
    with _locked(HOME):
        if not mark.is_file() or mark.read_text(encoding="ascii") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                install(folder)
            except (OSError, subprocess.SubprocessError) as error:
                shutil.rmtree(folder, ignore_errors=True)
                raise MissingProgramError(f"cannot be installed in {folder.name}: {error}") from error
            mark.write_text(wanted, encoding="ascii")
    return folder


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=INSTALL_SECONDS
    )
    if done.returncode != 0:
        text = (done.stdout + done.stderr).decode(errors="replace")[-2000:]
        raise OSError(f"{' '.join(command[:3])} ended with {done.returncode}: {text}")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a folder, so that two runs of the tests do not install at the same time."""
    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)
