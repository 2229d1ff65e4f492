"""The pages of the house's own texts: the privacy policy and the terms of service."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.moderation import texts
from fedinote.web.pages import app_of, page, render

_HEADERS = {"Cache-Control": "public, max-age=60"}


async def privacy_policy(request: Request) -> Response:
    """GET /privacy-policy. 404 where nobody wrote one."""
    app = app_of(request)
    found = await asyncio.to_thread(texts.read, app.settings, texts.PRIVACY)
    when = f"Last changed on {found.updated_at:%Y-%m-%d}."
    return render(app, "house.html", headers=_HEADERS, title="Privacy policy", content=found.content, when=when)


async def terms_of_service(request: Request) -> Response:
    """GET /terms-of-service: those that hold. 404 where there are none."""
    app = app_of(request)
    found = await asyncio.to_thread(texts.terms, app.settings, app.now().date())
    when = f"In force from {found.effective_date:%Y-%m-%d}."
    if found.succeeded_by is not None:
        when += f" New terms follow on {found.succeeded_by:%Y-%m-%d}."
    return render(app, "house.html", headers=_HEADERS, title="Terms of service", content=found.content, when=when)


ROUTES = (
    Route("/privacy-policy", page(privacy_policy), methods=["GET"]),
    Route("/terms-of-service", page(terms_of_service), methods=["GET"]),
)
