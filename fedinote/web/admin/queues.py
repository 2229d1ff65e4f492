"""/admin/queues: the jobs that wait, by kind, and those that failed: why, and to be tried again or thrown away."""

from starlette.responses import Response

from fedinote.federation import backlog
from fedinote.infra.errors import NotFound
from fedinote.moderation.moderator import Power
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/queues"
_DIGITS = 18


def number(text: str) -> int:
    """Return a number of a form or an address. `NotFound` for what is none."""
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        raise NotFound
    return int(text)


async def page(staff: Staff) -> Response:
    """GET /admin/queues."""
    before = pages.query(staff.request).get("before", "")
    troubles = await backlog.troubles(staff.app, number(before) if before else None)
    return await guard.show(
        staff,
        "admin/queues.html",
        kinds=await backlog.kinds(staff.app),
        troubles=troubles,
        more=troubles[-1].id if len(troubles) == backlog.PAGE else None,
        acts=staff.may(Power.DOMAINS),
    )


async def retry(staff: Staff, form: Upload) -> Response:
    """POST /admin/queues/retry: run the job `id` again, or all that were given up."""
    _ = staff.here.words.gettext
    await backlog.retry_jobs(staff.app, staff.by, _chosen(form))
    return guard.done(staff, PATH, _("It is tried again now."))


async def discard(staff: Staff, form: Upload) -> Response:
    """POST /admin/queues/discard: delete the job `id` that was given up, or all of them."""
    _ = staff.here.words.gettext
    await backlog.discard_jobs(staff.app, staff.by, _chosen(form))
    return guard.done(staff, PATH, _("It was thrown away."))


def _chosen(form: Upload) -> list[int] | None:
    text = form.fields.get("id", "")
    return None if text == "all" else [number(text)]


ROUTES = (
    guard.get(PATH, Power.DASHBOARD, page),
    guard.post(f"{PATH}/retry", Power.DOMAINS, retry),
    guard.post(f"{PATH}/discard", Power.DOMAINS, discard),
)
