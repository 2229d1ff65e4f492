"""One database interface over SQLite and PostgreSQL: pages by SQL, models through `orm`, transactions explicit.

SQL is written once, with `?` for parameters. Three markers differ by database and are rewritten (cached per text):
`IN_INTS(?)` and `IN_TEXTS(?)` take a list, and `EACH_INT(?)` is a SELECT of a list's numbers. Datetimes are stored as
epoch milliseconds, and a datetime parameter is turned into them. What needs more than that belongs in two texts,
chosen by `db.dialect`.
"""

import contextlib
import itertools
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, Protocol

from tortoise.backends.base.client import BaseDBAsyncClient

from fedinote.infra.clock import to_ms

Dialect = Literal["sqlite", "postgresql"]
Query = tuple[str, Sequence[Any]]
_PARAMETER = re.compile(r"(?:IN_INTS|IN_TEXTS|EACH_INT)\(\?\)|\?")


class Row(Protocol):
    """A result row, read by column name."""

    def __getitem__(self, key: str, /) -> Any:
        """Return the column's value."""


class Connection(ABC):
    """One connection inside a transaction, or a borrowed one outside."""

    @abstractmethod
    async def run(self, queries: Sequence[Query]) -> list[list[Row]]:
        """Run the queries in order, in one hop where the driver allows it; a list of rows for each."""

    @abstractmethod
    async def execute(self, sql: str, params: Sequence[Any]) -> int:
        """Run one statement; return the number of rows it touched."""

    @abstractmethod
    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement once for each row of parameters."""


class Transaction:
    """The open transaction of the running task: its connection, and what to do once it is committed."""

    __slots__ = ("after", "connection")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.after: list[Callable[[], None]] = []


class Database(ABC):
    """A database that is open. Reads may run side by side; on SQLite writes are serialised."""

    dialect: Dialect
    orm: BaseDBAsyncClient

    def __init__(self) -> None:
        self._current: ContextVar[Transaction | None] = ContextVar(f"transaction-{id(self)}", default=None)
        self.statements = 0

    # -- to be given by the two engines -------------------------------------------------------------------------

    @abstractmethod
    async def open(self) -> None:
        """Connect."""

    @abstractmethod
    async def close(self) -> None:
        """Close all connections."""

    @abstractmethod
    def reader(self) -> contextlib.AbstractAsyncContextManager[Connection]:
        """Borrow a connection for reading."""

    @abstractmethod
    def writer(self) -> contextlib.AbstractAsyncContextManager[Connection]:
        """Borrow a connection whose statements commit one by one."""

    @abstractmethod
    def begin(self) -> contextlib.AbstractAsyncContextManager[Connection]:
        """Borrow a connection in a transaction: committed at the end, rolled back on an exception."""

    @abstractmethod
    async def atomic(self, *queries: Query) -> list[list[Row]]:
        """Run writing statements in one transaction (the open one, if any), on SQLite in a single hop."""

    @abstractmethod
    async def script(self, sql: str) -> None:
        """Run several statements of DDL, all or nothing."""

    # -- what the product uses ----------------------------------------------------------------------------------

    @property
    def lock(self) -> str:
        """What to add to a SELECT whose rows this transaction is going to change (SQLite has one writer anyway)."""
        return " FOR NO KEY UPDATE" if self.dialect == "postgresql" else ""

    @property
    def in_transaction(self) -> bool:
        """Whether the running task has an open transaction."""
        return self._current.get() is not None

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Open a transaction for the running task; inside another it joins that one."""
        if self._current.get() is not None:
            yield
            return
        async with self.begin() as connection:
            transaction = Transaction(connection)
            token = self._current.set(transaction)
            try:
                yield
            finally:
                self._current.reset(token)
        for call in transaction.after:
            call()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call (synchronously) once the open transaction is committed; at once when there is none."""
        transaction = self._current.get()
        if transaction is None:
            call()
        else:
            transaction.after.append(call)

    async def many(self, *queries: Query) -> list[list[Row]]:
        """Run several reading queries on one connection in one hop; a list of rows for each."""
        self.statements += len(queries)
        transaction = self._current.get()
        if transaction is not None:
            return await transaction.connection.run(queries)
        async with self.reader() as connection:
            return await connection.run(queries)

    async def rows(self, sql: str, *params: Any) -> list[Row]:
        """Return all rows of a reading query."""
        return (await self.many((sql, params)))[0]

    async def row(self, sql: str, *params: Any) -> Row | None:
        """Return the first row of a reading query, or None."""
        rows = (await self.many((sql, params)))[0]
        return rows[0] if rows else None

    async def value(self, sql: str, *params: Any) -> Any:
        """Return the first column, named `value`, of the first row, or None."""
        row = await self.row(sql, *params)
        return None if row is None else row["value"]

    async def execute(self, sql: str, *params: Any) -> int:
        """Run a writing statement; return the number of rows it touched."""
        self.statements += 1
        transaction = self._current.get()
        if transaction is not None:
            return await transaction.connection.execute(sql, params)
        async with self.writer() as connection:
            return await connection.execute(sql, params)

    async def returning(self, sql: str, *params: Any) -> list[Row]:
        """Run a writing statement with RETURNING; return its rows."""
        return (await self.write((sql, params)))[0]

    async def write(self, *queries: Query) -> list[list[Row]]:
        """Run several writing statements in one hop (in one transaction when one is open)."""
        self.statements += len(queries)
        transaction = self._current.get()
        if transaction is not None:
            return await transaction.connection.run(queries)
        async with self.writer() as connection:
            return await connection.run(queries)

    async def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one writing statement once for each row of parameters, all or nothing."""
        listed = list(rows)
        if not listed:
            return
        self.statements += 1
        async with self.transaction():
            transaction = self._current.get()
            assert transaction is not None
            await transaction.connection.execute_many(sql, listed)


def plain(value: Any) -> Any:
    """Turn a parameter into what both databases take: times become milliseconds, NUL goes out of texts."""
    match value:
        case str():
            return value.replace("\x00", "") if "\x00" in value else value
        case datetime():
            return to_ms(value)
        case list() | tuple():
            return [plain(one) for one in value]
        case _:
            return value


@lru_cache(maxsize=2048)
def lists_in(sql: str) -> tuple[int, ...]:
    """Return the places among the parameters of our SQL of those that are lists to look in."""
    return tuple(at for at, marker in enumerate(_PARAMETER.findall(sql)) if marker.startswith("IN_"))


@lru_cache(maxsize=2048)
def for_sqlite(sql: str, alone: tuple[int, ...] = ()) -> str:
    """Rewrite our SQL for SQLite. `alone` are the places of lists that have one value, which is given instead."""
    places = itertools.count()

    def rewritten(marker: re.Match[str]) -> str:
        at, kind = next(places), marker[0]
        if kind == "?":
            return kind
        if kind.startswith("EACH"):
            return "SELECT value FROM json_each(?)"
        return "IN (?)" if at in alone else "IN (SELECT value FROM json_each(?))"

    return _PARAMETER.sub(rewritten, sql)


@lru_cache(maxsize=2048)
def for_postgresql(sql: str) -> str:
    """Rewrite our SQL for PostgreSQL: numbered parameters, arrays for lists."""
    sql = sql.replace("IN_INTS(?)", "= ANY(?::bigint[])").replace("IN_TEXTS(?)", "= ANY(?::text[])")
    sql = sql.replace("EACH_INT(?)", "SELECT unnest(?::bigint[])")
    head, *rest = sql.split("?")
    return head + "".join(f"${number}{part}" for number, part in enumerate(rest, start=1))
