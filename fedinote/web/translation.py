"""A post beside its translation, for people who are signed in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth.sessions import SignedIn
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Invalid, NotFound, Unavailable
from fedinote.posts import visibility
from fedinote.text import html, language
from fedinote.text.language_names import own_name
from fedinote.translation import translations
from fedinote.translation.routing import Router
from fedinote.web import browser, learning
from fedinote.web.cards import Card
from fedinote.web.pages import page, query, redirect, render
from fedinote.web.posts import public

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
    wanted = query(request).get("to", "")
    if here.person is None:
        path = f"{found.link}/translation" + (f"?to={quote(wanted)}" if wanted else "")
        return redirect(f"/auth/sign_in?next={quote(path)}")
    await visibility.sees(here.app, here.person.account_id, found.id)  # the author may have blocked this reader
    choice, made = Choice(found.language, {}), None
    problem: FediNoteError | None = None
    try:
        choice = await _choice(here.app, found)
        targets = [wanted] if wanted else _defaults(choice, [here.person.locale, *browser.languages(request)])
        made = await _made(here.app, found, targets, choice, viewer_of(here.person))
    except (Invalid, NotFound, Unavailable) as error:
        problem = error
    offered = learning.offered(found, made)
    if kind := query(request).get("readings"):
        found, made = await learning.read(here.app, viewer_of(here.person), kind, found, made)
    values = _values(found, choice, made, problem)
    return render(here.app, "translation.html", status=_status(problem), readings=offered, reading=kind, **values)


def _values(found: Card, choice: Choice, made: dict[str, Any] | None, problem: FediNoteError | None) -> dict[str, Any]:
    source = made["detected_source_language"] if made else choice.source
    return {
        "post": found,
        "made": made,
        "problem": "" if problem is None else problem.message,
        "target_name": own_name(made["language"]) if made else "",
        "source_name": own_name(source) if source and source != _UNKNOWN else "",
        "offered": choice.offered,
    }


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


def viewer_of(person: SignedIn) -> Viewer:
    """Return the viewer that somebody with a session is to the verbs; it has no token, so no scopes."""
    return Viewer(
        account_id=person.account_id,
        user_id=person.user_id,
        role=person.role,
        scopes=frozenset(),
        token_id=0,
        app_id=0,
        locale=person.locale,
    )


ROUTES = (Route("/@{name}/{post_id}/translation", page(translation), methods=["GET"]),)
