"""Fixtures: a world on SQLite, and another on PostgreSQL where a server is installed."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support import postgres
from tests.timelines.world import World, build, database


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """One PostgreSQL server for the whole run."""
    if not postgres.available():
        pytest.skip("no PostgreSQL server")
    with postgres.Cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"], scope="session")
def dialect(request: pytest.FixtureRequest) -> str:
    """Run the test on both databases."""
    return request.param


@pytest.fixture
def address(dialect: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty PostgreSQL database; empty for SQLite."""
    if dialect == "sqlite":
        yield ""
        return
    running: postgres.Cluster = request.getfixturevalue("cluster")
    name = f"world_{id(request)}"
    yield running.create_database(name)
    running.drop_database(name)


@pytest.fixture
async def world(address: str, tmp_path: Path) -> AsyncIterator[World]:
    """An instance with nobody in it yet."""
    app = await build(database(address, tmp_path), tmp_path)
    yield World(app)
    await app.outbound.close()
    await app.db.close()
