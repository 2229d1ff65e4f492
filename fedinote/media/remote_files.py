"""How much is kept of other servers' files: what there is, what has to make room, and what must go.

Rows and files go together: whatever deletes rows leaves the keys of their files to a job, in the same transaction.
"""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from fedinote.events import AccountDeleted, AccountSuspended, PostDeleted
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.storage import LocalStorage
from fedinote.policy import domains

FORGET_JOB = "media.forget"
ROOM = 0.9
"""To what part of the cap the cache shrinks once it is over it."""
BATCH = 500
KEEP_FAILURES = timedelta(days=7)
_TOTAL = "media-remote-total"
_GONE = """DELETE FROM remote_files WHERE digest IN (SELECT r.digest FROM remote_files r WHERE ({which}) LIMIT ?)
 RETURNING key, preview_key, bytes"""
_OWNERLESS = """(r.kind = 'media' AND NOT EXISTS (SELECT 1 FROM media m WHERE m.id = r.owner AND m.remote_url = r.url))
 OR (r.kind = 'preview' AND NOT EXISTS (SELECT 1 FROM media m WHERE m.id = r.owner AND m.remote_preview = r.url))
 OR (r.kind = 'avatar' AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = r.owner AND a.avatar_remote = r.url))
 OR (r.kind = 'header' AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = r.owner AND a.header_remote = r.url))
 OR (r.kind = 'card' AND NOT EXISTS (SELECT 1 FROM preview_cards c WHERE c.id = r.owner AND c.image = r.url))"""


@dataclass(frozen=True, slots=True)
class Usage:
    """What is kept: files, their bytes, how many bytes there may be, and failures that are remembered."""

    files: int
    bytes: int
    cap: int
    failures: int


@dataclass(frozen=True, slots=True)
class Share:
    """What is kept of one host."""

    host: str
    files: int
    bytes: int


def storage(app: App) -> LocalStorage:
    """Return where the files are: apart from people's own, as all of them can be fetched again."""
    found: LocalStorage = app.caches.setdefault("media-remote", LocalStorage(app.settings.data_path / "remote"))
    return found


async def usage(app: App) -> Usage:
    """Return what is kept now, by the table."""
    row = await app.db.row(
        "SELECT SUM(CASE WHEN key <> '' THEN 1 ELSE 0 END) AS files, SUM(bytes) AS bytes,"
        " SUM(CASE WHEN key = '' THEN 1 ELSE 0 END) AS failures FROM remote_files"
    )
    assert row is not None
    taken = int(row["bytes"] or 0)
    app.caches[_TOTAL] = taken
    return Usage(int(row["files"] or 0), taken, await cap(app, taken), int(row["failures"] or 0))


