"""`fedinote doctor post`, run as an operator runs it."""

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
        return CliRunner().invoke(cli, list(arguments))

    assert call("migrate").exit_code == 0
    return call


def test_the_answer_comes_first_and_then_what_is_known(run) -> None:
    assert run("domain", "block", "spam.example").exit_code == 0
    lines = run("doctor", "post", "https://spam.example/notes/1").output.splitlines()
    assert lines[0] == "Its server, spam.example, is blocked here: its activities are refused at the door."
    assert any("set spam.example to suspend" in line for line in lines[1:])
    unknown = run("doctor", "post", "https://far.example/notes/1")
    assert unknown.exit_code == 0
    assert unknown.output.startswith("Nothing about it came here.")


def test_what_is_no_address_ends_with_one_line_and_exit_code_1(run) -> None:
    refused = run("doctor", "post", "hello")
    assert refused.exit_code == 1
    assert refused.output == "Error: Give the http(s) address of a post, an account or an activity\n"


def test_the_doctor_without_more_words_still_looks_at_everything(run) -> None:
    assert "migrations" in run("doctor").output
