"""Which addresses of the internet may not come in, or may not sign up.

The list is compiled into dictionaries by the length of the prefix, so that a request costs one look-up for each length
in use, however long the list is. Every ten seconds a small query tells whether it was changed by another process; a
change made by this process is seen at once.
"""

import contextlib
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, Unavailable

CACHE = "ip_blocks"
KEEP_MS = 10_000
SEVERITIES = ("sign_up_requires_approval", "sign_up_block", "no_access")  # from mild to severe
NO_ACCESS = "no_access"
_WRONG = "Validation failed: Ip is not an address or a network such as 192.0.2.0/24"
_STAMP = "SELECT COUNT(*) AS n, COALESCE(MAX(changed_at), 0) AS changed, COALESCE(MAX(id), 0) AS newest FROM ip_blocks"

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One block: its place in SEVERITIES, and when it ends (epoch milliseconds; None: never)."""

    rank: int
    expires_at: int | None


@dataclass(slots=True)
class Compiled:
    """All blocks by (IP version, bits beyond the prefix), then by prefix."""

    checked_at: int
    stamp: Stamp
    tables: Mapping[tuple[int, int], Mapping[int, Entry]] = field(default_factory=dict)

    def severity(self, address: Address, now: int) -> str | None:
        """Return the severest thing that is said about an address now, or None."""
        version, number, worst = address.version, int(address), -1
        for (kind, shift), table in self.tables.items():
            if kind != version:
                continue
            entry = table.get(number >> shift)
            if entry is not None and entry.rank > worst and (entry.expires_at is None or entry.expires_at > now):
                worst = entry.rank
        return None if worst < 0 else SEVERITIES[worst]


def parse(text: str) -> Network:
    """Return the network that is meant: an address alone is a network of one. `Invalid` for anything else.

    Bits beyond the prefix are dropped, and IPv4 written as IPv6 (::ffff:192.0.2.1) is IPv4.
    """
    try:
        network = ipaddress.ip_network(text.strip()[:64], strict=False)
    except ValueError:
        raise Invalid(_WRONG) from None
    if isinstance(network, IPv4Network):
        return network
    if network.network_address.scope_id is not None:
        raise Invalid(_WRONG)
    mapped = network.network_address.ipv4_mapped
    if mapped is not None and network.prefixlen >= 96:
        return IPv4Network((int(mapped), network.prefixlen - 96))
    return network


async def severity(app: App, address: str) -> str | None:
    """Return what is said about an address (whole, not the network it is counted under), or None.

    What is no IP address (a Unix socket) is on no list.
    """
    compiled = await _compiled(app)
    if not compiled.tables:
        return None
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return compiled.severity(parsed, to_ms(app.now()))


async def any_there(app: App) -> bool:
    """Tell whether the list has anything in it: nobody's address must be found out for an empty one."""
    return bool((await _compiled(app)).tables)


async def admit(app: App, address: str) -> None:
    """Refuse an address that has no access. `Forbidden`."""
    if await severity(app, address) == NO_ACCESS:
        raise Forbidden("Access from this address is blocked")


async def _compiled(app: App) -> Compiled:
    cached: Compiled | None = app.caches.get(CACHE)
    now = to_ms(app.now())
    if cached is not None and 0 <= now - cached.checked_at < KEEP_MS:
        return cached
    if cached is None:
        return await _read(app, now, await _stamp(app))
    with contextlib.suppress(Unavailable):  # a database that is busy opens nothing, and closes nothing
        stamp = await _stamp(app)
        if stamp != cached.stamp:
            return await _read(app, now, stamp)
        cached.checked_at = now
    return cached


async def _stamp(app: App) -> Stamp:
    row = await app.db.row(_STAMP)
    return (row["n"], row["changed"], row["newest"]) if row else (0, 0, 0)


async def _read(app: App, now: int, stamp: Stamp) -> Compiled:
    rows = await app.db.rows("SELECT network, severity, expires_at FROM ip_blocks") if stamp[0] else []
    compiled = Compiled(now, stamp, _tables(rows))
    app.caches[CACHE] = compiled
    return compiled


def _tables(rows: Iterable[Row]) -> Mapping[tuple[int, int], Mapping[int, Entry]]:
    tables: dict[tuple[int, int], dict[int, Entry]] = {}
    for row in rows:
        network = ipaddress.ip_network(row["network"])
        shift = network.max_prefixlen - network.prefixlen
        entry = Entry(SEVERITIES.index(row["severity"]), row["expires_at"])
        tables.setdefault((network.version, shift), {})[int(network.network_address) >> shift] = entry
    return tables


def forget(app: App) -> None:
    """Read the list anew at the next question: call it once a change is committed."""
    app.caches.pop(CACHE, None)
