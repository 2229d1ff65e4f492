"""The page of a post with its conversation."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.federation import threads as completing
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.posts import threads
from fedinote.translation import routing
from fedinote.web import browser, cards, learning
from fedinote.web.cards import Card
from fedinote.web.pages import NOTHING, app_of, page, render
from fedinote.web.profiles import headers_of, number, owner

_PREVIEW = 300


async def post(request: Request) -> Response:
    """GET /@{name}/{id}: public and unlisted posts only, whoever asks; answers that are not public are left out."""
    app = app_of(request)
    found = await public(app, request)
    above, below = await threads.context(app, None, found.id)
    await completing.opened(app, found.id, stranger=True)
    shown = {one.id: one for one in await cards.cards(app, [*above, *below])}
    picture = _picture(found)
    return render(
        app,
        "post.html",
        headers=headers_of(found.uri),
        post=found,
        above=[shown[one] for one in above if one in shown],
        below=[shown[one] for one in below if one in shown],
        summary=found.text[:_PREVIEW],
        address=app.url(found.link),
        oembed=app.url(f"/api/oembed?{urlencode({'url': app.url(found.link)})}"),
        picture=app.url(picture) if picture else "",
        translates=routing.translates(app),
        notes=await learning.notes(app, found, next(iter(browser.languages(request)), None)),
    )


def _picture(card: Card) -> str:
    """Return the path of the picture for previews elsewhere: the first attached one, unless it is sensitive."""
    shown = () if card.sensitive or card.warning else card.media
    return next((one.preview for one in shown if one.kind == "image" and one.preview), card.person.picture)


async def public(app: App, request: Request) -> Card:
    """Return the post of the address; the same `NotFound` for one that is not there, not public, or somebody else's."""
    account = await owner(app, request.path_params["name"])
    found = await cards.cards(app, [number(request.path_params["post_id"])])
    if not found or found[0].person.id != account.id or not found[0].local:
        raise NotFound(NOTHING)
    return found[0]


ROUTES = (Route("/@{name}/{post_id}", page(post), methods=["GET"]),)
