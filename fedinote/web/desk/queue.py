"""/admin/reports: what waits for somebody, what one works on, what is closed."""

from starlette.responses import Response

from fedinote.moderation import queue
from fedinote.moderation.moderator import Power
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.transparency.account import categories

PATH = "/admin/reports"
PAGE = 40


async def page(staff: Staff) -> Response:
    """GET /admin/reports: `show` is one of `queue.PARTS`, `after` the last report of the page before."""
    asked = pages.query(staff.request)
    part = asked.get("show", "open")
    part = part if part in queue.PARTS else "open"
    after = number(asked["after"]) if asked.get("after") else None
    found = await queue.page(staff.app, staff.by, part, PAGE, after=after)
    return await guard.show(
        staff,
        "desk/reports.html",
        found=found,
        part=part,
        categories=categories(staff.here.words),
        more=f"{PATH}?show={part}&after={found[-1].id}" if len(found) == PAGE else "",
    )


ROUTES = (guard.get(PATH, Power.REPORTS, page),)
