"""Pages for those who write in several languages, and those who help them: apps have no place for that.

They work without JavaScript. Poll options and descriptions of pictures are translated by the API only.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import limits, users
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, FediNoteError, Forbidden, Invalid, NotFound, TooMany, Unavailable
from fedinote.posts import attached, visibility
from fedinote.posts.languages import VersionDraft
from fedinote.text import language
from fedinote.text.language_names import offered, own_name
from fedinote.translation import drafting, routing, suggestions
from fedinote.translation.suggestions import Suggestion
from fedinote.web import browser, cards
from fedinote.web.browser import Visit
from fedinote.web.cards import Card
from fedinote.web.pages import form, page, query, redirect, render
from fedinote.web.posts import public
from fedinote.web.profiles import number
from fedinote.web.translation import viewer_of

PATH = "/settings/writing"
_SHOWN = (Invalid, Forbidden, NotFound, TooMany, Unavailable)


async def ask(request: Request) -> Response:
    """GET /@{name}/{id}/suggest?to=: a form to translate a post; one's own it is attached to, others' suggested for."""
    here = await browser.visit(request)
    found = await public(here.app, request)
    if here.person is None:
        wanted = f"?to={quote(query(request)['to'])}" if "to" in query(request) else ""
        return redirect(f"/auth/sign_in?next={quote(f'{found.link}/suggest{wanted}')}")
    await visibility.sees(here.app, here.person.account_id, found.id)
    tag = language.canonical(query(request).get("to", "")) or here.person.locale
    chosen = "" if tag == found.language else tag  # nobody translates into the language that it is in
    return _form(here, found, {"language": chosen}, sent="sent" in query(request))


def _form(
    here: Visit, found: Card, values: Mapping[str, str], *, error: FediNoteError | None = None, sent: bool = False
) -> Response:
    assert here.person is not None
    names, tag = offered(), values.get("language", "")
    names.pop(found.language or "", None)
    own = found.person.id == here.person.account_id
    response = render(
        here.app,
        "contribute.html",
        status=200 if error is None else error.status,
        form_token=here.form_token(),
        post=found,
        own=own,
        drafts=own and routing.translates(here.app),
        names=names if tag in names or not tag else {tag: own_name(tag), **names},
        values={name: values.get(name, "") for name in ("language", "text", "warning", "machine")},
        error="" if error is None else error.message.removeprefix("Validation failed: "),
        sent=sent,
    )
    return here.keep(response)


async def send(request: Request) -> Response:
    """POST /@{name}/{id}/suggest: `do` is "send", or for one's own post "draft": what a machine makes of it."""
    here = await browser.visit(request)
    values = await form(request)
    found = await public(here.app, request)
    if here.person is None:
        return redirect(f"/auth/sign_in?next={quote(f'{found.link}/suggest')}")
    browser.check_form(request, here, values)
    await visibility.sees(here.app, here.person.account_id, found.id)
    try:
        if values.get("do") == "draft":
            return _form(here, found, await _drafted(here.app, here.person.account_id, found, values))
        await _sent(here, found, values)
    except _SHOWN as error:
        return _form(here, found, values, error=error)
    return redirect(found.link if found.person.id == here.person.account_id else f"{found.link}/suggest?sent")


async def _drafted(app: App, me: int, found: Card, values: Mapping[str, str]) -> dict[str, str]:
    made = await drafting.draft(app, me, found.id, values.get("language", ""))
    version = made.version
    texts = {"text": version.text, "warning": version.spoiler_text, "machine": version.machine}
    return {"language": made.language, **texts}


async def _sent(here: Visit, found: Card, values: Mapping[str, str]) -> None:
    assert here.person is not None
    app, me, tag = here.app, here.person.account_id, values.get("language", "")
    machine = values.get("machine", "").strip()
    version = VersionDraft(
        text=values.get("text", ""),
        spoiler_text=values.get("warning", ""),
        machine=machine,
        reviewed=bool(machine),  # it was before their eyes
    )
    if found.person.id == me:
        await attached.attach(app, found.id, tag, version, author_id=me)
        return
    limits.spend(app, viewer_of(here.person), limits.LIMITS["suggestions"], "suggestions")
    await suggestions.suggest(app, me, found.id, tag, version)


async def settings(request: Request) -> Response:
    """GET /settings/writing: whether a line parts languages, what waits for a decision, and what one suggested."""
    here = await browser.visit(request)
    if here.person is None:
        return redirect(f"/auth/sign_in?next={quote(PATH)}")
    me = here.person.account_id
    divider = await here.app.db.value("SELECT language_divider AS value FROM users WHERE id = ?", here.person.user_id)
    response = render(
        here.app,
        "writing.html",
        form_token=here.form_token(),
        divider=bool(divider),
        waiting=await _shown(here.app, await suggestions.to_author(here.app, me)),
        mine=await _shown(here.app, await suggestions.by_person(here.app, me)),
        saved="saved" in query(request),
    )
    return here.keep(response)


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
    here = await browser.visit(request)
    values = await form(request)
    if here.person is None:
        return redirect(f"/auth/sign_in?next={quote(PATH)}")
    browser.check_form(request, here, values)
    me = here.person.account_id
    match values.get("do"):
        case "divider":
            await users.set_defaults(here.app, here.person.user_id, language_divider="divider" in values)
        case "accept" | "reject" as verb:
            await suggestions.decide(here.app, me, number(values.get("id", "")), accepted=verb == "accept")
        case "withdraw":
            await suggestions.withdraw(here.app, me, number(values.get("id", "")))
        case _:
            raise BadRequest
    return redirect(f"{PATH}?saved")


ROUTES = (
    Route("/@{name}/{post_id}/suggest", page(ask), methods=["GET"]),
    Route("/@{name}/{post_id}/suggest", page(send), methods=["POST"]),
    Route(PATH, page(settings), methods=["GET"]),
    Route(PATH, page(save), methods=["POST"]),
)
