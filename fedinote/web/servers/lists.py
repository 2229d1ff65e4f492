"""/admin/lists: lists of servers that others keep, what they advise, and what becomes of it."""

from typing import Any

import msgspec
from starlette.responses import Response

from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, FediNoteError, Forbidden, Invalid
from fedinote.moderation.lists import entries, sources
from fedinote.moderation.lists.sources import Wanted
from fedinote.moderation.moderator import Power
from fedinote.policy import domains as policy
from fedinote.web import browser, pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload
from fedinote.web.servers import terms

PATH = "/admin/lists"
STATES = (entries.DRAFT, entries.APPLIED, entries.REFUSED, entries.RETRACTED, entries.ENDED)
_MAX_TEXT = 2048
_DAYS = 5


async def page(staff: Staff) -> Response:
    """GET /admin/lists: the lists that are subscribed to, and a form for another."""
    return await _page(staff)


async def _page(staff: Staff, *, typed: Wanted | None = None, problem: str = "") -> Response:
    return await guard.show(
        staff,
        "servers/lists.html",
        status=422 if problem else 200,
        found=[_source(row) for row in await sources.listing(staff.app)],
        typed=typed or Wanted("csv", "", ""),
        problems=[problem] if problem else [],
    )


def _source(row: Row) -> dict[str, Any]:
    read = row["read_at"]
    return {name: row[name] for name in ("id", "kind", "url", "title", "ceiling", "days", "problem")} | {
        "automatic": bool(row["automatic"]),
        "drafts": row["drafts"],
        "applied": row["applied"],
        "read": None if read is None else from_ms(read),
    }


def _wanted(form: Upload, *, kind: str = "", url: str = "") -> Wanted:
    days = form.fields.get("days", "").strip()
    if days and not (days.isascii() and days.isdigit() and len(days) <= _DAYS):
        raise Invalid(f"Validation failed: Days are between 1 and {sources.MAX_DAYS}")
    return Wanted(
        kind=kind or form.fields.get("kind", "csv"),
        url=url or form.fields.get("url", "").strip()[: _MAX_TEXT + 1],
        title=form.fields.get("title", "")[:_MAX_TEXT],
        ceiling=form.fields.get("ceiling", "silence"),
        automatic="automatic" in form.fields,
        days=int(days) if days else None,
    )


async def add(staff: Staff, form: Upload) -> Response:
    """POST /admin/lists: subscribe to a list, and read it for the first time."""
    wanted = None
    try:
        wanted = _wanted(form)
        made = await sources.add(staff.app, wanted, by=staff.by)
    except (Invalid, Forbidden) as error:
        return await _page(staff, typed=wanted, problem=guard.wrong(staff, error))
    return guard.done(staff, f"{PATH}/{made}", await _read(staff, made))


async def _read(staff: Staff, source_id: int) -> str:
    """Read a list now, and return what to say of it."""
    try:
        done = await sources.read_now(staff.app, source_id, by=staff.by)
    except FediNoteError as error:
        return staff.gettext("The list could not be read: %(reason)s", reason=error.reason)
    return staff.gettext(
        "The list was read. Servers it names: %(taken)s, put into force: %(applied)s, taken back: %(retracted)s.",
        **done,
    )


async def one(staff: Staff) -> Response:
    """GET /admin/lists/{id}: one list, with what it advises, by `?state=`."""
    source = next((_source(row) for row in await sources.listing(staff.app) if row["id"] == terms.path_id(staff)), None)
    if source is None:
        await sources.get(staff.app, terms.path_id(staff))
    return await _entries(staff, "servers/list.html", source=source)


async def drafts(staff: Staff) -> Response:
    """GET /admin/lists/drafts: what all lists advise, by `?state=`; what waits for a decision first."""
    return await _entries(staff, "servers/drafts.html", source=None)


