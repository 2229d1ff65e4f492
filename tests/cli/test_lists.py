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
    assert "line 3 (not a domain): Domain is not" in done.output
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


def test_an_import_takes_nothing_off_a_block_and_is_taken_back_by_a_number(run: Call, tmp_path: Path) -> None:
    run("domain", "block", "loud.example", "--severity", "silence", "--reject-media", "--private-comment", "ours")
    run("domain", "block", "bad.example", "--private-comment", "ours")
    file = tmp_path / "in.csv"
    file.write_text(
        f"{HEAD}loud.example,suspend,false,true,spam,false\nbad.example,silence,,,,\nodd.example,sometimes,,,,\n"
    )
    done = run("list", "import", str(file))
    assert "1 domains are blocked" in done.output
    assert "line 4 (odd.example): Severity is not included in the list" in done.output
    rows = {line.split()[0]: line for line in run("domain", "list").output.splitlines()[1:]}
    assert set(rows) == {"loud.example", "bad.example"}
    assert rows["loud.example"].split()[1:4] == ["suspend", "rejected", "rejected"]
    assert "ours" in rows["loud.example"]
    number = done.output.partition("fedinote undo ")[2].split()[0]
    assert run("undo", number).exit_code == 0
    rows = {line.split()[0]: line for line in run("domain", "list").output.splitlines()[1:]}
    assert rows["loud.example"].split()[1:3] == ["silence", "rejected"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"a,b\n1,2\n", b'"open'])
def test_a_file_that_is_no_list_is_refused_in_a_line(run: Call, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes(content)
    done = run("list", "import", str(file))
    assert (done.exit_code, done.output.count("\n")) == (1, 1), done.output
    assert done.output.startswith("Error: ")


def test_what_cannot_be_written_or_is_not_there_is_said_in_a_line(run: Call, tmp_path: Path) -> None:
    wrong = run("list", "export", str(tmp_path / "nowhere" / "out.csv"))
    assert (wrong.exit_code, "cannot be written" in wrong.output) == (1, True)
    assert run("list", "read", "5").exit_code == 1
    gone = run("list", "apply", "5", "6")
    assert (gone.exit_code, gone.output.count("Not possible"), "0 put into force" in gone.output) == (1, 2, True)
    assert run("list", "refuse", "5").exit_code == 1
