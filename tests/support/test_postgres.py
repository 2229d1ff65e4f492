"""The cluster that tests stand on, started for real."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.support import postgres
from tests.support.postgres import Cluster, PostgresError

pytestmark = pytest.mark.skipif(
    not postgres.available() and "postgresql" not in os.environ.get("FEDINOTE_REQUIRE", "").split(","),
    reason="no PostgreSQL server that we could start",
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster() as running:
        yield running


async def _value(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_a_new_database_answers_and_keeps_text_of_every_script(cluster: Cluster) -> None:
    url = cluster.create_database("scripts")
    assert await _value(url, "SELECT current_database()") == "scripts"
    assert await _value(url, "SELECT lower('ÄÖÜ ПРИВЕТ 你好')") == "äöü привет 你好"


async def test_a_database_may_be_a_copy_of_another(cluster: Cluster) -> None:
    first = cluster.create_database("first")
    await _value(first, "CREATE TABLE words AS SELECT 'hello' AS word")
    second = cluster.create_database("second", template="first")
    assert await _value(second, "SELECT word FROM words") == "hello"


async def test_a_dropped_database_is_gone_even_when_somebody_was_connected(cluster: Cluster) -> None:
    url = cluster.create_database("dropped")
    connection = await asyncpg.connect(url)
    cluster.drop_database("dropped")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(url)
    connection.terminate()
    cluster.drop_database("dropped")


def test_a_name_that_would_need_quoting_is_refused(cluster: Cluster) -> None:
    with pytest.raises(ValueError, match="plain database name"):
        cluster.create_database('x"; DROP DATABASE postgres; --')


def test_what_the_server_refuses_is_raised_with_its_words(cluster: Cluster) -> None:
    cluster.create_database("twice")
    with pytest.raises(PostgresError, match="already exists"):
        cluster.create_database("twice")


async def test_it_listens_on_the_loopback_address_only(cluster: Cluster) -> None:
    url = cluster.create_database("addresses")
    assert await _value(url, "SHOW listen_addresses") == "127.0.0.1"
    assert await _value(url, "SHOW unix_socket_directories") == ""


async def test_two_clusters_live_beside_each_other_and_leave_nothing_behind(cluster: Cluster) -> None:
    with Cluster() as other:
        assert await _value(other.create_database("here"), "SELECT 1") == 1
        assert cluster.pid != other.pid
        pid, folder = other.pid, other.folder
        assert pid is not None
        os.kill(pid, 0)
    assert not folder.exists()
    assert other.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    other.stop()


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="without setpriv nobody tells the server that we are gone")
def test_a_killed_test_run_leaves_no_server_behind() -> None:
    program = (
        "import sys; from tests.support.postgres import Cluster; cluster = Cluster(); cluster.start(); "
        "print(cluster.pid, cluster.folder, flush=True); sys.stdin.read()"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        pid, folder = child.stdout.readline().split(maxsplit=1)
        child.kill()
    try:
        assert _gone(int(pid)), "the server still runs a minute after the run was killed"
    finally:
        shutil.rmtree(folder.strip())


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            # An orphan whose new parent does not collect it stays as a zombie, which serves nobody.
            if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False
