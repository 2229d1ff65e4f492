"""/admin/strangers: servers at first contact, let in, refused or kept apart, several at once; and why others are in."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.responses import Response

from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, FediNoteError
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.servers import acquaintances, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/strangers"
MOST = 200
Deed = Callable[[App, str, Moderator, str], Awaitable[object]]


async def page(staff: Staff) -> Response:
    """GET /admin/strangers; `show=known` are the servers that are known, and why."""
    part = "known" if pages.query(staff.request).get("show") == "known" else "strangers"
    settings = staff.app.settings.federation
    return await guard.show(
        staff,
        "desk/strangers.html",
        part=part,
        careful=settings.first_contact == "careful",
        days=settings.first_contact_days,
        strangers=await acquaintances.strangers(staff.app) if part == "strangers" else [],
        trusted=await acquaintances.trusted(staff.app) if part == "known" else [],
        decides=staff.may(Power.DOMAINS),
    )


async def _approve(app: App, domain: str, by: Moderator, why: str) -> object:
    return await acquaintances.approve(app, domain, by=by, why=why)


async def _keep(app: App, domain: str, by: Moderator, why: str) -> object:
    await acquaintances.keep_apart(app, domain, by=by, why=why)
    return None


async def _block(app: App, domain: str, by: Moderator, why: str) -> object:
    return await domains.block(app, domain, Terms(severity="suspend", private_comment=why), by=by)


DEEDS: Mapping[str, Deed] = {"approve": _approve, "keep": _keep, "block": _block}


async def act(staff: Staff, form: Upload) -> Response:
    """POST /admin/strangers: `deed` approve, keep (apart) or block, about each `domain` that is ticked."""
    deed, chosen = form.fields.get("deed", ""), list(dict.fromkeys(form.lists.get("domain", ())))
    if deed not in DEEDS or len(chosen) > MOST:
        raise BadRequest
    back = f"{PATH}?show=known" if form.fields.get("back") == "known" else PATH
    _ = staff.here.words.gettext
    if not chosen:
        return guard.done(staff, back, _("Tick at least one server."))
    wrong: list[str] = []
    for domain in chosen:
        try:
            await DEEDS[deed](staff.app, domain, staff.by, form.fields.get("why", "").strip())
        except FediNoteError:
            wrong.append(domain)
    said = _said(staff, deed, len(chosen) - len(wrong))
    if wrong:
        said = f"{said} {_('Not possible: %(servers)s', servers=', '.join(wrong))}"
    return guard.done(staff, back, said)


def _said(staff: Staff, deed: str, count: int) -> str:
    say = staff.here.words.ngettext
    match deed:
        case "approve":
            return say("%(num)s server was let in.", "%(num)s servers were let in.", count)
        case "keep":
            return say("%(num)s server stays a stranger.", "%(num)s servers stay strangers.", count)
        case _:
            return say("%(num)s server is blocked.", "%(num)s servers are blocked.", count)


ROUTES = (
    guard.get(PATH, Power.REPORTS, page),
    guard.post(PATH, Power.DOMAINS, act),
)
