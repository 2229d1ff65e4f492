"""What somebody lost by a blocked server or a suspended account, and following again. No part of Mastodon's API."""

from typing import Any

from fedinote.api.entities import servers
from fedinote.api.entities.accounts import accounts
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.infra.errors import Invalid
from fedinote.notifications import severances
from fedinote.portability import severed

_BASE = "/api/fedinote/v1/severed_relationships"
_USUAL, _MOST = 40, 80


async def index(call: Call) -> Any:
    """GET …/severed_relationships: the events, newest first."""
    window = paging(call, _USUAL, _MOST)
    found = list(window.arrange(await severances.page(call.app, call.me.account_id, window.sql)))
    return Page([servers.severance(one) for one in found], [one.id for one in found])


async def lost(call: Call) -> Any:
    """GET …/severed_relationships/:id/accounts: whom one followed there, or (`side=follower`) who followed."""
    event = await severances.get(call.app, call.me.account_id, call.id())
    side, window = call.params.text("side", severances.SIDES[0]), paging(call, _USUAL, _MOST)
    if side not in severances.SIDES:
        raise Invalid(f"Validation failed: Side must be one of {', '.join(severances.SIDES)}")
    rows = list(window.arrange(await severances.lost(call.app, event.id, side, window.sql)))
    found = await accounts(call.app, [row["other_id"] for row in rows], call.viewer)
    return Page(found, [row["id"] for row in rows])


async def follow(call: Call) -> Any:
    """POST …/severed_relationships/:id/follow: ask to follow again those in `account_ids`, a hundred at most."""
    chosen = [int(one) for one in call.params.ids("account_ids")]
    asked, failed = await severed.follow_again(call.app, call.me.account_id, call.id(), chosen)
    return {"asked_count": asked, "failed_count": failed}


async def forget(call: Call) -> Any:
    """DELETE …/severed_relationships/:id: the lists and the notification go."""
    await severances.forget(call.app, call.me.account_id, call.id())
    return {}


ROUTES = (
    route("GET", _BASE, index, auth="user", scopes=("read:follows",)),
    route("GET", f"{_BASE}/{{id}}/accounts", lost, auth="user", scopes=("read:follows",)),
    route("POST", f"{_BASE}/{{id}}/follow", follow, auth="user", scopes=("write:follows",)),
    route("DELETE", f"{_BASE}/{{id}}", forget, auth="user", scopes=("write:follows",)),
)
