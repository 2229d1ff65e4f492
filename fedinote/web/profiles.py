"""The page of somebody who lives here: what they say about themselves, and their latest posts."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import profiles
from fedinote.accounts.models import Account
from fedinote.infra.app import App
from fedinote.infra.errors import Gone, NotFound
from fedinote.text import html
from fedinote.text.urls import safe_url
from fedinote.timelines import queries
from fedinote.timelines.queries import Profile
from fedinote.timelines.window import Window
from fedinote.translation import routing
from fedinote.web import cards
from fedinote.web.cards import Card
from fedinote.web.pages import NOTHING, app_of, page, query, render

PAGE = 20
PUBLIC_HEADERS = {"Cache-Control": "public, max-age=60", "Vary": "Accept"}
"""Such a page is the same for everybody, and its address also gives ActivityPub."""

_POSTS = Profile(exclude_replies=True, exclude_reblogs=True)
_PINNED = Profile(pinned=True)


def headers_of(uri: str) -> dict[str, str]:
    """Return the headers of a page that is also an object: they say where its ActivityPub form is (RFC 8288)."""
    return {**PUBLIC_HEADERS, "Link": f'<{uri}>; rel="alternate"; type="application/activity+json"'}


async def profile(request: Request) -> Response:
    """GET /@{name}: public and unlisted posts, newest first; `?max_id=` goes on below a post."""
    app = app_of(request)
    account = await owner(app, request.path_params["name"])
    window = Window(PAGE + 1, max_id=position(query(request)))
    found = await cards.people(app, [account.id])
    if not found:
        raise NotFound(NOTHING)
    posts, more = await latest(app, account.id, window)
    pinned = await _pinned(app, account.id) if window.max_id is None else []
    above = {one.id for one in pinned}
    return render(
        app,
        "profile.html",
        headers=headers_of(found[0].uri),
        person=found[0],
        summary=" ".join(html.to_text(account.note).split())[:300],
        address=app.url(f"/@{account.username}"),
        picture=app.url(found[0].picture) if found[0].picture else "",
        banner=f"/media/{account.header}" if account.header else "",
        fields=account.fields_,
        joined=account.created_at,
        counts=(account.statuses_count, account.following_count, account.followers_count),
        hides_people=account.hide_collections,
        moved=safe_url(account.moved_to_uri or ""),
        pinned=pinned,
        posts=[one for one in posts if one.id not in above],
        older=more,
        translates=routing.translates(app),
    )


async def owner(app: App, name: str) -> Account:
    """Return the local account of a page's address.

    `NotFound` when there is none or it waits for approval; `Gone` when it was deleted. It may be suspended.
    """
    account = await profiles.local(app, name) if len(name) <= 64 else None
    if account is None:
        if len(name) <= 64 and await profiles.removed_at(app, name) is not None:
            raise Gone("This account was deleted.")
        raise NotFound(NOTHING)
    if account.actor_type == profiles.INSTANCE:
        raise NotFound(NOTHING)
    return account


async def latest(app: App, account_id: int, window: Window) -> tuple[list[Card], int | None]:
    """Return a page of somebody's posts, and the id to go on below; None at the end. The window holds one too many."""
    found = await queries.account(app, None, account_id, window, _POSTS)
    return await part(app, found.ids, window.limit - 1)


async def part(app: App, ids: list[int], size: int) -> tuple[list[Card], int | None]:
    """Return the posts of the first `size` ids, and the last of these ids when there are more."""
    return await cards.cards(app, ids[:size]), ids[size - 1] if len(ids) > size else None


async def _pinned(app: App, account_id: int) -> list[Card]:
    found = await queries.account(app, None, account_id, Window(5), _PINNED)
    return await cards.cards(app, found.ids)


def position(values: dict[str, str]) -> int | None:
    """Return the id that a page goes on below; None for the first page. `NotFound` when it is no id."""
    text = values.get("max_id")
    return None if text is None else number(text)


def number(text: str) -> int:
    """Return an id from an address. `NotFound` when it is none: ids have 63 bits."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) >= 1 << 63:
        raise NotFound(NOTHING)
    return int(text)


ROUTES = (Route("/@{name}", page(profile), methods=["GET"]),)
