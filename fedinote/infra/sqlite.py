"""The SQLite engine: WAL, one writer that opens transactions with BEGIN IMMEDIATE, and a pool of readers.

Each connection lives in a thread of its own. A hop into that thread costs more than most queries, so `run` takes
several queries a hop, and short queries are run on a reader in the event loop's own thread. `synchronous=FULL`: a
commit that was answered with 2xx survives a power cut.
"""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import msgspec

from fedinote.infra.db import Connection, Database, Dialect, Query, Row, for_sqlite, lists_in, plain
from fedinote.infra.errors import Unavailable
from fedinote.infra.orm import SqliteOrm

T = TypeVar("T")
BUSY_SECONDS = 15
SHORT_PORTIONS, PORTION = 20, 2_000  # steps of SQLite's machine (some 30 ns each) that count as short
REMEMBERED = 60.0  # seconds for which a text that was not short is not tried again
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-16000",
    "PRAGMA mmap_size=134217728",
    "PRAGMA journal_size_limit=67108864",
)


def _bind(params: Sequence[Any]) -> list[Any]:
    bound = [plain(p) for p in params]
    return [msgspec.json.encode(p).decode() if isinstance(p, list) else p for p in bound]


def _read(raw: sqlite3.Connection, sql: str, params: Sequence[Any]) -> list[Row]:
    """Run a statement and return its rows. A list of one value is that value: to unpack it costs more than to find."""
    lists = lists_in(sql)
    alone = tuple(at for at in lists if len(params[at]) == 1) if lists else ()
    if not alone:
        return raw.execute(for_sqlite(sql), _bind(params)).fetchall()
    values = [param[0] if at in alone else param for at, param in enumerate(params)]
    return raw.execute(for_sqlite(sql, alone), _bind(values)).fetchall()


class _Short:
    """A reader in the thread of the event loop, for what is short: a hop into a thread costs more than most queries.

    SQLite counts its steps and breaks a query off that is not short after all; a thread then does it, and for a while
    that text is not tried here again. So the loop never waits for more than a millisecond or two.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._raw: sqlite3.Connection | None = None
        self._long: dict[str, float] = {}
        self._left = 0

    def run(self, queries: Sequence[Query]) -> list[list[Row]] | None:
        """Return a list of rows for each query; None when a thread has to do it."""
        if self._long and any(self._long.get(sql, 0.0) > monotonic() for sql, _ in queries):
            return None
        raw = self._raw or self._open()
        self._left = SHORT_PORTIONS
        found: list[list[Row]] = []
        try:
            for sql, params in queries:
                found.append(_read(raw, sql, params))
        except sqlite3.OperationalError:  # broken off, or busy, or wrong: the thread will tell
            if self._left < 0:
                self._remember(queries[len(found)][0])
            return None
        return found

    def _remember(self, sql: str) -> None:
        now = monotonic()
        self._long = {text: until for text, until in self._long.items() if until > now} | {sql: now + REMEMBERED}

    def _open(self) -> sqlite3.Connection:
        raw = self._raw = connect(self._path, read_only=True)
        raw.execute("PRAGMA busy_timeout=0")
        raw.set_progress_handler(self._portion_done, PORTION)
        return raw

    def _portion_done(self) -> bool:
        self._left -= 1
        return self._left < 0

    def close(self) -> None:
        """Close the connection, if there is one."""
        raw, self._raw = self._raw, None
        if raw is not None:
            raw.close()


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open a connection as this engine wants it."""
    raw = sqlite3.connect(
        path, isolation_level=None, timeout=BUSY_SECONDS, cached_statements=512, check_same_thread=False
    )
    raw.row_factory = sqlite3.Row
    for pragma in PRAGMAS:
        raw.execute(pragma)
    if read_only:
        raw.execute("PRAGMA query_only=ON")
    return raw


