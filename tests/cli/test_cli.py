"""The command line, as an operator uses it."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from fedinote.auth import tokens, users
from fedinote.bootstrap import running
from fedinote.cli.main import cli
from fedinote.infra.app import App
from fedinote.infra.settings import load
from tests.support import ports

PASSWORD = "a horse with a hat"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    port = ports.free()  # surely nobody listens there when the doctor asks
    return {
        "FEDINOTE_SERVER_DATA_DIR": str(tmp_path / "data"),
        "FEDINOTE_SERVER_BASE_URL": f"http://localhost:{port}",
        "FEDINOTE_SERVER_BIND": f"127.0.0.1:{port}",
    }


@pytest.fixture
def run(environment: dict[str, str]) -> "Run":
    return Run(environment)


class Run:
    """Runs commands in this process, with settings of their own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, *words: str, code: int = 0, given: str | None = None, **more: str) -> Result:
        outside = {name: None for name in os.environ if name.startswith("FEDINOTE_")}
        result = CliRunner().invoke(
            cli, words, prog_name="fedinote", env={**outside, **self.environment, **more}, input=given
        )
        assert result.exit_code == code, (result.output, result.exception)
        return result

    def app(self) -> "object":
        return running(load(None, self.environment), migrate=True)


def all_commands(group: click.Command, *before: str) -> Iterator[tuple[str, ...]]:
    yield before
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from all_commands(command, *before, name)


@pytest.mark.parametrize("words", list(all_commands(cli)), ids=" ".join)
def test_every_command_explains_itself_with_an_example(run: Run, words: tuple[str, ...]) -> None:
    output = run(*words, "--help").output
    assert "fedinote " + " ".join(words[:1]) in output
    assert re.search(r"Example|First steps", output)


def test_help_needs_no_settings(run: Run) -> None:
    run("--help", FEDINOTE_CONFIG="/does/not/exist.toml")
    run("serve", "--help", FEDINOTE_SERVER_BASE_URL="nonsense")


def test_a_user_is_made_and_can_sign_in(run: Run) -> None:
    run("user", "create", "alice", "--email", "alice@mail.example", "--password", PASSWORD, "--role", "admin")

    async def look() -> None:
        async with running(load(None, run.environment)) as app:
            user = await users.check_password(app, "alice", PASSWORD, address="")
            assert user.role == "admin"

    asyncio.run(look())


def test_a_password_that_is_not_given_is_asked_for_twice(run: Run) -> None:
    given = f"{PASSWORD}\n{PASSWORD}\n"
    output = run("user", "create", "alice", "--email", "a@mail.example", given=given).output
    assert PASSWORD not in output
    assert run.environment["FEDINOTE_SERVER_BASE_URL"].replace("http://", "@alice@") in output


def test_a_wrong_name_is_told_and_ends_with_1(run: Run) -> None:
    output = run("user", "create", "admin", "--email", "a@mail.example", "--password", PASSWORD, code=1).output
    assert "reserved" in output
    assert "Traceback" not in output


def test_roles_passwords_and_lists(run: Run) -> None:
    run("user", "create", "alice", "--email", "alice@mail.example", "--password", PASSWORD)
    run("user", "create", "bob", "--email", "bob@mail.example", "--password", PASSWORD, "--role", "owner")
    run("user", "role", "alice", "moderator")
    run("user", "password", "alice", "--password", "another long sentence")
    lines = run("user", "list").output.splitlines()
    assert lines[0].split() == ["name", "email", "role", "state"]
    assert [line.split() for line in lines[1:]] == [
        ["alice", "alice@mail.example", "moderator", "active"],
        ["bob", "bob@mail.example", "owner", "active"],
    ]
    assert "nobody who is pending" in run("user", "list", "--state", "pending").output
    assert "last owner" in run("user", "role", "bob", "member", code=1).output
    assert "no user" in run("user", "role", "carol", "member", code=1).output


def test_somebody_who_waits_is_approved(run: Run) -> None:
    run("user", "create", "alice", "--email", "alice@mail.example", "--password", PASSWORD)

    async def wait() -> None:
        async with running(load(None, run.environment)) as app:
            await app.db.execute("UPDATE users SET state = 'pending'")

    asyncio.run(wait())
    assert "can sign in" in run("user", "approve", "alice").output
    assert "was not waiting" in run("user", "approve", "alice").output


def test_a_token_is_printed_alone_and_works(run: Run) -> None:
    run("user", "create", "alice", "--email", "alice@mail.example", "--password", PASSWORD)
    token = run("token", "create", "alice", "--scopes", "read write:statuses").output.strip()

    async def look() -> None:
        async with running(load(None, run.environment)) as app:
            assert (await tokens.authenticate(app, token)).scopes == {"read", "write:statuses"}

    asyncio.run(look())


def test_an_unknown_scope_is_a_usage_error(run: Run) -> None:
    assert "root" in run("token", "create", "alice", "--scopes", "root", code=2).output


def test_an_invitation_is_a_link(run: Run) -> None:
    run("migrate")
    assert re.fullmatch(r"http://localhost:\d+/invite/[\w-]{43}\n", run("invite", "create", "--uses", "3").output)


def test_migrate_says_what_it_did_and_can_be_repeated(run: Run) -> None:
    assert "Applied 0001_initial" in run("migrate").output
    assert "up to date" in run("migrate").output


