"""Accounts of other servers are fetched anew when they are looked at, or do something, and were not fetched lately."""

import contextlib

from fedinote.federation import actors
from fedinote.federation.fetching import Budget
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError

REFRESH_JOB = "federation.refresh"


async def soon(app: App, account_id: int) -> None:
    """Plan to fetch an account anew if it lives elsewhere and is stale. One query when it is not."""
    row = await app.db.row("SELECT id, domain, fetched_at, deleted_at FROM accounts WHERE id = ?", account_id)
    if row is not None and row["deleted_at"] is None:
        await plan(app, row)


async def plan(app: App, row: Row) -> None:
    """Do what `soon` does for a row with `id`, `domain` and `fetched_at`; nothing is asked of the database if fresh."""
    if row["domain"] != "" and actors.is_stale(app, row):
        await jobs.enqueue(app, REFRESH_JOB, {"account_id": row["id"]}, key=f"refresh {row['id']}", priority=8)


async def refresh(app: App, account_id: int) -> None:
    """Fetch an account anew (a job). One whose server does not answer stays as it is; one that is gone is deleted."""
    uri = await app.db.value(
        "SELECT uri AS value FROM accounts WHERE id = ? AND domain <> '' AND deleted_at IS NULL", account_id
    )
    if uri is not None:
        with contextlib.suppress(FediNoteError):
            await actors.fetch(app, uri, Budget(5))
