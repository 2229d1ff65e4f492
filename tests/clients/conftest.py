"""One running server for all clients, with two people and their tokens."""

from collections.abc import Iterator

import pytest

from tests.support import postgres
from tests.support.process import ServerProcess


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, dialect: str, cluster: postgres.Cluster | None
) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("server")
    url = cluster.create_database(f"clients_{folder.name.replace('-', '_')}") if cluster else ""
    with ServerProcess(folder, database_url=url) as running:
        for name in ("alice", "bob"):
            running.user(name)
        yield running
