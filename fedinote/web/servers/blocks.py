"""/admin/domains: which servers are blocked and how much; what a block would do, before it is made; undoing."""

from starlette.responses import Response

from fedinote.infra.errors import Conflict, Forbidden, Invalid
from fedinote.moderation.lists import advice
from fedinote.moderation.moderator import Power
from fedinote.moderation.servers import domain_changes, domain_queries, domain_undoing, domains, foresight
from fedinote.moderation.servers.domain_changes import Summary
from fedinote.moderation.servers.domains import Terms
from fedinote.policy.models import DomainBlock
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence
from fedinote.web.pages import Upload
from fedinote.web.servers import downloads, terms

PATH = "/admin/domains"
_SAID = (Invalid, Forbidden)
LAST = 3


async def page(staff: Staff) -> Response:
    """GET /admin/domains: newest first; by a part of the name or comment, by severity, by hand or from a list."""
    asked = pages.query(staff.request)
    kept = {name: asked.get(name, "")[: domain_queries.MAX_QUERY] for name in ("q", "severity", "origin")}
    found = await domain_queries.search(
        staff.app, terms.window(staff).sql, text=kept["q"].strip(), severity=kept["severity"], origin=kept["origin"]
    )
    last = await domain_changes.page(staff.app, lambda column: ("TRUE", [], f"ORDER BY {column} DESC LIMIT {LAST}"))
    return await guard.show(
        staff,
        "servers/blocks.html",
        found=found,
        given=kept,
        numbers=await domain_queries.counts(staff.app),
        more=found[-1].block.id if len(found) == terms.PAGE else None,
        last=last,
        names=await _who(staff, last),
    )


async def _who(staff: Staff, batches: list[Summary]) -> dict[int, str]:
    return await evidence.handles(staff.app, [one.actor_id for one in batches])


async def new(staff: Staff) -> Response:
    """GET /admin/domains/new: the form for a block, for `?domain=`; the block that is there, if there is one."""
    name = pages.query(staff.request).get("domain", "")[: terms.MAX_DOMAIN]
    present = None
    if name:
        try:
            present = await domains.find(staff.app, name)
        except Invalid:
            present = None
    if present is not None:
        return pages.redirect(f"{PATH}/{present.id}")
    return await _form(staff, name, Terms())


async def _form(
    staff: Staff,
    name: str,
    chosen: Terms,
    *,
    seen: foresight.Foresight | None = None,
    problem: str = "",
) -> Response:
    return await guard.show(
        staff,
        "servers/block_form.html",
        status=422 if problem else 200,
        name=name,
        chosen=chosen,
        until=terms.day(chosen),
        seen=seen,
        problems=[problem] if problem else [],
        tomorrow=staff.app.now(),
    )


async def preview(staff: Staff, form: Upload) -> Response:
    """POST /admin/domains/preview: what the block would do; nothing is changed."""
    name, chosen = terms.domain(form), Terms()
    try:
        chosen = terms.terms(staff, form)
        domains.check(chosen, staff.by)
        seen = await foresight.of_block(staff.app, name, chosen)
    except _SAID as error:
        return await _form(staff, name, chosen, problem=guard.wrong(staff, error))
    return await _form(staff, seen.domain, chosen, seen=seen)


async def save(staff: Staff, form: Upload) -> Response:
    """POST /admin/domains: make the block, or change the one that is there."""
    name, chosen = terms.domain(form), Terms()
    try:
        chosen = terms.terms(staff, form)
        made = await domains.block(staff.app, name, chosen, by=staff.by)
    except _SAID as error:
        return await _form(staff, name, chosen, problem=guard.wrong(staff, error))
    return guard.done(staff, PATH, _told(staff, made.block.domain if made.block else name, made.numbers))


def _told(staff: Staff, name: str, numbers: dict[str, int]) -> str:
    said = staff.gettext("%(domain)s: done.", domain=name)
    if not numbers:
        return said
    figures = staff.gettext(
        "Accounts suspended: %(suspended)s, limited: %(silenced)s, restored: %(restored)s. Follows ended: %(ended)s.",
        suspended=numbers.get("suspended", 0),
        silenced=numbers.get("silenced", 0),
        restored=numbers.get("restored", 0) + numbers.get("unsilenced", 0),
        ended=numbers.get("follows_ended", 0),
    )
    return f"{said} {figures}"


async def one(staff: Staff) -> Response:
    """GET /admin/domains/{id}: a block with its terms, where it comes from, what changed, and what its end would do."""
    present = await domains.get(staff.app, terms.path_id(staff))
    return await _one(staff, present)


async def _one(staff: Staff, present: DomainBlock) -> Response:
    app = staff.app
    changes = await domain_changes.of_domain(app, present.domain)
    return await guard.show(
        staff,
        "servers/block.html",
        block=present,
        chosen=domains.terms_of(present),
        until=terms.day(present),
        origin=(await domain_queries.origins_of(app, [present.id])).get(present.id),
        now_known=await foresight.of_block(app, present.domain, domains.terms_of(present)),
        ending=await foresight.of_block(app, present.domain, None),
        changes=changes,
        names=await evidence.handles(app, [change.actor_id for change in changes]),
    )


async def remove(staff: Staff, form: Upload) -> Response:
    """POST /admin/domains/{id}/remove: end the block."""
    block_id = terms.path_id(staff)
    name = (await domains.get(staff.app, block_id)).domain
    ended = await domains.unblock(staff.app, block_id, by=staff.by)
    return guard.done(staff, PATH, _told(staff, name, ended.numbers))


async def export(staff: Staff) -> Response:
    """GET /admin/domains/export: the list as Mastodon exports it."""
    return downloads.file("domain_blocks.csv", advice.write_csv(await domains.everything(staff.app)))


async def changes(staff: Staff) -> Response:
    """GET /admin/domains/changes: what was changed, newest first, each to be undone."""
    found = await domain_changes.page(staff.app, terms.window(staff).sql)
    return await guard.show(
        staff,
        "servers/changes.html",
        found=found,
        names=await _who(staff, found),
        more=found[-1].id if len(found) == terms.PAGE else None,
    )


async def undo(staff: Staff, form: Upload) -> Response:
    """POST /admin/domains/undo: make the entries of a batch what they were."""
    try:
        undone = await domain_undoing.undo(staff.app, number(form.fields.get("batch", "")), by=staff.by)
    except Conflict as error:
        return guard.done(staff, f"{PATH}/changes", guard.wrong(staff, error))
    said = staff.here.words.ngettext(
        "%(num)s server is as it was before.", "%(num)s servers are as they were before.", undone.number
    )
    if undone.left:
        names = ", ".join(undone.left[:10])
        said += " " + staff.gettext("Changed meanwhile, and left alone: %(names)s", names=names)
    return guard.done(staff, f"{PATH}/changes", said)


ROUTES = (
    guard.get(PATH, Power.DOMAINS, page),
    guard.post(PATH, Power.DOMAINS, save),
    guard.get(f"{PATH}/new", Power.DOMAINS, new),
    guard.post(f"{PATH}/preview", Power.DOMAINS, preview),
    guard.get(f"{PATH}/export", Power.DOMAINS, export),
    guard.get(f"{PATH}/changes", Power.DOMAINS, changes),
    guard.post(f"{PATH}/undo", Power.DOMAINS, undo),
    guard.get(f"{PATH}/{{id}}", Power.DOMAINS, one),
    guard.post(f"{PATH}/{{id}}/remove", Power.DOMAINS, remove),
)
