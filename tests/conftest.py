"""Fixtures for all tests: an App on a database of its own, on SQLite or PostgreSQL (`--database`)."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fedinote.bootstrap import running
from fedinote.infra.app import App
from fedinote.infra.settings import Settings, load
from tests.support import postgres
from tests.support.requirements import SHARED, missing


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


class Databases:
    """Makes databases with the newest schema, each a copy of one that was migrated once."""

    def __init__(self, folder: Path, cluster: postgres.Cluster | None) -> None:
        self.folder = folder
        self.cluster = cluster
        self.template: str | None = None
        self.count = 0

    async def new(self) -> str:
        self.count += 1
        if self.cluster is None:
            return await self._sqlite()
        return await self._postgresql(self.cluster)

    async def _prepare(self, url: str) -> None:
        """Migrate, and make what the first start makes: a key takes long, and one is as good as another here."""
        async with running(make_settings(self.folder, url), migrate=True):
            pass

    async def _sqlite(self) -> str:
        if self.template is None:
            self.template = str(self.folder / "template.db")
            await self._prepare(f"sqlite://{self.template}")
        target = self.folder / f"test-{self.count}.db"
        shutil.copy(self.template, target)
        return f"sqlite://{target}"

    async def _postgresql(self, cluster: postgres.Cluster) -> str:
        if self.template is None:
            self.template = "fedinote_template"
            await self._prepare(cluster.create_database(self.template))
        return cluster.create_database(f"fedinote_{self.count}", template=self.template)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, cluster: postgres.Cluster | None) -> Databases:
    return Databases(tmp_path_factory.mktemp("databases"), cluster)


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
async def settings(tmp_path: Path, databases: Databases) -> Settings:
    return make_settings(tmp_path, await databases.new())


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
