"""Why something did not arrive: FediNote's own addition to the admin API."""

from typing import Any

from fedinote.api.routing import Call, route
from fedinote.federation import tracing
from fedinote.infra.clock import iso
from fedinote.moderation import moderator
from fedinote.moderation.moderator import Power


async def show(call: Call) -> dict[str, Any]:
    """GET /api/fedinote/v1/admin/trace: what came in and went out for `url`, and what became of it."""
    await moderator.acting(call.app, call.me, Power.AUDIT)
    found = await tracing.trace(call.app, call.params.text("url", "", max=2048))
    steps = [
        {"at": iso(step.at) if step.at else None, "kind": step.kind, "host": step.host or None, "text": step.text}
        for step in found.steps
    ]
    return {"uri": found.uri, "answer": found.answer, "steps": steps}


ROUTES = (route("GET", "/api/fedinote/v1/admin/trace", show, auth="user", scopes=("admin:read:domain_blocks",)),)
