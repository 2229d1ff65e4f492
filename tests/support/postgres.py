"""A PostgreSQL cluster for one run of the tests, in a temporary folder and on a free port of 127.0.0.1.

PostgreSQL refuses to run as root; there it is started as another user, so that tests run as root and as anybody.
`python -m tests.support.postgres` says where the server was found, and fails when it was not.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support import ports

OWNERS = ("postgres", "nobody")
SUPERUSER = "fedinote"
START_SECONDS = 120.0
STOP_SECONDS = 30.0
PORT_ATTEMPTS = 5
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
# Nothing here outlives the run, so nothing has to survive a crash of the machine.
_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "shared_buffers=32MB",
    "max_connections=100",
)


class PostgresError(RuntimeError):
    """The cluster could not be made, started or asked; the message ends with what the program wrote."""


def binaries() -> Path | None:
    """Give the folder with `initdb` and `postgres`, the newest version first; None when there is no server."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    found = shutil.which("postgres")
    if found:
        folders.append(Path(found).resolve().parent)
    return next((folder for folder in folders if _complete(folder)), None)


def available() -> bool:
    """Whether a cluster can be started here: a server is installed, and there is a user who may run it."""
    return binaries() is not None and (os.geteuid() != 0 or _owner() is not None)


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", folder.parent.name))


def _complete(folder: Path) -> bool:
    return all((folder / program).is_file() for program in ("initdb", "postgres", "psql"))


def _owner() -> pwd.struct_passwd | None:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next((known[name] for name in OWNERS if name in known), None)


class Cluster:
    """One PostgreSQL server of our own; also a context manager.

    Start it in the main thread: on Linux the server ends with the thread that started it, so that a killed
    test run leaves no server behind.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def pid(self) -> int | None:
        """Process id of the running server; None when it does not run."""
        return self._process.pid if self._process is not None else None

    @property
    def folder(self) -> Path:
        """Where the cluster keeps its files. Raises PostgresError when it was not started."""
        if self._folder is None:
            raise PostgresError("the cluster was not started")
        return self._folder

    def start(self) -> None:
        """Make the cluster and wait until it answers (about two seconds). Raises PostgresError when it does not."""
        if not available():
            raise PostgresError("no PostgreSQL server, or no user who may run it")
        self._folder = Path(tempfile.mkdtemp(prefix="fedinote-postgres-"))
        try:
            self._initialise()
            self._serve()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and remove its files; harmless when it does not run."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def url(self, name: str) -> str:
        """Give the address of a database; it need not exist."""
        return f"postgres://{SUPERUSER}@127.0.0.1:{self._port}/{name}"

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Create a database, empty or as a copy of `template` (which nobody may be using), and give its address.

        The name is lower-case letters, digits and underscores; anything else raises ValueError.
        """
        self._ask(f"CREATE DATABASE {_checked(name)} TEMPLATE {_checked(template)}")
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and whatever is connected to it; harmless when there is none of that name."""
        self._ask(f"DROP DATABASE IF EXISTS {_checked(name)} WITH (FORCE)")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _initialise(self) -> None:
        identity = _identity()
        if identity:
            os.chown(self.folder, identity["user"], identity["group"])
        command = [_program("initdb"), "--pgdata", str(self.folder / "data"), "--username", SUPERUSER]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        _run(command, cwd=self.folder, env=_environment(), **identity)

    def _serve(self) -> None:
        for _ in range(PORT_ATTEMPTS):
            self._port = ports.free()
            self._process = self._spawn()
            if self._ready(self._process):
                return
            # Somebody may have taken the port in between; whatever else is wrong shows in the log all the same.
            if "Address already in use" not in self._log():
                break
        raise PostgresError(f"postgres did not start:\n{self._log()}")

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [_program("postgres"), "-D", str(self.folder / "data"), "-p", str(self._port)]
        for setting in _SETTINGS:
            command += ["-c", setting]
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                _guarded(command), cwd=self.folder, env=_environment(), stdout=log, **streams, **_identity()
            )

    def _ready(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if _status(self.folder / "data" / "postmaster.pid") == "ready":
                return True
            time.sleep(0.02)
        return False

    def _log(self) -> str:
        path = self.folder / "log"
        return path.read_text(encoding="utf-8", errors="replace")[-4000:] if path.is_file() else ""

    def _ask(self, statement: str) -> None:
        address = ["--host=127.0.0.1", f"--port={self._port}", f"--username={SUPERUSER}", "--dbname=postgres"]
        command = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *address]
        _run([*command, "--command", statement], cwd=self.folder, env=_environment())


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a plain database name: {name!r}")
    return name


def _program(name: str) -> str:
    folder = binaries()
    if folder is None:
        raise PostgresError("no PostgreSQL server")
    return str(folder / name)


def _identity() -> dict[str, Any]:
    """Arguments that make subprocess start a program as another user; none when we are not root."""
    owner = _owner() if os.geteuid() == 0 else None
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _environment() -> dict[str, str]:
    # PG* variables of the developer's own database must not reach our programs.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _guarded(command: list[str]) -> list[str]:
    # SIGINT is PostgreSQL's fast shutdown; the kernel sends it when we are gone.
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", *command] if setpriv else command


def _run(command: list[str], **options: Any) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, **options)
    if done.returncode != 0:
        text = (done.stdout + done.stderr).decode(errors="replace")[-4000:]
        raise PostgresError(f"{Path(command[0]).name} ended with {done.returncode}:\n{text}")


def _status(path: Path) -> str:
    """Read the last word of postmaster.pid, where the server notes `starting`, `ready` or `stopping`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return lines[7].strip() if len(lines) > 7 else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def main() -> int:
    """Print the folder of the server's programs; 1 when no cluster can be started here."""
    if not available():
        print("PostgreSQL: no server, or no user who may run it")
        return 1
    print(f"PostgreSQL: {binaries()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
