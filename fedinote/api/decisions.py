"""What was decided about the caller, appeals against it, and what came of the caller's own reports.

A part of FediNote's own: see docs/client-api.md. `read` and `write` of accounts and reports, as for what they concern.
"""

from typing import Any

from fedinote.api.entities import decisions as entities
from fedinote.api.routing import Call, route
from fedinote.infra.errors import NotFound
from fedinote.moderation.cases import appeals, casework, statements
from fedinote.moderation.cases.statements import Statement
from fedinote.text import language

_BASE = "/api/fedinote/v1/decisions"
_ONE = f"{_BASE}/{{id}}"
_READ, _WRITE = ("read:accounts",), ("write:accounts",)
_USUAL, _MOST = 40, 200


async def index(call: Call) -> Any:
    """GET /api/fedinote/v1/decisions: what was decided about the caller, newest first."""
    found = await statements.about(call.app, call.me.account_id)
    most = min(max(call.params.number("limit") or _USUAL, 1), _MOST)
    return await entities.decisions(call.app, found[:most])


async def _own(call: Call) -> Statement:
    """Return the decision of the path. `NotFound` for another's."""
    found = await statements.get(call.app, call.id())
    if found.account_id != call.me.account_id:
        raise NotFound
    return found


async def show(call: Call) -> Any:
    """GET /api/fedinote/v1/decisions/:id."""
    return await entities.decision(call.app, await _own(call))


async def show_appeal(call: Call) -> Any:
    """GET /api/fedinote/v1/decisions/:id/appeal: the thread."""
    found = await appeals.of_statement(call.app, (await _own(call)).id)
    if found is None:
        raise NotFound
    return entities.appeal(found)


async def appeal(call: Call) -> Any:
    """POST /api/fedinote/v1/decisions/:id/appeal: ask to decide again, or add to it (`text`, `language`)."""
    about, text = await _own(call), call.params.need("text")
    tongue = call.params.text("language", max=35) or language.source(text, call.me.locale)
    if about.appeal_id is None:
        made = await appeals.make(call.app, call.me.account_id, about.id, text, tongue)
    else:
        made = await appeals.add(call.app, call.me.account_id, about.appeal_id, text, tongue)
    return entities.appeal(made)


async def reports(call: Call) -> Any:
    """GET /api/fedinote/v1/reports: what the caller reported, newest first, with what came of it."""
    most = min(max(call.params.number("limit") or _USUAL, 1), _MOST)
    return await entities.filed(call.app, await casework.filed_by(call.app, call.me.account_id, most))


ROUTES = (
    route("GET", _BASE, index, auth="user", scopes=_READ),
    route("GET", _ONE, show, auth="user", scopes=_READ),
    route("GET", f"{_ONE}/appeal", show_appeal, auth="user", scopes=_READ),
    route("POST", f"{_ONE}/appeal", appeal, auth="user", scopes=_WRITE, limit="reports"),
    route("GET", "/api/fedinote/v1/reports", reports, auth="user", scopes=_READ),
)
