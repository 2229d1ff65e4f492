"""The page that tells moderators why something did not arrive."""

from starlette.responses import Response

from fedinote.federation import tracing
from fedinote.infra.clock import iso
from fedinote.infra.errors import NotFound
from fedinote.moderation.moderator import Power
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import query


async def trace(staff: Staff) -> Response:
    """GET /admin/trace: a form, and with `url` what is known about it."""
    here = staff.here
    url, found, wrong = query(staff.request).get("url", "").strip(), None, None
    if url:
        try:
            found = await tracing.trace(here.app, url)
        except NotFound as error:
            wrong = here.words.error(error.message)
    steps = [
        {"at": iso(step.at) if step.at else "", "kind": step.kind, "host": step.host, "text": step.text}
        for step in (found.steps if found else ())
    ]
    return await guard.show(staff, "notes/trace.html", url=url, found=found, wrong=wrong, steps=steps)


ROUTES = (guard.get("/admin/trace", Power.AUDIT, trace),)
