"""A post beside its translation, for members; asking for one; and how a browser shows two languages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, FediNoteError, Forbidden, Invalid, NotFound, TooMany, Unavailable
from fedinote.posts import visibility
from fedinote.text import html, language
from fedinote.text.language_names import own_name
from fedinote.translation import translations
from fedinote.translation.routing import Router
from fedinote.web import browser, cards, learning, readings, shell, translated
from fedinote.web.browser import Visit
from fedinote.web.cards import Card
from fedinote.web.client import cursor
from fedinote.web.pages import NOTHING, form, page, query, redirect, wants_part
from fedinote.web.posts import public
from fedinote.web.readings import Reading, Text

_UNKNOWN = "und"
_REGIONS = {"zh-TW": "台灣", "zh-HK": "香港", "zh-MO": "澳門"}


@dataclass(frozen=True, slots=True)
class Choice:
    """The language of a post ("" when nobody can tell), and into which it can be translated: names by tag."""

    source: str
    offered: dict[str, str]


async def translation(request: Request) -> Response:
    """GET /@{name}/{id}/translation?to=: the post and its translation side by side, for those who are signed in.

    An engine costs time or money, so strangers are sent to sign in first. Without `to` it is the first language of the
    reader that is not the post's. Where there is no translation the page says why, and what else can be chosen.
    """
    here = await browser.visit(request)
    found = await public(here.app, request)
    await visibility.sees(here.app, here.member.account_id, found.id)  # the author may have blocked this reader
    return await _page(request, here, found)


async def of_any(request: Request) -> Response:
    """GET /posts/{id}/translation?to=: the same for every post that a member may see, of other servers, too."""
    here = await browser.member(request)
    return await _page(request, here, await _visible(here, request))


async def _visible(here: Visit, request: Request) -> Card:
    found = await cards.cards(here.app, [cursor.of_path(request, "post_id")], here.member.account_id)
    if not found:
        raise NotFound(NOTHING)
    return found[0]


async def _page(request: Request, here: Visit, found: Card) -> Response:
    choice, made = Choice(found.language, {}), None
    problem: FediNoteError | None = None
    wanted = query(request).get("to", "")
    try:
        choice = await _choice(here.app, found)
        targets = [wanted] if wanted else _defaults(choice, [here.member.locale, *browser.languages(request)])
        made = await _made(here.app, found, targets, choice, here.viewer)
    except (Forbidden, Invalid, NotFound, TooMany, Unavailable) as error:
        problem = error
    offered = learning.offered(found, made)
    if kind := query(request).get("readings"):
        found, made = await learning.read(here.app, here.viewer, kind, found, made)
    values = _values(here, found, choice, made, problem)
    return await shell.show(
        request, here, "notes/translation.html", status=_status(problem), readings=offered, reading=kind, **values
    )


def _values(
    here: Visit, found: Card, choice: Choice, made: dict[str, Any] | None, problem: FediNoteError | None
) -> dict[str, Any]:
    source = made["detected_source_language"] if made else choice.source
    return {
        "post": found,
        "back": found.link if found.local else f"/{found.person.handle}/{found.id}",
        "ask": f"/posts/{found.id}/translation",
        "made": made,
        "text": _text(made, found) if made else None,
        "problem": "" if problem is None else here.words.error(problem.message),
        "target_name": own_name(made["language"]) if made else "",
        "source_name": own_name(source) if source and source != _UNKNOWN else "",
        "offered": choice.offered,
    }


def _text(made: Mapping[str, Any], found: Card) -> Text:
    """Turn a Translation entity into what pages show: without what says the same as the post."""
    kind = made.get("kind", readings.MACHINE)
    told = {one.description for one in found.media}
    choices = tuple(option["title"] for option in made["poll"]["options"]) if made["poll"] else ()
    own = tuple(option.title for option in found.poll.options) if found.poll else ()
    described = [one["description"] for one in made["media_attachments"]]
    return Text(
        language=made["language"],
        content=made["content"],
        kind=kind,
        by="" if kind == readings.AUTHOR else made["provider"],
        warning=made["spoiler_text"],
        options=() if choices == own else choices,
        descriptions=tuple(text for text in described if text and text not in told),
        outdated=bool(made.get("outdated")),
    )


def _status(problem: FediNoteError | None) -> int:
    # A choice that is still open is no mistake of the reader's.
    return 200 if problem is None or isinstance(problem, _Open) else problem.status


class _Open(Invalid):
    """None of the reader's languages fits, nor any other."""


