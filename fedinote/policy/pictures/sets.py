"""The sets of known pictures, in memory: read once, then what joined; compared with the table every ten seconds."""

import asyncio
from dataclasses import dataclass, field

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.policy.pictures.hashes import PDQ
from fedinote.policy.pictures.index import Index

CACHE = "picture-sets"
KEEP_MS = 10_000
PAGE = 500
_LATE = 600_000 << 16  # ids of the last ten minutes: what another process wrote may become visible late
_STAMP = "SELECT id, version, removals FROM picture_sets WHERE name = ?"
_PAGE = "SELECT id, kind, hash FROM known_pictures WHERE set_id = ? AND id > ? ORDER BY id LIMIT ?"


@dataclass(slots=True)
class Loaded:
    """A set as it is remembered, and when it was last compared with the table."""

    index: Index = field(default_factory=Index)
    stamp: tuple[int, int, int] = (0, 0, 0)
    last: int = 0
    checked_ms: int = -KEEP_MS
    ready: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


async def index(app: App, name: str) -> Index:
    """Return the pictures of a set, an empty index when there is none of this name. No query most of the time.

    While a changed set is being read, it is the one from before.
    """
    sets: dict[str, Loaded] = app.caches.setdefault(CACHE, {})
    found = sets.setdefault(name, Loaded())
    now = to_ms(app.now())
    if 0 <= now - found.checked_ms < KEEP_MS or (found.ready and found.lock.locked()):
        return found.index
    async with found.lock:
        if not 0 <= now - found.checked_ms < KEEP_MS:
            await _compare(app, name, found)
            found.checked_ms, found.ready = now, True
    return found.index


async def _compare(app: App, name: str, found: Loaded) -> None:
    row = await app.db.row(_STAMP, name)
    if row is None:
        found.index, found.stamp, found.last = Index(), (0, 0, 0), 0
        return
    stamp = (row["id"], row["version"], row["removals"])
    if stamp == found.stamp:
        return
    same = stamp[0] == found.stamp[0] and stamp[2] == found.stamp[2]
    target = found.index if same else Index()
    last = await _read(app, row["id"], target, max(0, found.last - _LATE) if same else 0)
    found.index, found.stamp, found.last = target, stamp, max(last, found.last if same else 0)


async def _read(app: App, set_id: int, target: Index, last: int) -> int:
    """Read what joined a set after an id, page by page so that others have their turns; return the last id."""
    while rows := await app.db.rows(_PAGE, set_id, last, PAGE):
        last = rows[-1]["id"]
        for row in rows:
            if row["kind"] == PDQ:
                target.add_look(row["id"], int(row["hash"], 16))
            else:
                target.add_digest(row["id"], row["hash"])
        await asyncio.sleep(0)
    return last


def forget(app: App) -> None:
    """Compare with the table at the next question: call it once a change is committed."""
    for one in app.caches.get(CACHE, {}).values():
        one.checked_ms = -KEEP_MS
