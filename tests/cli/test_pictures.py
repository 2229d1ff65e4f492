"""`fedinote picture`, run as an operator runs it, and rules about pictures at the command line."""

from pathlib import Path

from fedinote.cli import rules
from tests.cli.test_rules import Call, number_in, run
from tests.media.drawings import saved, scene

__all__ = ["run"]
ONE = "1" * 64


def test_a_set_is_made_filled_listed_exported_and_removed(run: Call, tmp_path: Path) -> None:
    assert run("picture", "sets").output == "There are no sets\n"
    assert run("picture", "set", "known spam", "--source", "ours").exit_code == 0
    assert run("picture", "set", "known spam").exit_code == 1
    file = tmp_path / "pills.jpg"
    file.write_bytes(saved(scene(1)))
    added = run("picture", "add", "known spam", "--file", str(file), "--pdq", ONE, "--label", "pills")
    assert added.output == "New hashes: 4\n"
    assert run("picture", "add", "known spam").exit_code == 2
    assert run("picture", "add", "nowhere", "--pdq", ONE).exit_code == 1
    assert run("picture", "add", "known spam", "--post", "https://far.example/1").exit_code == 1
    listed = run("picture", "list", "known spam").output
    assert "pills" in listed
    number = next(line for line in listed.splitlines() if ONE in line).split()[0]
    exported = run("picture", "export", "known spam").output
    assert run("picture", "remove", "known spam", number).output == "Hashes removed: 1\n"
    assert ONE not in run("picture", "list", "known spam").output
    (tmp_path / "list.csv").write_text(exported)
    read = run("picture", "import", "known spam", str(tmp_path / "list.csv"))
    assert read.output == "New hashes: 1, of 4 in the list\n"
    assert run("picture", "sets").output.splitlines()[1].split()[:3] == ["known", "spam", "4"]
    assert run("picture", "remove", "known spam").exit_code == 2
    assert run("picture", "remove", "known spam", "--all").output == "Hashes removed: 4\n"


def test_a_rule_about_pictures_is_written_and_tried(run: Call) -> None:
    nothing = run("rule", "add", "Spam", "--kind", "pictures", "--with", "spam")
    assert nothing.exit_code == 1
    run("picture", "set", "spam")
    made = run("rule", "add", "Spam", "--kind", "pictures", "--with", "spam", "--with", "20", "--action", "hold")
    assert run("rule", "try", number_in(made.output)).output.startswith("0 of 0 posts")


def test_what_follows_with_is_read() -> None:
    usual = {"set": "spam", "turned": True, "fetch": False, "distance": 31}
    assert rules.terms("pictures", ["spam"]) == usual
    assert rules.terms("pictures", ["spam", "20", "upright", "fetch"]) == {
        "set": "spam", "turned": False, "fetch": True, "distance": 20,
    }  # fmt: skip
    assert rules.terms("pictures", [])["set"] == ""
