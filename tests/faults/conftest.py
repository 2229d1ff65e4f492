"""A server in a process of its own, and fake servers around it."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from fedinote.auth import clients, registrations, scopes, tokens
from fedinote.bootstrap import running
from fedinote.infra.settings import load
from tests.faults.victim import Victim
from tests.support.databases import Databases
from tests.support.fakefedi import FakeFedi, faking
from tests.support.process import ServerProcess


@pytest.fixture
async def fedi() -> AsyncIterator[FakeFedi]:
    async with faking() as found:
        yield found


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def victim(tmp_path: Path, databases: Databases) -> AsyncIterator[Victim]:
    """The server is not started: a test does that, and may end, kill and start it as it likes."""
    url = await databases.new()
    named = f"{url}?application_name=victim" if url.startswith("postgres") else url
    process = ServerProcess(tmp_path / "victim", database_url=named, FEDINOTE_REGISTRATIONS_MODE="open")
    found = Victim(process, url, host=f"localhost:{process.port}")
    ours = {k: v for k, v in process.environment.items() if k.startswith("FEDINOTE_")}
    settings = load(None, ours | {"FEDINOTE_DATABASE_URL": url})
    async with running(settings) as app:
        user = await registrations.create_user(app, "alice", "alice@mail.example", "a long enough password", "member")
        client = await clients.command_line(app)
        wanted = scopes.parse("read write follow")
        issued = await tokens.issue(app, app_id=client.id, user_id=user.id, scopes=wanted)
        found.app, found.token = app, issued.text
        try:
            yield found
        finally:
            process.stop()
