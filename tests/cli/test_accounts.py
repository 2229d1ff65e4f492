"""`fedinote account`, run as an operator runs it."""

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
    for name, role in (("alice", "member"), ("judy", "moderator"), ("boss", "owner")):
        made = call(
            "user", "create", name, "--email", f"{name}@example.org", "--password", "Long enough 7", "--role", role
        )
        assert made.exit_code == 0, made.output
    return call


@pytest.mark.parametrize(
    ("deed", "undone", "said", "state"),
    [
        ("suspend", "unsuspend", "alice is suspended", "suspended"),
        ("limit", "unlimit", "alice is limited", "limited"),
        ("disable", "enable", "alice is disabled", "disabled"),
    ],
)
def test_what_is_decided_is_shown_with_its_reason_and_undone(
    run, deed: str, undone: str, said: str, state: str
) -> None:
    made = run("account", deed, "alice", "--reason", "Taken over", "--language", "en")
    assert (made.exit_code, made.output) == (0, f"{said}\n")
    again = run("account", deed, "@alice")
    assert again.exit_code == 0
    shown = run("account", "show", "alice").output
    assert shown.startswith(f"alice is {state}\n")
    assert shown.count("Taken over") == 1
    assert "the command line" in shown
    assert "stands" in shown
    audit = run("audit").output
    assert "command line" in audit
    assert "Taken over" in audit
    assert run("account", undone, "alice").exit_code == 0
    shown = run("account", "show", "alice").output
    assert shown.startswith("alice is as usual\n")
    assert "lifted (undone)" in shown


def test_moderators_are_acted_on_and_owners_are_not(run) -> None:
    assert run("account", "suspend", "judy").exit_code == 0
    refused = run("account", "suspend", "boss")
    assert refused.exit_code == 1
    assert "another role first" in refused.output
    assert "as usual" in run("account", "show", "boss").output


def test_who_is_not_known_stops_nobody_else(run) -> None:
    made = run("account", "limit", "nobody", "alice", "\x1b[31mx@far.example")
    assert made.exit_code == 1
    assert "alice is limited" in made.output
    assert made.output.count("Not possible") == 2
    assert "\x1b" not in made.output
    assert "Traceback" not in made.output
    assert run("account", "show", "nobody").exit_code == 1


def test_what_makes_no_sense_is_refused_in_a_line(run) -> None:
    wrong = run("account", "suspend", "alice", "--language", "no language")
    assert wrong.exit_code == 1
    assert "Language" in wrong.output
    assert "as usual" in run("account", "show", "alice").output
    assert run("account", "suspend").exit_code == 2
