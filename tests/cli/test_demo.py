"""`fedinote demo` as people run it: a real process, which starts two real servers."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from fedinote.cli import demo, demo_story
from fedinote.cli.demo_story import ALICE, BAO
from fedinote.cli.main import cli
from tests.support import libretranslate, ports
from tools import demo as tools

PATIENCE = 300.0
ROOT = Path(demo.__file__).parents[2]
_HERE = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def port() -> int:
    """Two free ports in a row."""
    return ports.free(2)


class Run:
    """The command in a process group of its own, and what it has written so far."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.output = folder / f"output-{secrets.token_hex(4)}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FEDINOTE_")}
        command = [sys.executable, "-m", "fedinote", "demo", "--data", str(folder / "data"), *options]
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env={**environment, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def ends(self) -> int:
        return self.process.wait(PATIENCE)

    def says(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.05)

    def kill(self) -> None:
        """End whatever is left of the group."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[list[Run]]:
    runs: list[Run] = []
    yield runs
    for run in runs:
        run.kill()


def squeezed(text: str) -> str:
    """A text without the places where it is broken into lines and columns."""
    return "".join(text.split())


def columns(text: str) -> str:
    """The two columns of each table, one after the other, so that a text that was broken is whole again."""
    rows = [line for line in text.splitlines() if line.startswith("    ")]
    cut = [_at_place(row[4:], 38) for row in rows]
    return squeezed("".join(left for left, _ in cut)) + squeezed("".join(right for _, right in cut))


def _at_place(row: str, places: int) -> tuple[str, str]:
    for at in range(len(row)):
        if demo_story._width(row[:at]) >= places:
            return row[:at], row[at:]
    return row, ""


def test_two_servers_meet_and_read_each_other_in_translation(tmp_path: Path, port: int, running: list[Run]) -> None:
    run = Run(tmp_path, "--port", str(port), "--once", "--translate-with", "phrasebook")
    running.append(run)
    assert run.ends() == 0, run.text
    told = columns(run.text)
    assert squeezed(ALICE.text) in told
    assert squeezed(BAO.text) in told
    assert squeezed("你好世界！我喜欢茶，咖啡和猫。谢谢，大家！ #tea") in told
    assert squeezed("Hello, world! today Beijing weather very good, I drink tea, eat dumplings") in told
    assert "phrase book" in run.text
    assert "demonstration only" in run.text
    assert "Apps that were connected in an earlier run sign in again" in run.text
    _closed(port)


def _closed(port: int) -> None:
    for number in (port, port + 1):
        with closing(socket.socket()) as probe:
            assert probe.connect_ex(("127.0.0.1", number)) != 0


def test_it_serves_until_it_is_stopped_and_goes_on_from_its_data(tmp_path: Path, port: int, running: list[Run]) -> None:
    for _ in range(2):
        run = Run(tmp_path, "--port", str(port))
        running.append(run)
        run.says("Ctrl-C stops both servers")
        with _HERE.open(f"http://localhost:{port + 1}/demo", timeout=60) as answer:
            page = answer.read().decode()
        assert ALICE.text.partition(" #")[0] in page
        assert BAO.text.partition("#")[0] in page
        assert page.count('class="exchange card"') == 2
        with _HERE.open(f"http://localhost:{port}/@alice", timeout=60) as answer:
            assert answer.read().decode().count("<article") == 1
        _answers_on_the_command_line(tmp_path, run)
        run.process.send_signal(signal.SIGINT)
        assert run.ends() == 0, run.text
        assert "Both servers are stopped" in run.text
        _closed(port)
    passwords = {found[1] for one in running if (found := re.search(r"alice +(\S+)\n", one.text))}
    assert len(passwords) == 2


def _answers_on_the_command_line(folder: Path, run: Run) -> None:
    """Run the two lines that the command gave, and check who is listed."""
    lines = re.findall(r"^    \((\. .*)\)$", run.text, re.MULTILINE)
    assert len(lines) == 2
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FEDINOTE_")}
    told = []
    for line in lines:
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=folder,
            env={**environment, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
            timeout=PATIENCE,
        )
        told.append(done.stdout.decode())
    assert "alice@mail.example" in told[0]
    assert "bao@mail.example" in told[1]


def test_a_port_that_is_taken_is_named_and_nothing_is_stored(tmp_path: Path, port: int) -> None:
    with closing(socket.create_server(("127.0.0.1", port + 1))):
        result = CliRunner().invoke(cli, ["demo", "--data", str(tmp_path / "data"), "--port", str(port)])
    assert result.exit_code == 1
    assert f"127.0.0.1:{port + 1}" in result.output
    assert 'DEMO_ARGS="--port 8101"' in result.output
    assert not (tmp_path / "data").exists()


def test_what_translates_is_an_address_or_the_phrase_book() -> None:
    result = CliRunner().invoke(cli, ["demo", "--translate-with", "deepl"])
    assert result.exit_code == 2
    assert "LibreTranslate" in result.output


def test_an_engine_that_does_not_answer_is_named_before_anything_starts(tmp_path: Path, port: int) -> None:
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        options = ["--data", str(tmp_path / "data"), "--port", str(port), "--translate-with", address]
        result = CliRunner().invoke(cli, ["demo", *options])
    assert result.exit_code == 1
    assert f"No LibreTranslate server answers at {address}" in result.output
    assert "--translate-with phrasebook" in result.output
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--port", "80000"], 2),
        (["--nonsense"], 2),
        (["--translate-with", "deepl"], 2),
        (["--help"], 0),
    ],
)
def test_arguments_are_looked_at_before_anything_is_set_up(arguments: list[str], code: int) -> None:
    assert tools.check(arguments) == code


def test_good_arguments_pass_and_leave_the_ports_free(tmp_path: Path, port: int) -> None:
    assert tools.check(["--port", str(port), "--data", str(tmp_path / "data")]) is None
    assert not (tmp_path / "data").exists()
    _closed(port)


def test_an_engine_that_cannot_be_installed_is_explained_and_leaves_only_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, wanted = tmp_path / "venv", tmp_path / "requirements.txt"
    wanted.write_text("no-such @ file:///no/such/no_such-1.0-py3-none-any.whl\n")
    monkeypatch.setenv("FEDINOTE_LIBRETRANSLATE_VENV", str(folder))
    monkeypatch.setattr(libretranslate, "REQUIREMENTS", wanted)
    assert libretranslate.earlier_failure() == ""
    with pytest.raises(libretranslate.InstallError) as caught:
        libretranslate.ensure()
    reason = libretranslate.brief(caught.value)
    assert reason.startswith("LibreTranslate cannot be installed in ")
    assert "/no/such/no_such-1.0-py3-none-any.whl" in reason
    assert "\n" not in reason
    assert libretranslate.earlier_failure() == reason
    assert {one.name for one in folder.iterdir()} == {".failed", ".gitignore"}


def test_of_what_an_installer_wrote_the_last_error_is_told() -> None:
    error = libretranslate.InstallError(
        "LibreTranslate cannot be installed in x:\npip ended with 1:\nERROR: first\nERROR: No match for a==1\nnotice"
    )
    assert libretranslate.brief(error) == "LibreTranslate cannot be installed in x: No match for a==1"


def test_a_fresh_start_deletes_a_demonstration_and_nothing_else(tmp_path: Path) -> None:
    mine, other = tmp_path / "8001", tmp_path / "8002"
    for folder in (mine, other):
        folder.mkdir()
    (mine / "fedinote.db").touch()
    (other / "letter.txt").touch()
    for folder in (mine, other):
        demo._forget(folder)
    assert not mine.exists()
    assert (other / "letter.txt").exists()


def test_columns_break_between_words_and_after_wide_punctuation() -> None:
    table = demo_story.beside(["English", "中文"], ["one two three four " * 3, "你好，" * 10])
    rows = [_at_place(row[4:], 38) for row in table.splitlines()[2:]]
    assert [left.strip() for left, _ in rows] == ["one two three four one two three", "four one two three four"]
    assert [right.strip() for _, right in rows] == ["你好，" * 6, "你好，" * 4]
