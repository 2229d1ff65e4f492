"""`fedinote glossary`, run as an operator runs it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fedinote.cli.main import cli


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FEDINOTE_SERVER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FEDINOTE_SERVER_BASE_URL", "http://localhost:8000")
    monkeypatch.delenv("FEDINOTE_CONFIG", raising=False)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["glossary", *arguments])

    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0
    return call


def test_an_entry_is_added_changed_listed_and_removed(run) -> None:
    assert "empty" in run("list").output
    made = run(
        "add", "yyds", "--origin", "zh", "--language", "zh", "--meaning", "en=the best", "--translation", "en=GOAT"
    )
    assert made.exit_code == 0, made.output
    number = made.output.strip().rpartition(" ")[2]
    listed = run("list").output
    for word in (number, "yyds", "zh", "en: GOAT"):
        assert word in listed
    assert run("add", "yyds", "--origin", "zh", "--keep").output.strip().endswith(number)
    assert run("remove", number).exit_code == 0
    assert run("remove", number).exit_code == 1
    assert "empty" in run("list").output


def test_the_starter_is_loaded_and_a_file_goes_out_and_in(run, tmp_path: Path) -> None:
    assert run("starter").exit_code == 0
    file = tmp_path / "glossary.csv"
    assert run("export", str(file)).exit_code == 0
    assert "yyds,zh" in file.read_text(encoding="utf-8")
    read = run("import", str(file))
    assert (read.exit_code, read.output.split()[0]) == (0, str(len(file.read_text(encoding="utf-8").splitlines()) - 1))


def test_what_is_wrong_is_said_in_one_line(run, tmp_path: Path) -> None:
    wrong = run("add", "yyds", "--origin", "q9", "--keep")
    assert (wrong.exit_code, wrong.output.count("\n")) == (1, 1)
    assert run("add", "yyds", "--origin", "zh", "--meaning", "best").exit_code == 2
    file = tmp_path / "bad.csv"
    file.write_bytes(b"\xff\xfe\x00")
    assert run("import", str(file)).exit_code == 1
    assert run("proposals", "--accept", "1").exit_code == 1
    assert run("proposals", "--accept", "1", "--reject", "1").exit_code == 2
    assert run("proposals").output == "Nothing waits for a decision\n"


@pytest.mark.parametrize(
    "command", [(), ("add",), ("remove",), ("list",), ("starter",), ("import",), ("export",), ("proposals",)]
)
def test_help_teaches_by_example(run, command: tuple[str, ...]) -> None:
    shown = run(*command, "--help")
    assert shown.exit_code == 0
    assert "Example" in shown.output
