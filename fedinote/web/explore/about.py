"""The page about the server: who runs it by which rules, where data lie, what translates, and which software it is."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import profiles
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.moderation import anonymity
from fedinote.moderation.house import house_rules, texts
from fedinote.text.language_names import own_name
from fedinote.timelines import explore_pool, explore_ranking
from fedinote.web import browser, cards, shell
from fedinote.web.browser import Visit
from fedinote.web.explore import engines
from fedinote.web.pages import page

_KEPT = timedelta(minutes=5)
_CACHE = "about.numbers"
_BLOCKS = """SELECT domain, severity, public_comment FROM domain_blocks
 WHERE severity <> 'noop' AND NOT obfuscate ORDER BY domain LIMIT 1000"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many people have an account and were here within four weeks, their notes, and the servers that are known."""

    people: int
    active: int
    notes: int
    servers: int


async def about(request: Request) -> Response:
    """GET /about."""
    here = await browser.visit(request)
    app, settings = here.app, here.app.settings
    contact = await profiles.find(app, settings.instance.contact_account) if settings.instance.contact_account else None
    return await shell.show(
        request,
        here,
        "explore/about.html",
        languages=[(tag, own_name(tag)) for tag in settings.instance.languages],
        contact=next(iter(await cards.people(app, [contact.id] if contact else [])), None),
        mode=settings.registrations.mode,
        engines=engines.engines(app, here.words),
        translated=await engines.translated(app),
        numbers=await numbers(app),
        blocks=await app.db.rows(_BLOCKS),
        scrubbed=anonymity.scrubbed,
        rules=[rule.wording(here.words.tag) for rule in await house_rules.listing(app)],
        **await asyncio.to_thread(house, app, here),
    )


def house(app: App, here: Visit) -> dict[str, Any]:
    """Return what the house's own files say: a longer description, and which texts there are.

    Reads files: call it in a thread.
    """
    settings = app.settings
    try:
        longer = texts.read(settings, texts.ABOUT).content
    except NotFound:
        longer = ""
    return {
        "longer": longer,
        "has_privacy": texts.has(settings, texts.PRIVACY),
        "has_terms": texts.has(settings, texts.TERMS),
    }


async def numbers(app: App) -> Numbers:
    """Return the figures of the server, at most five minutes old."""
    kept = app.caches.get(_CACHE)
    if kept is not None and kept[0] > app.now():
        found: Numbers = kept[1]
        return found
    rows = await app.db.many(
        ("SELECT COUNT(*) AS value FROM users WHERE state = 'active'", ()),
        ("SELECT COUNT(*) AS value FROM users WHERE last_active_at >= ?", (app.now() - timedelta(days=28),)),
        ("SELECT COUNT(*) AS value FROM posts WHERE local = TRUE AND reblog_of_id IS NULL", ()),
        ("SELECT COUNT(DISTINCT domain) AS value FROM accounts WHERE domain <> ''", ()),
    )
    found = Numbers(*(one[0]["value"] for one in rows))
    app.caches[_CACHE] = (app.now() + _KEPT, found)
    return found


async def ranking(request: Request) -> Response:
    """GET /about/ranking: how Explore is ordered, with the numbers that are in force."""
    here = await browser.visit(request)
    return await shell.show(
        request,
        here,
        "explore/ranking.html",
        ranking=explore_ranking,
        pool=explore_pool,
        explore=here.app.settings.explore,
        counts_likes=here.app.settings.explore.popular and here.app.settings.moderation.trends != "off",
    )


async def privacy_policy(request: Request) -> Response:
    """GET /privacy-policy. 404 where nobody wrote one."""
    here = await browser.visit(request)
    found = await asyncio.to_thread(texts.read, here.app.settings, texts.PRIVACY)
    words = here.words
    when = words.gettext("Last changed on %(day)s.", day=words.date(found.updated_at))
    return await shell.show(
        request, here, "explore/house.html", title=words.gettext("Privacy policy"), content=found.content, when=when
    )


async def terms_of_service(request: Request) -> Response:
    """GET /terms-of-service: those that hold. 404 where there are none."""
    here = await browser.visit(request)
    words = here.words
    found = await asyncio.to_thread(texts.terms, here.app.settings, here.app.now().date())
    when = words.gettext("In force from %(day)s.", day=found.effective_date.isoformat())
    if found.succeeded_by is not None:
        when += " " + words.gettext("New terms follow on %(day)s.", day=found.succeeded_by.isoformat())
    return await shell.show(
        request, here, "explore/house.html", title=words.gettext("Terms of service"), content=found.content, when=when
    )


ROUTES = (
    Route("/about", page(about), methods=["GET"]),
    Route("/about/ranking", page(ranking), methods=["GET"]),
    Route("/privacy-policy", page(privacy_policy), methods=["GET"]),
    Route("/terms-of-service", page(terms_of_service), methods=["GET"]),
)
