"""Two instances that can reach each other; or one among fake servers. Each has its own database."""

import itertools
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path

import pytest

from fedinote.infra import keys
from tests.conftest import make_settings
from tests.federation.scene import Scene
from tests.support.databases import Databases
from tests.support.fakefedi import FakeFedi, faking
from tests.support.instances import Instance, World, serving

_MADE = keys._generate_pair


@lru_cache
def _pair(_number: int) -> keys.KeyPair:
    return _MADE()


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give people keys from a supply of eight: to make one takes longer than most tests here."""
    supply = itertools.cycle(range(8))
    monkeypatch.setattr(keys, "_generate_pair", lambda: _pair(next(supply)))


@pytest.fixture
async def world(tmp_path: Path, databases: Databases) -> AsyncIterator[World]:
    found = World()
    async with (
        serving(make_settings, tmp_path / "one", await databases.new()) as one,
        serving(make_settings, tmp_path / "two", await databases.new()) as two,
    ):
        found.instances = [one, two]
        yield found


@pytest.fixture
def one(world: World) -> Instance:
    return world.instances[0]


@pytest.fixture
def two(world: World) -> Instance:
    return world.instances[1]


@pytest.fixture
async def fedi() -> AsyncIterator[FakeFedi]:
    async with faking() as found:
        yield found


@pytest.fixture
async def home(tmp_path: Path, databases: Databases) -> AsyncIterator[Instance]:
    """One instance of ours, without anybody on it."""
    async with serving(make_settings, tmp_path / "home", await databases.new()) as found:
        yield found


@pytest.fixture
async def scene(home: Instance, fedi: FakeFedi) -> Scene:
    victim, evil = await fedi.host("127.0.0.2"), await fedi.host("127.0.0.3")
    return Scene(
        home=home,
        fedi=fedi,
        victim=victim,
        evil=evil,
        bob=victim.actor("bob", key=1),
        mallory=victim.actor("mallory", key=2),
        mal=evil.actor("evil", key=3),
        alice=await home.person("alice"),
        carol=await home.person("carol"),
    )
