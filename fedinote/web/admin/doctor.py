"""/admin/doctor: why something does not arrive: for a handle, a server, or the address of a post."""

from starlette.responses import Response

from fedinote.federation import diagnosis, tracing
from fedinote.federation.diagnosis import Diagnosis
from fedinote.federation.tracing import Trace
from fedinote.infra.errors import FediNoteError
from fedinote.moderation.moderator import Power
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/doctor"
_MAX = 2048


async def page(staff: Staff) -> Response:
    """GET /admin/doctor: the form; `q` is only filled in, as examining asks another server."""
    return await _show(staff, pages.query(staff.request).get("q", "")[:_MAX])


async def examine(staff: Staff, form: Upload) -> Response:
    """POST /admin/doctor: examine what `q` names."""
    asked = form.fields.get("q", "").strip()[:_MAX]
    found: Diagnosis | None = None
    traced: Trace | None = None
    try:
        if asked.startswith(("http://", "https://")):
            traced = await tracing.trace(staff.app, asked)
        else:
            found = await diagnosis.of(staff.app, asked)
    except FediNoteError as error:
        return await _show(staff, asked, problem=guard.wrong(staff, error))
    return await _show(staff, asked, found=found, traced=traced)


async def _show(
    staff: Staff, asked: str, *, found: Diagnosis | None = None, traced: Trace | None = None, problem: str = ""
) -> Response:
    return await guard.show(
        staff,
        "admin/doctor.html",
        status=422 if problem else 200,
        q=asked,
        found=found,
        traced=traced,
        problems=[problem] if problem else [],
    )


ROUTES = (
    guard.get(PATH, Power.DOMAINS, page),
    guard.post(PATH, Power.DOMAINS, examine),
)
