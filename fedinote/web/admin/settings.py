"""/admin/settings: everything that can be changed while the server runs, in groups; what is locked is shown as such."""

from starlette.responses import Response

from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.house import choosing
from fedinote.moderation.moderator import Power
from fedinote.web.admin import guard, settings_form
from fedinote.web.admin.fields import GROUPS, Group
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/settings"


async def index(staff: Staff) -> Response:
    """GET /admin/settings: the first group."""
    return await _show(staff, GROUPS[0])


async def group(staff: Staff) -> Response:
    """GET /admin/settings/{group}."""
    return await _show(staff, _group(staff))


async def save(staff: Staff, form: Upload) -> Response:
    """POST /admin/settings/{group}: choose what differs, or with `reset` take one choice back."""
    wanted = _group(staff)
    key = form.fields.get("reset", "")
    if key:
        if key not in wanted.keys:
            raise NotFound
        await choosing.withdraw(staff.app, [key], by=staff.by)
        return guard.done(staff, f"{PATH}/{wanted.slug}", staff.gettext("The default holds again."))
    try:
        changed = await choosing.choose(staff.app, settings_form.values(staff, wanted.keys, form), by=staff.by)
    except Invalid as error:
        return await _show(staff, wanted, form, guard.wrong(staff, error))
    said = staff.gettext("Saved.") if changed else staff.gettext("Nothing was changed.")
    return guard.done(staff, f"{PATH}/{wanted.slug}", said)


def _group(staff: Staff) -> Group:
    slug = staff.request.path_params["group"]
    for one in GROUPS:
        if one.slug == slug:
            return one
    raise NotFound


async def _show(staff: Staff, wanted: Group, typed: Upload | None = None, problem: str = "") -> Response:
    return await guard.show(
        staff,
        "admin/settings.html",
        status=422 if problem else 200,
        group=wanted,
        groups=[(one.slug, staff.gettext(one.title)) for one in GROUPS],
        title=staff.gettext(wanted.title),
        intro=staff.gettext(wanted.intro),
        lines=settings_form.lines(staff, wanted.keys, typed),
        problems=[problem] if problem else [],
    )


ROUTES = (
    guard.get(PATH, Power.SETTINGS, index),
    guard.get(f"{PATH}/{{group}}", Power.SETTINGS, group),
    guard.post(f"{PATH}/{{group}}", Power.SETTINGS, save),
)
