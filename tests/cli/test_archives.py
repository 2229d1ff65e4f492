"""`fedinote user archive` and `import-posts`: from one account into another, as an operator would do it."""

from pathlib import Path

from tests.cli.test_portability import Run, run, serve_a_while

__all__ = ["run"]  # the fixture


def test_an_archive_is_made_copied_and_brought_into_another_account(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "alice.tar.gz"
    assert "server makes the archive" in run("user", "archive", "alice").output
    assert "being made: 0 of 0" in run("user", "archive", "alice").output
    early = run("user", "archive", "alice", "--output", str(file))
    assert (early.exit_code, file.exists()) == (1, False)
    serve_a_while(tmp_path)
    assert run("user", "archive", "alice", "--output", str(file)).output == f"Wrote {file}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    begun = run("user", "import-posts", "bob", str(file))
    assert begun.exit_code == 0, begun.output
    assert run("user", "import-posts", "bob", str(file)).exit_code == 1
    serve_a_while(tmp_path)
    listed = run("user", "imports", "bob").output
    assert "posts" in listed
    assert not list((tmp_path / "archives").glob("*.incoming"))
