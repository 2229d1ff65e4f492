"""`fedinote user alias`, `move` and `delete`, run as an operator runs them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fedinote.cli.main import cli

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("FEDINOTE_SERVER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FEDINOTE_SERVER_BASE_URL", "http://localhost:8000")
    monkeypatch.delenv("FEDINOTE_CONFIG", raising=False)

    def call(*words: str, given: str | None = None) -> Result:
        return CliRunner().invoke(cli, list(words), input=given)

    for name in ("alice", "bob"):
        made = call("user", "create", name, "--email", f"{name}@mail.example", "--password", "a horse with a hat")
        assert made.exit_code == 0, made.output
    return call


def test_an_account_moves_to_one_that_names_it(run: Run) -> None:
    assert run("user", "alias", "bob").output == "bob has no aliases\n"
    refused = run("user", "move", "alice", "bob")
    assert (refused.exit_code, "does not name" in refused.output) == (1, True)
    named = run("user", "alias", "bob", "--add", "alice")
    assert named.output == "http://localhost:8000/users/alice\n"
    assert run("user", "move", "alice", "bob@localhost:8000").output == "alice has moved to @bob@localhost:8000\n"
    again = run("user", "move", "alice", "bob")
    assert (again.exit_code, "seven days" in again.output) == (1, True)
    assert run("user", "alias", "bob", "--remove", "http://localhost:8000/users/alice").output == "bob has no aliases\n"
    assert run("user", "alias", "bob", "--remove", "http://localhost:8000/users/alice").exit_code == 1


def test_an_account_is_deleted_after_a_question_and_its_name_stays_taken(run: Run) -> None:
    assert run("user", "delete", "alice", given="n\n").exit_code == 1
    assert "alice" in run("user", "list").output
    assert run("user", "delete", "alice", given="y\n").output.endswith("alice is deleted\n")
    assert "alice" not in run("user", "list").output
    assert run("user", "delete", "bob", "--yes").exit_code == 0
    again = run("user", "create", "Alice", "--email", "new@mail.example", "--password", "a horse with a hat")
    assert (again.exit_code, "taken" in again.output) == (1, True)
    assert "account.delete" in run("audit").output
    assert run("user", "delete", "nobody", "--yes").exit_code == 1
