"""`fedinote user export`, `import` and `imports`, run as an operator runs them."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fedinote import worker
from fedinote.bootstrap import running
from fedinote.cli.main import cli
from fedinote.infra.settings import load

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("FEDINOTE_SERVER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FEDINOTE_SERVER_BASE_URL", "http://localhost:8000")
    monkeypatch.delenv("FEDINOTE_CONFIG", raising=False)

    def call(*words: str) -> Result:
        return CliRunner().invoke(cli, list(words))

    for name in ("alice", "bob"):
        made = call("user", "create", name, "--email", f"{name}@mail.example", "--password", "a horse with a hat")
        assert made.exit_code == 0, made.output
    return call


def serve_a_while(folder: Path) -> None:
    """Do what the server would do in the background."""

    async def work() -> None:
        environment = {"FEDINOTE_SERVER_DATA_DIR": str(folder), "FEDINOTE_SERVER_BASE_URL": "http://localhost:8000"}
        async with running(load(None, environment)) as app:
            await worker.settle(app)

    asyncio.run(work())


def test_what_is_imported_is_exported_and_failures_are_listed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mutes.csv"
    file.write_text("Account address,Hide notifications\nbob,false\nnobody,true\n")
    begun = run("user", "import", "alice", "mutes", str(file))
    assert begun.output == "2 rows wait for the server. See how it gets on: fedinote user imports alice\n"
    again = run("user", "import", "alice", "mutes", str(file))
    assert (again.exit_code, "going on" in again.output) == (1, True)
    serve_a_while(tmp_path)
    listed = run("user", "imports", "alice").output
    assert [line.split()[1:5] for line in listed.splitlines()[:2]] == [
        ["kind", "total", "imported", "failed"],
        ["mutes", "2", "1", "1"],
    ]
    assert "nobody, true  There is no such account" in listed
    expected = "Account address,Hide notifications\nbob@localhost:8000,false\n"
    assert run("user", "export", "alice", "mutes").output == expected
    written = tmp_path / "out.csv"
    assert run("user", "export", "alice", "mutes", "--output", str(written)).output == f"Wrote {written}\n"
    assert written.read_text() == expected


def test_overwriting_lets_go_of_what_the_file_does_not_have(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    for text, more in (("a.example\nb.example\n", ()), ("b.example\n", ("--overwrite",))):
        file.write_text(text)
        assert run("user", "import", "alice", "domain_blocks", str(file), *more).exit_code == 0
        serve_a_while(tmp_path)
    assert run("user", "export", "alice", "domain_blocks").output == "b.example\n"


def test_what_is_wrong_is_said(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("")
    for words, code in (
        (("export", "nobody", "follows"), 1),
        (("export", "alice", "passwords"), 2),
        (("import", "alice", "follows", str(file)), 1),
        (("import", "alice", "follows", str(tmp_path / "missing.csv")), 2),
        (("imports", "nobody"), 1),
    ):
        assert run("user", *words).exit_code == code, words
    assert run("user", "imports", "alice").output == "There are no imports of alice\n"