class _Thread(Connection):
    """One connection and its thread."""

    def __init__(self, path: Path, name: str, *, read_only: bool) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._path = path
        self._read_only = read_only
        self._raw: sqlite3.Connection | None = None

    async def hop(self, call: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._call, call)
        except sqlite3.OperationalError as error:
            text = str(error)
            if "locked" in text or "full" in text or "disk I/O" in text:
                raise Unavailable("The database cannot be written at the moment", reason=text) from error
            raise

    def _call(self, call: Callable[[sqlite3.Connection], T]) -> T:
        if self._raw is None:
            self._raw = connect(self._path, read_only=self._read_only)
        return call(self._raw)

    async def run(self, queries: Sequence[Query]) -> list[list[Row]]:
        def call(raw: sqlite3.Connection) -> list[list[Row]]:
            return [_read(raw, sql, params) for sql, params in queries]

        return await self.hop(call)

    async def execute(self, sql: str, params: Sequence[Any]) -> int:
        return await self.hop(lambda raw: raw.execute(for_sqlite(sql), _bind(params)).rowcount)

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        await self.hop(lambda raw: raw.executemany(for_sqlite(sql), [_bind(row) for row in rows]))

    async def insert(self, sql: str, params: Sequence[Any]) -> int:
        """Insert one row; return its rowid."""
        return await self.hop(lambda raw: raw.execute(sql, _bind(params)).lastrowid or 0)

    async def close(self) -> None:
        def call(raw: sqlite3.Connection) -> None:
            raw.close()

        if self._raw is not None:
            await self.hop(call)
        self._executor.shutdown(wait=False)


def _roll_back(raw: sqlite3.Connection) -> None:
    """Leave the transaction, if there still is one: some errors end it by themselves."""
    if raw.in_transaction:
        raw.execute("ROLLBACK")


class SqliteDatabase(Database):
    """A database file of our own."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path, *, readers: int = 3) -> None:
        super().__init__()
        self.path = path
        self._writer = _Thread(path, "sqlite-writer", read_only=False)
        self._all = [_Thread(path, f"sqlite-reader-{n}", read_only=True) for n in range(readers)]
        self._short = _Short(path)
        self._lock = asyncio.Lock()
        self._free: asyncio.LifoQueue[_Thread] = asyncio.LifoQueue()
        self.orm = SqliteOrm(self)

    async def open(self) -> None:
        """Connect; a file that is made now is for its owner alone, since everybody's private keys will be in it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):  # SQLite says better what is wrong
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        await self._writer.execute("SELECT 1", ())
        for reader in self._all:
            self._free.put_nowait(reader)

    async def close(self) -> None:
        """Close all connections."""
        self._short.close()
        for thread in (*self._all, self._writer):
            await thread.close()

    async def many(self, *queries: Query) -> list[list[Row]]:
        """Run several reading queries, at once where they are short; a list of rows for each."""
        if not self.in_transaction:
            found = self._short.run(queries)
            if found is not None:
                self.statements += len(queries)
                return found
        return await super().many(*queries)

    @contextlib.asynccontextmanager
    async def reader(self) -> AsyncIterator[_Thread]:
        """Borrow a connection for reading."""
        thread = await self._free.get()
        try:
            yield thread
        finally:
            self._free.put_nowait(thread)

    @contextlib.asynccontextmanager
    async def writer(self) -> AsyncIterator[_Thread]:
        """Borrow the connection whose statements commit one by one."""
        async with self._lock:
            yield self._writer

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[_Thread]:
        """Borrow a connection in a transaction: committed at the end, rolled back on an exception."""
        async with self._lock:
            try:
                # Shielded: the thread goes on when the task is cancelled, and the lock must know how it ends.
                await asyncio.shield(self._writer.execute("BEGIN IMMEDIATE", ()))
                yield self._writer
                await asyncio.shield(self._writer.execute("COMMIT", ()))
            except BaseException:
                await asyncio.shield(self._writer.hop(_roll_back))
                raise

    async def atomic(self, *queries: Query) -> list[list[Row]]:
        """Run writing statements in one transaction."""
        if self.in_transaction:
            return await self.write(*queries)
        self.statements += len(queries)

        def call(raw: sqlite3.Connection) -> list[list[Row]]:
            raw.execute("BEGIN IMMEDIATE")
            try:
                found = [_read(raw, sql, params) for sql, params in queries]
                raw.execute("COMMIT")
            except BaseException:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
                raise
            return found

        async with self._lock:
            return await asyncio.shield(self._writer.hop(call))

    async def script(self, sql: str) -> None:
        """Run several statements of DDL, all or nothing."""

        def call(raw: sqlite3.Connection) -> None:
            try:
                raw.executescript(f"BEGIN IMMEDIATE;\n{sql.rstrip().rstrip(';')};\nCOMMIT;")
            except sqlite3.Error:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
                raise

        async with self._lock:
            await self._writer.hop(call)

    async def insert(self, sql: str, params: Sequence[Any]) -> int:
        """Insert one row through the running transaction or on its own; return its rowid."""
        self.statements += 1
        transaction = self._current.get()
        if transaction is not None:
            assert isinstance(transaction.connection, _Thread)
            return await transaction.connection.insert(sql, params)
        async with self.writer() as thread:
            return await thread.insert(sql, params)
