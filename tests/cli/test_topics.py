"""`fedinote topic`, run as an operator runs it."""

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
        return CliRunner().invoke(cli, ["topic", *arguments])

    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0
    return call


def test_topics_are_made_changed_listed_and_deleted(run) -> None:
    assert run("list").output == "There is no topic\n"
    made = run("create", "cats", "cat", "#猫", "gato", "--title", "en=Cats", "--title", "zh=猫")
    assert (made.exit_code, made.output) == (0, "cats: #cat #猫 #gato\n")
    assert run("add", "cats", "ねこ").output == "cats: #cat #猫 #gato #ねこ\n"
    assert run("remove", "cats", "#gato").output == "cats: #cat #猫 #ねこ\n"
    assert "#cat #猫 #ねこ" in run("list").output
    assert run("delete", "cats").output == "The topic is gone\n"
    assert run("delete", "cats").exit_code == 1


def test_what_is_wrong_is_said_in_one_line(run) -> None:
    assert run("create", "cats", "cat").exit_code == 0
    again = run("create", "pets", "cat")
    assert (again.exit_code, again.output.count("\n")) == (1, 1)
    assert "belongs to the topic cats" in again.output
    assert run("create", "x", "y", "--title", "nothing").exit_code == 2
    assert run("add", "nobody", "x").exit_code == 1


def test_without_posts_nothing_is_suggested(run) -> None:
    assert run("suggest").output == "Nobody used two hashtags together that are not one topic\n"


@pytest.mark.parametrize("command", [(), ("create",), ("add",), ("remove",), ("list",), ("delete",), ("suggest",)])
def test_help_teaches_by_example(run, command: tuple[str, ...]) -> None:
    shown = run(*command, "--help")
    assert shown.exit_code == 0
    assert "Example" in shown.output
