"""/admin/domains/imports: files with servers, looked through line by line before anything is applied."""

from typing import Any

from starlette.responses import Response

from fedinote.infra.errors import BadRequest, Invalid
from fedinote.moderation.moderator import Power
from fedinote.moderation.servers import domain_imports, foresight
from fedinote.moderation.servers.domain_changes import ALLOW, BLOCK
from fedinote.moderation.servers.domain_imports import Item
from fedinote.policy import domains as policy
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.pages import Upload
from fedinote.web.servers import terms

PATH = "/admin/domains/imports"
PARTS = {"waiting": ("new",), "done": ("done",), "aside": ("left",), "wrong": ("bad", "failed")}
MAX_BYTES = 900_000


async def page(staff: Staff) -> Response:
    """GET /admin/domains/imports: hand in a file, and those that were handed in."""
    return await _page(staff)


async def _page(staff: Staff, problem: str = "") -> Response:
    kind = pages.query(staff.request).get("listing", BLOCK)
    return await guard.show(
        staff,
        "servers/imports.html",
        status=422 if problem else 200,
        found=await domain_imports.listing(staff.app),
        listing=ALLOW if kind == ALLOW else BLOCK,
        problems=[problem] if problem else [],
    )


async def hand_in(staff: Staff, form: Upload) -> Response:
    """POST /admin/domains/imports: take the file `file`; the next page shows its lines."""
    try:
        name, data = await _file(form)
        listing = form.fields.get("listing", BLOCK)
        import_id = await domain_imports.begin(staff.app, listing, name, data, by=staff.by)
    except Invalid as error:
        return await _page(staff, guard.wrong(staff, error))
    return pages.redirect(f"{PATH}/{import_id}")


async def _file(form: Upload) -> tuple[str, bytes]:
    given = form.file("file")
    if given is None:
        raise Invalid("Choose a file first")
    data = await given.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Invalid("Validation failed: This file is too large")
    return given.filename or "", data


async def one(staff: Staff) -> Response:
    """GET /admin/domains/imports/{id}: lines that wait (or `?show=` done, aside, wrong), with what is known here."""
    asked = pages.query(staff.request)
    found = await domain_imports.get(staff.app, terms.path_id(staff))
    part = asked.get("show", "waiting")
    part = part if part in PARTS else "waiting"
    after = number(asked["after"]) if asked.get("after") else 0
    items = await domain_imports.page(staff.app, found.id, PARTS[part], after=after, most=terms.PAGE)
    return await guard.show(
        staff,
        "servers/import.html",
        file=found,
        part=part,
        items=items,
        more=items[-1].id if len(items) == terms.PAGE else None,
        **await _known(staff, items if part == "waiting" else []),
    )


async def _known(staff: Staff, items: list[Item]) -> dict[str, Any]:
    """Return what is known here of the servers of some lines."""
    blocks = await policy.load(staff.app) if items else {}
    return {
        "known": await foresight.at_a_glance(staff.app, [item.domain for item in items]),
        "present": {item.domain: blocks[item.domain] for item in items if item.domain in blocks},
        "standing": await domain_imports.standing(staff.app, items),
    }


async def act(staff: Staff, form: Upload) -> Response:
    """POST /admin/domains/imports/{id}: `deed` apply or leave what is ticked, all, or discard the file."""
    import_id, deed, app = terms.path_id(staff), form.fields.get("deed", ""), staff.app
    back, say = f"{PATH}/{import_id}", staff.here.words.ngettext
    rows = terms.ticked(form, "row")
    if deed == "apply":
        chosen = {row: form.fields[f"as-{row}"] for row in rows if form.fields.get(f"as-{row}")}
        done = await domain_imports.apply(app, import_id, rows, by=staff.by, severities=chosen)
        return guard.done(staff, back, say("%(num)s line was applied.", "%(num)s lines were applied.", done))
    if deed == "leave":
        done = await domain_imports.leave(app, import_id, rows, by=staff.by)
        return guard.done(staff, back, say("%(num)s line was moved.", "%(num)s lines were moved.", done))
    if deed == "all":
        await domain_imports.apply_all(app, import_id, by=staff.by)
        return guard.done(staff, back, staff.gettext("All lines that wait are applied now, one after another."))
    if deed == "discard":
        await domain_imports.discard(app, import_id, by=staff.by)
        return guard.done(staff, PATH, staff.gettext("The file was put away. What was applied stays."))
    raise BadRequest


ROUTES = (
    guard.get(PATH, Power.DOMAINS, page),
    guard.post(PATH, Power.DOMAINS, hand_in),
    guard.get(f"{PATH}/{{id}}", Power.DOMAINS, one),
    guard.post(f"{PATH}/{{id}}", Power.DOMAINS, act),
)
