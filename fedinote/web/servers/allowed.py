"""/admin/allows: the servers that take part where only listed ones do."""

from starlette.responses import Response

from fedinote.infra.errors import Invalid
from fedinote.moderation.lists import advice
from fedinote.moderation.moderator import Power
from fedinote.moderation.servers import allows
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.pages import Upload
from fedinote.web.servers import downloads, terms

PATH = "/admin/allows"


async def page(staff: Staff) -> Response:
    """GET /admin/allows: whether only listed servers take part, and the list, newest first."""
    return await _page(staff)


async def _page(staff: Staff, *, typed: str = "", problem: str = "") -> Response:
    found = await allows.search(staff.app, terms.window(staff).sql, text=_text(staff))
    return await guard.show(
        staff,
        "servers/allows.html",
        status=422 if problem else 200,
        found=found,
        q=_text(staff),
        more=found[-1].id if len(found) == terms.PAGE else None,
        only_listed=staff.app.settings.federation.allow_list,
        typed=typed,
        problems=[problem] if problem else [],
    )


def _text(staff: Staff) -> str:
    return pages.query(staff.request).get("q", "").strip()[: terms.MAX_DOMAIN]


async def add(staff: Staff, form: Upload) -> Response:
    """POST /admin/allows: list a server."""
    name = terms.domain(form)
    try:
        made = await allows.allow(staff.app, name, by=staff.by)
    except Invalid as error:
        return await _page(staff, typed=name, problem=guard.wrong(staff, error))
    return guard.done(staff, PATH, staff.gettext("%(domain)s is on the list.", domain=made.domain))


async def remove(staff: Staff, form: Upload) -> Response:
    """POST /admin/allows/remove: take a server off the list."""
    gone = await allows.disallow(staff.app, number(form.fields.get("id", "")), by=staff.by)
    return guard.done(staff, PATH, staff.gettext("%(domain)s is off the list.", domain=gone.domain))


async def export(staff: Staff) -> Response:
    """GET /admin/allows/export: the list as Mastodon exports it."""
    return downloads.file(
        "domain_allows.csv", advice.write_names(one.domain for one in await allows.everything(staff.app))
    )


ROUTES = (
    guard.get(PATH, Power.DOMAINS, page),
    guard.post(PATH, Power.DOMAINS, add),
    guard.post(f"{PATH}/remove", Power.DOMAINS, remove),
    guard.get(f"{PATH}/export", Power.DOMAINS, export),
)
