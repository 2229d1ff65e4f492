"""Fixtures for all tests: an App on a database of its own, on SQLite or PostgreSQL (`--database`)."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from fedinote.bootstrap import MODELS, database, running
from fedinote.infra import migrations
from fedinote.infra.app import App
from fedinote.infra.orm import init_models
from fedinote.infra.settings import Settings, load
from tests.support import postgres
from tests.support.databases import Databases
from tests.support.requirements import SHARED, missing

# The same examples in each run, however slow the machine is: what fails, fails again.
hypothesis.settings.register_profile(
    "steady", deadline=None, derandomize=True, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", default="sqlite", choices=["sqlite", "postgresql"], help="which database to test on")


def pytest_sessionstart(session: pytest.Session) -> None:
    if lacking := missing():
        pytest.exit(f"required, and not here: {', '.join(lacking)}", returncode=3)


@pytest.fixture(scope="session")
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--database"))


@pytest.fixture(scope="session")
def cluster(dialect: str) -> Iterator[postgres.Cluster | None]:
    if dialect == "sqlite":
        yield None
        return
    if not postgres.available():
        pytest.skip("PostgreSQL is not installed")
    with postgres.Cluster() as running_cluster:
        yield running_cluster


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, cluster: postgres.Cluster | None) -> Databases:
    folder = tmp_path_factory.mktemp("databases")

    async def migrate(url: str) -> None:
        db = database(make_settings(folder, url))
        await init_models(db.dialect, MODELS)
        await db.open()
        await migrations.migrate(db)
        await db.close()

    async def start(url: str) -> None:
        async with running(make_settings(folder, url), migrate=True):
            pass

    return Databases(folder, cluster, migrate, start)


@pytest.fixture(autouse=True)
def taken_back(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let later tests have the databases that a test was given, when all of its servers are gone."""
    if "databases" not in request.fixturenames:
        yield
        return
    databases: Databases = request.getfixturevalue("databases")
    since = len(databases.given)
    yield
    databases.take_back(since)


def make_settings(tmp_path: Path, database_url: str, **environment: str) -> Settings:
    """Settings of an instance for tests: loopback may be contacted, limits are off."""
    defaults = {
        "FEDINOTE_SERVER_BASE_URL": "http://localhost:8000",
        "FEDINOTE_SERVER_DATA_DIR": str(tmp_path / "data"),
        "FEDINOTE_DATABASE_URL": database_url,
        "FEDINOTE_DATABASE_POOL": "4",
        "FEDINOTE_FEDERATION_ALLOW_HTTP": "true",
        "FEDINOTE_FEDERATION_ALLOW_NETWORKS": "127.0.0.0/8,::1/128",
        "FEDINOTE_LIMITS_ENABLED": "false",
    }
    return load(None, defaults | environment)


@pytest.fixture
async def settings(tmp_path: Path, databases: Databases) -> AsyncIterator[Settings]:
    url = await databases.take()
    yield make_settings(tmp_path, url)
    await databases.give_back(url)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    async with running(settings) as built:
        yield built


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data; tests that need it are skipped where it is not."""
    if not SHARED.is_dir():
        pytest.skip("the shared reference data is not there")
    return SHARED


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run the tests that use a database: the others would tell the same twice."""
    if config.getoption("--database") == "sqlite":
        return
    kept = [item for item in items if "dialect" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept
