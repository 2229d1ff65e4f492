"""Reading positions. https://docs.joinmastodon.org/methods/markers/"""

from collections.abc import Iterable
from typing import Any

from fedinote.api.params import is_id
from fedinote.api.routing import Call, route
from fedinote.infra.clock import iso
from fedinote.infra.errors import Invalid
from fedinote.timelines import markers
from fedinote.timelines.markers import ReadMarker


async def show(call: Call) -> dict[str, Any]:
    """Tell how far the caller has read the timelines that are asked for."""
    return _entities(await markers.read(call.app, call.me.account_id, call.params.list("timeline")))


async def write(call: Call) -> dict[str, Any]:
    """Set how far the caller has read."""
    positions: dict[str, int] = {}
    for timeline in markers.TIMELINES:
        last = call.params.mapping(timeline).text("last_read_id")
        if last is None:
            continue
        if not is_id(last):
            raise Invalid("Validation failed: Last read is not an id")
        positions[timeline] = int(last)
    return _entities(await markers.write(call.app, call.me.account_id, positions))


def _entities(found: Iterable[ReadMarker]) -> dict[str, Any]:
    return {
        one.timeline: {
            "last_read_id": str(one.last_read_id),
            "version": one.version,
            "updated_at": iso(one.updated_at),
        }
        for one in found
    }


ROUTES = (
    route("GET", "/api/v1/markers", show, auth="user", scopes=("read:statuses",)),
    route("POST", "/api/v1/markers", write, auth="user", scopes=("write:statuses",)),
)
