"""Importing a file: its rows are stored at once, and worked through by a job that may be killed at any moment.

Each row is done and struck off in one transaction, so none is done twice and none is lost. A row whose server does not
answer is tried three times; what failed is kept with the reason for two weeks.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, FediNoteError, NotFound, TooMany, Unavailable
from fedinote.portability import applying, clearing, formats

JOB = "portability.import"
PATIENCE = 30.0
"""Seconds after which a job hands the rest to the next one."""
BATCH = 50
KEPT = timedelta(days=14)
RETRY = (timedelta(minutes=1), timedelta(minutes=10))
"""How long a row waits after its first and its second try; after the third it has failed."""
SHOWN = 200
MAX_MISSES = 20
"""How many rows about one server may go unanswered in a run of the job before it is not asked again in that run."""
_AGAIN = (Unavailable, Conflict, TooMany)
_COLUMNS = "id, kind, overwrite, total, imported, failed, created_at, finished_at, options, error"


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that could not be imported, and why."""

    cells: Sequence[str]
    error: str


async def start(app: App, account_id: int, kind: str, data: bytes, *, overwrite: bool = False) -> int:
    """Take a file over and have it imported; the id of the import.

    `overwrite`: what the person has of that kind and the file has not, goes. Raises Invalid (unknown kind, no CSV, too
    long) and Conflict while an import of that kind is going on.
    """
    return await begin(app, account_id, kind, formats.read(kind, data), overwrite=overwrite)


async def begin(app: App, account_id: int, kind: str, rows: Sequence[Sequence[str]], *, overwrite: bool = False) -> int:
    """Have rows of a kind imported, like `start`. Raises Conflict while an import of that kind is going on."""
    import_id = app.ids.next()
    async with app.db.transaction():
        await app.db.rows(f"SELECT id FROM accounts WHERE id = ?{app.db.lock}", account_id)  # noqa: S608
        busy = await app.db.row(
            "SELECT id FROM imports WHERE account_id = ? AND kind = ? AND finished_at IS NULL", account_id, kind
        )
        if busy is not None:
            raise Conflict("An import of that kind is going on")
        await app.db.execute(
            "INSERT INTO imports (id, account_id, kind, overwrite, cleared, total, imported, failed, created_at)"
            " VALUES (?, ?, ?, ?, FALSE, ?, 0, 0, ?)",
            import_id,
            account_id,
            kind,
            overwrite,
            len(rows),
            app.now(),
        )
        await app.db.execute_many(
            "INSERT INTO import_rows (of_import_id, data, tries, due, error) VALUES (?, ?, 0, ?, '')",
            [(import_id, msgspec.json.encode(row).decode(), app.now()) for row in rows],
        )
        await jobs.enqueue(app, JOB, {"import_id": import_id}, key=f"import-{import_id}", priority=7)
    return import_id


async def work(app: App, import_id: int) -> None:
    """Work through an import (a job; safe to kill and to repeat)."""
    row = await app.db.row(
        "SELECT i.id, i.account_id, i.kind, i.overwrite, i.cleared FROM imports i"
        " JOIN accounts a ON a.id = i.account_id"
        " WHERE i.id = ? AND i.finished_at IS NULL AND a.deleted_at IS NULL AND a.suspended_at IS NULL",
        import_id,
    )
    if row is None:
        return
    end, misses = time.monotonic() + PATIENCE, Counter[str]()
    if row["overwrite"] and not row["cleared"] and not await _clear(app, row, end):
        await _again(app, import_id, 0)
        return
    while True:
        due = await app.db.rows(
            "SELECT id, data, tries FROM import_rows WHERE of_import_id = ? AND due <= ? ORDER BY due, id LIMIT ?",
            import_id,
            app.now(),
            BATCH,
        )
        if not due:
            break
        for one in due:
            await _apply(app, row, one, misses)
            if time.monotonic() > end:
                await _again(app, import_id, 0)
                return
    await _finish(app, import_id)


async def _again(app: App, import_id: int, delay: float) -> None:
    await jobs.enqueue(app, JOB, {"import_id": import_id}, key=f"import-{import_id}", priority=7, delay=delay)


async def _clear(app: App, row: Row, end: float) -> bool:
    """Let go of what the file does not have; False when time ran out before the end."""
    rows = await app.db.rows("SELECT data FROM import_rows WHERE of_import_id = ?", row["id"])
    wanted = {clearing.key(app, row["kind"], msgspec.json.decode(one["data"])) for one in rows}
    for step in await clearing.surplus(app, row["account_id"], row["kind"], wanted):
        await step()
        if time.monotonic() > end:
            return False
    await app.db.execute("UPDATE imports SET cleared = TRUE WHERE id = ?", row["id"])
    return True


