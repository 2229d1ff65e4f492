"""The page that tells moderators why something did not arrive."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.federation import tracing
from fedinote.infra.clock import iso
from fedinote.infra.errors import NotFound
from fedinote.moderation import moderator
from fedinote.moderation.moderator import Power
from fedinote.web import browser, shell
from fedinote.web.pages import page, query


async def trace(request: Request) -> Response:
    """GET /admin/trace: a form, and with `url` what is known about it. For moderators who are signed in."""
    here = await browser.member(request)
    await moderator.acting(here.app, here.viewer, Power.AUDIT)
    url, found, wrong = query(request).get("url", "").strip(), None, None
    if url:
        try:
            found = await tracing.trace(here.app, url)
        except NotFound as error:
            wrong = here.words.error(error.message)
    steps = [
        {"at": iso(step.at) if step.at else "", "kind": step.kind, "host": step.host, "text": step.text}
        for step in (found.steps if found else ())
    ]
    return await shell.show(request, here, "notes/trace.html", url=url, found=found, wrong=wrong, steps=steps)


ROUTES = (Route("/admin/trace", page(trace), methods=["GET"]),)
