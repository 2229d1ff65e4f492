"""/settings/decisions: what was decided about oneself and why, in one's own language; and how to appeal."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, NotFound
from fedinote.moderation import appeals, house_rules, statements, understanding
from fedinote.moderation.statements import Statement
from fedinote.moderation.understanding import Passage
from fedinote.text import language
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.desk import evidence, reading
from fedinote.web.pages import form, page
from fedinote.web.settings.answers import done, number
from fedinote.web.transparency.account import actions, categories

PATH = "/settings/decisions"


async def listing(request: Request) -> Response:
    """GET /settings/decisions."""
    here = await browser.member(request)
    found = await statements.about(here.app, here.member.account_id)
    return await shell.show(
        request, here, "desk/decisions.html", found=found, actions=actions(here.words), within=appeals.WITHIN.days
    )


async def one(request: Request) -> Response:
    """GET /settings/decisions/{id}."""
    here = await browser.member(request)
    return await _show(request, here, await _own(request, here))


async def _own(request: Request, here: Visit) -> Statement:
    """Return the statement of the address. `NotFound` for another's."""
    found = await statements.get(here.app, number(request.path_params["id"]))
    if found.account_id != here.member.account_id:
        raise NotFound
    return found


async def _show(
    request: Request, here: Visit, about: Statement, *, error: FediNoteError | None = None, text: str = ""
) -> Response:
    app, words = here.app, here.words
    appeal = await appeals.of_statement(app, about.id)
    passages: dict[str, Passage] = {}
    if about.text:
        passages["reasons"] = understanding.private(about.text, about.language)
    for place, turn in enumerate(appeal.turns if appeal else ()):
        if turn.by_staff:
            passages[f"turn-{place}"] = understanding.private(turn.text, turn.language)
    rules = [rule for rule in await house_rules.everything(app) if rule.number in about.rules]
    return await shell.show(
        request,
        here,
        "desk/decision.html",
        status=error.status if error else 200,
        about=about,
        appeal=appeal,
        possible=appeals.possible(app, about),
        more=appeal is not None and appeal.state == appeals.OPEN and len(appeal.turns) < appeals.MAX_TURNS,
        read=await reading.read(here, passages),
        target=await reading.target(app, here.member.account_id),
        exhibits=await evidence.exhibits(app, about.post_ids, {}),
        rules=[(rule.number, *rule.wording(words.tag)) for rule in rules],
        actions=actions(words),
        categories=categories(words),
        within=appeals.WITHIN.days,
        problems=[words.error(error.message)] if error else [],
        text=text,
    )


async def appeal(request: Request) -> Response:
    """POST /settings/decisions/{id}: ask to decide again, or add to what was asked."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    about, text = await _own(request, here), values.get("text", "")
    own = language.source(text, here.member.locale)
    try:
        if about.appeal_id is None:
            await appeals.make(here.app, here.member.account_id, about.id, text, own)
        else:
            await appeals.add(here.app, here.member.account_id, about.appeal_id, text, own)
    except (Invalid, Forbidden) as error:
        return await _show(request, here, about, error=error, text=text)
    return done(here, f"{PATH}/{about.id}", here.words.gettext("Sent. Somebody will look at it again."))


ROUTES = (
    Route(PATH, page(listing), methods=["GET"]),
    Route(f"{PATH}/{{id}}", page(one), methods=["GET"]),
    Route(f"{PATH}/{{id}}", page(appeal), methods=["POST"]),
)
