"""Where the server may connect to when a stranger names the place: the rules for URLs and for resolved addresses.

A URL is taken apart once, judged, and put together again from the judged parts, so that no other parser can see
another host in it. Every address that a name resolves to is judged on its own, just before it is dialled.
"""

import asyncio
import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Protocol
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from fedinote.infra.errors import Refused

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

MAX_URL = 4096
_LOOKUP_THREADS = 16
_LAST_SYSTEM_PORT = 1023
_PORTS = {"https": 443, "http": 80}
_UNCLEAN = re.compile(r"[\x00-\x20\x7f-\xa0\\]|%0[0ad]", re.IGNORECASE)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
# The last label starts with a letter: a host that ends in a number is an IPv4 address to some parser (WHATWG URL).
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*(?![^a-z]){_LABEL}", re.ASCII)
_QUOTE_SAFE = "/%:@!$&'()*+,;=~-._[]|"
# Names that never lead to a server of the public internet (RFC 6761, 6762, 7686, 8375, 9476; ICANN's .internal).
_PRIVATE_NAMES = ("localhost", "local", "internal", "invalid", "onion", "alt", "home.arpa", "in-addr.arpa", "ip6.arpa")

# IANA's special-purpose registries, and what is not there: is_global alone lets some of it through.
_REFUSED_V4 = tuple(
    (int(network.network_address), int(network.netmask))
    for network in map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared address space of providers, cloud metadata
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's host: public by number, internal by nature
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved, broadcast
        ),
    )
)
# Only 2000::/3 is in use for unicast; so fc00::/7, fe80::/10, fec0::/10, ff00::/8, ::/96, ::ffff:0:0/96 and the
# translation prefixes 64:ff9b::/96 and 64:ff9b:1::/48 are refused without being named.
_UNICAST_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    (int(network.network_address), int(network.netmask))
    for network in map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
            "2001:db8::/32",
            "2002::/16",  # 6to4, which holds an IPv4 address
            "3fff::/20",
        ),
    )
)
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})  # interface identifiers that hold an IPv4 address (RFC 5214)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked for: `url` is its canonical form, which is what goes over the wire and is signed."""

    url: str
    scheme: str
    host: str
    port: int


class Lookup(Protocol):
    """Finds the addresses of a host name."""

    async def resolve(self, host: str, port: int) -> list[str]:
        """Return the addresses as text; OSError when there are none."""


class SystemLookup:
    """The operating system's resolver, in threads of its own: names that never answer hold up nobody else's work."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None

    async def resolve(self, host: str, port: int) -> list[str]:
        """Return the addresses as text, in the system's order of preference; OSError when there are none."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="lookup")
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Let the threads go; lookups that have not begun are cancelled."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


def _look_up(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class AddressRules:
    """The rules, with what the operator opened: plain http (tests, development) and private networks."""

    __slots__ = ("_allow_http", "_networks")

    def __init__(self, *, allow_http: bool = False, allow_networks: Sequence[Network] = ()) -> None:
        self._allow_http = allow_http
        self._networks = tuple(allow_networks)

    def target(self, url: str) -> Target:
        """Return the target that a stranger's URL names; `Refused` when the rules forbid it. The fragment is dropped.

        https only (http when allowed), port 80, 443 or above 1023, no user or password, a clean host name; an IP
        address in place of a name only inside the allowed networks.
        """
        parts = _split(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and self._allow_http):
            raise Refused(reason="scheme not allowed")
        port = _port(parts)
        if port not in (80, 443) and port <= _LAST_SYSTEM_PORT:
            raise Refused(reason="port not allowed")
        return _target(parts, self._host(parts.hostname or ""), port)

    def next_hop(self, target: Target, location: str) -> Target:
        """Return where a redirect leads, judged like any URL; `Refused` also for a step from https down to http."""
        if not 0 < len(location) <= MAX_URL or _UNCLEAN.search(location):
            raise Refused(reason="redirect without a clean URL")
        try:
            joined = urljoin(target.url, location)
        except ValueError:
            raise Refused(reason="redirect to no URL") from None
        following = self.target(joined)
        if target.scheme == "https" and following.scheme != "https":
            raise Refused(reason="redirect from https to http")
        return following

    def permits(self, address: str) -> bool:
        """Tell whether a resolved address may be dialled: public unicast, or inside the allowed networks."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return self._opened(parsed) or _is_public(parsed)

    def _opened(self, address: Address) -> bool:
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            return False
        return any(address in network for network in self._networks if network.version == address.version)

    def _host(self, host: str) -> str:
        literal = _literal(host)
        if literal is not None:
            if not self._opened(literal):
                raise Refused(reason="an IP address in place of a host name")
            return _bracketed(literal)
        name = _name(host)
        if not self._networks and ("." not in name or _is_private_name(name)):
            raise Refused(reason="a private host name")
        return name


def service_target(url: str) -> Target:
    """Return the target of a service that the operator configured: any address and port; `Refused` for a bad URL."""
    parts = _split(url)
    if parts.scheme not in _PORTS:
        raise Refused(reason="scheme not allowed")
    host = parts.hostname or ""
    literal = _literal(host)
    return _target(parts, _name(host) if literal is None else _bracketed(literal), _port(parts))


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL or _UNCLEAN.search(url):
        raise Refused(reason="unclean URL")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Refused(reason="not a URL") from None
    if "@" in parts.netloc:
        raise Refused(reason="user or password in the URL")
    return parts


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise Refused(reason="not a port") from None
    return _PORTS[parts.scheme] if port is None else port


def _literal(host: str) -> Address | None:
    """Return the IP address that the host is, in its canonical notation only; None when it is a name (or garbage)."""
    if "%" in host:
        raise Refused(reason="an IPv6 zone")
    try:
        return ip_address(host)
    except ValueError:
        return None


def _bracketed(literal: Address) -> str:
    return f"[{literal}]" if isinstance(literal, IPv6Address) else str(literal)


def _name(host: str) -> str:
    if not host.isascii():
        try:
            # Strict IDNA 2008: nothing is mapped, so full-width letters, circled digits and odd dots are errors.
            host = idna.encode(host.lower(), strict=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            raise Refused(reason="not a host name") from None
    if not _NAME.fullmatch(host):
        raise Refused(reason="not a host name")
    return host


def _is_private_name(name: str) -> bool:
    return any(name == private or name.endswith("." + private) for private in _PRIVATE_NAMES)


def _target(parts: SplitResult, host: str, port: int) -> Target:
    authority = host if port == _PORTS[parts.scheme] else f"{host}:{port}"
    try:
        path = quote(parts.path, safe=_QUOTE_SAFE) or "/"
        query = quote(parts.query, safe=_QUOTE_SAFE + "?")
    except UnicodeEncodeError:
        raise Refused(reason="unclean URL") from None
    url = f"{parts.scheme}://{authority}{path}" + (f"?{query}" if query else "")
    return Target(url, parts.scheme, host, port)


def _is_public(address: Address) -> bool:
    number = int(address)
    if isinstance(address, IPv4Address):
        return not any(number & mask == network for network, mask in _REFUSED_V4)
    if address.scope_id is not None or address not in _UNICAST_V6:
        return False
    if number >> 32 & 0xFFFFFFFF in _ISATAP:
        return False
    return not any(number & mask == network for network, mask in _REFUSED_V6)
