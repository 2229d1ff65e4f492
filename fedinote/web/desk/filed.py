"""/settings/reports: what one reported oneself, what came of it, and what the moderators answered."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.moderation.cases import casework, understanding
from fedinote.web import browser, shell
from fedinote.web.desk import evidence, reading
from fedinote.web.pages import page
from fedinote.web.transparency.account import categories

PATH = "/settings/reports"


async def listing(request: Request) -> Response:
    """GET /settings/reports."""
    here = await browser.member(request)
    found = await casework.filed_by(here.app, here.member.account_id)
    answers = {(one.id, place): text for one in found for place, text in enumerate(one.answers)}
    read = await reading.read(here, {key: understanding.private(text) for key, text in answers.items()})
    return await shell.show(
        request,
        here,
        "desk/filed.html",
        found=found,
        read=read,
        names=await evidence.handles(here.app, [one.target_id for one in found]),
        categories=categories(here.words),
        target=await reading.target(here.app, here.member.account_id),
    )


ROUTES = (Route(PATH, page(listing), methods=["GET"]),)
