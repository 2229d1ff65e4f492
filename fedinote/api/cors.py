"""Which answers scripts of other sites may read (https://fetch.spec.whatwg.org/#http-cors-protocol).

Everything that clients in browsers call is open to every origin, without credentials: they carry tokens, never our
cookies. Pages are not.
"""

from starlette.types import Scope

Headers = list[tuple[bytes, bytes]]
_PREFIXES = (
    *("/api/", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/.well-known/", "/nodeinfo"),
    *("/@", "/users/", "/c2s/"),
)
_FILES = ("/media/", "/static/", "/tags/")
_OPEN = _PREFIXES + _FILES
_EXPOSED = (
    b"Link, Location, ETag, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id,"
    b" Mastodon-Async-Refresh, Retry-After"
)
HEADERS: Headers = [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", _EXPOSED)]
# The headers are named one by one because `*` does not cover Authorization.
PREFLIGHT: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key, Range"),
    (b"access-control-expose-headers", _EXPOSED),
    (b"access-control-max-age", b"86400"),
]


def is_open(path: str) -> bool:
    """Tell whether a path may be read from everywhere."""
    return path == "/api" or path.startswith(_OPEN)


def is_preflight(scope: Scope) -> bool:
    """Tell whether a request only asks what is allowed: OPTIONS on an open path (with or without an Origin)."""
    return bool(scope["method"] == "OPTIONS") and is_open(scope["path"])