async def cap(app: App, taken: int) -> int:
    """Return how many bytes may be kept: what the setting says, but never more than half of what would be free."""
    free, _ = await asyncio.to_thread(disk, app)
    return min(app.settings.media.remote_cache_bytes, (free + taken) // 2)


def disk(app: App) -> tuple[int, int]:
    """Return the free bytes and all bytes of the disk that the data is on, or will be. Call it in a thread."""
    place = app.settings.data_path
    found = shutil.disk_usage(place if place.exists() else ".")
    return found.free, found.total


async def biggest(app: App, most: int = 20) -> list[Share]:
    """Return the hosts of which most is kept."""
    rows = await app.db.rows(
        "SELECT host, COUNT(*) AS files, SUM(bytes) AS bytes FROM remote_files WHERE key <> '' GROUP BY host"
        " ORDER BY SUM(bytes) DESC, host LIMIT ?",
        most,
    )
    return [Share(row["host"], int(row["files"]), int(row["bytes"])) for row in rows]


async def added(app: App, size: int) -> None:
    """Count a file that is about to be kept; what nobody looked at for longest makes room, if need be."""
    total = app.caches.get(_TOTAL)
    if total is None:
        total = (await usage(app)).bytes
    app.caches[_TOTAL] = total + size
    if total + size > app.settings.media.remote_cache_bytes:
        await trim(app)


async def trim(app: App) -> int:
    """Remove what was not looked at for longest until the rest is within the cap; return how many bytes went."""
    now = await usage(app)
    if now.bytes <= now.cap:
        return 0
    wanted, gone = now.bytes - int(now.cap * ROOM), 0
    while gone < wanted:
        rows = await app.db.rows(
            "SELECT digest, bytes FROM remote_files WHERE key <> '' ORDER BY used_at, digest LIMIT ?", BATCH
        )
        chosen: list[str] = []
        for row in rows:
            if gone >= wanted:
                break
            chosen.append(row["digest"])
            gone += int(row["bytes"])
        if not chosen:
            break
        await _remove(app, "r.digest IN_TEXTS(?)", chosen)
    app.caches[_TOTAL] = now.bytes - gone
    return gone


async def clean(app: App, *, days: int | None = None, domain: str = "") -> tuple[int, int]:
    """Remove what nobody looked at for so many days (None: whatever it is), of one domain only if named.

    Return how many files went and their bytes. `Invalid` for what is no domain.
    """
    which: list[str] = ["TRUE"]
    params: list[object] = []
    if days is not None:
        which.append("r.used_at < ?")
        params.append(app.now() - timedelta(days=days))
    if domain:
        which.append("(r.host IN_TEXTS(?) OR r.domain IN_TEXTS(?))")
        hosts = await _hosts(app, domains.key(domain))
        params += [hosts, hosts]
    rows = await _remove_all(app, " AND ".join(which), *params)
    app.caches.pop(_TOTAL, None)
    return sum(1 for row in rows if row["key"]), sum(int(row["bytes"]) for row in rows)


async def tidy(app: App) -> None:
    """Keep within the cap and the age limit, and drop what belongs to nothing any more (periodic)."""
    days = app.settings.media.remote_cache_days
    if not app.settings.media.remote_cache_bytes:
        days = 1
    if days:
        await _remove_all(app, "r.used_at < ?", app.now() - timedelta(days=days))
    await _remove_all(app, "r.key = '' AND r.fetched_at < ?", app.now() - KEEP_FAILURES)
    await _remove_all(app, _OWNERLESS)
    await trim(app)


async def sweep(app: App) -> int:
    """Delete files that no row knows, as a stopped process may leave them; return how many (periodic)."""
    await storage(app).sweep()
    gone = 0
    for keys in await asyncio.to_thread(list, storage(app).keys(3600.0, BATCH)):
        rows = await app.db.rows(
            "SELECT key FROM remote_files WHERE key IN_TEXTS(?) UNION ALL"
            " SELECT preview_key FROM remote_files WHERE preview_key IN_TEXTS(?)",
            keys,
            keys,
        )
        for key in set(keys) - {row["key"] for row in rows}:
            await storage(app).delete(key)
            gone += 1
    return gone


async def on_post_deleted(app: App, event: PostDeleted) -> None:
    """Let the files of a deleted post go."""
    if not event.local and event.reblog_of_id is None:
        await _remove_all(app, "r.post = ?", event.post_id)


async def on_account_suspended(app: App, event: AccountSuspended) -> None:
    """Let the files of a suspended account go; they are fetched again should it be restored."""
    if event.suspended and not event.local:
        await forget_accounts(app, [event.account_id])


async def on_account_deleted(app: App, event: AccountDeleted) -> None:
    """Let the files of a deleted account go."""
    if not event.local:
        await forget_accounts(app, [event.account_id])


async def forget_accounts(app: App, account_ids: Sequence[int]) -> None:
    """Let the files of accounts of other servers go, in the running transaction."""
    if account_ids:
        await _remove_all(app, "r.account IN_INTS(?)", list(account_ids))


async def forget_domain(app: App, domain: str) -> None:
    """Let the files that come from a domain or its subdomains go, or belong to somebody there (emoji, cards too)."""
    hosts = await _hosts(app, domain)
    if hosts:
        await _remove_all(app, "r.host IN_TEXTS(?) OR r.domain IN_TEXTS(?)", hosts, hosts)


async def _hosts(app: App, domain: str) -> list[str]:
    rows = await app.db.rows("SELECT host FROM remote_files UNION SELECT domain FROM remote_files")
    return domains.covered(domain, [row["host"] for row in rows if row["host"]])


async def _remove_all(app: App, which: str, *params: object) -> list[Row]:
    removed: list[Row] = []
    while True:
        rows = await _remove(app, which, *params)
        removed += rows
        if len(rows) < BATCH:
            return removed


async def _remove(app: App, which: str, *params: object) -> list[Row]:
    """Delete up to BATCH rows, and leave their files to a job."""
    async with app.db.transaction():
        rows = await app.db.returning(_GONE.format(which=which), *params, BATCH)
        keys = [key for row in rows for key in (row["key"], row["preview_key"]) if key]
        if keys:
            await jobs.enqueue(app, FORGET_JOB, {"keys": keys}, priority=4)
    return rows


async def forget(app: App, keys: list[str]) -> None:
    """Delete files whose rows are gone (job)."""
    for key in keys:
        await storage(app).delete(key)


async def forget_now(app: App) -> None:
    """Do the jobs that delete files without waiting for the worker: for the command line."""
    for row in await app.db.returning("DELETE FROM jobs WHERE kind = ? RETURNING args", FORGET_JOB):
        await forget(app, msgspec.json.decode(row["args"])["keys"])
