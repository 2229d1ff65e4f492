"""Telling the people who run this server about an account or a post; and, if one wants it, the other server."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth.limits import LIMITS, spend
from fedinote.infra.errors import FediNoteError, NotFound
from fedinote.moderation.cases import reports
from fedinote.moderation.house import house_rules
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.client import cursor
from fedinote.web.client.accounts import someone
from fedinote.web.client.shown import lines
from fedinote.web.pages import NOTHING, form_lists, page, query, redirect


async def ask(request: Request) -> Response:
    """GET /accounts/{id}/report?post=: what is wrong, in one form; a post that is named is part of it."""
    here = await browser.member(request)
    values = query(request)
    chosen = [cursor.number(values["post"])] if values.get("post") else []
    following = browser.safe_path(values.get("next", "") or "/home")
    return await _form(request, here, chosen, following)


async def _form(
    request: Request, here: Visit, chosen: list[int], following: str, *, error: FediNoteError | None = None
) -> Response:
    account_id = cursor.of_path(request, "account_id")
    person = await someone(here.app, account_id)
    if account_id == here.member.account_id:
        raise NotFound(NOTHING)
    found = await lines(request, here, chosen, "thread")
    shown: dict[str, Any] = {
        "person": person,
        "items": [one for one in found if one.card.person.id == account_id],
        "rules": [(rule.number, rule.wording(here.words.tag)) for rule in await house_rules.listing(here.app)],
        "next": following,
        "error": here.words.error(error.message) if error else "",
    }
    return await shell.show(request, here, "client/report.html", status=error.status if error else 200, **shown)


async def file(request: Request) -> Response:
    """POST /accounts/{id}/report: file it."""
    here = await browser.member(request)
    fields = await form_lists(request)
    values = {name: found[0] for name, found in fields.items()}
    browser.check_form(request, here, values)
    chosen = [cursor.number(one) for one in fields.get("post", ())]
    following = browser.safe_path(values.get("next", "") or "/home")
    category = values.get("category", "other")
    spend(here.app, here.viewer, LIMITS["reports"], "reports")
    try:
        await reports.file(
            here.app,
            here.member.account_id,
            cursor.of_path(request, "account_id"),
            post_ids=chosen,
            comment=values.get("comment", "").strip(),
            category=category,
            rule_ids=[cursor.number(one) for one in fields.get("rule", ())] if category == "violation" else [],
            forward="forward" in values,
        )
    except NotFound:
        raise
    except FediNoteError as error:
        return await _form(request, here, chosen, following, error=error)
    thanks = here.words.gettext("Thank you. The people who run this server will look at it.")
    return browser.flash(here, redirect(following), thanks)


ROUTES = (
    Route("/accounts/{account_id:int}/report", page(ask), methods=["GET"]),
    Route("/accounts/{account_id:int}/report", page(file), methods=["POST"]),
)
