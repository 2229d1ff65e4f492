"""What only the SQLite engine promises: short queries at once, long ones in a thread, and nobody waits for them."""

import asyncio
from pathlib import Path

import pytest

from fedinote.infra.sqlite import SqliteDatabase

LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT COUNT(*) AS value FROM n"
)


@pytest.fixture
async def db(tmp_path: Path):
    database = SqliteDatabase(tmp_path / "test.db")
    await database.open()
    await database.script("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)")
    yield database
    await database.close()


async def test_a_long_query_gives_its_answer_and_does_not_hold_the_loop(db: SqliteDatabase) -> None:
    rounds = 0

    async def watch() -> None:
        nonlocal rounds
        while True:
            await asyncio.sleep(0)
            rounds += 1

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    before = rounds
    assert await db.value(LONG) == 300000
    watcher.cancel()
    assert rounds > before + 10  # while the thread worked, others had their turns


async def test_a_query_that_is_not_short_is_not_tried_again_at_once(db: SqliteDatabase) -> None:
    assert not db._short._long
    assert await db.value(LONG) == 300000
    assert LONG in db._short._long
    assert db._short.run([(LONG, ())]) is None
    assert db._short.run([("SELECT COUNT(*) AS value FROM things", ())]) is not None


async def test_what_was_committed_is_read_at_once(db: SqliteDatabase) -> None:
    for number in range(50):
        await db.execute("INSERT INTO things (id, name) VALUES (?, ?)", number, "x")
        assert await db.value("SELECT COUNT(*) AS value FROM things") == number + 1
    async with db.transaction():
        await db.execute("INSERT INTO things (id, name) VALUES (?, ?)", 100, "x")
        assert await db.value("SELECT COUNT(*) AS value FROM things") == 51


async def test_a_wrong_query_is_an_error_and_a_write_through_a_reader_is_refused(db: SqliteDatabase) -> None:
    with pytest.raises(Exception, match="no such table"):
        await db.rows("SELECT * FROM nowhere")
    with pytest.raises(Exception, match="readonly"):
        await db.rows("INSERT INTO things (id, name) VALUES (1, 'x') RETURNING id")
    assert await db.value("SELECT COUNT(*) AS value FROM things") == 0


async def test_a_changed_schema_is_seen(db: SqliteDatabase) -> None:
    assert await db.rows("SELECT * FROM things") == []
    await db.script("ALTER TABLE things ADD COLUMN size INTEGER DEFAULT 7")
    await db.execute("INSERT INTO things (id, name) VALUES (1, 'x')")
    assert (await db.rows("SELECT * FROM things"))[0]["size"] == 7


async def test_a_transaction_that_is_cancelled_leaves_the_writer_usable(db: SqliteDatabase) -> None:
    async def work(number: int) -> None:
        async with db.transaction():
            await db.execute("INSERT INTO things (id, name) VALUES (?, 'x')", number)
            await asyncio.sleep(0)

    for number in range(100):
        task = asyncio.create_task(work(number))
        for _ in range(number % 7):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with db.transaction():
        await db.execute("INSERT INTO things (id, name) VALUES (1000, 'last')")
    assert await db.value("SELECT name AS value FROM things WHERE id = 1000") == "last"
