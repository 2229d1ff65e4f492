"""Searching people, posts and tags; a pasted address or handle is opened."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import profiles
from fedinote.auth.limits import USER, spend
from fedinote.federation import resolve
from fedinote.search import crossing, hashtags, people
from fedinote.search.crossing import Asker
from fedinote.timelines.window import Window
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.client import cursor, notices
from fedinote.web.client.items import Item
from fedinote.web.client.notices import Who
from fedinote.web.client.shown import fragment, lines
from fedinote.web.pages import page, query, redirect, wants_part

MAX_QUERY = 500
KINDS = ("", "people", "posts", "tags")
_FEW, _MANY = 5, 40
_TAGS = "SELECT t.id, t.display FROM tags t WHERE t.id IN_INTS(?)"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `told` says of posts how: by their words, a translation, or a translation of the query."""

    people: list[Who]
    tags: list[str]
    posts: list[Item]
    told: dict[int, dict[str, Any]]
    older: int | None


async def search(request: Request) -> Response:
    """GET /search?q=: `type` is one of `KINDS`; posts go on by `max_id`."""
    here = await browser.member(request)
    values = query(request)
    text, kind = values.get("q", "").strip()[:MAX_QUERY], values.get("type", "")
    kind = kind if kind in KINDS else ""
    if not text:
        return await shell.show(request, here, "client/search.html", asked="", kind=kind, found=None)
    spend(here.app, here.viewer, USER, "search")
    if text.startswith(("https://", "http://")) and (place := await _pasted(request, here, text)):
        return redirect(place)
    asked = cursor.window(request)
    found = await _find(request, here, text, kind, asked)
    more = {"q": text, "type": "posts"}
    if wants_part(request):
        shown: dict[str, Any] = {"items": found.posts, "older": found.older, "first": False, "more": more}
        return await fragment(request, here, "client/_items.html", path="/search", **shown)
    return await shell.show(request, here, "client/search.html", asked=text, kind=kind, found=found, more=more)


async def _pasted(request: Request, here: Visit, text: str) -> str:
    """Return the page of what an address leads to, "" for nothing that the member may see."""
    target = await resolve.url(here.app, text)
    if target is None:
        return ""
    kind, found = target
    if kind == "account":
        shown = (await notices.who(here.app, [found])).get(found)
        return shown.profile if shown else ""
    posts = await lines(request, here, [found], "thread")
    return posts[0].link if posts else ""


async def _find(request: Request, here: Visit, text: str, kind: str, asked: Window) -> Found:
    names_somebody = text.startswith("@") and len(text.split()) == 1
    who = await _people(here, text, _MANY if kind else _FEW) if kind in ("", "people") and text[0] != "#" else []
    tags = await _tags(here, text, _MANY if kind else _FEW) if kind in ("", "tags") and text[0] != "@" else []
    if kind not in ("", "posts") or names_somebody:
        return Found(who, tags, [], {}, None)
    asker = Asker(here.member.account_id, here.member.locale)
    hits = await crossing.find(here.app, asker, text, asked)
    shown = hits[: cursor.PAGE]
    posts = await lines(request, here, [one.post_id for one in shown], "public")
    told = {one.post_id: crossing.told(one) for one in shown if one.by != "text"}
    return Found(who, tags, posts, told, cursor.older([one.post_id for one in hits], asked))


async def _people(here: Visit, text: str, most: int) -> list[Who]:
    handle = text.removeprefix("@")
    exact = [] if any(sign.isspace() for sign in handle) else await _handle(here, handle)
    ids = (await people.named(here.app, here.member.account_id, text, exact=exact))[:most]
    who = await notices.who(here.app, ids)
    return [who[one] for one in ids if one in who]


async def _handle(here: Visit, handle: str) -> list[int]:
    """Return the account of a handle, asked for at its server where it has one."""
    if "@" in handle:
        found = await resolve.account(here.app, handle)
    else:
        known = await profiles.find(here.app, handle)
        found = None if known is None else known.id
    return [found] if found is not None and await people.shown(here.app, found) else []


async def _tags(here: Visit, text: str, most: int) -> list[str]:
    ids = (await hashtags.named(here.app, here.member.account_id, text))[:most]
    rows = {row["id"]: row["display"] for row in await here.app.db.rows(_TAGS, ids)} if ids else {}
    return [rows[one] for one in ids if one in rows]


ROUTES = (Route("/search", page(search), methods=["GET"]),)
