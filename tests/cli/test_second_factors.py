"""`fedinote user reset-2fa`, run as an operator runs it for somebody who lost the phone."""

import asyncio
from pathlib import Path

import pyotp
from click.testing import CliRunner, Result

from fedinote.auth import factors, sessions, totp, users
from fedinote.bootstrap import running
from fedinote.cli.main import cli
from fedinote.infra.settings import load


def test_a_lost_phone_is_forgotten_and_everybody_is_signed_out(tmp_path: Path) -> None:
    environment = {"FEDINOTE_SERVER_DATA_DIR": str(tmp_path), "FEDINOTE_SERVER_BASE_URL": "http://localhost:8000"}

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, list(words), env={**environment, "FEDINOTE_CONFIG": None})

    made = run("user", "create", "alice", "--email", "alice@mail.example", "--password", "a horse with a hat")
    assert made.exit_code == 0, made.output

    async def turn_on() -> str:
        async with running(load(None, environment)) as app:
            user = await users.by_login(app, "alice")
            assert user is not None
            await totp.begin(app, user.id)
            setup = await totp.waiting(app, user.id)
            assert setup is not None
            await factors.turn_on_app(app, user.id, pyotp.TOTP(setup.secret).at(int(app.now().timestamp())))
            return await sessions.start(app, user.id)

    async def look(cookie: str) -> tuple[bool, bool]:
        async with running(load(None, environment)) as app:
            user = await users.by_login(app, "alice")
            assert user is not None
            return (await factors.of(app, user.id)).on, await sessions.signed_in(app, cookie) is not None

    cookie = asyncio.run(turn_on())
    assert asyncio.run(look(cookie)) == (True, True)
    assert "password alone" in run("user", "reset-2fa", "alice").output
    assert asyncio.run(look(cookie)) == (False, False)
    assert "no second factor" in run("user", "reset-2fa", "alice").output
    assert run("user", "reset-2fa", "nobody").exit_code == 1
