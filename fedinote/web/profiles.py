"""The page of somebody who lives here: what they say about themselves, and their posts under tabs."""

from typing import Any

import msgspec
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
from fedinote.web import browser, cards, shell
from fedinote.web.browser import Visit
from fedinote.web.cards import Card
from fedinote.web.client import cursor, emojis
from fedinote.web.client.accounts import relation
from fedinote.web.client.cursor import Part
from fedinote.web.client.items import Item
from fedinote.web.client.people import TABS
from fedinote.web.client.shown import fragment, lines
from fedinote.web.pages import NOTHING, page, query, wants_part

PAGE = 20
VARY = "Accept, Accept-Language, Cookie"
PUBLIC_HEADERS = {"Cache-Control": "public, max-age=60", "Vary": VARY}
"""Such a page is the same for all visitors who read the same language, and its address also gives ActivityPub."""
_PINNED = Profile(pinned=True)


def headers_of(uri: str, *, shared: bool = True) -> dict[str, str]:
    """Return the headers of a page that is also an object: they say where its ActivityPub form is (RFC 8288).

    `shared`: for visitors, so that caches on the way may keep it.
    """
    link = {"Link": f'<{uri}>; rel="alternate"; type="application/activity+json"', "Vary": VARY}
    return {**(PUBLIC_HEADERS if shared else {}), **link}


async def profile(request: Request) -> Response:
    """GET /@{name}: their posts, newest first, as whoever looks may see them; `?max_id=` goes on below a post.

    `?show=`: replies (with those), or media. Our script gets the posts alone.
    """
    here = await browser.visit(request)
    account = await owner(here.app, request.path_params["name"])
    tab = query(request).get("show", "")
    found = await cards.people(here.app, [account.id])
    if not found or tab not in TABS:
        raise NotFound(NOTHING)
    part = await _part(request, here, account, tab)
    shown: dict[str, Any] = {
        "items": await lines(request, here, part.ids, "account"),
        "older": part.older,
        "first": part.first,
        "path": f"/@{account.username}",
        "more": {"show": tab} if tab else {},
    }
    if wants_part(request):
        return await fragment(request, here, "client/_items.html", **shown)
    headers = headers_of(found[0].uri, shared=here.person is None)
    pinned = await _pinned(request, here, account.id) if part.first and not tab else []
    above = {one.id for one in pinned}
    shown["items"] = [one for one in shown["items"] if one.id not in above]
    values = {"account": account, "person": found[0], "tab": tab, "pinned": pinned, **_about(here, account, found[0])}
    values["relation"] = await relation(here, account.id) if here.person is not None else None
    return await shell.show(request, here, "notes/profile.html", headers=headers, **values, **shown)


async def _part(request: Request, here: Visit, account: Account, tab: str) -> Part:
    asked = cursor.window(request)
    viewer_id = None if here.person is None else here.person.account_id
    found = await queries.account(here.app, viewer_id, account.id, asked, TABS[tab])
    return cursor.part(found, asked)


async def _pinned(request: Request, here: Visit, account_id: int) -> list[Item]:
    viewer_id = None if here.person is None else here.person.account_id
    found = await queries.account(here.app, viewer_id, account_id, Window(5), _PINNED)
    return await lines(request, here, found.ids, "account")


def _about(here: Visit, account: Account, person: cards.Person) -> dict[str, Any]:
    app, pictures = here.app, emojis.pictures(here.app, msgspec.json.encode(account.emojis).decode())
    return {
        "name": emojis.in_text(person.name, pictures),
        "note": emojis.in_html(account.note, pictures),
        "summary": " ".join(html.to_text(account.note).split())[:300],
        "address": app.url(f"/@{account.username}"),
        "picture": app.url(person.picture) if person.picture else "",
        "banner": f"/media/{account.header}" if account.header else "",
        "fields": account.fields_,
        "hides_people": account.hide_collections,
        "moved": safe_url(account.moved_to_uri or ""),
        "mine": here.person is not None and here.person.account_id == account.id,
    }


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


async def part(app: App, ids: list[int], size: int) -> tuple[list[Card], int | None]:
    """Return the posts of the first `size` ids, and the last of these ids when there are more."""
    return await cards.cards(app, ids[:size]), ids[size - 1] if len(ids) > size else None


def position(values: dict[str, str]) -> int | None:
    """Return the id that a page goes on below; None for the first page. `NotFound` when it is no id."""
    text = values.get("max_id")
    return None if text is None else number(text)


def number(text: str) -> int:
    """Return an id from an address. `NotFound` when it is none: ids have 63 bits."""
    return cursor.number(text)


ROUTES = (Route("/@{name}", page(profile), methods=["GET"]),)
