"""/admin/announcements: what is told to everybody here, now, later or until a moment. Times in forms are UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.responses import Response

from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.house import announcements
from fedinote.moderation.house.announcements import Span
from fedinote.moderation.house.models import Announcement
from fedinote.moderation.moderator import Power
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/announcements"
MOMENTS = ("shown_from", "starts_at", "ends_at")


async def page(staff: Staff) -> Response:
    """GET /admin/announcements."""
    return await _show(staff)


async def create(staff: Staff, form: Upload) -> Response:
    """POST /admin/announcements: tell something."""
    try:
        await announcements.create(staff.app, form.fields.get("text", ""), _span(form), by=staff.by)
    except Invalid as error:
        return await _show(staff, form.fields, guard.wrong(staff, error))
    return guard.done(staff, PATH, staff.gettext("The announcement is made."))


async def one(staff: Staff) -> Response:
    """GET /admin/announcements/{id}: one to edit."""
    found = await announcements.find(staff.app, _number(staff))
    typed = {name: _typed(getattr(found, name)) for name in MOMENTS}
    return await _edit(staff, found, {**typed, "text": found.source, **({"all_day": "1"} if found.all_day else {})})


async def change(staff: Staff, form: Upload) -> Response:
    """POST /admin/announcements/{id}: what the button `do` says: edit, end or delete."""
    number, do = _number(staff), form.fields.get("do", "edit")
    if do == "end":
        await announcements.end(staff.app, number, by=staff.by)
        return guard.done(staff, PATH, staff.gettext("The announcement is over."))
    if do == "delete":
        await announcements.delete(staff.app, number, by=staff.by)
        return guard.done(staff, PATH, staff.gettext("The announcement is gone."))
    try:
        await announcements.edit(staff.app, number, form.fields.get("text", ""), _span(form), by=staff.by)
    except Invalid as error:
        found = await announcements.find(staff.app, number)
        return await _edit(staff, found, form.fields, guard.wrong(staff, error))
    return guard.done(staff, PATH, staff.gettext("Saved."))


def _number(staff: Staff) -> int:
    text: str = staff.request.path_params["id"]
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound
    return int(text)


def _span(form: Upload) -> Span:
    found = {name: _moment(form.fields.get(name, "")) for name in MOMENTS}
    return Span(all_day="all_day" in form.fields, **found)


def _moment(text: str) -> datetime | None:
    """Return the moment of an input of the kind datetime-local, taken as UTC."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid("This is no time: write it as 2026-05-01T18:00") from error


def _typed(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def _state(staff: Staff, found: Announcement) -> str:
    if announcements.is_over(staff.app, found):
        return staff.gettext("Over")
    later: datetime | None = found.shown_from
    return staff.gettext("Later") if later is not None and later > staff.app.now() else staff.gettext("Shown")


async def _show(staff: Staff, typed: Mapping[str, str] | None = None, problem: str = "") -> Response:
    found = reversed(await announcements.everything(staff.app))
    return await guard.show(
        staff,
        "admin/announcements.html",
        status=422 if problem else 200,
        found=[(one, _state(staff, one), announcements.is_over(staff.app, one)) for one in found],
        typed=typed or {},
        problems=[problem] if problem else [],
    )


async def _edit(staff: Staff, found: Announcement, typed: Mapping[str, str], problem: str = "") -> Response:
    return await guard.show(
        staff,
        "admin/announcement.html",
        status=422 if problem else 200,
        one=found,
        over=announcements.is_over(staff.app, found),
        typed=typed,
        problems=[problem] if problem else [],
    )


ROUTES = (
    guard.get(PATH, Power.ANNOUNCEMENTS, page),
    guard.post(PATH, Power.ANNOUNCEMENTS, create),
    guard.get(f"{PATH}/{{id}}", Power.ANNOUNCEMENTS, one),
    guard.post(f"{PATH}/{{id}}", Power.ANNOUNCEMENTS, change),
)
