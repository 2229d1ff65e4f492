"""`fedinote audit`: what was decided, read at the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fedinote.cli.main import cli
from fedinote.infra.app import App
from fedinote.moderation import audit


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FEDINOTE_SERVER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FEDINOTE_SERVER_BASE_URL", "http://localhost:8000")
    monkeypatch.delenv("FEDINOTE_CONFIG", raising=False)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    assert call("migrate").exit_code == 0
    return call


def test_decisions_are_shown_with_who_what_whom_and_why(run) -> None:
    assert run("audit").output == "Nothing was decided yet\n"
    run("domain", "block", "spam.example", "--private-comment", "Wave of spam")
    run("domain", "block", "loud.example", "--severity", "silence")
    lines = run("audit").output.splitlines()
    assert lines[0].split() == ["time", "who", "action", "target", "why"]
    assert "command line" in lines[1]
    assert "domain spam.example" in lines[1]
    assert "Wave of spam" in lines[1]
    assert "loud.example" in lines[2]
    assert [line for line in run("audit", "--last", "1").output.splitlines() if "spam.example" in line] == []
    assert run("audit", "--last", "0").exit_code == 2


async def test_a_blocked_server_that_knocks_leaves_one_row_an_hour(app: App) -> None:
    async def rows() -> list[str]:
        found = await app.db.rows("SELECT detail FROM audit_log WHERE action = 'policy.reject' ORDER BY id")
        return [row["detail"] for row in found]

    await audit.refused_at_the_door(app, "spam.example", "one.spam.example")
    await audit.refused_at_the_door(app, "spam.example", "two.spam.example")
    await audit.refused_at_the_door(app, "other.example", "other.example")
    assert len(await rows()) == 2
    app.caches.clear()  # as after a restart
    await audit.refused_at_the_door(app, "spam.example", "three.spam.example")
    assert len(await rows()) == 2
    app.clock.shift(7200)
    await audit.refused_at_the_door(app, "spam.example", "four.spam.example")
    assert "one.spam.example" in (await rows())[0]
    assert "four.spam.example" in (await rows())[2]
