"""The page of a post with its conversation, and its translation for people who are signed in."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth.sessions import SignedIn
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.posts import threads
from fedinote.text import language
from fedinote.text.language_names import own_name
from fedinote.translation import translations
from fedinote.translation.engine import Engine
from fedinote.web import browser, cards
from fedinote.web.cards import Card
from fedinote.web.pages import app_of, page, query, redirect, render
from fedinote.web.profiles import NOTHING, PUBLIC_HEADERS, number, owner

_PREVIEW = 300


async def post(request: Request) -> Response:
    """GET /@{name}/{id}: public and unlisted posts only, whoever asks; answers that are not public are left out."""
    app = app_of(request)
    found = await _public(app, request)
    above, below = await threads.context(app, None, found.id)
    shown = {one.id: one for one in await cards.cards(app, [*above, *below])}
    picture = _picture(found)
    return render(
        app,
        "post.html",
        headers=PUBLIC_HEADERS,
        post=found,
        above=[shown[one] for one in above if one in shown],
        below=[shown[one] for one in below if one in shown],
        summary=found.text[:_PREVIEW],
        address=app.url(found.link),
        picture=app.url(picture) if picture else "",
        translates=app.translator is not None,
    )


def _picture(card: Card) -> str:
    """Return the path of the picture for previews elsewhere: the first attached one, unless it is sensitive."""
    shown = () if card.sensitive or card.warning else card.media
    return next((one.preview for one in shown if one.kind == "image" and one.preview), card.person.picture)


async def _public(app: App, request: Request) -> Card:
    """Return the post of the address; the same `NotFound` for one that is not there, not public, or somebody else's."""
    account = await owner(app, request.path_params["name"])
    found = await cards.cards(app, [number(request.path_params["post_id"])])
    if not found or found[0].person.id != account.id or not found[0].local:
        raise NotFound(NOTHING)
    return found[0]


async def translation(request: Request) -> Response:
    """GET /@{name}/{id}/translation?to=: the post and its translation side by side, for those who are signed in.

    An engine costs time or money, so strangers are sent to sign in first. Without `to` it is the reader's language.
    """
    here = await browser.visit(request)
    app = here.app
    found = await _public(app, request)
    target = query(request).get("to")
    if here.person is None:
        wanted = f"{found.link}/translation" + (f"?to={quote(target)}" if target else "")
        return redirect(f"/auth/sign_in?next={quote(wanted)}")
    viewer = viewer_of(here.person)
    offered = await _targets(app, found)
    wanted_tag = target or language.match(viewer.locale, list(offered)) or viewer.locale
    made = await translations.of_post(app, found.id, wanted_tag, viewer)
    return render(
        app,
        "translation.html",
        post=found,
        made=made,
        target_name=own_name(made["language"]),
        source_name=own_name(made["detected_source_language"]),
        offered=offered,
    )


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


async def _targets(app: App, found: Card) -> dict[str, str]:
    """Return into what a post can be translated: names of languages by tag. `Unavailable` when nobody can tell."""
    engine: Engine | None = app.translator
    if engine is None:
        return {}
    known = await engine.languages()
    source = language.match(found.language, list(known))
    targets = known.get(source or "") or frozenset().union(*known.values())
    return {tag: own_name(tag) for tag in sorted(targets)}


ROUTES = (
    Route("/@{name}/{post_id}", page(post), methods=["GET"]),
    Route("/@{name}/{post_id}/translation", page(translation), methods=["GET"]),
)
