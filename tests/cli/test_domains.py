"""`fedinote domain`, run as an operator runs it."""

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


def test_blocking_listing_and_unblocking(run) -> None:
    assert "No domain is blocked" in run("domain", "list").output
    made = run("domain", "block", "Spam.Example.", "--private-comment", "Wave of spam", "--reject-media")
    assert (made.exit_code, made.output) == (0, "spam.example is blocked (suspend)\n")
    listed = run("domain", "list").output
    assert "spam.example" in listed
    assert "Wave of spam" in listed
    changed = run("domain", "block", "spam.example", "--severity", "silence")
    assert changed.output == "spam.example is blocked (silence)\n  severity: suspend → silence\n"
    assert run("domain", "list").output.count("spam.example") == 1
    gone = run("domain", "unblock", "SPAM.example")
    assert gone.exit_code == 0
    assert "No domain is blocked" in run("domain", "list").output


def test_of_a_block_that_is_there_only_what_is_named_changes_and_is_told(run) -> None:
    first = ("--severity", "silence", "--reject-media", "--obfuscate", "--private-comment", "Loud", "--days", "9")
    run("domain", "block", "loud.example", *first)
    more = run("domain", "block", "loud.example", "--reject-reports", "--accept-media", "--public-comment", "\x1bLoud")
    assert more.output.splitlines() == [
        "loud.example is blocked (silence)",
        "  reject media: yes → no",
        "  reject reports: no → yes",
        "  public comment: none → ?Loud",
    ]
    listed = run("domain", "list").output
    assert "silence" in listed
    assert "rejected" in listed
    again = run("domain", "block", "loud.example", "--reject-reports")
    assert again.output == "loud.example is blocked (silence) as before: nothing was changed\n"
    assert run("domain", "changes").output.count("loud.example") == 2
    full = run("domain", "block", "loud.example")
    assert full.output == "loud.example is blocked (suspend)\n  severity: silence → suspend\n"
    ends = run("domain", "block", "loud.example", "--for-good")
    assert ends.output.splitlines()[0] == "loud.example is blocked (suspend)"
    assert ends.output.splitlines()[1].startswith("  ends: 20")
    assert ends.output.endswith(" → none\n")
    wrong = run("domain", "block", "loud.example", "--for-good", "--days", "3")
    assert (wrong.exit_code, "--for-good" in wrong.output) == (2, True)


def test_a_pasted_address_blocks_its_host(run) -> None:
    assert run("domain", "block", "http://localhost:8002/").output == "localhost:8002 is blocked (suspend)\n"
    assert run("domain", "block", "https://Spam.example/@somebody").output == "spam.example is blocked (suspend)\n"
    assert run("domain", "block", "loud.example/").output == "loud.example is blocked (suspend)\n"
    assert run("domain", "unblock", "http://localhost:8002/about").exit_code == 0
    assert "localhost" not in run("domain", "list").output


def test_what_cannot_be_blocked_ends_with_one_line_and_exit_code_1(run) -> None:
    for name in ("https://", "localhost", "a..b", ""):
        refused = run("domain", "block", name)
        assert refused.exit_code == 1
        assert refused.output.startswith("Error: Validation failed: Domain")
        assert refused.output.count("\n") == 1
    assert "No domain is blocked" in run("domain", "list").output


def test_unblocking_what_is_not_blocked_says_where_to_look(run) -> None:
    refused = run("domain", "unblock", "spam.example")
    assert refused.exit_code == 1
    assert "fedinote domain list" in refused.output


@pytest.mark.parametrize("command", [(), ("block",), ("unblock",), ("list",)])
def test_help_teaches_by_example(run, command: tuple[str, ...]) -> None:
    shown = run("domain", *command, "--help")
    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert "fedinote domain" in shown.output


def test_comments_cannot_steer_the_terminal(run) -> None:
    run("domain", "block", "spam.example", "--public-comment", "\x1b[31mred")
    assert "\x1b" not in run("domain", "list").output


def test_a_block_is_foreseen_made_for_a_time_and_undone(run) -> None:
    seen = run("domain", "foresee", "https://loud.example/about", "--severity", "silence")
    assert "0 accounts known from there" in seen.output
    assert "No domain is blocked" in run("domain", "list").output
    assert "Nothing was changed" in run("domain", "changes").output
    assert run("domain", "block", "loud.example", "--days", "3").exit_code == 0
    assert "ends" in run("domain", "list").output
    changes = run("domain", "changes").output
    assert "loud.example (1)" in changes
    number = changes.splitlines()[-1].split()[0]
    assert "as they were before: 1" in run("domain", "undo", number).output
    assert "No domain is blocked" in run("domain", "list").output
    again = run("domain", "undo", number)
    assert (again.exit_code, "undone already" in again.output) == (1, True)
