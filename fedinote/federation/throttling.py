"""How much one address may send to the inboxes: a flood is answered with 429 before it costs a signature check.

Counted is the address that a request comes from, not the server that it names: anybody can name another one in a
signature, and would use up its allowance. Only what was signed well counts for the server: how much it may fetch.
"""

from ipaddress import ip_network

from starlette.requests import Request

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import FediNoteError, TooMany
from fedinote.infra.ratelimit import Allowance, client_address

MINUTE = 60.0
REFUSALS = 600
REFUSALS_WINDOW = 300.0
WELCOME_MS = 86_400_000
MOST_WELCOME = 50_000
REFUSED = frozenset({400, 401, 403, 413, 415})


def address_of(app: App, request: Request) -> str:
    """Return the address that a request is counted under; of trusted proxies it is the one that they name."""
    trusted = app.caches.get("trusted-proxies")
    if trusted is None:
        trusted = [ip_network(text) for text in app.settings.server.trusted_proxies]
        app.caches["trusted-proxies"] = trusted
    peer = request.client.host if request.client else ""
    return client_address(peer, request.headers.get("x-forwarded-for"), trusted)


def admit(app: App, address: str) -> None:
    """Count a request to an inbox. TooMany beyond the limit of a minute, or after too many that were refused.

    The limit is `limits.inbox_per_minute` (0: none), far above what a large server sends when somebody popular posts.
    """
    limits = app.settings.limits
    if not limits.enabled or limits.inbox_per_minute <= 0:
        return
    _check(app, app.limiter.hit(f"inbox:{address}", limits.inbox_per_minute, MINUTE))
    _check(app, app.limiter.hit(f"inbox-refused:{address}", REFUSALS, REFUSALS_WINDOW, cost=0))


def fetches(app: App, domain: str) -> None:
    """Count a document that a server asked for by a good signature. TooMany beyond `limits.fetches_per_minute`."""
    limits = app.settings.limits
    if limits.enabled and limits.fetches_per_minute > 0:
        _check(app, app.limiter.hit(f"fetches:{domain}", limits.fetches_per_minute, MINUTE))


def note(app: App, address: str, error: FediNoteError) -> None:
    """Count a request that was refused for what it was, of which there may be 600 in five minutes."""
    if app.settings.limits.enabled and error.status in REFUSED:
        app.limiter.hit(f"inbox-refused:{address}", REFUSALS, REFUSALS_WINDOW)


def welcome(app: App, address: str) -> None:
    """Remember that a server that is known here signed what came from this address: in a crowd it goes first."""
    kept: dict[str, int] = app.caches.setdefault("welcome", {})
    if address not in kept and len(kept) >= MOST_WELCOME:
        kept.clear()
    kept[address] = to_ms(app.now())


def is_welcome(app: App, address: str) -> bool:
    """Tell whether a known server has sent something from this address within the last day."""
    since: int | None = app.caches.get("welcome", {}).get(address)
    return since is not None and to_ms(app.now()) - since < WELCOME_MS


def _check(app: App, allowance: Allowance) -> None:
    if not allowance.allowed:
        wait = (allowance.reset - app.now()).total_seconds()
        raise TooMany(retry_after=max(1, int(wait) + 1))
