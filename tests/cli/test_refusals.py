"""What the command line refuses, and how it says so: one line, a remedy, no traceback."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fedinote.cli.main import cli
from tests.support import ports
from tests.support.process import ROOT, ServerProcess

PASSWORD = "a horse with a hat"
CREATE = ("user", "create", "alice", "--email", "a@mail.example", "--password", PASSWORD)


@pytest.fixture
def server(tmp_path: Path):
    with ServerProcess(tmp_path / "one") as running:
        yield running


class Shell:
    """Runs commands in processes of their own, without a terminal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            "FEDINOTE_SERVER_BASE_URL": "http://localhost:8401",
            "FEDINOTE_SERVER_BIND": f"127.0.0.1:{ports.free()}",
            "FEDINOTE_SERVER_DATA_DIR": str(folder / "data"),
        }

    def __call__(self, *words: str, code: int, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "fedinote", *words],
            env=self.environment | more, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=180, check=False, start_new_session=True,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert "Traceback" not in said
        return said

    def here(self, *words: str, code: int, **more: str) -> str:
        """Run a command in this process, which is quicker: where it only has to be one of several."""
        outside = {name: None for name in os.environ if name.startswith("FEDINOTE_")}
        done = CliRunner().invoke(cli, words, prog_name="fedinote", env={**outside, **self.environment, **more})
        assert done.exit_code == code, (done.output, done.exception)
        return done.output


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_another_address_on_the_same_data_is_refused_by_every_command(shell: Shell) -> None:
    shell.here(*CREATE, code=0)
    other = {"FEDINOTE_SERVER_BASE_URL": "https://social.example"}
    refused = "it is https://social.example, but this data was made as http://localhost:8401"
    assert refused in shell("serve", code=2, **other)
    for words in (
        ("user", "list"),
        ("token", "create", "alice"),
        ("doctor",),
        (*CREATE[:2], "bob", *CREATE[3:]),
    ):
        said = shell.here(*words, code=2, **other)
        assert refused in said
        assert "FEDINOTE_SERVER_BASE_URL" in said
    assert "alice" in shell.here("user", "list", code=0, FEDINOTE_SERVER_BASE_URL="http://localhost:8401/")


def test_a_second_server_on_the_same_data_is_refused_and_short_commands_are_not(server: ServerProcess) -> None:
    shell = Shell(server.folder)
    shell.environment |= server.environment
    said = shell("serve", "--bind", f"127.0.0.1:{ports.free()}", code=1)
    assert server.process is not None
    assert f"(process {server.process.pid})" in said
    assert said.count("\n") == 1
    shell(*CREATE, code=0)
    shell("token", "create", "alice", code=0)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    server.start()  # raises if the lock outlived the process


def test_a_worker_on_sqlite_is_refused(shell: Shell) -> None:
    assert "needs PostgreSQL" in shell("worker", code=2)


def test_a_port_where_fedinote_answers_already_is_told(server: ServerProcess, shell: Shell) -> None:
    said = shell("serve", "--bind", f"127.0.0.1:{server.port}", code=1)
    assert "A FediNote server answers there" in said
    assert "--bind or FEDINOTE_SERVER_BIND" in said


def test_a_port_where_something_else_listens_is_told(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        assert "Another program listens there" in shell("serve", "--bind", bind, code=1)


@pytest.mark.parametrize("words", [("serve",), ("migrate",), CREATE, ("user", "list"), ("doctor",)], ids=lambda w: w[0])
def test_a_data_directory_that_is_a_file_is_one_line_and_2(shell: Shell, words: tuple[str, ...]) -> None:
    (shell.folder / "data").write_text("not a folder")
    said = shell(*words, code=2)
    assert "server.data_dir" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("words", [("serve",), ("migrate",), CREATE], ids=lambda w: w[0])
def test_a_data_directory_that_cannot_be_made_is_one_line_and_2(shell: Shell, words: tuple[str, ...]) -> None:
    said = shell(*words, code=2, FEDINOTE_SERVER_DATA_DIR="/proc/fedinote")
    assert "server.data_dir: the folder /proc/fedinote cannot be made" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("words", [("serve",), ("migrate",), ("user", "list"), ("worker",)], ids=lambda w: w[0])
def test_a_postgresql_that_cannot_be_reached_is_named_without_its_password(
    shell: Shell, words: tuple[str, ...]
) -> None:
    port = ports.free()
    said = shell(*words, code=1, FEDINOTE_DATABASE_URL=f"postgres://me:topsecret@127.0.0.1:{port}/fedinote")
    assert f"PostgreSQL at 127.0.0.1, port {port}, cannot be used" in said
    assert "topsecret" not in said


def test_settings_given_after_the_command_are_sent_before_it(shell: Shell) -> None:
    assert "fedinote --config FILE serve" in shell("serve", "--config", "x.toml", code=2)
    assert "fedinote --config FILE user list" in shell.here("user", "list", "--config", "x.toml", code=2)
    assert "No such option" in shell.here("serve", "--colour", code=2)


def test_scopes_are_listed_where_one_is_unknown_and_in_the_help(shell: Shell) -> None:
    for said in (
        shell("token", "create", "alice", "--scopes", "red", code=2),
        shell.here("token", "create", "--help", code=0),
    ):
        assert "write:statuses" in said
        assert "admin:read" in said


def test_without_a_terminal_the_password_must_be_given(shell: Shell) -> None:
    assert "give --password" in shell("user", "create", "alice", "--email", "a@mail.example", code=2)


def test_tokens_are_listed_and_revoked_by_id(shell: Shell) -> None:
    shell.here(*CREATE, code=0)
    assert shell.here("token", "list", "alice", code=0) == "alice has no token\n"
    text = shell("token", "create", "alice", "--scopes", "read", code=0).strip()
    lines = shell.here("token", "list", "alice", code=0).splitlines()
    assert len(lines) == 2
    assert text not in "".join(lines)
    token_id = lines[1].split()[0]
    shell.here("token", "revoke", token_id, code=0)
    assert shell.here("token", "list", "alice", code=0) == "alice has no token\n"
    assert "token list" in shell.here("token", "revoke", token_id, code=1)


def test_the_log_has_lines_of_json_alone(server: ServerProcess) -> None:
    lines = server.log.read_text().splitlines()
    assert any(line.startswith("FediNote serves ") for line in lines)
    assert [line for line in lines if "uvicorn" in line.lower()] == []


def test_the_doctor_finds_a_running_server_at_both_addresses(server: ServerProcess) -> None:
    said = server.run("doctor")
    assert "(server.bind)" in said
    assert f"ok       reachable: at {server.base_url} (server.base_url)" in said


def test_lists_that_are_empty_say_so(shell: Shell) -> None:
    shell.here("migrate", code=0)
    assert "There is no emoji yet" in shell("emoji", "list", code=0)
    assert "There is nobody yet" in shell.here("user", "list", code=0)
    assert "There is nobody who is pending" in shell.here("user", "list", "--state", "pending", code=0)
