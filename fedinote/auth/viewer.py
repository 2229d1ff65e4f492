"""Who is asking: the types that carry trust from a checked token to the verbs. Only `oauth` makes them from tokens."""

from collections.abc import Iterable
from dataclasses import dataclass

ROLES = ("member", "moderator", "admin", "owner")

_FOLLOW = frozenset(f"{access}:{what}" for access in ("read", "write") for what in ("follows", "blocks", "mutes"))


def rank(role: str) -> int:
    """Return how high a role stands: 0 for a member (and for what is no role), 3 for the owner."""
    return ROLES.index(role) if role in ROLES else 0


def covers(granted: Iterable[str], wanted: str) -> bool:
    """Tell whether granted scopes include a wanted one.

    A whole scope includes its parts (`read` includes `read:accounts`, `admin:read` includes `admin:read:reports`),
    never the other way round; `follow` includes reading and writing follows, blocks and mutes.
    """
    granted = frozenset(granted)
    if wanted in granted or ("follow" in granted and wanted in _FOLLOW):
        return True
    whole, found, _ = wanted.rpartition(":")
    return bool(found) and whole != "admin" and whole in granted


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with an active login and a valid token. `locale` is the language of the interface (BCP 47)."""

    account_id: int
    user_id: int
    role: str
    scopes: frozenset[str]
    token_id: int
    app_id: int
    locale: str = "en"

    def has(self, scope: str) -> bool:
        """Tell whether the token allows this scope."""
        return covers(self.scopes, scope)


@dataclass(frozen=True, slots=True)
class AppToken:
    """An app that acts for itself (client credentials): there is no person behind the token."""

    app_id: int
    scopes: frozenset[str]
    token_id: int

    def has(self, scope: str) -> bool:
        """Tell whether the token allows this scope."""
        return covers(self.scopes, scope)
