"""/admin/media: how much room files take, those of members and those kept of other servers, and making room."""

from starlette.responses import Response

from fedinote.infra.errors import Invalid
from fedinote.media import remote_files
from fedinote.moderation import audit
from fedinote.moderation.moderator import Power
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/media"
DAYS = (0, 1, 7, 14, 30)
_MAX = 255


async def page(staff: Staff) -> Response:
    """GET /admin/media."""
    return await _show(staff)


async def clean(staff: Staff, form: Upload) -> Response:
    """POST /admin/media/clean: remove what nobody looked at for `days`, of one `domain` only if named."""
    _, ngettext = staff.here.words.gettext, staff.here.words.ngettext
    text, domain = form.fields.get("days", ""), form.fields.get("domain", "").strip()[:_MAX]
    if text not in map(str, DAYS):
        raise Invalid("Choose how old it must be")
    days = int(text)
    try:
        files, size = await remote_files.clean(staff.app, days=days or None, domain=domain)
    except Invalid as error:
        return await _show(staff, domain=domain, problem=guard.wrong(staff, error))
    await audit.record(
        staff.app,
        actor_id=staff.by.account_id,
        action="media.clean",
        target_type="domain",
        target=domain or "*",
        detail={"days": days, "files": files},
    )
    said = ngettext("%(num)s file was removed, %(size)s.", "%(num)s files were removed, %(size)s.", files,
                    size=staff.here.words.bytes(size))  # fmt: skip
    return guard.done(staff, PATH, said)


async def _show(staff: Staff, *, domain: str = "", problem: str = "") -> Response:
    limits = staff.app.settings.media
    local = await staff.app.db.value(
        "SELECT value FROM samples WHERE name = 'media_local' AND span = 'hour' ORDER BY at DESC LIMIT 1"
    )
    return await guard.show(
        staff,
        "admin/media.html",
        status=422 if problem else 200,
        kept=await remote_files.usage(staff.app),
        local=local,
        biggest=await remote_files.biggest(staff.app),
        limits=limits,
        ages=DAYS,
        domain=domain,
        problems=[problem] if problem else [],
        acts=staff.may(Power.SETTINGS),
    )


ROUTES = (
    guard.get(PATH, Power.DASHBOARD, page),
    guard.post(f"{PATH}/clean", Power.SETTINGS, clean),
)
