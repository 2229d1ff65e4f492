"""Tortoise ORM on our two engines: models are given `using_db=app.db.orm`, and join the running transaction.

Tortoise's own clients are not used: on SQLite theirs opens transactions with a plain BEGIN on a single connection.
Nothing is global: a model call without `using_db` fails, because the default connection is bound to no database.
"""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
from pypika_tortoise.dialects import PostgreSQLQuery, SQLLiteQuery
from tortoise import Tortoise
from tortoise.backends.asyncpg.executor import AsyncpgExecutor
from tortoise.backends.asyncpg.schema_generator import AsyncpgSchemaGenerator
from tortoise.backends.base.client import BaseDBAsyncClient, Capabilities
from tortoise.backends.sqlite.executor import SqliteExecutor
from tortoise.backends.sqlite.schema_generator import SqliteSchemaGenerator
from tortoise.exceptions import IntegrityError
from tortoise.fields import Field

from fedinote.infra.clock import from_ms, to_ms

if TYPE_CHECKING:
    from fedinote.infra.db import Database, Dialect

APP_LABEL = "fedinote"
_READS = ("SELECT", "WITH", "PRAGMA", "EXPLAIN")
_BROKEN = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)


class TimeField(Field[datetime]):
    """An aware UTC datetime, stored as epoch milliseconds (BIGINT) on both databases."""

    SQL_TYPE = "BIGINT"
    indexable = True

    def to_db_value(self, value: Any, instance: Any) -> int | None:
        """Give epoch milliseconds, or None."""
        return to_ms(value) if isinstance(value, datetime) else value

    def to_python_value(self, value: Any) -> datetime | None:
        """Give an aware UTC datetime, or None."""
        return from_ms(value) if isinstance(value, int) else value


class JsonField(Field[Any]):
    """A JSON value, stored as text on both databases."""

    SQL_TYPE = "TEXT"

    def to_db_value(self, value: Any, instance: Any) -> str | None:
        """Encode; None stays None."""
        return None if value is None else msgspec.json.encode(value).decode()

    def to_python_value(self, value: Any) -> Any:
        """Decode what came from the database; leave a Python value alone."""
        return msgspec.json.decode(value) if isinstance(value, str) else value


class _OrmClient(BaseDBAsyncClient):
    """Tortoise's client interface over a `Database` of ours."""

    def __init__(self, database: "Database | None" = None, **_: Any) -> None:
        super().__init__(connection_name=type(self).__name__)
        self.database = database

    @property
    def _db(self) -> "Database":
        if self.database is None:
            raise RuntimeError("pass using_db=app.db.orm: there is no default database")
        return self.database

    async def create_connection(self, with_db: bool) -> None:
        """Nothing to do: the engine opens its own connections."""

    async def close(self) -> None:
        """Nothing to do: the engine closes its own connections."""

    async def db_create(self) -> None:
        """Databases are made by the operator or the engine."""

    async def db_delete(self) -> None:
        """Databases are deleted by the operator."""

    def acquire_connection(self) -> Any:
        """Not offered: statements go through the engine."""
        raise NotImplementedError

    @contextlib.asynccontextmanager
    async def _open(self) -> AsyncIterator["_OrmClient"]:
        async with self._db.transaction():
            yield self

    def _in_transaction(self) -> Any:
        return self._open()

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        """Run one statement; give the number of rows touched or found, and the rows."""
        with _translated():
            if query.lstrip()[:7].upper().startswith(_READS):
                rows = await self._db.rows(query, *(values or ()))
                return len(rows), rows
            if " RETURNING " in query:
                rows = await self._db.returning(query, *(values or ()))
                return len(rows), rows
            return await self._db.execute(query, *(values or ())), []

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """Run one statement; give its rows as dicts."""
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        """Insert one row; give its generated key (SQLite) or the returned row (PostgreSQL)."""
        raise NotImplementedError

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run one statement for many rows, all or nothing."""
        with _translated():
            await self._db.execute_many(query, values)

    async def execute_script(self, query: str) -> None:
        """Run several statements of DDL."""
        await self._db.script(query)


@contextlib.contextmanager
def _translated() -> Any:
    try:
        yield
    except _BROKEN as error:
        raise IntegrityError(str(error)) from error


class SqliteOrm(_OrmClient):
    """Tortoise on our SQLite engine."""

    executor_class = SqliteExecutor
    query_class = SQLLiteQuery
    schema_generator = SqliteSchemaGenerator
    capabilities = Capabilities(
        "sqlite", daemon=False, requires_limit=True, inline_comment=True, support_for_update=False,
        support_update_limit_order_by=False, can_rollback_ddl=True, support_returning=True,
    )  # fmt: skip

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        """Insert one row; give its rowid."""
        from fedinote.infra.sqlite import SqliteDatabase

        database = self._db
        assert isinstance(database, SqliteDatabase)
        with _translated():
            return await database.insert(query, values)


class PostgresOrm(_OrmClient):
    """Tortoise on our PostgreSQL engine. Its SQL has numbered parameters already."""

    executor_class = AsyncpgExecutor
    query_class = PostgreSQLQuery
    schema_generator = AsyncpgSchemaGenerator
    capabilities = Capabilities("postgres", support_update_limit_order_by=False, can_rollback_ddl=True)

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        """Insert one row; give the returned row, or None."""
        with _translated():
            rows = await self._db.returning(query, *values)
        return rows[0] if rows else None


def get_client_class(info: dict[str, Any]) -> type[_OrmClient]:
    """Tell Tortoise which client a dialect has (its hook for engines)."""
    return SqliteOrm if info["credentials"]["dialect"] == "sqlite" else PostgresOrm


async def init_models(dialect: "Dialect", modules: Sequence[str]) -> None:
    """Bind the models to the SQL of one dialect. One dialect a process; a second call with the same is free."""
    key = (dialect, tuple(modules))
    if _bound.get("models") == key:
        return
    _bound["models"] = key
    await Tortoise.init(
        config={
            "connections": {"default": {"engine": "fedinote.infra.orm", "credentials": {"dialect": dialect}}},
            "apps": {APP_LABEL: {"models": list(modules), "default_connection": "default"}},
        },
        _enable_global_fallback=True,
    )


_bound: dict[str, tuple[str, tuple[str, ...]]] = {}
