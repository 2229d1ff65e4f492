"""A running server of ours, and the programs of others as processes beside it."""

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from fedinote import worker
from tests.conftest import make_settings
from tests.interop import programs
from tests.support import ports
from tests.support.databases import Databases
from tests.support.fakefedi import FakeFedi, faking
from tests.support.instances import Instance, Person, serving
from tests.support.requirements import required

PATIENCE = 300.0


def _or_skip(found: Path | programs.MissingProgramError) -> Path:
    if isinstance(found, programs.MissingProgramError):
        if required("interop"):
            raise found
        pytest.skip(str(found))
    return found


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """Where npm's programs are; the test is skipped without them, unless FEDINOTE_REQUIRE names `interop`."""
    try:
        return programs.node()
    except programs.MissingProgramError as error:
        return _or_skip(error)


@pytest.fixture(scope="session")
def other_python() -> Path:
    """The interpreter with the Python peers; skipped like `node_folder`."""
    try:
        return programs.python()
    except programs.MissingProgramError as error:
        return _or_skip(error)


@dataclass(repr=False)
class Peer:
    """The server on Fedify (`peer.mjs`), with one actor that accepts every follow."""

    host: str
    http: aiohttp.ClientSession

    @property
    def uri(self) -> str:
        return f"http://{self.host}/users/peer"

    async def do(self, command: str, **arguments: Any) -> Any:
        """Let it do something: lookup, follow, unfollow, post, edit, remove, like, rotate."""
        async with self.http.post(f"http://{self.host}/_peer/{command}", json=arguments) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def log(self) -> list[dict[str, Any]]:
        """Return the activities that Fedify verified, oldest first."""
        async with self.http.get(f"http://{self.host}/_peer/log") as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    async def got(self, kind: str) -> dict[str, Any]:
        """Return the newest activity of a type that it verified."""
        found = [activity for activity in await self.log() if activity["type"] == kind]
        assert found, f"the peer verified no {kind}"
        return found[-1]


@contextlib.asynccontextmanager
async def fedify(folder: Path, first_knock: str) -> AsyncIterator[Peer]:
    """Run the peer on a free port until the block ends."""
    shutil.copy(Path(__file__).with_name("peer.mjs"), folder)
    port = ports.free()
    process = subprocess.Popen(
        ["node", "peer.mjs", str(port), first_knock], cwd=folder, stdout=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", os.defpath)},
    )  # fmt: skip
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as http:
            peer = Peer(f"127.0.0.1:{port}", http)
            await _answering(peer, process)
            yield peer
    finally:
        process.terminate()
        process.wait(PATIENCE)


async def _answering(peer: Peer, process: subprocess.Popen[bytes]) -> None:
    for _ in range(int(PATIENCE / 0.1)):
        assert process.poll() is None, "the peer ended"
        with contextlib.suppress(aiohttp.ClientConnectionError):
            await peer.log()
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the peer does not answer")


@dataclass(repr=False)
class Meeting:
    """Alice at our server, and the peer."""

    home: Instance
    alice: Person
    peer: Peer

    @property
    def me(self) -> str:
        return f"http://{self.home.host}/users/alice"

    async def settle(self) -> None:
        """Let our server do all its work."""
        await worker.settle(self.home.app)

    async def following(self) -> dict[str, Any]:
        """Let Alice follow the peer; the peer as the API shows it."""
        found = await self.alice.call(
            "GET", "/api/v2/search", params={"q": self.peer.uri, "resolve": "true", "type": "accounts"}
        )
        account: dict[str, Any] = found["accounts"][0]
        await self.alice.call("POST", f"/api/v1/accounts/{account['id']}/follow")
        await self.settle()
        await self.settle()
        return account

    async def relationship(self, account_id: str) -> dict[str, Any]:
        found = await self.alice.call("GET", "/api/v1/accounts/relationships", params={"id[]": account_id})
        relation: dict[str, Any] = found[0]
        return relation


@pytest.fixture
async def home(tmp_path: Path, databases: Databases) -> AsyncIterator[Instance]:
    async with serving(make_settings, tmp_path / "home", await databases.new()) as instance:
        yield instance


@pytest.fixture(params=["rfc9421", "draft-cavage-http-signatures-12"])
async def meeting(request: pytest.FixtureRequest, home: Instance, node_folder: Path) -> AsyncIterator[Meeting]:
    """Twice: the peer's first knock is RFC 9421, or draft-cavage."""
    async with fedify(node_folder, request.param) as peer:
        yield Meeting(home, await home.person("alice"), peer)


@pytest.fixture
async def fedi() -> AsyncIterator[FakeFedi]:
    async with faking() as found:
        yield found
