"""The page on which a post gets another language, by its author or by others who suggest it to the author.

It works without JavaScript. Poll options and descriptions of pictures are translated by the API only.
"""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import limits
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, NotFound, TooMany, Unavailable
from fedinote.posts import attached, visibility
from fedinote.posts.languages import VersionDraft
from fedinote.text import language
from fedinote.text.language_names import offered, own_name
from fedinote.translation import drafting, routing, suggestions
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.cards import Card
from fedinote.web.pages import form, page, query, redirect
from fedinote.web.posts import public

_SHOWN = (Invalid, Forbidden, NotFound, TooMany, Unavailable)


async def ask(request: Request) -> Response:
    """GET /@{name}/{id}/suggest?to=: a form to translate a post; one's own it is attached to, others' suggested for."""
    here = await browser.visit(request)
    found = await public(here.app, request)
    person = here.member
    await visibility.sees(here.app, person.account_id, found.id)
    tag = language.canonical(query(request).get("to", "")) or person.locale
    chosen = "" if tag == found.language else tag  # nobody translates into the language that it is in
    return await _form(request, here, found, {"language": chosen}, sent="sent" in query(request))


async def _form(
    request: Request,
    here: Visit,
    found: Card,
    values: Mapping[str, str],
    *,
    error: FediNoteError | None = None,
    sent: bool = False,
) -> Response:
    names, tag = offered(), values.get("language", "")
    names.pop(found.language or "", None)
    own = found.person.id == here.member.account_id
    return await shell.show(
        request,
        here,
        "notes/contribute.html",
        status=200 if error is None else error.status,
        post=found,
        own=own,
        drafts=own and routing.translates(here.app),
        names=names if tag in names or not tag else {tag: own_name(tag), **names},
        values={name: values.get(name, "") for name in ("language", "text", "warning", "machine")},
        error="" if error is None else here.words.error(error.message.removeprefix("Validation failed: ")),
        sent=sent,
    )


async def send(request: Request) -> Response:
    """POST /@{name}/{id}/suggest: `do` is "send", or for one's own post "draft": what a machine makes of it."""
    here = await browser.visit(request)
    values = await form(request)
    found = await public(here.app, request)
    if here.person is None:
        return redirect(f"/auth/sign_in?next={quote(f'{found.link}/suggest')}")
    me = here.person.account_id
    browser.check_form(request, here, values)
    await visibility.sees(here.app, me, found.id)
    try:
        if values.get("do") == "draft":
            return await _form(request, here, found, await _drafted(here.app, me, found, values))
        await _sent(here, found, values)
    except _SHOWN as error:
        return await _form(request, here, found, values, error=error)
    return redirect(found.link if found.person.id == me else f"{found.link}/suggest?sent")


async def _drafted(app: App, me: int, found: Card, values: Mapping[str, str]) -> dict[str, str]:
    made = await drafting.draft(app, me, found.id, values.get("language", ""))
    version = made.version
    texts = {"text": version.text, "warning": version.spoiler_text, "machine": version.machine}
    return {"language": made.language, **texts}


async def _sent(here: Visit, found: Card, values: Mapping[str, str]) -> None:
    app, me, tag = here.app, here.member.account_id, values.get("language", "")
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
    limits.spend(app, here.viewer, limits.LIMITS["suggestions"], "suggestions")
    await suggestions.suggest(app, me, found.id, tag, version)


ROUTES = (
    Route("/@{name}/{post_id}/suggest", page(ask), methods=["GET"]),
    Route("/@{name}/{post_id}/suggest", page(send), methods=["POST"]),
)