@pytest.mark.parametrize("words", [("user", "list"), ("token", "create", "alice"), ("audit",), ("domain", "list")])
def test_without_a_database_other_commands_say_how_to_begin_and_make_nothing(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    output = run(*words, code=1).output
    assert str(tmp_path / "data" / "fedinote.db") in output
    assert "fedinote serve" in output
    assert not (tmp_path / "data").exists()


def test_pending_migrations_are_told_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "fedinote.db").touch()
    output = run("user", "list", code=1).output
    assert output.count("fedinote migrate") == 1
    assert "0001_initial" in output


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("FEDINOTE_SERVER_BASE_URL", "nonsense", "server.base_url"),
        ("FEDINOTE_REGISTRATIONS_MODE", "maybe", "registrations.mode"),
        ("FEDINOTE_SERVER_COLOUR", "blue", "FEDINOTE_SERVER_COLOUR"),
        ("FEDINOTE_CONFIG", "/does/not/exist.toml", "/does/not/exist.toml"),
    ],
)
def test_a_wrong_setting_is_named_and_ends_with_2(run: Run, variable: str, value: str, named: str) -> None:
    for words in (("serve",), ("user", "list"), ("doctor",)):
        assert named in run(*words, code=2, **{variable: value}).output


def test_the_settings_file_is_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "fedinote.toml"
    file.write_text('[registrations]\nmode = "sometimes"\n')
    assert "registrations.mode" in run("--config", str(file), "user", "list", code=2).output


def test_several_processes_need_postgresql(run: Run) -> None:
    assert "PostgreSQL" in run("serve", "--workers", "2", code=2).output


def test_a_port_in_use_is_told(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        assert f"Cannot listen on {bind}" in run("serve", "--bind", bind, code=1).output
    run("serve", "--bind", "nonsense:port", code=2)


def test_the_doctor_finds_a_new_server_in_order(run: Run) -> None:
    run("migrate")
    lines = run("doctor").output.splitlines()
    marks = {line.split(":")[0].split()[-1]: line.split()[0] for line in lines}
    for matter in ("database", "migrations", "clock", "secrets", "keys", "files", "jobs", "webfinger"):
        assert marks[matter] == "ok", lines
    assert marks["owner"] == "warning"
    assert marks["reachable"] == "warning"  # nobody answers: it does not run
    assert any(line.endswith("keys: 1 key pair fits") for line in lines)


def test_the_doctor_warns_of_an_engine_of_translation_that_does_not_answer(run: Run) -> None:
    run("migrate")
    assert "translation: OpenCC (local)" in run("doctor", code=0).output
    url = f"http://127.0.0.1:{ports.free()}"
    output = run("doctor", FEDINOTE_TRANSLATION_ENGINE="libretranslate", FEDINOTE_TRANSLATION_URL=url).output
    assert re.search(r"warning +translation: LibreTranslate does not answer", output)


def test_the_doctor_names_a_missing_database_and_ends_with_1(run: Run, tmp_path: Path) -> None:
    assert "There is no database yet" in run("doctor", code=1).output
    assert not (tmp_path / "data").exists()


def test_the_doctor_finds_a_key_that_does_not_fit(run: Run) -> None:
    run("user", "create", "alice", "--email", "alice@mail.example", "--password", PASSWORD)
    run("user", "create", "bob", "--email", "bob@mail.example", "--password", PASSWORD)

    async def swap(app: App) -> None:
        rows = await app.db.rows("SELECT id, private_pem FROM account_keys ORDER BY id DESC")
        await app.db.execute(
            "UPDATE account_keys SET private_pem = ? WHERE id = ?", rows[1]["private_pem"], rows[0]["id"]
        )

    async def damage() -> None:
        async with running(load(None, run.environment)) as app:
            await swap(app)

    asyncio.run(damage())
    output = run("doctor", code=1).output
    assert re.search(r"wrong\s+keys: .*bob", output)
    assert "alice" not in output


def test_a_server_starts_prints_the_owners_link_serves_and_ends_in_order(environment: dict[str, str]) -> None:
    process = _start(environment)
    assert process.stdout is not None
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if " on 127.0.0.1:" in line:
                break
        link = re.search(r"http://localhost:\d+(/invite/[\w-]+)", "".join(lines))
        port = re.search(r" on 127\.0\.0\.1:(\d+)", "".join(lines))
        assert link, lines
        assert port, lines
        with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}{link[1]}", timeout=60) as answer:
            assert "owner" in answer.read().decode()
            assert answer.headers["Server"] is None
            assert answer.headers["Date"]
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest


def test_with_an_owner_no_link_is_printed(environment: dict[str, str], run: Run) -> None:
    run("user", "create", "alice", "--email", "alice@mail.example", "--password", PASSWORD, "--role", "owner")
    process = _start(environment)
    assert process.stdout is not None
    try:
        first = ""
        while "serves" not in first:
            line = process.stdout.readline()
            assert line, first
            first += line
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert "/invite/" not in first + rest


def _start(environment: dict[str, str]) -> "subprocess.Popen[str]":
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FEDINOTE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "fedinote", "serve", "--bind", "127.0.0.1:0"],
        env={**plain, **environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
