"""Migrations run once, in order, all or nothing; and the schema that they make is the one the models describe."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.utils import get_schema_sql

from fedinote.infra import migrations
from fedinote.infra.app import App
from fedinote.infra.migrations import MigrationError
from tests.conftest import make_settings
from tests.support.databases import Databases


async def test_the_migrated_schema_is_that_of_the_models(app: App, databases: Databases, tmp_path: Path) -> None:
    from fedinote.bootstrap import database

    if databases.cluster is None:
        url = f"sqlite://{tmp_path / 'models.db'}"
    else:
        url = databases.cluster.create_database("fedinote_models")
    fresh = database(make_settings(tmp_path, url))
    await fresh.open()
    try:
        await fresh.script(get_schema_sql(get_connection("default"), False))
        expected, found = await _schema(fresh), await _schema(app.db)
    finally:
        await fresh.close()
    found.pop("schema_migrations", None)
    found = {name: columns for name, columns in found.items() if not name.startswith("search_")}  # kept out of models
    assert sorted(found) == sorted(expected)
    for table, columns in expected.items():
        assert found[table] == columns, table


async def test_every_row_that_goes_with_another_is_found_by_an_index(app: App) -> None:
    """A deletion looks into each table that refers to the row; without an index it reads all of it."""
    assert not await _references(app.db) - await _indexed(app.db)


async def _references(db: Any) -> set[tuple[str, str]]:
    """Each column that refers to another table."""
    if db.dialect == "sqlite":
        rows = await db.rows(
            'SELECT m.name AS t, f."from" AS c FROM sqlite_master m, pragma_foreign_key_list(m.name) f'
            " WHERE m.type = 'table'"
        )
    else:
        rows = await db.rows(
            "SELECT k.conrelid::regclass::text AS t, a.attname AS c FROM pg_constraint k JOIN pg_attribute a"
            " ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] WHERE k.contype = 'f'"
        )
    return {(row["t"].strip('"'), row["c"]) for row in rows}


async def _indexed(db: Any) -> set[tuple[str, str]]:
    """The first column of each index that holds all rows, primary keys too."""
    if db.dialect == "sqlite":
        rows = await db.rows(
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_index_list(m.name) i,"
            " pragma_index_info(i.name) c WHERE m.type = 'table' AND c.seqno = 0 AND NOT i.partial"
            " UNION SELECT m.name, k.name FROM sqlite_master m, pragma_table_info(m.name) k"
            " WHERE m.type = 'table' AND k.pk = 1"
        )
    else:
        rows = await db.rows(
            "SELECT i.indrelid::regclass::text AS t, a.attname AS c FROM pg_index i JOIN pg_attribute a"
            " ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indpred IS NULL"
        )
    return {(row["t"].strip('"'), row["c"]) for row in rows}


async def _schema(db: Any) -> dict[str, Any]:
    """Tables with their columns (name, type, nullability), keys and indexes (columns, uniqueness)."""
    if db.dialect == "sqlite":
        rows = await db.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {row["name"]: await _sqlite_table(db, row["name"]) for row in rows}
    columns = await db.rows(
        "SELECT table_name, column_name, data_type, is_nullable, character_maximum_length AS size"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    )
    indexes = await db.rows("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    keys = await db.rows(
        "SELECT conrelid::regclass::text AS t, pg_get_constraintdef(oid) AS d FROM pg_constraint WHERE contype = 'f'"
    )
    tables: dict[str, set[Any]] = {}
    for row in columns:
        tables.setdefault(row["table_name"], set()).add(
            (row["column_name"], row["data_type"], row["is_nullable"], row["size"])
        )
    for row in indexes:
        tables[row["tablename"]].add(re.sub(r"INDEX \S+ ON", "INDEX ON", row["indexdef"]))
    for row in keys:
        tables[row["t"].strip('"')].add(row["d"])
    return tables


async def _sqlite_table(db: Any, table: str) -> set[Any]:
    found: set[Any] = set()
    for row in await db.rows(f"SELECT name, type, \"notnull\", pk FROM pragma_table_info('{table}')"):
        found.add(("column", row["name"], row["type"], row["notnull"], row["pk"]))
    for row in await db.rows(f'SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list(\'{table}\')'):
        found.add(("key", row["from"], row["table"], row["to"], row["on_delete"]))
    for index in await db.rows(f"SELECT name, \"unique\" FROM pragma_index_list('{table}')"):
        names = await db.rows(f"SELECT name FROM pragma_index_info('{index['name']}') ORDER BY seqno")
        found.add(("index", tuple(row["name"] for row in names), index["unique"]))
    return found


def _write(root: Path, dialect: str, **files: str) -> Path:
    for name, sql in files.items():
        place = root / dialect / f"{name}.sql"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(sql)
    return root


async def test_each_migration_runs_once(app: App, tmp_path: Path) -> None:
    known = {f"{m.version:04d}_{m.name}": m.sql for m in migrations.available(app.db.dialect)}
    root = _write(tmp_path, app.db.dialect, **known, **{"9001_more": "CREATE TABLE more (id INTEGER);"})
    assert [m.version for m in await migrations.migrate(app.db, root)] == [9001]
    assert await migrations.migrate(app.db, root) == []


async def test_two_processes_may_migrate_at_once(app: App, tmp_path: Path) -> None:
    known = {f"{m.version:04d}_{m.name}": m.sql for m in migrations.available(app.db.dialect)}
    root = _write(tmp_path, app.db.dialect, **known, **{"9001_more": "CREATE TABLE more (id INTEGER);"})
    both = await asyncio.gather(migrations.migrate(app.db, root), migrations.migrate(app.db, root))
    assert sorted(len(done) for done in both) == [0, 1]


async def test_a_migration_that_fails_leaves_nothing(app: App, tmp_path: Path) -> None:
    known = {f"{m.version:04d}_{m.name}": m.sql for m in migrations.available(app.db.dialect)}
    broken = "CREATE TABLE half (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n"
    root = _write(tmp_path, app.db.dialect, **known, **{"9001_broken": broken})
    with pytest.raises(Exception, match="nowhere"):
        await migrations.migrate(app.db, root)
    with pytest.raises(Exception, match="half"):
        await app.db.rows("SELECT * FROM half")
    assert len(await migrations.pending(app.db, root)) == 1


async def test_a_changed_or_unknown_migration_is_an_error(app: App, tmp_path: Path) -> None:
    known = {f"{m.version:04d}_{m.name}": m.sql for m in migrations.available(app.db.dialect)}
    root = _write(tmp_path, app.db.dialect, **{name: f"{sql}-- changed" for name, sql in known.items()})
    with pytest.raises(MigrationError, match="changed"):
        await migrations.pending(app.db, root)
    with pytest.raises(MigrationError, match="newer"):
        await migrations.pending(app.db, tmp_path / "empty")
