"""/admin/audit: who decided what, when, about whom; newest first."""

import csv
import io
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from fedinote.moderation import audit
from fedinote.moderation.audit import Entry
from fedinote.moderation.moderator import Power
from fedinote.text import cells
from fedinote.timelines.window import Window
from fedinote.web import pages, shell
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence, whys

PATH = "/admin/audit"
PAGE = 50
ROWS = 10_000
KEPT = ("family", "who", "about", "account", "from", "to")
_MAX = 255
FAMILIES = (
    *("account", "post", "statement", "report", "batch", "appeal", "held", "rule", "policy", "domain", "list"),
    *("ip_block", "email_block", "email_domain_block", "setting", "rule_text", "text", "announcement", "emoji"),
    *("invite", "relay", "topic", "glossary", "media", "allow", "picture_set", "trend", "tag", "host", "audit"),
    "server",
)
_LINKED = {
    "account": "/admin/accounts/",
    "report": "/admin/reports/",
    "appeal": "/admin/appeals/",
    "rule": "/admin/policies/rules/",
}

_GONE = "SELECT id FROM accounts WHERE id IN_INTS(?) AND deleted_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Line:
    """One decision as the page shows it. `by` is "" for a rule and the command line: `via` says which.

    `title` is what the target was called then, where it has a name beside its number.
    """

    at: datetime
    action: str
    by: str
    via: str
    target: str
    link: str
    reason: str
    title: str = ""


async def page(staff: Staff) -> Response:
    """GET /admin/audit: `family` of decisions, `who` decided, `about` what, `account`, from one day `to` another."""
    asked = _asked(staff)
    size = Window(PAGE, max_id=number(asked["max_id"]) if asked.get("max_id") else None)
    entries = await _found(staff, asked, size)
    kept = {name: asked[name] for name in KEPT if asked.get(name)}
    who = asked.get("who", "")
    return await guard.show(
        staff,
        "desk/audit.html",
        found=await _lines(staff, entries),
        given={name: asked.get(name, "") for name in KEPT},
        families=FAMILIES,
        deciders=await _people(staff, number(who) if who else 0),
        account=(await evidence.handles(staff.app, [int(asked["account"])])) if asked.get("account") else {},
        query=urlencode(kept),
        more=f"{PATH}?{urlencode({**kept, 'max_id': entries[-1].id})}" if len(entries) == PAGE else "",
    )


async def table(staff: Staff) -> Response:
    """GET /admin/audit.csv: the same, up to ROWS decisions, as a table (RFC 4180). Audited: it leaves the house."""
    asked = _asked(staff)
    entries = await _found(staff, asked, Window(ROWS))
    lines = await _lines(staff, entries)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("at", "action", "by", "via", "type", "target", "reason"))
    for entry, line in zip(entries, lines, strict=True):
        row = (line.action, line.by, line.via, entry.target_type, line.target, line.reason)
        writer.writerow((entry.created_at.isoformat(timespec="seconds"), *map(cells.plain, row)))
    await audit.record(
        staff.app, actor_id=staff.by.account_id, action="audit.export", target_type="audit", target="csv"
    )
    headers = {**shell.HEADERS, "Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(out.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")


def _asked(staff: Staff) -> dict[str, str]:
    asked = {name: value.strip()[:_MAX] for name, value in pages.query(staff.request).items()}
    if asked.get("family", "") not in FAMILIES:
        asked["family"] = ""
    if asked.get("account"):
        asked["account"] = str(number(asked["account"]))
    return asked


async def _found(staff: Staff, asked: Mapping[str, str], size: Window) -> list[Entry]:
    who = asked.get("who", "")
    return await audit.page(
        staff.app,
        size.sql,
        action=f"{asked['family']}." if asked.get("family") else "",
        target=("account", asked["account"]) if asked.get("account") else None,
        wanted=audit.Wanted(
            actor=number(who) if who else None,
            target=asked.get("about", ""),
            since=_day(asked.get("from", "")),
            until=_day(asked.get("to", ""), after=1),
        ),
    )


def _day(text: str, *, after: int = 0) -> datetime | None:
    """Return the beginning of a day (UTC), or of one so many days `after` it; None for what is none."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC) + timedelta(days=after) if text else None
    except (ValueError, OverflowError):  # the calendar ends with the year 9999
        return None


async def _people(staff: Staff, chosen: int) -> list[tuple[int, str]]:
    """Return those who decide here, and the one who is looked for even if they do not any more."""
    found = await evidence.staff(staff.app)
    if chosen and chosen not in dict(found):
        found += list((await evidence.handles(staff.app, [chosen])).items())
    return found


async def _lines(staff: Staff, entries: list[Entry]) -> list[Line]:
    targets = [int(one.target) for one in entries if one.target_type == "account" and one.target.isdecimal()]
    names = await evidence.handles(staff.app, [*(one.actor_id for one in entries), *targets])
    gone = {row["id"] for row in await staff.app.db.rows(_GONE, targets)} if targets else set()
    return [_line(staff, one, names, gone) for one in entries]


def _closed(staff: Staff, kind: str) -> bool:
    """Tell whether this role may not look at things of a kind: rules are the admins'."""
    return kind == "rule" and not staff.may(Power.DOMAINS)


def _line(staff: Staff, one: Entry, names: dict[int, str], gone: Set[int]) -> Line:
    number_of = int(one.target) if one.target.isdecimal() else 0
    known = names.get(number_of, "") if one.target_type == "account" else ""
    hidden = number_of in gone if one.target_type == "account" else _closed(staff, one.target_type)
    there = number_of and not hidden
    linked = _LINKED.get(one.target_type, "") if there else ""
    reason = str(one.detail.get("reason", ""))
    machine = one.actor_id is None or one.action.startswith("held.")
    return Line(
        at=one.created_at,
        action=one.action,
        by="" if one.actor_id is None else names.get(one.actor_id, "?"),
        via=str(one.detail.get("via", "")),
        target=known or one.target,
        link=f"{linked}{number_of}" if linked else "",
        reason=whys.reasons(staff.here.words, reason) if machine else reason,
        title="" if _closed(staff, one.target_type) else str(one.detail.get("title", "")),
    )


ROUTES = (guard.get(PATH, Power.AUDIT, page), guard.get(f"{PATH}.csv", Power.AUDIT, table))