async def _apply(app: App, of_import: Row, row: Row, misses: Counter[str]) -> None:
    """Do one row and strike it off; put it back, or note why it failed for good.

    `misses` counts by host: a file full of made-up names must not become a flood of questions for one server.
    """
    cells: list[str] = msgspec.json.decode(row["data"])
    host = applying.host(app, of_import["kind"], cells)
    try:
        if host and misses[host] >= MAX_MISSES:
            raise Unavailable("Too much of this server was not to be found")
        do = await applying.APPLY[of_import["kind"]](app, of_import["account_id"], cells)
        async with app.db.transaction():
            if not await app.db.execute("DELETE FROM import_rows WHERE id = ?", row["id"]):
                return  # another worker was first, or the import was taken back
            await do()
            await app.db.execute("UPDATE imports SET imported = imported + 1 WHERE id = ?", of_import["id"])
    except _AGAIN as error:
        misses[host] += isinstance(error, Unavailable)
        if row["tries"] < len(RETRY):
            await app.db.execute(
                "UPDATE import_rows SET tries = tries + 1, due = ?, error = ? WHERE id = ?",
                app.now() + RETRY[row["tries"]],
                error.message,
                row["id"],
            )
            return
        await _fail(app, of_import["id"], row["id"], error.message)
    except FediNoteError as error:
        misses[host] += isinstance(error, NotFound)
        await _fail(app, of_import["id"], row["id"], error.message)


async def _fail(app: App, import_id: int, row_id: int, message: str) -> None:
    async with app.db.transaction():
        done = await app.db.execute(
            "UPDATE import_rows SET due = NULL, error = ? WHERE id = ? AND due IS NOT NULL", message, row_id
        )
        if done:
            await app.db.execute("UPDATE imports SET failed = failed + 1 WHERE id = ?", import_id)


async def _finish(app: App, import_id: int) -> None:
    """Close the import, or come back when the next row may be tried again."""
    async with app.db.transaction():
        left = await app.db.row("SELECT MIN(due) AS due FROM import_rows WHERE of_import_id = ?", import_id)
        if left is not None and left["due"] is not None:
            delay = left["due"] / 1000 - app.now().timestamp()
            await _again(app, import_id, max(delay, 1))
            return
        await app.db.execute(
            "UPDATE imports SET finished_at = ? WHERE id = ? AND finished_at IS NULL", app.now(), import_id
        )


async def of(app: App, account_id: int) -> list[Row]:
    """Return a person's imports of the last two weeks, newest first."""
    return await app.db.rows(
        f"SELECT {_COLUMNS} FROM imports WHERE account_id = ? ORDER BY id DESC",  # noqa: S608
        account_id,
    )


async def show(app: App, account_id: int, import_id: int) -> Row:
    """Return one of a person's imports. Raises NotFound."""
    row = await app.db.row(
        f"SELECT {_COLUMNS} FROM imports WHERE id = ? AND account_id = ?",  # noqa: S608
        import_id,
        account_id,
    )
    if row is None:
        raise NotFound
    return row


async def failures(app: App, account_id: int, import_id: int, most: int = formats.MAX_ROWS) -> list[Failure]:
    """Return what failed for good, in the order of the file. Raises NotFound."""
    await show(app, account_id, import_id)
    rows = await app.db.rows(
        "SELECT data, error FROM import_rows WHERE of_import_id = ? AND due IS NULL ORDER BY id LIMIT ?",
        import_id,
        most,
    )
    return [Failure(msgspec.json.decode(row["data"]), row["error"]) for row in rows]


def written(kind: str, found: Sequence[Failure]) -> str:
    """Return failures as a file: of lists one that can be handed in again, of old posts their ids."""
    if kind in formats.FORMATS:
        return formats.write(kind, [one.cells for one in found])
    return formats.write("bookmarks", [one.cells for one in found])


async def cancel(app: App, account_id: int, import_id: int) -> None:
    """Take an import back: what is done stays done, the rest is not tried. Raises NotFound."""
    if not await app.db.execute("DELETE FROM imports WHERE id = ? AND account_id = ?", import_id, account_id):
        raise NotFound


async def tidy(app: App) -> None:
    """Forget imports that were finished two weeks ago. For a periodic job."""
    await app.db.execute("DELETE FROM imports WHERE finished_at < ?", app.now() - KEPT)
