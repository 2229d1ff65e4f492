"""OAuth scopes: which there are, reading a list of them, and when one list lies within another."""

from collections.abc import Iterable

from fedinote.auth.viewer import covers

_READ = (
    *("accounts", "blocks", "bookmarks", "collections", "favourites", "filters", "follows", "lists"),
    *("mutes", "notifications", "search", "statuses"),
)
_WRITE = (
    *("accounts", "blocks", "bookmarks", "collections", "conversations", "favourites", "filters", "follows", "lists"),
    *("media", "mutes", "notifications", "reports", "statuses"),
)
_ADMIN = (
    *("accounts", "reports", "domain_allows", "domain_blocks", "ip_blocks", "email_domain_blocks"),
    "canonical_email_blocks",
)

DEFAULT = ("read",)
ALL: tuple[str, ...] = (
    "profile",
    "read",
    *(f"read:{name}" for name in _READ),
    "write",
    *(f"write:{name}" for name in _WRITE),
    "follow",
    "push",
    "admin:read",
    *(f"admin:read:{name}" for name in _ADMIN),
    "admin:write",
    *(f"admin:write:{name}" for name in _ADMIN),
)
_KNOWN = frozenset(ALL)


def parse(text: str) -> tuple[str, ...]:
    """Return the scopes of a text (parted by spaces, "+" or commas), each once; `read` when there are none."""
    names = text.replace("+", " ").replace(",", " ").split()
    return tuple(dict.fromkeys(names)) or DEFAULT


def known(scopes: Iterable[str]) -> bool:
    """Tell whether all scopes are ones that we have."""
    return all(scope in _KNOWN for scope in scopes)


def within(asked: Iterable[str], granted: Iterable[str]) -> bool:
    """Tell whether everything asked for is included in what was granted."""
    granted = frozenset(granted)
    return all(covers(granted, scope) for scope in asked)


def is_admin(scope: str) -> bool:
    """Tell whether a scope is for moderators alone."""
    return scope.startswith("admin:")
