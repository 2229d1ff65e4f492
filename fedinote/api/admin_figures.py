"""The dashboard: measures, dimensions, and who stays.

https://docs.joinmastodon.org/methods/admin/measures/, dimensions and retention
"""

from typing import Any

from fedinote.api.entities import admin_figures as entities
from fedinote.api.routing import Call, route
from fedinote.infra.errors import BadRequest, Invalid
from fedinote.moderation import moderator
from fedinote.moderation.figures import dimensions, measures, periods, retention
from fedinote.moderation.figures.periods import Period
from fedinote.moderation.moderator import Power
from fedinote.policy import domains

_READ = ("admin:read",)
_USUAL, _MOST = 10, 100


async def _check(call: Call) -> None:
    await moderator.acting(call.app, call.me, Power.DASHBOARD)


def _period(call: Call) -> Period | None:
    """Return the days that are asked for; None when one end is missing."""
    start, end = call.params.moment("start_at"), call.params.moment("end_at")
    return None if start is None or end is None else periods.between(start, end)


def _usual_period(call: Call) -> Period:
    """Return the days that are asked for, the last 30 where they are not said."""
    today = periods.between(call.app.now(), call.app.now()).last
    return _period(call) or Period(today - 29, today)


def _keys(call: Call) -> list[str]:
    return list(dict.fromkeys(call.params.list("keys")))


def _about(call: Call, key: str, needed: str) -> int | str:
    """Return what a figure is about: `tag_uses[id]=…`, `instance_accounts[domain]=…`. `BadRequest` without it."""
    if not needed:
        return ""
    given = call.params.mapping(key)
    found: int | str = given.text("domain", "").strip() if needed == "domain" else given.number("id", 0)
    if not found:
        raise BadRequest(f"param is missing or the value is empty: {key}[{needed}]")
    return domains.key(found) if isinstance(found, str) else found


async def show_measures(call: Call) -> Any:
    """POST /api/v1/admin/measures. Keys that we do not know are left out."""
    await _check(call)
    period = _period(call)
    if period is None:
        raise Invalid("Validation failed: start_at and end_at can't be blank")
    wanted = [(key, _about(call, key, measures.ABOUT[key])) for key in _keys(call) if key in measures.ABOUT]
    return [entities.measure(await measures.measure(call.app, key, period, about)) for key, about in wanted]


async def show_dimensions(call: Call) -> Any:
    """POST /api/v1/admin/dimensions. Keys that we do not know are left out; without a period, the last 30 days."""
    await _check(call)
    period = _usual_period(call)
    limit = call.params.number("limit", _USUAL)
    limit = min(limit, _MOST) if limit > 0 else _USUAL
    known = {key: dimensions.DIMENSIONS[key] for key in _keys(call) if key in dimensions.DIMENSIONS}
    asked = {key: dimensions.Asked(period, limit, _about(call, key, one.about)) for key, one in known.items()}
    return [entities.dimension(key, await known[key].count(call.app, asked[key])) for key in known]


async def show_retention(call: Call) -> Any:
    """POST /api/v1/admin/retention: by day, and the last 30 days, where nothing else is asked."""
    await _check(call)
    kind: retention.Frequency = "month" if call.params.text("frequency") == "month" else "day"
    return [entities.cohort(one, kind) for one in await retention.cohorts(call.app, _usual_period(call), kind)]


ROUTES = (
    route("POST", "/api/v1/admin/measures", show_measures, auth="user", scopes=_READ),
    route("POST", "/api/v1/admin/dimensions", show_dimensions, auth="user", scopes=_READ),
    route("POST", "/api/v1/admin/retention", show_retention, auth="user", scopes=_READ),
)
