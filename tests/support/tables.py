"""What the whole database holds, so that a test can say that nothing came of something."""

import contextlib
from collections.abc import AsyncIterator, Collection
from typing import Any

from fedinote.infra.app import App

Contents = dict[str, list[str]]

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    "postgresql": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
}

SEEN = ("oauth_tokens", "users", "user_days")
"""Where it is noted that somebody was here, now and on this day."""

ARRIVED = ("received_activities", "hosts")
"""What a request that is well signed always leaves behind: that it came, and that its host is there."""


def _plain(row: Any) -> dict[str, Any]:
    return dict(row)


async def contents(app: App, *, but: Collection[str] = ()) -> Contents:
    """Every row of every table, in an order of its own."""
    names = [row["name"] for row in await app.db.rows(_TABLES[app.db.dialect])]
    found = {name: await app.db.rows(f'SELECT * FROM "{name}"') for name in names if name not in but}
    return {name: sorted(repr(_plain(row)) for row in rows) for name, rows in found.items()}


def difference(before: Contents, after: Contents) -> dict[str, Any]:
    """What was added and what is gone, by table; empty when all is the same."""
    changes = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name, []), after.get(name, [])
        if old != new:
            changes[name] = {"gone": [r for r in old if r not in new], "new": [r for r in new if r not in old]}
    return changes


@contextlib.asynccontextmanager
async def untouched(app: App, what: str = "", *, but: Collection[str] = ()) -> AsyncIterator[None]:
    """Assert that no row of any table (`but` some) is there, gone or changed because of the block."""
    before = await contents(app, but=but)
    yield
    changes = difference(before, await contents(app, but=but))
    assert not changes, f"{what}: {changes}"
