"""The pages of the house's own texts: the privacy policy and the terms of service."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.moderation import texts
from fedinote.web import browser, shell
from fedinote.web.pages import page

_HEADERS = {"Cache-Control": "public, max-age=60"}


async def privacy_policy(request: Request) -> Response:
    """GET /privacy-policy. 404 where nobody wrote one."""
    here = await browser.visit(request)
    _ = here.words.gettext
    found = await asyncio.to_thread(texts.read, here.app.settings, texts.PRIVACY)
    when = _("Last changed on %(day)s.", day=here.words.date(found.updated_at))
    title = _("Privacy policy")
    return await shell.show(
        request, here, "house.html", headers=_HEADERS, title=title, content=found.content, when=when
    )


async def terms_of_service(request: Request) -> Response:
    """GET /terms-of-service: those that hold. 404 where there are none."""
    here = await browser.visit(request)
    _, day = here.words.gettext, here.words.date
    found = await asyncio.to_thread(texts.terms, here.app.settings, here.app.now().date())
    when = _("In force from %(day)s.", day=day(found.effective_date))
    if found.succeeded_by is not None:
        when += " " + _("New terms follow on %(day)s.", day=day(found.succeeded_by))
    title = _("Terms of service")
    return await shell.show(
        request, here, "house.html", headers=_HEADERS, title=title, content=found.content, when=when
    )


ROUTES = (
    Route("/privacy-policy", page(privacy_policy), methods=["GET"]),
    Route("/terms-of-service", page(terms_of_service), methods=["GET"]),
)
