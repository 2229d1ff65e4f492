"""`fedinote ip-block`, `email-block` and `allow`, run as an operator runs them; and what the audit log tells of it."""

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


def test_addresses_are_blocked_listed_and_released(run) -> None:
    assert "No address is blocked" in run("ip-block", "list").output
    made = run("ip-block", "add", "192.0.2.7/24", "--comment", "Wave of spam")
    assert (made.exit_code, made.output) == (0, "192.0.2.0/24 is blocked (sign_up_block)\n")
    listed = run("ip-block", "list").output
    assert "Wave of spam" in listed
    changed = run("ip-block", "add", "192.0.2.0/24", "--severity", "no_access", "--hours", "48")
    assert changed.output == "192.0.2.0/24 is blocked (no_access)\n"
    again = run("ip-block", "list").output
    assert again.count("192.0.2.0/24") == 1
    assert "no_access" in again
    assert "Z" in again.splitlines()[1], "until when"
    assert "Wave of spam" in again, "what was not said anew stays"
    assert run("ip-block", "add", "192.0.2.0/24", "--comment", "More spam").output.endswith("(no_access)\n")
    kept = run("ip-block", "list").output
    assert ("More spam" in kept, "Z" in kept.splitlines()[1]) == (True, True)
    assert run("ip-block", "remove", "192.0.2.0/24").exit_code == 0
    refused = run("ip-block", "remove", "192.0.2.0/24")
    assert (refused.exit_code, "fedinote ip-block list" in refused.output) == (1, True)


def test_e_mail_domains_and_addresses_are_blocked_listed_and_released(run) -> None:
    assert "No e-mail address" in run("email-block", "list").output
    assert run("email-block", "add", "@Spam.Example").exit_code == 0
    assert run("email-block", "add", "Mal.lory+1@mail.example").exit_code == 0
    listed = run("email-block", "list").output
    assert "spam.example" in listed
    assert "lory" not in listed, "of an address only the hash is kept"
    assert run("email-block", "add", "mallory@mail.example").exit_code == 1
    assert run("email-block", "remove", "mallory+2@mail.example").exit_code == 0
    assert run("email-block", "remove", "spam.example").exit_code == 0
    assert "No e-mail address" in run("email-block", "list").output
    for gone in ("spam.example", "mallory@mail.example"):
        refused = run("email-block", "remove", gone)
        assert (refused.exit_code, "fedinote email-block list" in refused.output) == (1, True)


def test_servers_are_listed_and_taken_off(run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No server is on the list" in run("allow", "list").output
    made = run("allow", "add", "https://Friends.Example/about")
    assert made.output.startswith("friends.example is on the list\n")
    assert "not in force" in made.output
    monkeypatch.setenv("FEDINOTE_FEDERATION_ALLOW_LIST", "true")
    assert "not in force" not in run("allow", "add", "friends.example").output
    assert run("allow", "list").output.count("friends.example") == 1
    assert run("allow", "remove", "friends.example").exit_code == 0
    refused = run("allow", "remove", "friends.example")
    assert (refused.exit_code, "fedinote allow list" in refused.output) == (1, True)


def test_what_cannot_be_blocked_ends_with_one_line_and_exit_code_1(run) -> None:
    wrong = (
        ("ip-block", "spam.example"),
        ("email-block", "a..b"),
        ("email-block", "a@b@c"),
        ("allow", "localhost:8000"),
    )
    for command, what in wrong:
        refused = run(command, "add", what)
        assert refused.exit_code == 1, command
        assert refused.output.startswith("Error: ")
        assert refused.output.count("\n") == 1


def test_everything_is_in_the_audit_log(run) -> None:
    for arguments in (
        ("ip-block", "add", "192.0.2.7", "--comment", "Why not"),
        ("ip-block", "remove", "192.0.2.7"),
        ("email-block", "add", "spam.example"),
        ("email-block", "add", "a@mail.example"),
        ("allow", "add", "friends.example"),
        ("allow", "remove", "friends.example"),
    ):
        assert run(*arguments).exit_code == 0
    shown = run("audit").output
    for action in ("ip_block.add", "ip_block.remove", "email_domain_block.add", "email_block.add", "allow.remove"):
        assert action in shown
    assert "Why not; severity=sign_up_block" in shown
    assert shown.count("command line") == 6
