"""Settings of those who write in several languages, and suggestions of translations: what waits, what one made."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import users
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest
from fedinote.text.language_names import own_name
from fedinote.translation import suggestions
from fedinote.translation.suggestions import Suggestion
from fedinote.web import browser, cards, shell
from fedinote.web.pages import form, page
from fedinote.web.settings.answers import done, number

PATH = "/settings/writing"


async def show(request: Request) -> Response:
    """GET /settings/writing: whether a line parts languages, what waits for a decision, and what one suggested."""
    here = await browser.member(request)
    app, me = here.app, here.member.account_id
    user = await users.by_id(app, here.member.user_id)
    return await shell.show(
        request,
        here,
        "settings/writing.html",
        divider=user.language_divider,
        waiting=await _shown(app, await suggestions.to_author(app, me)),
        mine=await _shown(app, await suggestions.by_person(app, me)),
    )


async def _shown(app: App, found: Sequence[Suggestion]) -> list[dict[str, Any]]:
    people = {one.id: one for one in await cards.people(app, [one.account_id for one in found])}
    rows = await app.db.rows("SELECT id, url, uri FROM posts WHERE id IN_INTS(?)", [one.post_id for one in found])
    links = {row["id"]: row["url"] or row["uri"] for row in rows}
    return [
        {
            "id": one.id,
            "link": links.get(one.post_id, ""),
            "language": one.language,
            "name": own_name(one.language),
            "text": one.draft.text,
            "warning": one.draft.spoiler_text,
            "machine": one.draft.machine,
            "outdated": one.outdated,
            "state": one.state,
            "person": people.get(one.account_id),
        }
        for one in found
    ]


async def save(request: Request) -> Response:
    """POST /settings/writing: one of the forms of the page; `do` says which."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    me = here.member.account_id
    match values.get("do"):
        case "divider":
            await users.set_defaults(here.app, here.member.user_id, language_divider="divider" in values)
        case "accept" | "reject" as verb:
            await suggestions.decide(here.app, me, number(values.get("id", "")), accepted=verb == "accept")
        case "withdraw":
            await suggestions.withdraw(here.app, me, number(values.get("id", "")))
        case _:
            raise BadRequest
    return done(here, PATH)


ROUTES = (Route(PATH, page(show), methods=["GET"]), Route(PATH, page(save), methods=["POST"]))
