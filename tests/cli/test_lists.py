"""`fedinote list`, `fedinote server` and `fedinote rule undo`, run as an operator runs them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fedinote.cli.main import cli

Call = Callable[..., Result]
HEAD = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("FEDINOTE_SERVER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FEDINOTE_SERVER_BASE_URL", "http://localhost:8000")
    monkeypatch.delenv("FEDINOTE_CONFIG", raising=False)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    assert call("migrate").exit_code == 0
    return call


def test_blocks_are_imported_below_a_ceiling_and_exported_again(run: Call, tmp_path: Path) -> None:
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text(f"{HEAD}bad.example,suspend,true,false,spam,false\nnot a domain,suspend,,,,\n")
    done = run("list", "import", str(file), "--ceiling", "silence")
    assert (done.exit_code, "1 domains are blocked" in done.output) == (0, True), done.output
    assert "not a domain" in done.output
    assert "0 domains" in run("list", "import", str(file), "--ceiling", "silence").output
    assert "1 blocks" in run("list", "export", str(out)).output
    assert out.read_text() == f"{HEAD}bad.example,silence,true,false,spam,false\n"


def test_a_list_is_subscribed_to_shown_and_removed(run: Call) -> None:
    assert "No list" in run("list", "list").output
    added = run("list", "add", "Worst of", "https://lists.example/worst.csv", "--ceiling", "suspend")
    assert added.exit_code == 0, added.output
    number = added.output.split()[1]
    assert "Worst of" in run("list", "list").output
    assert run("list", "add", "Again", "https://lists.example/worst.csv").exit_code == 1
    assert "Nothing waits" in run("list", "drafts").output
    assert run("list", "apply", "1").exit_code == 1
    assert run("list", "remove", number).exit_code == 0
    assert "No list" in run("list", "list").output


def test_nobody_is_a_stranger_on_an_empty_server(run: Call) -> None:
    assert "No server is a stranger" in run("server", "strangers").output
    assert run("server", "approve", "nowhere.example").exit_code == 1


def test_a_rule_is_undone(run: Call) -> None:
    made = run("rule", "add", "No gambling", "--kind", "words", "--with", "casino", "--action", "hold")
    number = next(word for word in made.output.split() if word.strip(".:").isdigit()).strip(".:")
    assert run("rule", "on", number).exit_code == 0
    done = run("rule", "undo", number)
    assert (done.exit_code, "published: 0" in done.output) == (0, True), done.output
