"""A server as operators run it: `fedinote serve` in a process of its own, started, killed and started again."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from click.testing import CliRunner

from fedinote.cli.main import cli
from tests.support import ports

ROOT = Path(__file__).parents[2]


class ServerProcess:
    """One instance with its data in a folder. Kill it and start it again: the data stay."""

    def __init__(self, folder: Path, *, database_url: str = "", **environment: str) -> None:
        self.folder = folder
        self.port = ports.free()
        self.base_url = f"http://localhost:{self.port}"
        self.environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "FEDINOTE_SERVER_BASE_URL": self.base_url,
            "FEDINOTE_SERVER_BIND": f"127.0.0.1:{self.port}",
            "FEDINOTE_SERVER_DATA_DIR": str(folder / "data"),
            "FEDINOTE_DATABASE_URL": database_url,
            "FEDINOTE_FEDERATION_ALLOW_HTTP": "true",
            "FEDINOTE_FEDERATION_ALLOW_NETWORKS": "127.0.0.0/8,::1/128",
            "FEDINOTE_LIMITS_ENABLED": "false",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "server.log"
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, *arguments: str) -> str:
        """Run a command of the command line; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "fedinote", *arguments],
            env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def prepare(self, *arguments: str) -> str:
        """Do what a command does, in this process, which has everything loaded; its output."""
        outside = {name: None for name in os.environ if name.startswith("FEDINOTE_")}
        ours = {name: value for name, value in self.environment.items() if name.startswith("FEDINOTE_")}
        # In a thread of its own: a browser's driver may have its event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(
                CliRunner().invoke, cli, arguments, prog_name="fedinote", env={**outside, **ours}
            ).result()
        assert done.exit_code == 0, f"{arguments}: {done.output}{done.exception!r}"
        return done.stdout

    def user(self, name: str, password: str = "a long enough password", role: str = "member") -> None:
        self.prepare("user", "create", name, "--email", f"{name}@mail.example", "--password", password, "--role", role)

    def token(self, name: str, scopes: str = "read write follow push") -> str:
        return self.prepare("token", "create", name, "--scopes", scopes).strip().splitlines()[-1]

    def start(self) -> None:
        """Start serving; returns when the first request is answered."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "fedinote", "serve"],
                env=self.environment, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended: {self.log.read_text()[-2000:]}")
            try:
                with urllib.request.urlopen(f"{self.base_url}/health/ready", timeout=10):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"the server does not answer: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(60)

    def stop(self) -> int:
        """End it as an operator does (SIGTERM); its exit code."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.terminate()
        return self.process.wait(60)

    def __enter__(self) -> "ServerProcess":
        self.prepare("migrate")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
