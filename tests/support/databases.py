"""Databases for tests: copies of one that was migrated once; on PostgreSQL, where a copy takes long, used again."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import asyncpg

from fedinote.infra import migrations
from tests.support import postgres

KEPT = {  # what the first start makes
    "schema_migrations": "FALSE",
    "secrets": "FALSE",
    "accounts": "uri <> 'http://localhost:8000/actor'",
    "account_keys": "account_id NOT IN (SELECT id FROM accounts WHERE uri = 'http://localhost:8000/actor')",
}

UNUSED = {"schema_migrations": "FALSE"}

# What a killed server left behind must not write any more.
_ALONE = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

Prepare = Callable[[str], Awaitable[None]]


class Databases:
    """Makes databases with the newest schema.

    `new` gives one in the state before the first start; what was given since `given` had a length is for others again
    after `take_back`. `take` gives one in the state after the first start, at the usual address; `give_back` lets the
    next test have it.
    """

    def __init__(self, folder: Path, cluster: postgres.Cluster | None, migrate: Prepare, start: Prepare) -> None:
        self.folder = folder
        self.cluster = cluster
        self._prepare = {"migrated": migrate, "started": start}
        self._templates: dict[str, str] = {}
        self._free: list[str] = []
        self._unused: list[str] = []
        self.given: list[str] = []
        self._count = 0

    async def new(self) -> str:
        """The address of a fresh database."""
        self.given.append(self._unused.pop() if self._unused else await self._copy("migrated"))
        return self.given[-1]

    def take_back(self, since: int) -> None:
        """Empty those that `new` has given since `given` was so long, or remove their files. No loop may be running."""
        ended, self.given[since:] = self.given[since:], []
        if self.cluster is not None:
            self._unused += [url for url in ended if asyncio.run(_emptied(url, UNUSED))]
            return
        for url in ended:
            path = url.removeprefix("sqlite://")
            for ending in ("", "-wal", "-shm"):
                Path(path + ending).unlink(missing_ok=True)

    async def take(self) -> str:
        """The address of a database that was started once and holds nothing else."""
        return self._free.pop() if self._free else await self._copy("started")

    async def give_back(self, url: str) -> None:
        """Empty a database for the next test; one whose tables are others than before is left alone."""
        if self.cluster is not None and await _emptied(url, KEPT):
            self._free.append(url)

    async def _copy(self, state: str) -> str:
        self._count += 1
        if self.cluster is None:
            target = self.folder / f"test-{self._count}.db"
            shutil.copy(await self._template(state), target)
            return f"sqlite://{target}"
        template = await self._template(state)
        return self.cluster.create_database(f"fedinote_{self._count}", template=template)

    async def _template(self, state: str) -> str:
        if state not in self._templates:
            if self.cluster is None:
                self._templates[state] = str(self.folder / f"{state}.db")
                await self._prepare[state](f"sqlite://{self._templates[state]}")
            else:
                self._templates[state] = f"fedinote_{state}"
                await self._prepare[state](self.cluster.create_database(f"fedinote_{state}"))
        return self._templates[state]


async def _emptied(url: str, kept: Mapping[str, str]) -> bool:
    """Delete all rows but those kept. False where the tables are others than before."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        versions = await connection.fetchval("SELECT COUNT(*) FROM schema_migrations")
        if versions != len(migrations.available("postgresql")):
            return False
        await connection.execute(_ALONE)
        statements = [f'DELETE FROM "{row[0]}" WHERE {kept.get(row[0], "TRUE")}' for row in rows]
        # Accounts last: the keys that stay are chosen by them.
        script = ";".join(sorted(statements, key=lambda text: '"accounts"' in text))
        await connection.execute(f"SET session_replication_role = replica; {script}")
    finally:
        await connection.close()
    return True
