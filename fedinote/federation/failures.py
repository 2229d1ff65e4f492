"""What could not be fetched three times lately is not asked for again, and a host that does not answer gets a rest.

Kept in the memory of the process, both maps bounded: whoever names a thousand dead addresses costs a thousand
requests once, and not again for each time that they are named.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fedinote.activitypub.quirks import host_of
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import FediNoteError, NotFound, Refused, Unreachable

REMEMBERED = 10_000
MISSING_FOR = timedelta(minutes=1)
TRIES = 3  # at one URL within that time: what was asked for too early may be there a moment later
TRIPS_AFTER = 5  # requests in a row without any answer
REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=15)
SUBDOMAINS_A_MINUTE = 30
"""How many hosts of one domain are met in a minute: whoever has a wildcard in the DNS has hosts without end."""


@dataclass(slots=True)
class _Trouble:
    """A host that did not answer so many times in a row, and until when it is left alone (epoch ms)."""

    failures: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class _Missing:
    """A URL that gave this error so many times, and until when that counts (epoch ms)."""

    error: type[FediNoteError]
    failures: int
    until: int


def check(app: App, url: str) -> None:
    """Refuse to ask again what failed lately: NotFound or Refused as then, Unreachable for a host at rest.

    Refused, too, for one more host of a domain that had many new ones in this minute.
    """
    _meet(app, host_of(url))
    now = to_ms(app.now())
    trouble = _hosts(app).get(host_of(url))
    if trouble is not None and trouble.until > now:
        raise Unreachable(reason="the host did not answer lately")
    missing = _urls(app).get(url)
    if missing is not None and missing.until > now and missing.failures >= TRIES:
        raise missing.error(reason="it could not be fetched a moment ago")


def _meet(app: App, host: str) -> None:
    """Count a host that is new to this process against its domain; its last two labels stand for that."""
    labels = host.partition(":")[0].split(".")
    met: dict[str, None] = app.caches.setdefault("met_hosts", {})
    if len(labels) < 3 or labels[-1].isdigit() or host in met:
        return
    domain = ".".join(labels[-2:])
    if not app.limiter.hit(f"new hosts of {domain}", SUBDOMAINS_A_MINUTE, 60.0).allowed:
        raise Refused(reason="too many new hosts of one domain")
    _make_room(met)
    met[host] = None


def note(app: App, url: str, error: FediNoteError) -> None:
    """Remember that a URL could not be fetched because of `error`."""
    if isinstance(error, NotFound | Refused):
        urls = _urls(app)
        before = urls.pop(url, None)
        lately = before.failures if before is not None and before.until > to_ms(app.now()) else 0
        _make_room(urls)
        urls[url] = _Missing(type(error), lately + 1, to_ms(app.now() + MISSING_FOR))


def silent(app: App, url: str) -> None:
    """Count a request that got no answer at all; after five in a row the host has a rest, longer each time."""
    hosts = _hosts(app)
    _make_room(hosts)
    trouble = hosts.setdefault(host_of(url), _Trouble())
    trouble.failures += 1
    if trouble.failures >= TRIPS_AFTER:
        rest = min(REST * 2 ** min(trouble.failures - TRIPS_AFTER, 10), LONGEST_REST)
        trouble.until = to_ms(app.now() + rest)


def is_silent(app: App, url: str) -> bool:
    """Tell whether the last request to the host of a URL got no answer at all."""
    return host_of(url) in _hosts(app)


def answered(app: App, url: str) -> None:
    """Forget the silence of a host."""
    _hosts(app).pop(host_of(url), None)


def _hosts(app: App) -> dict[str, _Trouble]:
    found: dict[str, _Trouble] = app.caches.setdefault("silent_hosts", {})
    return found


def _urls(app: App) -> dict[str, _Missing]:
    found: dict[str, _Missing] = app.caches.setdefault("missing_urls", {})
    return found


def _make_room(entries: dict[str, Any]) -> None:
    """Let go of the oldest entry where the map is full."""
    if len(entries) >= REMEMBERED:
        entries.pop(next(iter(entries)), None)
