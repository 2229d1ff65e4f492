"""The relays that the server subscribed to, for admins. Not a part of Mastodon's API."""

from typing import Any

from fedinote.api.routing import Call, route
from fedinote.federation import relays
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row
from fedinote.infra.errors import Unavailable
from fedinote.moderation import moderator
from fedinote.moderation.moderator import Moderator, Power

_BASE = "/api/fedinote/v1/admin/relays"
_READ, _WRITE = ("admin:read:domain_blocks",), ("admin:write:domain_blocks",)
_MAX_URL = 2048


async def _acting(call: Call) -> Moderator:
    return await moderator.acting(call.app, call.me, Power.DOMAINS)


def _entity(relay: Row) -> dict[str, Any]:
    answered = relay["answered_at"]
    return {
        "id": str(relay["id"]),
        "kind": relay["kind"],
        "state": relay["state"],
        "inbox_url": relay["inbox_url"],
        "actor_uri": relay["actor_uri"] or None,
        "created_at": iso(from_ms(relay["created_at"])),
        "answered_at": None if answered is None else iso(from_ms(answered)),
    }


async def list_relays(call: Call) -> Any:
    """GET …/admin/relays: all of them, oldest first. `state` is pending, accepted or rejected."""
    await _acting(call)
    return [_entity(relay) for relay in await relays.everything(call.app)]


async def add_relay(call: Call) -> Any:
    """POST …/admin/relays: subscribe to `url`, an inbox (kind mastodon) or an actor (kind litepub)."""
    by = await _acting(call)
    url, kind = call.params.need("url", max=_MAX_URL), call.params.text("kind", "") or None
    try:
        return _entity(await relays.add(call.app, url, kind, by=by))
    except Unavailable as error:
        raise Unavailable("The relay does not answer", reason=error.reason) from error


async def remove_relay(call: Call) -> Any:
    """DELETE …/admin/relays/:id: leave it; answers with what it was."""
    by = await _acting(call)
    return _entity(await relays.remove(call.app, call.id(), by=by))


ROUTES = (
    route("GET", _BASE, list_relays, auth="user", scopes=_READ),
    route("POST", _BASE, add_relay, auth="user", scopes=_WRITE),
    route("DELETE", f"{_BASE}/{{id}}", remove_relay, auth="user", scopes=_WRITE),
)
