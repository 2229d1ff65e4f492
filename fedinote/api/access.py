"""Who calls: the bearer token of a request, the scopes it must have, and how often the caller may ask."""

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Literal

from starlette.requests import HTTPConnection
from starlette.types import Scope

from fedinote.auth import tokens
from fedinote.auth.limits import ADDRESS, LIMITS, TOKEN, USER, Limit, account_key
from fedinote.auth.viewer import AppToken, Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, TooMany, Unauthorized
from fedinote.infra.ratelimit import Allowance, counted, whole_address
from fedinote.policy import ip_blocks

__all__ = ["ADDRESS", "LIMITS", "TOKEN", "USER", "Limit", "bearer", "check", "count", "identify"]

Caller = Viewer | AppToken | None
Auth = Literal["public", "optional-user", "app", "user"]
ALLOWANCE = "fedinote.allowance"  # where a scope carries the Allowance that the answer's headers tell


def bearer(connection: HTTPConnection) -> str | None:
    """Return the token of the Authorization header; None when there is none (RFC 6750, section 2.1)."""
    header = connection.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def identify(app: App, connection: HTTPConnection, auth: Auth) -> Caller:
    """Return who calls. `Unauthorized` for a token that is not valid, or none where one is needed.

    "public" routes do not look at the token; "optional-user" routes do when one is given.
    """
    if auth == "public":
        return None
    token = bearer(connection)
    if token is None:
        if auth == "optional-user":
            return None
        raise Unauthorized
    return await tokens.authenticate(app, token)


def check(caller: Caller, auth: Auth, scopes: Sequence[str]) -> None:
    """Refuse a caller whose token is of the wrong kind or has none of the scopes: `Invalid`, `Forbidden`."""
    if caller is None:
        return
    if auth == "user" and isinstance(caller, AppToken):
        raise Invalid("This method requires an authenticated user")
    if scopes and not any(caller.has(scope) for scope in scopes):
        raise Forbidden("This action is outside the authorized scopes")


def address_of(app: App, connection: HTTPConnection) -> str:
    """Return the address that a request is counted under: IPv4 whole, IPv6 as its /64."""
    return counted(ip_of(app, connection))


def ip_of(app: App, connection: HTTPConnection) -> str:
    """Return the whole address that a request comes from; proxies are believed only where the settings say so."""
    trusted = app.caches.get("trusted-proxies")
    if trusted is None:
        trusted = [ip_network(text) for text in app.settings.server.trusted_proxies]
        app.caches["trusted-proxies"] = trusted
    client = connection.scope.get("client")
    return whole_address(client[0] if client else "", connection.headers.get("x-forwarded-for"), trusted)


async def admit(app: App, scope: Scope) -> None:
    """Refuse whoever comes from an address that has no access, before anything else is done. `Forbidden`."""
    if await ip_blocks.any_there(app):
        await ip_blocks.admit(app, ip_of(app, HTTPConnection(scope)))


def count(app: App, connection: HTTPConnection, caller: Caller, limit: Limit, name: str = "all") -> None:
    """Count one hit. `TooMany` beyond the limit. The answer will tell the limit that has the least left."""
    if not app.settings.limits.enabled:
        return
    if limit.by == "account" and isinstance(caller, Viewer):
        key = account_key(name, caller)
    elif limit.by == "token" and caller is not None:
        key = f"{name}:token:{caller.token_id}"
    else:
        key = f"{name}:address:{address_of(app, connection)}"
    allowance = app.limiter.hit(key, limit.hits, limit.window)
    told: Allowance | None = connection.scope.get(ALLOWANCE)
    if told is None or not allowance.allowed or allowance.remaining < told.remaining:
        connection.scope[ALLOWANCE] = allowance
    if not allowance.allowed:
        wait = (allowance.reset - app.now()).total_seconds()
        raise TooMany(retry_after=max(1, int(wait) + 1))
