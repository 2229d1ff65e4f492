"""Answers that become more complete in a while: `Mastodon-Async-Refresh`, and how far it is.

https://docs.joinmastodon.org/methods/async_refreshes/
"""

from typing import Any

from fedinote.api.routing import Call, route
from fedinote.federation import refreshes
from fedinote.federation.refreshes import Refreshing
from fedinote.federation.threads import ASK_AGAIN
from fedinote.infra.errors import NotFound


def header(refresh: Refreshing) -> tuple[str, str]:
    """Return the header of an answer that is being completed."""
    return "mastodon-async-refresh", f'id="{refresh.id}", retry={ASK_AGAIN}, result_count={refresh.found}'


async def show(call: Call) -> Any:
    """GET /api/v1_alpha/async_refreshes/:id: whether it still runs, and how many posts it found."""
    found = await refreshes.find(call.app, call.id())
    if found is None:
        raise NotFound
    status = "running" if found.running else "finished"
    return {"async_refresh": {"id": str(found.id), "status": status, "result_count": found.found}}


ROUTES = (route("GET", "/api/v1_alpha/async_refreshes/{id}", show, auth="user", scopes=("read",)),)
