"""Two instances that can reach each other, each with its own database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Databases, make_settings
from tests.support.instances import Instance, World, serving


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
