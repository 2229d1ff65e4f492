"""A real LibreTranslate server on a free port of 127.0.0.1, with the small packages of `argos.py`.

It lives in a virtual environment of its own (FEDINOTE_LIBRETRANSLATE_VENV, else `.venv-libretranslate` beside the
project's files), made once: about 540 MB, half a minute. It is a separate program under the AGPL and never imported.
It logs the texts that it translates: give it invented ones only.

`python -m tests.support.libretranslate` starts one and keeps it until Ctrl-C.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support import ports

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).with_name("libretranslate-requirements.txt")
INSTALL_SECONDS = 900.0
START_SECONDS = 180.0
STOP_SECONDS = 10.0
_FAILED = ".failed"
# Loopback is never reached through a proxy, whatever the environment says.
_LOOPBACK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class InstallError(RuntimeError):
    """The server's packages cannot be had here; the message ends with what the installer wrote."""


class StartError(RuntimeError):
    """The server is installed but did not come up; the message ends with what it wrote."""


@dataclass(slots=True)
class RunningLibreTranslate:
    """A server that answers at `url`; `stop` it, or use it as a context manager."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]
    seconds_to_start: float

    @property
    def log(self) -> str:
        """The end of what the server wrote."""
        return _log(self.folder)

    def stop(self) -> None:
        """End the server with its children and remove its files; harmless when it has ended."""
        _end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def ensure() -> RunningLibreTranslate:
    """Install the server where it is missing, build its packages, start it and wait until it answers.

    Raises `InstallError` or `StartError`.
    """
    python = _installed() / "bin" / "python"
    folder = Path(tempfile.mkdtemp(prefix="fedinote-libretranslate-"))
    try:
        _run([str(python), "-B", "-m", "tests.support.argos", str(folder / "packages")])
        return _started(python, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def brief(error: InstallError | StartError) -> str:
    """Return what went wrong in one line: of what a program wrote, the line that tells most."""
    head, *rest = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in rest if line.startswith("ERROR:")] or rest
    return f"{head.rstrip(':')}: {telling[-1].removeprefix('ERROR: ')}" if telling else head


def earlier_failure() -> str:
    """Return in one line why the last attempt to install failed, "" when it did not or there was none."""
    try:
        return (environment_folder() / _FAILED).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def environment_folder() -> Path:
    """Where the server's virtual environment is or will be."""
    return Path(os.environ.get("FEDINOTE_LIBRETRANSLATE_VENV") or ROOT / ".venv-libretranslate").absolute()


def _installed() -> Path:
    """The virtual environment, made anew when it does not hold what the requirements say."""
    folder = environment_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    mark = folder / ".installed"
    with _locked(folder.parent):
        if not mark.is_file() or mark.read_text(encoding="ascii") != wanted:
            try:
                _install(folder)
            except (OSError, subprocess.SubprocessError, StartError) as error:
                failed = InstallError(f"LibreTranslate cannot be installed in {folder}:\n{error}")
                _clear(folder, brief(failed))
                raise failed from error
            except BaseException:
                _clear(folder, "it was interrupted")
                raise
            mark.write_text(wanted, encoding="ascii")
    return folder


def _clear(folder: Path, reason: str) -> None:
    """Leave of a virtual environment that is of no use only the note why."""
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.mkdir()
        (folder / ".gitignore").write_text("*\n", encoding="ascii")
        (folder / _FAILED).write_text(reason + "\n", encoding="utf-8")


def _install(folder: Path) -> None:
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    (folder / ".gitignore").write_text("*\n", encoding="ascii")
    # Everything is listed: nothing may pull in torch with its gigabytes.
    options = ["--no-deps", "--no-input", "--quiet", "--disable-pip-version-check", "--retries=5", "--timeout=60"]
    _run([str(folder / "bin" / "python"), "-m", "pip", "install", *options, "--requirement", str(REQUIREMENTS)])


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a folder, so that two runs of the tests do not install at the same time."""
    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _started(python: Path, folder: Path) -> RunningLibreTranslate:
    begun = time.monotonic()
    port = ports.free()
    url = f"http://127.0.0.1:{port}"
    # Files and web pages cannot be translated by it: FediNote asks for texts only.
    options = ["--host", "127.0.0.1", "--port", str(port), "--disable-web-ui", "--disable-files-translation"]
    command = _guarded([str(python), str(python.with_name("libretranslate")), *options, "--threads", "2"])
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    if not _answers(url, process):
        _end(process)
        raise StartError(f"LibreTranslate did not start:\n{_log(folder)}")
    return RunningLibreTranslate(url, folder, process, time.monotonic() - begun)


def _environment(folder: Path) -> dict[str, str]:
    """Everything that it writes goes into the folder, and settings of the developer's own do not reach it."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "ARGOS_PACKAGES_DIR": str(folder / "packages"),
    }


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with _LOOPBACK.open(f"{url}/languages", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False


def _guarded(command: list[str]) -> list[str]:
    # The kernel ends the server when the run that started it is killed.
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else command


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=INSTALL_SECONDS
    )
    if done.returncode != 0:
        text = (done.stdout + done.stderr).decode(errors="replace")[-4000:]
        raise StartError(f"{' '.join(command[:4])} ended with {done.returncode}:\n{text}")


def _log(folder: Path) -> str:
    path = folder / "log"
    return path.read_text(encoding="utf-8", errors="replace")[-4000:] if path.is_file() else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole process group to end, then make it."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def main() -> int:
    """Start a server, say where it is, and keep it until Ctrl-C; 1 when there can be none."""
    try:
        server = ensure()
    except (InstallError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    with server:
        print(f"LibreTranslate answers at {server.url} (started in {server.seconds_to_start:.1f} s)", flush=True)
        try:
            server.process.wait()
        except KeyboardInterrupt:
            print("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
