"""The PostgreSQL engine: an asyncpg pool; several processes may serve and work at once."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg

from fedinote.infra.db import Connection, Database, Dialect, Query, Row, for_postgresql, plain
from fedinote.infra.errors import Unavailable
from fedinote.infra.orm import PostgresOrm

_AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError)


class _Borrowed(Connection):
    def __init__(self, raw: "asyncpg.pool.PoolConnectionProxy[Any]") -> None:
        self.raw = raw

    async def run(self, queries: Sequence[Query]) -> list[list[Row]]:
        return [await self.raw.fetch(for_postgresql(sql), *map(plain, params)) for sql, params in queries]

    async def execute(self, sql: str, params: Sequence[Any]) -> int:
        status = await self.raw.execute(for_postgresql(sql), *map(plain, params))
        count = status.rsplit(" ", 1)[-1]
        return int(count) if count.isdigit() else 0

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        await self.raw.executemany(for_postgresql(sql), [tuple(map(plain, row)) for row in rows])


class PostgresDatabase(Database):
    """A database on a PostgreSQL server (13 or newer)."""

    dialect: Dialect = "postgresql"

    def __init__(self, url: str, *, pool: int = 10) -> None:
        super().__init__()
        self._url = url.replace("postgres://", "postgresql://", 1)
        self._size = pool
        self._pool: asyncpg.Pool[Any] | None = None
        self.orm = PostgresOrm(self)

    async def open(self) -> None:
        """Connect."""
        try:
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=self._size,
                timeout=10,
                server_settings={"jit": "off"},  # compiling costs a hundred times what our short queries take
            )
        except _AWAY as error:
            raise Unavailable("The database cannot be reached", reason=str(error)) from error

    async def close(self) -> None:
        """Close all connections."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    @contextlib.asynccontextmanager
    async def reader(self) -> AsyncIterator[_Borrowed]:
        """Borrow a connection for reading."""
        assert self._pool is not None, "open() first"
        try:
            async with self._pool.acquire(timeout=10) as raw:
                yield _Borrowed(raw)
        except asyncpg.DeadlockDetectedError as error:
            raise Unavailable("The database is busy", reason=str(error)) from error
        except (*_AWAY, TimeoutError, asyncpg.InterfaceError) as error:
            raise Unavailable("The database cannot be reached", reason=str(error)) from error

    writer = reader

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[_Borrowed]:
        """Borrow a connection in a transaction: committed at the end, rolled back on an exception."""
        async with self.reader() as borrowed, borrowed.raw.transaction():
            yield borrowed

    async def atomic(self, *queries: Query) -> list[list[Row]]:
        """Run writing statements in one transaction."""
        async with self.transaction():
            return await self.write(*queries)

    async def script(self, sql: str) -> None:
        """Run several statements of DDL, all or nothing."""
        async with self.begin() as borrowed:
            await borrowed.raw.execute(sql)
