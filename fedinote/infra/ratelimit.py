"""Who asks how often: counters in memory, bounded; and the address that a request is counted under."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

MAX_KEYS = 100_000
_MAX_HOPS = 32


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit: the figures of the `X-RateLimit-*` headers, and whether this hit was allowed."""

    limit: int
    remaining: int
    reset: datetime
    allowed: bool


class Limiter:
    """Fixed windows: a key's window starts with its first hit, and when it ends all is allowed again.

    At most `max_keys` keys are remembered for each length of window; beyond that the oldest windows are forgotten.
    """

    def __init__(self, now: Callable[[], datetime], *, max_keys: int = MAX_KEYS) -> None:
        self._now = now
        self._max_keys = max_keys
        # One table for each length of window: within it, insertion order is the order of expiry.
        self._tables: dict[float, dict[str, tuple[float, int]]] = {}

    def hit(self, key: str, limit: int, window: float, cost: int = 1) -> Allowance:
        """Count `cost` against `limit` in `window` seconds; a refused hit is not counted. A cost of 0 only looks."""
        now = self._now().timestamp()
        table = self._tables.setdefault(window, {})
        end, used = table.get(key, (0.0, 0))
        if end <= now or end > now + window:  # over, or the clock went back
            table.pop(key, None)
            end, used = now + window, 0
        allowed = used + cost <= limit if cost else used < limit
        if allowed and cost:
            if key not in table:
                self._make_room(table, now)
            used += cost
            table[key] = (end, used)
        return Allowance(limit, max(0, limit - used), datetime.fromtimestamp(end, UTC), allowed)

    def forget(self, key: str, window: float) -> None:
        """Give the key its full allowance again (after a successful log-in, say)."""
        self._tables.get(window, {}).pop(key, None)

    def _make_room(self, table: dict[str, tuple[float, int]], now: float) -> None:
        while table:
            oldest = next(iter(table))
            if table[oldest][0] > now and len(table) < self._max_keys:
                return
            del table[oldest]


def client_address(peer: str, forwarded_for: str | None, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """Return the address that a request is counted under: IPv4 whole, IPv6 as its /64. See `whole_address`."""
    return counted(whole_address(peer, forwarded_for, trusted))


def counted(address: str) -> str:
    """Return what a whole address is counted under: IPv4 itself, IPv6 its /64; what is no address, itself."""
    return _counted(_parse(address), address)


def whole_address(peer: str, forwarded_for: str | None, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """Return the address that a request comes from; where there is none, what the peer calls itself, or "local".

    `forwarded_for` (the X-Forwarded-For header) is believed only from a peer in `trusted`, and only up to the first
    address from the right that is not a trusted proxy: all to the left of it was written by the client. A peer that
    is no IP address (a Unix socket) counts as trusted when there are trusted networks at all.
    """
    here = _parse(peer)
    if forwarded_for is None or not _is_proxy(here, trusted):
        return _written(here, peer)
    for entry in reversed(forwarded_for.rsplit(",", _MAX_HOPS)):
        hop = _parse(entry)
        if hop is None:  # unreadable: whoever handed it in is as far as we can see
            break
        here = hop
        if not _is_proxy(here, trusted):
            break
    return _written(here, peer)


def _written(address: IPv4Address | IPv6Address | None, peer: str) -> str:
    return peer or "local" if address is None else str(address)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    text = text.strip()
    if text.startswith("["):  # [v6]:port
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # v4:port
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _is_proxy(address: IPv4Address | IPv6Address | None, trusted: Sequence[IPv4Network | IPv6Network]) -> bool:
    if address is None:
        return bool(trusted)
    return any(address in network for network in trusted if network.version == address.version)


def _counted(address: IPv4Address | IPv6Address | None, peer: str) -> str:
    if address is None:
        return peer or "local"
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)
