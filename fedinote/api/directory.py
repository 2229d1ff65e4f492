"""Those who want to be found, and servers by name. https://docs.joinmastodon.org/methods/directory/"""

from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.routing import Call, route
from fedinote.policy import domains
from fedinote.timelines import suggestions

_USUAL, _MOST = 40, 80
_MAX_OFFSET = 10_000
_PEERS = 10
_MAX_QUERY = 100
_BYTES = {"sqlite": "BINARY", "postgresql": '"C"'}
"""The collation by which a text is before all that begin with it, whatever the database's own is."""
_PEERS_SQL = """SELECT DISTINCT a.domain FROM accounts a WHERE a.domain COLLATE {c} >= ? AND a.domain COLLATE {c} < ?
 AND a.domain <> '' ORDER BY a.domain LIMIT ?"""


async def index(call: Call) -> list[dict[str, Any]]:
    """List accounts that want to be found: `order` active (default) or new, with `local` those of this server."""
    limit, offset = call.params.number("limit", _USUAL), call.params.number("offset", 0)
    found = await suggestions.directory(
        call.app,
        call.viewer_id,
        order="new" if call.params.text("order") == "new" else "active",
        local=call.params.flag("local"),
        limit=min(limit, _MOST) if limit > 0 else _USUAL,
        offset=min(max(offset, 0), _MAX_OFFSET),
    )
    return await accounts(call.app, found, call.viewer, bios=True)


async def peers(call: Call) -> list[str]:
    """GET /api/v1/peers/search: known servers whose domain begins with `q`; suspended ones are left out."""
    text = call.params.text("q", "").strip().lower()[:_MAX_QUERY]
    if not text:
        return []
    rows = await call.app.db.rows(
        _PEERS_SQL.format(c=_BYTES[call.app.db.dialect]),
        text,
        text + "\U0010ffff",
        _PEERS * 4,
    )
    found = [row["domain"] for row in rows]
    return [one for one in found if not await domains.suspended(call.app, one)][:_PEERS]


ROUTES = (
    route("GET", "/api/v1/directory", index, auth="optional-user"),
    route("GET", "/api/v1/peers/search", peers, auth="public"),
)
