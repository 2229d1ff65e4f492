"""How far accounts are trusted by the moderators' rules, and vouching for them. No part of Mastodon's API."""

from typing import Any

from fedinote.api.entities.values import moment_or_none
from fedinote.api.routing import Call, route
from fedinote.infra.errors import NotFound
from fedinote.moderation import moderator, vouching
from fedinote.moderation.moderator import Moderator, Power
from fedinote.policy import trust

_BASE = "/api/fedinote/v1/admin/accounts/{id}"


async def show(call: Call) -> Any:
    """GET …/admin/accounts/:id/trust: `level` is new, settled, followed or vouched."""
    await _acting(call)
    return await _told(call)


async def vouch(call: Call) -> Any:
    """POST …/admin/accounts/:id/vouch: rules that spare the trusted leave the account alone."""
    await vouching.vouch(call.app, await _acting(call), call.id())
    return await _told(call)


async def unvouch(call: Call) -> Any:
    """POST …/admin/accounts/:id/unvouch: take that back."""
    await vouching.unvouch(call.app, await _acting(call), call.id())
    return await _told(call)


async def _acting(call: Call) -> Moderator:
    return await moderator.acting(call.app, call.me, Power.ACCOUNTS)


async def _told(call: Call) -> Any:
    row = await call.app.db.row("SELECT vouched_at FROM accounts WHERE id = ? AND deleted_at IS NULL", call.id())
    if row is None:
        raise NotFound
    return {"level": await trust.level(call.app, call.id()), "vouched_at": moment_or_none(row["vouched_at"])}


ROUTES = (
    route("GET", f"{_BASE}/trust", show, auth="user", scopes=("admin:read:accounts",)),
    route("POST", f"{_BASE}/vouch", vouch, auth="user", scopes=("admin:write:accounts",)),
    route("POST", f"{_BASE}/unvouch", unvouch, auth="user", scopes=("admin:write:accounts",)),
)
