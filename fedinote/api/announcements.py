"""What the staff tells everybody. https://docs.joinmastodon.org/methods/announcements/"""

from typing import Any

from fedinote.api.entities.announcements import entity
from fedinote.api.routing import Call, route
from fedinote.moderation import announcements


async def index(call: Call) -> list[dict[str, Any]]:
    """List what is told at present; `with_dismissed`: also what the caller has put away."""
    with_read = call.params.flag("with_dismissed")
    rows = await announcements.shown(call.app, call.me.account_id, with_read=with_read)
    return [{**entity(call.app, row), "read": bool(row["read"])} for row in rows]


async def dismiss(call: Call) -> dict[str, Any]:
    """Put an announcement away."""
    await announcements.dismiss(call.app, call.me.account_id, call.id())
    return {}


ROUTES = (
    route("GET", "/api/v1/announcements", index, auth="user"),
    route("POST", "/api/v1/announcements/{id}/dismiss", dismiss, auth="user", scopes=("write:accounts",)),
)
