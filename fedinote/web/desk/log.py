"""/admin/audit: who decided what, when, about whom; newest first."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.responses import Response

from fedinote.moderation import audit
from fedinote.moderation.audit import Entry
from fedinote.moderation.moderator import Power
from fedinote.timelines.window import Window
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence

PATH = "/admin/audit"
PAGE = 50
FAMILIES = (
    *("account", "post", "report", "appeal", "held", "rule", "policy", "domain", "list"),
    *("ip_block", "email_block", "email_domain_block", "setting", "rule_text", "text", "announcement", "emoji"),
    *("invite", "relay", "topic", "glossary", "media"),
)
_LINKED = {"account": "/admin/accounts/", "report": "/admin/reports/", "appeal": "/admin/appeals/"}


@dataclass(frozen=True, slots=True)
class Line:
    """One decision as the page shows it. `by` is "" for a rule and the command line: `via` says which."""

    at: datetime
    action: str
    by: str
    via: str
    target: str
    link: str
    reason: str


async def page(staff: Staff) -> Response:
    """GET /admin/audit: `family` narrows it down to one kind of decision, `account` to one account."""
    asked = pages.query(staff.request)
    family = asked.get("family", "")
    family = family if family in FAMILIES else ""
    account = asked.get("account", "")
    window = Window(PAGE, max_id=number(asked["max_id"]) if asked.get("max_id") else None)
    entries = await audit.page(
        staff.app,
        window.sql,
        action=f"{family}." if family else "",
        target=("account", str(number(account))) if account else None,
    )
    kept = {name: value for name, value in (("family", family), ("account", account)) if value}
    return await guard.show(
        staff,
        "desk/audit.html",
        found=await _lines(staff, entries),
        family=family,
        account=account,
        families=FAMILIES,
        more=f"{PATH}?{urlencode({**kept, 'max_id': entries[-1].id})}" if len(entries) == PAGE else "",
    )


async def _lines(staff: Staff, entries: list[Entry]) -> list[Line]:
    targets = [int(one.target) for one in entries if one.target_type == "account" and one.target.isdecimal()]
    names = await evidence.handles(staff.app, [*(one.actor_id for one in entries), *targets])
    return [_line(one, names) for one in entries]


def _line(one: Entry, names: dict[int, str]) -> Line:
    number_of = int(one.target) if one.target.isdecimal() else 0
    known = names.get(number_of, "") if one.target_type == "account" else ""
    linked = _LINKED.get(one.target_type, "") if number_of else ""
    return Line(
        at=one.created_at,
        action=one.action,
        by="" if one.actor_id is None else names.get(one.actor_id, "?"),
        via=str(one.detail.get("via", "")),
        target=known or one.target,
        link=f"{linked}{number_of}" if linked else "",
        reason=str(one.detail.get("reason", "")),
    )


ROUTES = (guard.get(PATH, Power.AUDIT, page),)