async def _entries(staff: Staff, template: str, *, source: dict[str, Any] | None) -> Response:
    state = pages.query(staff.request).get("state", entries.DRAFT)
    state = state if state in STATES else entries.DRAFT
    source_id = source["id"] if source else None
    rows = await entries.page(staff.app, terms.window(staff).sql, state=state, source_id=source_id)
    blocks = await policy.load(staff.app) if rows else {}
    return await guard.show(
        staff,
        template,
        source=source,
        state=state,
        counts=await entries.counts(staff.app, source_id),
        found=[_entry(row) | {"present": blocks.get(row["domain"])} for row in rows],
        more=rows[-1]["id"] if len(rows) == terms.PAGE else None,
        base=f"{PATH}/{source_id}" if source_id else f"{PATH}/drafts",
    )


def _entry(row: Row) -> dict[str, Any]:
    kept = ("id", "domain", "severity", "reason", "state", "block_id", "source_id", "source_title", "ceiling")
    ends = row["expires_at"]
    return {name: row[name] for name in kept} | {
        "capped": entries.capped(row["severity"], row["ceiling"]),
        "reject_media": bool(row["reject_media"]),
        "reject_reports": bool(row["reject_reports"]),
        "advisory": bool(row["advisory"]),
        "accepted": bool(row["accepted"]),
        "labels": msgspec.json.decode(row["labels"]),
        "since": from_ms(row["created_at"]),
        "said": from_ms(row["seen_at"]),
        "ends": None if ends is None else from_ms(ends),
    }


async def change(staff: Staff, form: Upload) -> Response:
    """POST /admin/lists/{id}: another title, ceiling, rule or number of days."""
    source = await sources.get(staff.app, terms.path_id(staff))
    back = f"{PATH}/{source['id']}"
    try:
        wanted = _wanted(form, kind=source["kind"], url=source["url"])
        await sources.change(staff.app, source["id"], wanted, by=staff.by)
    except (Invalid, Forbidden) as error:
        return guard.done(staff, back, guard.wrong(staff, error))
    return guard.done(staff, back, staff.gettext("Saved."))


async def read(staff: Staff, form: Upload) -> Response:
    """POST /admin/lists/{id}/read: read it now."""
    source = await sources.get(staff.app, terms.path_id(staff))
    return guard.done(staff, f"{PATH}/{source['id']}", await _read(staff, source["id"]))


async def remove(staff: Staff, form: Upload) -> Response:
    """POST /admin/lists/{id}/remove: end the subscription, and what came from it."""
    await sources.remove(staff.app, terms.path_id(staff), by=staff.by)
    return guard.done(staff, PATH, staff.gettext("The list is not subscribed to any more."))


async def decide(staff: Staff, form: Upload) -> Response:
    """POST /admin/lists/decide: `deed` apply or refuse what is ticked. All that is applied is undone together."""
    deed, batch, done, problem = form.fields.get("deed", ""), entries.begin(staff.app, "drafts"), 0, ""
    verb = {"apply": entries.apply, "refuse": entries.refuse}.get(deed)
    if verb is None:
        raise BadRequest
    for entry_id in terms.ticked(form, "entry"):
        try:
            await verb(staff.app, entry_id, by=staff.by, batch=batch)
            done += 1
        except FediNoteError as error:
            problem = guard.wrong(staff, error)
    say = staff.here.words.ngettext
    if deed == "apply":
        said = say("%(num)s draft was put into force.", "%(num)s drafts were put into force.", done)
    else:
        said = say("%(num)s draft was turned down.", "%(num)s drafts were turned down.", done)
    back = browser.safe_path(form.fields.get("back", ""))
    return guard.done(staff, back if back.startswith(PATH) else f"{PATH}/drafts", f"{said} {problem}".strip())


ROUTES = (
    guard.get(PATH, Power.DOMAINS, page),
    guard.post(PATH, Power.DOMAINS, add),
    guard.get(f"{PATH}/drafts", Power.DOMAINS, drafts),
    guard.post(f"{PATH}/decide", Power.DOMAINS, decide),
    guard.get(f"{PATH}/{{id}}", Power.DOMAINS, one),
    guard.post(f"{PATH}/{{id}}", Power.DOMAINS, change),
    guard.post(f"{PATH}/{{id}}/read", Power.DOMAINS, read),
    guard.post(f"{PATH}/{{id}}/remove", Power.DOMAINS, remove),
)
