"""Feeds of people and hashtags: Atom (RFC 4287) and JSON Feed 1.1, of public posts alone, the newest first.

They have addresses of their own (`/@name.atom`, `/@name.json`, and the same below /tags), which give nothing else
whatever the client says that it accepts: ActivityPub is only ever at the address of the profile itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.infra.errors import NotFound
from fedinote.text import html
from fedinote.timelines import queries
from fedinote.timelines.queries import Profile, Tags
from fedinote.timelines.window import Window
from fedinote.web import cards
from fedinote.web.cards import Card
from fedinote.web.explore import titles
from fedinote.web.explore.hashtags import parsed
from fedinote.web.file_types import content_type
from fedinote.web.pages import app_of, page
from fedinote.web.profiles import owner

ITEMS = 20
ATOM, JSON = "application/atom+xml; charset=utf-8", "application/feed+json; charset=utf-8"
_ATOM_NAMES = "http://www.w3.org/2005/Atom"
_NEVER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no XML 1.0 has these
_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_HEADERS = {
    "Cache-Control": "public, max-age=120",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself. Addresses are absolute; `updated` is when its newest post was written or edited."""

    title: str
    summary: str
    page: str
    atom: str
    json: str
    icon: str
    author: str
    updated: datetime
    posts: Sequence[Card]


async def of_person(request: Request) -> Feed:
    """Return the feed of somebody who lives here: public posts that answer nobody. NotFound, Gone."""
    app = app_of(request)
    account = await owner(app, request.path_params["name"])
    people = await cards.people(app, [account.id])
    if not people:
        raise NotFound
    profile = Profile(exclude_replies=True, exclude_reblogs=True)
    found = await queries.account(app, None, account.id, Window(2 * ITEMS), profile)
    posts = [one for one in await cards.cards(app, found.ids) if one.visibility == "public"][:ITEMS]
    address = app.url(f"/@{account.username}")
    return Feed(
        title=people[0].name,
        summary=" ".join(html.to_text(account.note).split()),
        page=address,
        atom=f"{address}.atom",
        json=f"{address}.json",
        icon=app.url(people[0].picture) if people[0].picture else "",
        author=people[0].name,
        updated=_updated(posts, account.created_at),
        posts=posts,
    )


async def of_tag(request: Request) -> Feed:
    """Return the feed of a hashtag, as far as its page shows posts to everybody. NotFound."""
    app = app_of(request)
    wanted = parsed(request.path_params["name"])
    found = await queries.tag(app, None, Tags((wanted.name,)), Window(ITEMS))
    posts = await cards.cards(app, found.ids)
    address = app.url(f"/tags/{quote(wanted.display)}")
    return Feed(
        title=f"#{wanted.display}",
        summary=f"#{wanted.display} · {app.settings.instance.title}",
        page=address,
        atom=f"{address}.atom",
        json=f"{address}.json",
        icon="",
        author=app.settings.instance.title,
        updated=_updated(posts, app.now()),
        posts=posts,
    )


def _updated(posts: Sequence[Card], otherwise: datetime) -> datetime:
    return max((one.edited or one.created for one in posts), default=otherwise)


# -- Atom -------------------------------------------------------------------------------------------------------------


def atom(app: App, feed: Feed) -> bytes:
    """Return a feed as Atom. What no XML may contain is left out of the texts."""
    root = ET.Element("feed", {"xmlns": _ATOM_NAMES})
    _add(root, "id", feed.page)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.summary)
    _add(root, "updated", iso(feed.updated))
    _add(root, "link", "", rel="alternate", type="text/html", href=feed.page)
    _add(root, "link", "", rel="self", type="application/atom+xml", href=feed.atom)
    if feed.icon:
        _add(root, "icon", feed.icon)
    _add(ET.SubElement(root, "author"), "name", feed.author)
    for one in feed.posts:
        _entry(app, root, one)
    document: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{document}'.encode()


def _entry(app: App, root: ET.Element, post: Card) -> None:
    entry = ET.SubElement(root, "entry", {_XML_LANGUAGE: post.language} if post.language else {})
    _add(entry, "id", post.uri)
    _add(entry, "title", _title(post))
    _add(entry, "published", iso(post.created))
    _add(entry, "updated", iso(post.edited or post.created))
    _add(entry, "link", "", rel="alternate", type="text/html", href=_address(app, post))
    for address, kind, _ in _files(app, post):
        _add(entry, "link", "", rel="enclosure", type=kind, href=address)
    author = ET.SubElement(entry, "author")
    _add(author, "name", post.person.name)
    _add(author, "uri", post.person.uri)
    _add(entry, "content", _content(post), type="html")


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    made = ET.SubElement(parent, name, {key: _NEVER.sub("", value) for key, value in attributes.items()})
    made.text = _NEVER.sub("", text) or None


# -- JSON Feed --------------------------------------------------------------------------------------------------------


def json_feed(app: App, feed: Feed) -> bytes:
    """Return a feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.json,
        "description": feed.summary,
        "authors": [{"name": feed.author, "url": feed.page}],
        "items": [_item(app, one) for one in feed.posts],
    }
    if feed.icon:
        document["icon"] = feed.icon
    return msgspec.json.encode(document)


def _item(app: App, post: Card) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": post.uri,
        "url": _address(app, post),
        "title": _title(post),
        "content_html": _content(post),
        "date_published": iso(post.created),
        "authors": [{"name": post.person.name, "url": post.person.uri}],
        "attachments": [
            {"url": address, "mime_type": kind, "title": said} for address, kind, said in _files(app, post)
        ],
    }
    if post.language:
        found["language"] = post.language
    if post.edited:
        found["date_modified"] = iso(post.edited)
    return found


# -- what both say ----------------------------------------------------------------------------------------------------


def _title(post: Card) -> str:
    return post.warning or titles.of(post.content).title or post.person.name


def _content(post: Card) -> str:
    """Return the words as HTML: behind a content warning nothing but the warning, as on pages."""
    return f"<p>{html.escape(post.warning)}</p>" if post.warning else post.content


def _address(app: App, post: Card) -> str:
    return app.url(post.link) if post.local else post.link or post.uri


def _files(app: App, post: Card) -> list[tuple[str, str, str]]:
    """Return address, type and description of the files that lie here; of a warned or sensitive post none."""
    if post.warning or post.sensitive:
        return []
    return [
        (app.url(one.source), content_type(one.source), one.description)
        for one in post.media
        if one.source.startswith("/media/")
    ]


async def _person_atom(request: Request) -> Response:
    return Response(atom(app_of(request), await of_person(request)), headers=_HEADERS, media_type=ATOM)


async def _person_json(request: Request) -> Response:
    return Response(json_feed(app_of(request), await of_person(request)), headers=_HEADERS, media_type=JSON)


async def _tag_atom(request: Request) -> Response:
    return Response(atom(app_of(request), await of_tag(request)), headers=_HEADERS, media_type=ATOM)


async def _tag_json(request: Request) -> Response:
    return Response(json_feed(app_of(request), await of_tag(request)), headers=_HEADERS, media_type=JSON)


ROUTES = (
    Route("/@{name}.atom", page(_person_atom), methods=["GET"]),
    Route("/@{name}.json", page(_person_json), methods=["GET"]),
    Route("/tags/{name}.atom", page(_tag_atom), methods=["GET"]),
    Route("/tags/{name}.json", page(_tag_json), methods=["GET"]),
)
"""They go before the routes of ActivityPub, which would refuse who accepts feeds alone."""
