"""`fedinote announcement`, run as an operator runs it."""

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
        return CliRunner().invoke(cli, ["announcement", *arguments])

    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0
    return call


def test_creating_listing_and_deleting(run) -> None:
    assert run("list").output == "There is no announcement\n"
    made = run("create", "Hello \x1b[31mall", "--starts-at", "2090-05-01", "--ends-at", "2090-05-03", "--all-day")
    assert made.exit_code == 0
    number = made.output.removeprefix("Announced as ").strip()
    listed = run("list").output
    for word in (number, "2090-05-01T00:00:00.000Z", "2090-05-03T00:00:00.000Z", "shown", "Hello ?[31mall"):
        assert word in listed
    assert run("delete", number).exit_code == 0
    assert run("list").output == "There is no announcement\n"
    again = run("delete", number)
    assert (again.exit_code, again.output) == (1, "Error: There is no such announcement\n")


def test_what_is_wrong_is_said_in_one_line(run) -> None:
    late = run("create", "x", "--ends-at", "2001-01-01")
    assert (late.exit_code, late.output.count("\n")) == (1, 1)
    wrong = run("create", "x", "--starts-at", "tomorrow")
    assert wrong.exit_code == 2
    assert "tomorrow is not a time" in wrong.output


@pytest.mark.parametrize("command", [(), ("create",), ("list",), ("delete",)])
def test_help_teaches_by_example(run, command: tuple[str, ...]) -> None:
    shown = run(*command, "--help")
    assert shown.exit_code == 0
    assert "Example" in shown.output
