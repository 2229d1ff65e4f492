"""How often somebody may do what, whichever door it comes through."""

from dataclasses import dataclass
from typing import Literal

from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import TooMany
from fedinote.infra.ratelimit import Allowance

_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """So many hits in a window of seconds; counted for each account, each token, or each address."""

    hits: int
    window: float
    by: Literal["account", "token", "address"] = "account"


USER = Limit(1500, 5 * _MINUTE)
TOKEN = Limit(300, 5 * _MINUTE, "token")
ADDRESS = Limit(300, 5 * _MINUTE, "address")
PASSWORD = Limit(10, 10 * _MINUTE)
"""Changes of a password that somebody tries."""
LIMITS = {
    "apps": Limit(5, 10 * _MINUTE, "address"),
    "deletes": Limit(30, 30 * _MINUTE),
    "follows": Limit(400, 24 * _HOUR),
    "imports": Limit(20, 24 * _HOUR),
    "media": Limit(96, 30 * _MINUTE),
    "paging": Limit(300, 15 * _MINUTE),
    "reports": Limit(400, 24 * _HOUR),
    "sign-up": Limit(5, 30 * _MINUTE, "address"),
    "statuses": Limit(300, 3 * _HOUR),
    "readings": Limit(120, 5 * _MINUTE),
    "suggestions": Limit(30, _HOUR),
}


def account_key(name: str, viewer: Viewer) -> str:
    """Return the name under which a person's hits are counted: one allowance, however many tokens and doors."""
    return f"{name}:user:{viewer.user_id}"


def spend(app: App, viewer: Viewer, limit: Limit, name: str) -> Allowance | None:
    """Count one hit of a person and return what is left; None where the operator set no limits. Raises `TooMany`."""
    return attempt(app, account_key(name, viewer), limit)


def attempt(app: App, key: str, limit: Limit) -> Allowance | None:
    """Count one hit under a name and return what is left; None where the operator set no limits. Raises `TooMany`."""
    if not app.settings.limits.enabled:
        return None
    allowance = app.limiter.hit(key, limit.hits, limit.window)
    if not allowance.allowed:
        wait = (allowance.reset - app.now()).total_seconds()
        raise TooMany(retry_after=max(1, int(wait) + 1))
    return allowance
