"""Posts that wait: planned for later (`/scheduled`), and drafts (`/drafts`)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import BadRequest, Forbidden, Invalid, NotFound
from fedinote.posts import scheduling, unfinished
from fedinote.timelines.window import Window
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.compose import files
from fedinote.web.compose.fields import Filled, number
from fedinote.web.compose.files import answer
from fedinote.web.pages import form, page, query, redirect, upload, wants_part

PLANS, DRAFTS = "/scheduled", "/drafts"
_PAGE = 40
_EXCERPT = 400


async def plans(request: Request) -> Response:
    """GET /scheduled: what a member planned, what is published next first; `before` goes on with older plans."""
    here = await browser.member(request)
    return await _plans(request, here)


async def _plans(request: Request, here: Visit, error: str = "") -> Response:
    before = number(query(request).get("before", "")) if request.method == "GET" else None
    found = await scheduling.page(here.app, here.member.account_id, Window(_PAGE, max_id=before).sql)
    wanted = [one for plan in found for one in plan.draft.media_ids]
    known = await files.stored(here.app, here.member.account_id, wanted)
    shown = [
        {
            "plan": plan,
            "late": plan.due < here.app.now(),
            "text": plan.draft.text[:_EXCERPT],
            "files": [known[one] for one in plan.draft.media_ids if one in known],
        }
        for plan in sorted(found, key=lambda plan: plan.due)
    ]
    return await shell.show(
        request,
        here,
        "compose/scheduled.html",
        status=422 if error else 200,
        plans=shown,
        error=error,
        more=min((plan.id for plan in found), default=None) if len(found) == _PAGE else None,
    )


async def change_plan(request: Request) -> Response:
    """POST /scheduled/{id}: `do` is move (to `at`, `offset` minutes ahead of UTC) or cancel."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    plan_id, me = number(request.path_params["plan_id"]), here.member.account_id
    if plan_id is None:
        raise NotFound
    try:
        return browser.flash(here, redirect(PLANS), await _changed(here, me, plan_id, values))
    except (Invalid, Forbidden) as error:
        return await _plans(request, here, here.words.error(error.message).removeprefix("Validation failed: "))


async def _changed(here: Visit, me: int, plan_id: int, values: dict[str, str]) -> str:
    match values.get("do"):
        case "move":
            due = Filled({name: [value] for name, value in values.items()}).due()
            if due is None:
                raise Invalid("Validation failed: Scheduled at is not a time")
            await scheduling.move(here.app, me, plan_id, due)
            return here.words.gettext("The post is planned for another time.")
        case "cancel":
            await scheduling.cancel(here.app, me, plan_id)
            return here.words.gettext("The post will not be published.")
    raise BadRequest


async def drafts(request: Request) -> Response:
    """GET /drafts: what a member keeps on the server; the page's script adds what lies in this browser."""
    here = await browser.member(request)
    kept = await unfinished.mine(here.app, here.member.account_id)
    shown: list[dict[str, Any]] = [
        {
            "id": one.id,
            "text": one.first("text")[:_EXCERPT],
            "language": one.first("language"),
            "files": len(one.content.get("media", ())),
            "updated": one.updated,
        }
        for one in kept
    ]
    return await shell.show(request, here, "compose/drafts.html", drafts=shown)


async def keep(request: Request) -> Response:
    """POST /drafts: keep what is in the form; a script is told the id, to write over it the next time."""
    here = await browser.member(request)
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    filled = Filled.read(sent.lists)
    kept = await unfinished.keep(here.app, here.member.account_id, filled.kept, filled.id("draft"))
    if wants_part(request):
        return answer({"draft": str(kept)})
    return browser.flash(here, redirect(DRAFTS), here.words.gettext("Your draft is kept."))


async def drop(request: Request) -> Response:
    """POST /drafts/{id}/delete: forget one."""
    here = await browser.member(request)
    browser.check_form(request, here, await form(request))
    draft_id = number(request.path_params["draft_id"])
    if draft_id is not None:
        await unfinished.drop(here.app, here.member.account_id, draft_id)
    if wants_part(request):
        return answer({})
    return browser.flash(here, redirect(DRAFTS), here.words.gettext("The draft is deleted."))


ROUTES = (
    Route(PLANS, page(plans), methods=["GET"]),
    Route(PLANS + "/{plan_id}", page(change_plan), methods=["POST"]),
    Route(DRAFTS, page(drafts), methods=["GET"]),
    Route(DRAFTS, page(keep), methods=["POST"]),
    Route(DRAFTS + "/{draft_id}/delete", page(drop), methods=["POST"]),
)
