"""The two engines keep the same promises."""
# ruff: noqa: PT012  what is in the block is the transaction that fails

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from fedinote.accounts.models import Account
from fedinote.infra.app import App
from fedinote.infra.db import for_postgresql, for_sqlite


async def test_a_transaction_is_all_or_nothing(app: App) -> None:
    with pytest.raises(RuntimeError):
        async with app.db.transaction():
            await app.db.execute("INSERT INTO tombstones (uri, created_at) VALUES (?, ?)", "a", app.now())
            raise RuntimeError
    assert await app.db.rows("SELECT uri FROM tombstones") == []


async def test_what_follows_a_commit_does_not_follow_a_rollback(app: App) -> None:
    called = []
    with pytest.raises(RuntimeError):
        async with app.db.transaction():
            app.db.after_commit(lambda: called.append("rolled back"))
            raise RuntimeError
    async with app.db.transaction():
        app.db.after_commit(lambda: called.append("committed"))
        assert called == []
    assert called == ["committed"]


async def test_a_nested_transaction_joins_the_outer_one(app: App) -> None:
    with pytest.raises(RuntimeError):
        async with app.db.transaction():
            async with app.db.transaction():
                await app.db.execute("INSERT INTO tombstones (uri, created_at) VALUES (?, ?)", "a", app.now())
            raise RuntimeError
    assert await app.db.rows("SELECT uri FROM tombstones") == []


async def test_readers_do_not_wait_for_a_writer(app: App) -> None:
    async with app.db.transaction():
        await app.db.execute("INSERT INTO tombstones (uri, created_at) VALUES (?, ?)", "a", app.now())

        async def read() -> int:
            return len(await app.db.rows("SELECT uri FROM tombstones"))

        outside = asyncio.get_running_loop().create_task(read(), context=__import__("contextvars").Context())
        async with asyncio.timeout(60):
            assert await outside == 0


async def test_transactions_that_read_and_then_write_do_not_clash(app: App) -> None:
    await app.db.execute("INSERT INTO secrets (name, value) VALUES ('counter', '0')")

    async def add_one() -> None:
        async with app.db.transaction():
            lock = " FOR UPDATE" if app.db.dialect == "postgresql" else ""
            row = await app.db.row(f"SELECT value FROM secrets WHERE name = 'counter'{lock}")
            assert row is not None
            await asyncio.sleep(0)
            await app.db.execute("UPDATE secrets SET value = ? WHERE name = 'counter'", str(int(row["value"]) + 1))

    await asyncio.gather(*(add_one() for _ in range(40)))
    assert await app.db.value("SELECT value FROM secrets WHERE name = 'counter'") == "40"


async def test_atomic_statements_are_all_or_nothing(app: App) -> None:
    insert = "INSERT INTO tombstones (uri, created_at) VALUES (?, ?)"
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        await app.db.atomic((insert, ("a", 1)), (insert, ("b", 2)), (insert, ("a", 3)))
    assert await app.db.rows("SELECT uri FROM tombstones") == []
    await app.db.atomic((insert, ("a", 1)), (insert, ("b", 2)))
    assert len(await app.db.rows("SELECT uri FROM tombstones")) == 2


async def test_models_join_the_running_transaction(app: App) -> None:
    with pytest.raises(RuntimeError):
        async with app.db.transaction():
            await _account(app, 1, "alice")
            assert (await Account.get(id=1, using_db=app.db.orm)).created_at == app_time(app)
            raise RuntimeError
    assert await Account.filter(id=1).using_db(app.db.orm).first() is None


async def test_a_broken_constraint_is_an_integrity_error(app: App) -> None:
    await _account(app, 1, "alice")
    with pytest.raises(IntegrityError):
        await _account(app, 2, "alice")


async def test_a_model_without_a_database_is_refused(app: App) -> None:
    with pytest.raises(RuntimeError, match="using_db"):
        await Account.all()


async def test_the_network_is_forbidden_inside_a_transaction(app: App) -> None:
    async with app.db.transaction():
        with pytest.raises(RuntimeError, match="transaction"):
            await app.outbound.get("http://localhost:1/", accept="*/*")


async def test_lists_are_parameters(app: App) -> None:
    await app.db.execute_many(
        "INSERT INTO tombstones (uri, created_at) VALUES (?, ?)", [(name, n) for n, name in enumerate("abc")]
    )
    found = await app.db.rows(
        "SELECT uri FROM tombstones WHERE uri IN_TEXTS(?) AND created_at IN_INTS(?) AND created_at IN (EACH_INT(?))",
        ["a", "b"],
        [1, 2],
        [0, 1],
    )
    assert [row["uri"] for row in found] == ["b"]


def test_sql_is_rewritten_for_each_database() -> None:
    assert for_postgresql("SELECT ? WHERE a IN_INTS(?)") == "SELECT $1 WHERE a = ANY($2::bigint[])"
    assert for_sqlite("SELECT ? WHERE a IN_TEXTS(?)") == "SELECT ? WHERE a IN (SELECT value FROM json_each(?))"
    assert for_sqlite("SELECT ? WHERE a IN_TEXTS(?)", (1,)) == "SELECT ? WHERE a IN (?)"


async def test_a_list_of_one_is_looked_in_like_any_list(app: App) -> None:
    found = await app.db.rows("SELECT ? AS one WHERE 'a' IN_TEXTS(?) AND 1 IN_INTS(?)", "x", ["a"], [1, 2])
    assert [row["one"] for row in found] == ["x"]
    for texts in ([], ["b"], ["b", "c"]):
        assert not await app.db.rows("SELECT 1 AS one WHERE 'a' IN_TEXTS(?)", texts)


def app_time(app: App) -> object:
    return app.clock.now().replace(year=2026, month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


async def _account(app: App, account_id: int, name: str) -> Account:
    return await Account.create(
        using_db=app.db.orm,
        id=account_id,
        username=name,
        username_key=name,
        uri=f"https://example.test/{account_id}",
        created_at=app_time(app),
    )
