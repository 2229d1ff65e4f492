"""Reports of one's own year. https://docs.joinmastodon.org/methods/annual_reports/"""

from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.statuses import statuses
from fedinote.api.routing import Answer, Call, route
from fedinote.infra.errors import NotFound
from fedinote.posts import annual_reports
from fedinote.posts.annual_reports import SCHEMA_VERSION, Report

_READ, _WRITE = ("read:accounts",), ("write:accounts",)
_BASE = "/api/v1/annual_reports"


def _year(call: Call) -> int:
    text = call.path["year"]
    if not (text.isascii() and text.isdigit() and 1970 <= int(text[:5]) <= 9998):
        raise NotFound
    return int(text)


async def _wrapped(call: Call, reports: list[Report]) -> dict[str, Any]:
    """Return reports with the posts and accounts that they name; posts that are gone since are left out."""
    tops = (top for report in reports for top in report.data["top_statuses"].values() if top)
    return {
        "annual_reports": [
            {
                "year": report.year,
                "data": report.data,
                "schema_version": SCHEMA_VERSION,
                "share_url": None,
                "account_id": str(report.account_id),
            }
            for report in reports
        ],
        "accounts": await accounts(call.app, [call.me.account_id], call.viewer),
        "statuses": await statuses(call.app, [int(top) for top in dict.fromkeys(tops)], call.viewer),
    }


async def index(call: Call) -> Any:
    """List the caller's reports."""
    return await _wrapped(call, await annual_reports.of(call.app, call.me.account_id))


async def show(call: Call) -> Any:
    """Return the caller's report of one year."""
    found = await annual_reports.of(call.app, call.me.account_id, _year(call))
    if not found:
        raise NotFound
    return await _wrapped(call, found)


async def state(call: Call) -> Any:
    """Tell whether there is a report, it is being made, or may be."""
    return {"state": await annual_reports.state(call.app, call.me.account_id, _year(call))}


async def generate(call: Call) -> Any:
    """Have a report made: 202 while that is going on, 200 when it is there or cannot be."""
    going_on = await annual_reports.generate(call.app, call.me.account_id, _year(call))
    return Answer({}, 202 if going_on else 200)


async def read(call: Call) -> Any:
    """Note that the caller has looked at a report."""
    await annual_reports.mark_read(call.app, call.me.account_id, _year(call))
    return {}


ROUTES = (
    route("GET", _BASE, index, auth="user", scopes=_READ),
    route("GET", f"{_BASE}/{{year}}", show, auth="user", scopes=_READ),
    route("GET", f"{_BASE}/{{year}}/state", state, auth="user", scopes=_READ),
    route("POST", f"{_BASE}/{{year}}/generate", generate, auth="user", scopes=_WRITE),
    route("POST", f"{_BASE}/{{year}}/read", read, auth="user", scopes=_WRITE),
)
