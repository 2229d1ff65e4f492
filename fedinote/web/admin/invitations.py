"""/admin/invitations: links with which people make an account, whoever made them."""

from starlette.responses import Response

from fedinote.auth import invites
from fedinote.auth.viewer import ROLES, rank
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation.house import invitations
from fedinote.moderation.moderator import Power
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/invitations"
HOURS = (24, 168, 720, 0)
"""For how long an invitation may be good; 0: for ever."""


async def page(staff: Staff) -> Response:
    """GET /admin/invitations."""
    return await _show(staff)


async def create(staff: Staff, form: Upload) -> Response:
    """POST /admin/invitations: make a link, and show it."""
    try:
        uses, hours = _terms(form)
        role = form.fields.get("role", "member")
        made = await invitations.create(staff.app, role=role, max_uses=uses, hours=hours, by=staff.by)
    except (Invalid, Forbidden) as error:
        return await _show(staff, problem=guard.wrong(staff, error))
    return await _show(staff, made=invites.link(staff.app, made))


def _terms(form: Upload) -> tuple[int, float | None]:
    """Return how often an invitation may be used and for how many hours, None for ever. Raises Invalid."""
    hours, uses = form.fields.get("hours", ""), form.fields.get("uses", "")
    if hours not in map(str, HOURS) or not uses.isascii() or not uses.isdigit() or len(uses) > 6:
        raise Invalid(f"An invitation can be used 1 to {invites.MAX_USES} times")
    return int(uses), float(hours) or None


async def revoke(staff: Staff, form: Upload) -> Response:
    """POST /admin/invitations/revoke: let one be good no more."""
    number = form.fields.get("id", "")
    if not number.isascii() or not number.isdigit() or len(number) > 19:
        raise NotFound
    await invitations.revoke(staff.app, int(number), by=staff.by)
    return guard.done(staff, PATH, staff.gettext("The invitation is good no more."))


async def _show(staff: Staff, *, made: str = "", problem: str = "") -> Response:
    roles = [role for role in ROLES if role == "member" or rank(role) < rank(staff.by.role)]
    return await guard.show(
        staff,
        "admin/invitations.html",
        status=422 if problem else 200,
        found=await invitations.listing(staff.app),
        roles=roles,
        most=invites.MAX_USES,
        mode=staff.app.settings.registrations.mode,
        made=made,
        problems=[problem] if problem else [],
    )


ROUTES = (
    guard.get(PATH, Power.INVITES, page),
    guard.post(PATH, Power.INVITES, create),
    guard.post(f"{PATH}/revoke", Power.INVITES, revoke),
)
