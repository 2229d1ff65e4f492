"""What the staff tells everybody. https://docs.joinmastodon.org/methods/announcements/"""

from typing import Any

from fedinote.api.entities.announcements import entity
from fedinote.api.routing import Call, route
from fedinote.moderation.house import announcement_reactions, announcements

_REACT = ("write:favourites",)


async def index(call: Call) -> list[dict[str, Any]]:
    """List what is told at present; `with_dismissed`: also what the caller has put away."""
    with_read = call.params.flag("with_dismissed")
    rows = await announcements.shown(call.app, call.me.account_id, with_read=with_read)
    ids = [row["id"] for row in rows]
    reactions = await announcement_reactions.counted(call.app, ids, call.me.account_id)
    return [{**entity(call.app, row, reactions), "read": bool(row["read"])} for row in rows]


async def dismiss(call: Call) -> dict[str, Any]:
    """Put an announcement away."""
    await announcements.dismiss(call.app, call.me.account_id, call.id())
    return {}


async def react(call: Call) -> dict[str, Any]:
    """React with a Unicode emoji, or one of ours by name."""
    await announcement_reactions.add(call.app, call.me.account_id, call.id(), call.path["name"])
    return {}


async def unreact(call: Call) -> dict[str, Any]:
    """Take a reaction back."""
    await announcement_reactions.remove(call.app, call.me.account_id, call.id(), call.path["name"])
    return {}


ROUTES = (
    route("GET", "/api/v1/announcements", index, auth="user"),
    route("POST", "/api/v1/announcements/{id}/dismiss", dismiss, auth="user", scopes=("write:accounts",)),
    route("PUT", "/api/v1/announcements/{id}/reactions/{name}", react, auth="user", scopes=_REACT),
    route("DELETE", "/api/v1/announcements/{id}/reactions/{name}", unreact, auth="user", scopes=_REACT),
)
