"""Databases for tests: copies of one that was migrated once; on PostgreSQL, where a copy takes long, used again."""

import shutil
from collections.abc import Awaitable, Callable
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

Prepare = Callable[[str], Awaitable[None]]


class Databases:
    """Makes databases with the newest schema.

    `new` gives one that nobody has used, in the state before the first start. `take` gives one in the state after
    it, at the usual address; `give_back` lets the next test have it.
    """

    def __init__(self, folder: Path, cluster: postgres.Cluster | None, migrate: Prepare, start: Prepare) -> None:
        self.folder = folder
        self.cluster = cluster
        self._prepare = {"migrated": migrate, "started": start}
        self._templates: dict[str, str] = {}
        self._free: list[str] = []
        self._count = 0

    async def new(self) -> str:
        """The address of a fresh database."""
        return await self._copy("migrated")

    async def take(self) -> str:
        """The address of a database that was started once and holds nothing else."""
        return self._free.pop() if self._free else await self._copy("started")

    async def give_back(self, url: str) -> None:
        """Empty a database for the next test; one whose tables are others than before is left alone."""
        if self.cluster is not None and await _emptied(url):
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


async def _emptied(url: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        versions = await connection.fetchval("SELECT COUNT(*) FROM schema_migrations")
        if versions != len(migrations.available("postgresql")):
            return False
        statements = [f'DELETE FROM "{row[0]}" WHERE {KEPT.get(row[0], "TRUE")}' for row in rows]
        # Accounts last: the keys that stay are chosen by them.
        script = ";".join(sorted(statements, key=lambda text: '"accounts"' in text))
        await connection.execute(f"SET session_replication_role = replica; {script}")
    finally:
        await connection.close()
    return True
