"""/admin/glossary: slang and names that are explained under posts and told to engines, and what members propose."""

from collections.abc import Mapping

from starlette.responses import Response

from fedinote.infra.errors import FediNoteError, Invalid, NotFound
from fedinote.moderation.house import contributions
from fedinote.moderation.moderator import Power
from fedinote.text import language
from fedinote.translation import glossary_csv
from fedinote.translation import glossary_keeping as keeping
from fedinote.translation.glossary import Entry
from fedinote.web import pages
from fedinote.web.admin import guard, tagged
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/glossary"
SHOWN = 100


async def page(staff: Staff) -> Response:
    """GET /admin/glossary: the entries that fit `q`, at most 100, and the proposals that wait."""
    return await _show(staff)


async def put(staff: Staff, form: Upload) -> Response:
    """POST /admin/glossary: add an entry or change the one of its term; `do` "starter": take over the starter list."""
    try:
        if form.fields.get("do") == "starter":
            await contributions.put_all(staff.app, glossary_csv.starter(), by=staff.by)
        else:
            await contributions.put(staff.app, _entry(form.fields), by=staff.by)
    except Invalid as error:
        return await _show(staff, form.fields, guard.wrong(staff, error))
    return guard.done(staff, PATH, staff.gettext("Saved."))


async def one(staff: Staff) -> Response:
    """GET /admin/glossary/{id}."""
    return await _edit(staff, await keeping.show(staff.app, _number(staff.request.path_params["id"])))


async def change(staff: Staff, form: Upload) -> Response:
    """POST /admin/glossary/{id}: what the button `do` says: edit or remove."""
    found = await keeping.show(staff.app, _number(staff.request.path_params["id"]))
    if form.fields.get("do") == "remove":
        await contributions.remove(staff.app, found.id or 0, by=staff.by)
        return guard.done(staff, PATH, staff.gettext("The entry is gone."))
    try:
        await contributions.put(staff.app, _entry(form.fields, found.id), by=staff.by)
    except Invalid as error:
        return await _edit(staff, found, form.fields, guard.wrong(staff, error))
    return guard.done(staff, PATH, staff.gettext("Saved."))


async def decide(staff: Staff, form: Upload) -> Response:
    """POST /admin/glossary/proposals: accept or reject (`do`) what a member proposes."""
    accepted = {"accept": True, "reject": False}.get(form.fields.get("do", ""))
    if accepted is None:
        raise NotFound
    try:
        await contributions.decide(staff.app, _number(form.fields.get("id", "")), accepted=accepted, by=staff.by)
    except Invalid as error:
        return await _show(staff, problem=guard.wrong(staff, error))
    return guard.done(staff, PATH, staff.gettext("Accepted.") if accepted else staff.gettext("Rejected."))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound
    return int(text)


def _entry(fields: Mapping[str, str], number: int | None = None) -> Entry:
    return Entry(
        term=fields.get("term", "").strip(),
        origin=fields.get("origin", "").strip(),
        languages=tuple(fields.get("languages", "").replace(",", " ").split()),
        meanings=tagged.read(fields.get("meanings", "")),
        translations=tagged.read(fields.get("translations", "")),
        keep="keep" in fields,
        id=number,
    )


def _typed(entry: Entry) -> dict[str, str]:
    found = {
        "term": entry.term,
        "origin": entry.origin,
        "languages": " ".join(entry.languages),
        "meanings": tagged.written(entry.meanings),
        "translations": tagged.written(entry.translations),
    }
    return {**found, "keep": "1"} if entry.keep else found


async def _show(staff: Staff, typed: Mapping[str, str] | None = None, problem: str = "") -> Response:
    asked = _asked(staff)
    everything = await keeping.everything(staff.app)
    found = [one for one in everything if asked.casefold() in one.term.casefold()]
    reader = staff.here.words.tag
    return await guard.show(
        staff,
        "admin/glossary.html",
        status=422 if problem else 200,
        found=[(one, _meaning(one, reader)) for one in found[:SHOWN]],
        count=len(found),
        empty=not everything,
        asked=asked,
        keeper=staff.may(Power.GLOSSARY),
        proposals=await keeping.proposals(staff.app, state="open"),
        typed=typed or {},
        problems=[problem] if problem else [],
    )


def _asked(staff: Staff) -> str:
    try:
        return pages.query(staff.request).get("q", "").strip()[:100]
    except FediNoteError:
        return ""


def _meaning(entry: Entry, reader: str) -> tuple[str, str]:
    """Return what a term means to a reader and the tag of that; both "" when nobody wrote it down."""
    tag = language.match(reader, entry.meanings) or next(iter(entry.meanings), "")
    return tag, entry.meanings.get(tag, "")


async def _edit(staff: Staff, found: Entry, typed: Mapping[str, str] | None = None, problem: str = "") -> Response:
    return await guard.show(
        staff,
        "admin/glossary_entry.html",
        status=422 if problem else 200,
        entry=found,
        typed=typed or _typed(found),
        problems=[problem] if problem else [],
    )


ROUTES = (
    guard.get(PATH, Power.PROPOSALS, page),
    guard.post(PATH, Power.GLOSSARY, put),
    guard.post(f"{PATH}/proposals", Power.PROPOSALS, decide),
    guard.get(f"{PATH}/{{id}}", Power.GLOSSARY, one),
    guard.post(f"{PATH}/{{id}}", Power.GLOSSARY, change),
)