async def _made(app: App, found: Card, targets: Sequence[str], choice: Choice, viewer: Viewer) -> dict[str, Any]:
    """Return the translation into the first target that can be, where only the engine knows the post's language.

    Raises what `translations.of_post` does, and `Invalid` for the post's own language.
    """
    target, *others = targets
    if choice.source and _same(target, choice.source):
        raise Invalid(f"This post is in {own_name(choice.source)} already.")
    try:
        return await translations.of_post(app, found.id, target, viewer)
    except Invalid:
        if not others:
            raise
        return await _made(app, found, others, choice, viewer)


def _same(target: str, source: str) -> bool:
    """Tell whether two tags name one language in one script."""
    return language.base_of(target) == language.base_of(source) and (
        language.script_of(target) == language.script_of(source)
    )


def _defaults(choice: Choice, readers: Collection[str]) -> list[str]:
    """Return the reader's first language that the post can be translated into, else the first that is offered.

    Never the post's own language, in whatever script or country; where nobody knows that yet, also a second choice in
    another language. `Invalid` when nothing is left.
    """
    others = [tag for tag in choice.offered if not _related(tag, choice.source)]
    if not others:
        raise _Open("There is no other language here into which this post can be translated.")
    fitting = [found for tag in readers if not _related(tag, choice.source) and (found := language.match(tag, others))]
    first = fitting[0] if fitting else others[0]
    if choice.source:
        return [first]
    return [first, *(tag for tag in (*fitting, *others) if not _related(tag, first))][:2]


def _related(tag: str, source: str) -> bool:
    return bool(source) and language.match(tag, (source,)) is not None


async def _choice(app: App, found: Card) -> Choice:
    """Find the post's language, and what engines make of it. `NotFound` without engine; `Unavailable`."""
    router: Router | None = app.translator
    if router is None:
        raise NotFound("This server does not translate.")
    known = await router.languages()
    text = html.to_text(found.content)
    source = translations.source_of(text, found.language or None)
    if source:
        reachable = known.get(language.match(source, known.keys()) or "", frozenset[str]())
    else:  # an engine may still recognise it
        reachable = frozenset().union(*known.values())
    return Choice(source or "", {tag: _named(tag) for tag in sorted(reachable)})


def _named(tag: str) -> str:
    """The name of a language, with the region where the words or characters of one were asked for."""
    region = _REGIONS.get(tag)
    return f"{own_name(tag)}（{region}）" if region else own_name(tag)


async def ask(request: Request) -> Response:
    """POST /posts/{id}/translation: have a post in the language `to`; our script gets its words in both languages.

    Raises what `translations.of_post` does.
    """
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    found, to = await _visible(here, request), values.get("to", "")
    if not wants_part(request):
        return redirect(f"/posts/{found.id}/translation?to={quote(to)}")
    made = _text(await translations.of_post(here.app, found.id, to, here.viewer), found)
    known = (await translated.of(request, here, [found])).get(found.id, Reading())
    others = tuple(one for one in known.others if one.language != made.language)
    place = len(others) + 1
    shown = replace(known, others=(*others, made), best=place, shown=place, offer="")
    return await shell.fragment(request, here, "notes/_words.html", card=replace(found, reading=shown))


async def choose(request: Request) -> Response:
    """POST /reading: whether this browser shows texts in two languages beside each other (`way`); for everybody."""
    here = await browser.visit(request)
    values = await form(request)
    browser.check_form(request, here, values)
    way = values.get("way", "")
    if way not in translated.WAYS:
        raise BadRequest
    response = Response(status_code=204) if wants_part(request) else redirect(browser.safe_path(values.get("next", "")))
    return browser.remember(here.app, response, translated.COOKIE, way)


ROUTES = (
    Route("/@{name}/{post_id}/translation", page(translation), methods=["GET"]),
    Route("/posts/{post_id:int}/translation", page(of_any), methods=["GET"]),
    Route("/posts/{post_id:int}/translation", page(ask), methods=["POST"]),
    Route("/reading", page(choose), methods=["POST"]),
)
