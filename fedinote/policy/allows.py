"""Which servers take part where only listed ones do (`federation.allow_list`). Kept in memory as `domains` does."""

from collections.abc import Iterable

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms

CACHE = "domain_allows"
KEEP_MS = 3000


async def names(app: App) -> frozenset[str]:
    """Return the listed domains and our own, in the spelling of `domains.key`."""
    cached: tuple[int, frozenset[str]] | None = app.caches.get(CACHE)
    now = to_ms(app.now())
    if cached is not None and 0 <= now - cached[0] < KEEP_MS:
        return cached[1]
    rows = await app.db.rows("SELECT domain FROM domain_allows")
    found = frozenset(row["domain"] for row in rows) | app.settings.own_hosts
    app.caches[CACHE] = (now, found)
    return found


async def all_listed(app: App, servers: Iterable[Iterable[str]]) -> bool:
    """Tell whether each of these servers is listed by one of its names."""
    listed = await names(app)
    return all(any(name in listed for name in spelled) for spelled in servers)


def forget(app: App) -> None:
    """Read the list anew at the next question: call it once a change is committed."""
    app.caches.pop(CACHE, None)
