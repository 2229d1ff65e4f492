"""`fedinote relay`, run as an operator runs it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fedinote.cli.main import cli

INBOX = "https://relay.example/inbox"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FEDINOTE_SERVER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FEDINOTE_SERVER_BASE_URL", "http://localhost:8000")
    monkeypatch.delenv("FEDINOTE_CONFIG", raising=False)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    assert call("migrate").exit_code == 0
    return call


def test_a_relay_is_asked_listed_and_left(run) -> None:
    assert "No relay" in run("relay", "list").output
    made = run("relay", "add", INBOX)
    assert (made.exit_code, made.output) == (0, f"{INBOX} is asked (mastodon). See: fedinote relay list\n")
    listed = run("relay", "list").output
    assert INBOX in listed
    assert "pending" in listed
    assert "relay.add" in run("audit").output
    relay_id = next(line.split()[0] for line in listed.splitlines() if INBOX in line)
    assert run("relay", "remove", relay_id).output == f"{INBOX} is left\n"
    assert "No relay" in run("relay", "list").output
    assert run("relay", "add", "https://relay.example/other", "--kind", "mastodon").exit_code == 0
    assert run("relay", "remove", "https://relay.example/other").exit_code == 0


def test_what_is_no_relay_ends_with_one_line_and_exit_code_1(run) -> None:
    assert run("relay", "add", INBOX).exit_code == 0
    for words in (("add", INBOX), ("add", "relay.example"), ("add", "http://localhost:8000/inbox"), ("remove", "7")):
        refused = run("relay", *words)
        assert refused.exit_code == 1, words
        assert refused.output.startswith("Error: ")
        assert refused.output.count("\n") == 1
