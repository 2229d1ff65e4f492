"""`fedinote search`, run as an operator runs it."""

import asyncio
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from fedinote.bootstrap import running
from fedinote.cli.main import cli
from fedinote.infra.settings import load
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft


def test_a_rebuilt_index_tells_how_far_it_is_before_it_tells_that_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEDINOTE_SERVER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FEDINOTE_SERVER_BASE_URL", "http://localhost:8000")
    monkeypatch.delenv("FEDINOTE_CONFIG", raising=False)
    run = CliRunner().invoke
    assert run(cli, ["migrate"]).exit_code == 0
    person = ["alice", "--email", "a@mail.example", "--password", "a long enough password"]
    assert run(cli, ["user", "create", *person]).exit_code == 0

    async def post() -> None:
        async with running(load(None, os.environ)) as app:
            author = await app.db.value("SELECT id AS value FROM accounts WHERE username = 'alice'")
            await publishing.publish(app, author, Draft("a cup of tea"))

    asyncio.run(post())
    told = run(cli, ["search", "rebuild", "--all"])
    assert (told.stdout, told.exit_code) == ("1 posts …\n1 posts were indexed.\n", 0)
