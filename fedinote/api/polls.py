"""Polls. https://docs.joinmastodon.org/methods/polls/"""

from typing import Any

from fedinote.api.entities import polls as entities
from fedinote.api.routing import Call, route
from fedinote.posts import polls


async def show(call: Call) -> Any:
    """GET /api/v1/polls/:id."""
    return await entities.poll(call.app, call.id(), call.viewer)


async def vote(call: Call) -> Any:
    """POST /api/v1/polls/:id/votes: `choices` are indexes, as numbers or text."""
    await polls.vote(call.app, call.me.account_id, call.id(), call.params.ints("choices"))
    return await entities.poll(call.app, call.id(), call.viewer)


ROUTES = (
    route("GET", "/api/v1/polls/{id}", show, auth="optional-user", scopes=("read:statuses",)),
    route("POST", "/api/v1/polls/{id}/votes", vote, auth="user", scopes=("write:statuses",)),
)
