"""Runs the plain SQL files of `migrations/<dialect>/` in order, each once, one process at a time.

A file is `NNNN_name.sql`. Once released it never changes: its SHA-256 is kept, and a difference is an error.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fedinote.infra import resources
from fedinote.infra.db import Database

LOCK_ID = 4_070_817  # any constant: PostgreSQL's advisory lock of this runner


class MigrationError(Exception):
    """The files and the database do not fit together; the message says how."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def available(dialect: str, root: Path | None = None) -> list[Migration]:
    """Read the migrations of a dialect, oldest first."""
    found = sorted(((root or resources.folder("migrations")) / dialect).glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return [Migration(int(p.name[:4]), p.stem[5:], p.read_text(encoding="utf-8")) for p in found]


async def pending(db: Database, root: Path | None = None) -> list[Migration]:
    """Tell which migrations were not applied yet. MigrationError: an applied one was changed, or is unknown."""
    await _prepare(db)
    applied = {row["version"]: row for row in await db.rows("SELECT version, name, checksum FROM schema_migrations")}
    known = {m.version: m for m in available(db.dialect, root)}
    for version, row in applied.items():
        migration = known.get(version)
        if migration is None:
            raise MigrationError(f"the database has migration {version:04d}_{row['name']}, newer than this program")
        if migration.checksum != row["checksum"]:
            raise MigrationError(f"migration {version:04d}_{migration.name} was changed after it was applied")
    return [m for version, m in sorted(known.items()) if version not in applied]


async def migrate(db: Database, root: Path | None = None) -> list[Migration]:
    """Apply what is pending; return it. Safe to call from several processes at once, and again after a kill."""
    return [migration for migration in await pending(db, root) if await _apply(db, migration)]


async def _prepare(db: Database) -> None:
    # Side by side, PostgreSQL makes the same table twice and fails: one process at a time.
    lock = f"SELECT pg_advisory_xact_lock({LOCK_ID});\n" if db.dialect == "postgresql" else ""
    await db.script(
        f"{lock}CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
        " checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)"
    )


async def _apply(db: Database, migration: Migration) -> bool:
    """Apply one in one transaction, under a lock; False when another process was first."""
    async with db.transaction():
        if db.dialect == "postgresql":
            await db.rows("SELECT pg_advisory_xact_lock(?) AS value", LOCK_ID)
        if await db.row("SELECT 1 AS value FROM schema_migrations WHERE version = ?", migration.version):
            return False
        for statement in statements(migration.sql):
            await db.execute(statement)
        now = "CAST(strftime('%s','now') AS INTEGER) * 1000"
        if db.dialect == "postgresql":
            now = "CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT)"
        await db.execute(
            f"INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, {now})",  # noqa: S608
            migration.version,
            migration.name,
            migration.checksum,
        )
    return True


def statements(sql: str) -> list[str]:
    """Split a migration at the semicolons that end a line. A statement with inner ones goes on one line."""
    lines = [line for line in sql.splitlines() if not line.lstrip().startswith("--")]
    parts = "\n".join(lines).split(";\n")
    return [part.strip().rstrip(";") for part in parts if part.strip().rstrip(";")]
