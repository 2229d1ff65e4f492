"""Explore in the browser: all of it, by topic, by language and by what is attached; and following a topic."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import BadRequest, NotFound
from fedinote.text import language
from fedinote.text.language_names import own_name
from fedinote.timelines import explore, starters, suggestions, topics
from fedinote.timelines.explore_pool import KINDS, Kind, View
from fedinote.timelines.topics import Topic
from fedinote.web import browser, cards, pages, shell
from fedinote.web.browser import Visit
from fedinote.web.explore import tiles
from fedinote.web.pages import NOTHING, page, query

MAX_LANGUAGES = 12
MAX_TOPICS = 12
"""So many topics lead on from each page; all of them have a page of their own."""
MAX_INTERESTS = 60
VISITORS = {"Cache-Control": "private, max-age=15", "Vary": "Accept, Accept-Language, Cookie"}
"""A visitor's browser may keep a page for some seconds; what a member sees is kept by nobody."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several views, to go to: its address, what to call it (in `lang`, "" for the interface's), an icon."""

    address: str
    name: str
    current: bool
    icon: str = ""
    lang: str = ""


async def show(request: Request) -> Response:
    """GET /explore: `?kind=`, `?lang=`; `?after=` goes on below a page. Our script gets the cards alone."""
    here = await browser.visit(request)
    values = query(request)
    view = _view(values)
    after = values.get("after")
    if pages.wants_part(request):
        return await shell.fragment(request, here, "explore/_page.html", **await listed(here, view, after))
    return await shell.show(
        request, here, "explore/explore.html", headers={} if here.person else VISITORS, **await whole(here, view, after)
    )


async def topic(request: Request) -> Response:
    """GET /explore/topics/{slug}: the same for one topic. 404 for a topic that is not kept here."""
    here = await browser.visit(request)
    found = await _topic(request, here)
    values = query(request)
    view = replace(_view(values), topic=found.slug)
    after = values.get("after")
    if pages.wants_part(request):
        return await shell.fragment(request, here, "explore/_page.html", **await listed(here, view, after))
    shown = await whole(here, view, after)
    return await shell.show(
        request,
        here,
        "explore/topic.html",
        headers={} if here.person else VISITORS,
        topic=found,
        title=_title(here, found),
        **shown,
    )


async def every_topic(request: Request) -> Response:
    """GET /explore/topics: all topics that are kept here, or what the server could be about while there are none."""
    here = await browser.visit(request)
    kept = await topics.everything(here.app, here.person.account_id if here.person else None)
    return await shell.show(
        request,
        here,
        "explore/topics.html",
        headers={} if here.person else VISITORS,
        topics=[_topic_choice(here, View(), one) for one in kept],
        following=[one.following for one in kept],
        hashtags=[" ".join(f"#{tag.display}" for tag in one.tags) for one in kept],
        starters=[] if kept else _starters(here),
    )


async def follow(request: Request) -> Response:
    """POST /explore/topics/{slug}/follow: follow a topic with all its hashtags (`follow=1`), or no longer (`0`)."""
    here = await browser.member(request)
    values = await pages.form(request)
    browser.check_form(request, here, values)
    found = await _topic(request, here)
    if values.get("follow") == "1":
        await topics.follow(here.app, here.member.account_id, found.id, expand=True)
    else:
        await topics.unfollow(here.app, here.member.account_id, found.id)
    return pages.redirect(_path(View(topic=found.slug)))


async def interests(request: Request) -> Response:
    """POST /explore/interests: follow the topics that were ticked (`topic`, several times)."""
    here = await browser.member(request)
    values = await pages.form_lists(request)
    browser.check_form(request, here, {name: one[0] for name, one in values.items()})
    wanted = set(values.get("topic", ()))
    if len(wanted) > MAX_INTERESTS:
        raise BadRequest
    for one in await topics.everything(here.app):
        if one.slug in wanted:
            await topics.follow(here.app, here.member.account_id, one.id, expand=True)
    return pages.redirect("/explore")


async def listed(here: Visit, view: View, after: str | None) -> dict[str, Any]:
    """Return what a page of cards shows: the cards, and where more of them are ("" at the end)."""
    person = here.person
    viewer = person.account_id if person else None
    try:
        found = await explore.page(here.app, viewer, view, after=after)
    except NotFound:
        raise NotFound(NOTHING) from None
    who = await tiles.reader(here.app, viewer, here.words.tag)
    shown = await tiles.tiles(here.app, found.ids, who)
    return {"tiles": shown, "more": _path(view, found.after) if found.after else ""}


async def whole(here: Visit, view: View, after: str | None) -> dict[str, Any]:
    """Return what a whole page of Explore shows: cards, other views, topics, and people where there is little."""
    page_of = await listed(here, view, after)
    person = here.person
    kept = await topics.everything(here.app, person.account_id if person else None)
    first = view == View() and after is None
    return {
        **page_of,
        "view": view,
        "closed": person is None and not here.app.settings.explore.visitors,
        "kinds": _kinds(here, view),
        "languages": await _languages(here, view),
        "topics": _topics(here, view, kept),
        "all_topics": not kept or len(kept) > MAX_TOPICS,
        "choosing": kept if first and person and not any(one.following for one in kept) else (),
        "choosing_titles": {one.slug: _title(here, one) for one in kept},
        "featured": await _featured(here) if first and len(page_of["tiles"]) < suggestions.FEW else (),
        "unseen": first and await _unseen(here),
    }


def _view(values: dict[str, str]) -> View:
    kind: Kind | None = None
    if values.get("kind"):
        kind = next((one for one in KINDS if one == values["kind"]), None)
        if kind is None:
            raise NotFound(NOTHING)
    stated = values.get("lang")
    tag = language.canonical(stated) if stated else None
    if stated and tag is None:
        raise NotFound(NOTHING)
    return View(kind=kind, language=language.base_of(tag) if tag else None)


def _path(view: View, after: str | None = None) -> str:
    base = "/explore" if view.topic is None else f"/explore/topics/{quote(view.topic)}"
    values = {"kind": view.kind, "lang": view.language, "after": after}
    asked = urlencode({name: value for name, value in values.items() if value})
    return f"{base}?{asked}" if asked else base


def _kinds(here: Visit, view: View) -> list[Choice]:
    _ = here.words.gettext
    named: list[tuple[Kind | None, str, str]] = [
        (None, _("All"), ""),
        ("pictures", _("Pictures"), "picture"),
        ("videos", _("Videos"), "film"),
        ("music", _("Music"), "music"),
        ("text", _("Words"), "quote"),
    ]
    return [Choice(_path(replace(view, kind=kind)), name, view.kind == kind, icon) for kind, name, icon in named]


async def _languages(here: Visit, view: View) -> list[Choice]:
    """Return the languages that posts here are in, the most frequent first; with the one that is chosen."""
    found = (await explore.languages(here.app))[:MAX_LANGUAGES]
    if view.language and view.language not in found:
        found.append(view.language)
    made = [Choice(_path(replace(view, language=None)), here.words.gettext("All languages"), view.language is None)]
    return made + [
        Choice(_path(replace(view, language=tag)), own_name(tag), view.language == tag, lang=tag) for tag in found
    ]


def _topics(here: Visit, view: View, kept: Sequence[Topic]) -> list[Choice]:
    """Return the topics that lead on: the one that is shown, those that are followed, then the others."""
    ordered = sorted(kept, key=lambda one: (one.slug != view.topic, not one.following))
    return [_topic_choice(here, view, one) for one in ordered[:MAX_TOPICS]] or _starters(here)[:MAX_TOPICS]


def _topic_choice(here: Visit, view: View, one: Topic) -> Choice:
    return Choice(_path(View(topic=one.slug, language=view.language)), _title(here, one), view.topic == one.slug)


def _title(here: Visit, one: Topic) -> str:
    return one.title(here.words.tag)


def _starters(here: Visit) -> list[Choice]:
    """Return what a server without topics could be about: each leads to a hashtag in the reader's language."""
    return [
        Choice(f"/tags/{quote(one.hashtag(here.words.tag))}", one.title(here.words.tag), current=False)
        for one in starters.everything(here.app)
    ]


async def _featured(here: Visit) -> list[cards.Person]:
    return await cards.people(here.app, await suggestions.featured(here.app))


async def _unseen(here: Visit) -> bool:
    """Tell whether a member's own notes are left out, because they did not choose to be discovered."""
    sql = "SELECT discoverable AS value FROM accounts WHERE id = ?"
    return here.person is not None and not await here.app.db.value(sql, here.person.account_id)


async def _topic(request: Request, here: Visit) -> Topic:
    """Return the topic of the address, as the member (if any) follows it."""
    try:
        found = await topics.named(here.app, request.path_params["slug"])
    except NotFound:
        raise NotFound(NOTHING) from None
    return await topics.show(here.app, found.id, here.person.account_id) if here.person else found


ROUTES = (
    Route("/explore", page(show), methods=["GET"]),
    Route("/explore/interests", page(interests), methods=["POST"]),
    Route("/explore/topics", page(every_topic), methods=["GET"]),
    Route("/explore/topics/{slug}", page(topic), methods=["GET"]),
    Route("/explore/topics/{slug}/follow", page(follow), methods=["POST"]),
)
