"""The page of `fedinote demo`: what two people on two servers wrote, each beside its translation.

It exists only in servers that this command started: the environment names their person. Everywhere else its address
is one where nothing is.
"""

import os
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import profiles
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, NotFound
from fedinote.infra.settings import DEMO_VARIABLES
from fedinote.text.language_names import own_name
from fedinote.timelines import queries
from fedinote.timelines.queries import Profile
from fedinote.timelines.window import Window
from fedinote.translation import translations
from fedinote.translation.engine import Kind
from fedinote.translation.routing import Router
from fedinote.web import browser, cards, shell
from fedinote.web.browser import Visit
from fedinote.web.cards import Card, Person
from fedinote.web.explore.engines import where
from fedinote.web.pages import NOTHING, page


@dataclass(frozen=True, slots=True)
class Pair:
    """A post and its translation into the language of the other one; `made` is None when `problem` says why."""

    post: Card
    made: dict[str, Any] | None
    into: str
    problem: str


async def demo(request: Request) -> Response:
    """GET /demo: the newest post of the person here, and the newest one that came from elsewhere."""
    here = await browser.visit(request)
    app = here.app
    name, note = (os.environ.get(variable, "") for variable in DEMO_VARIABLES)
    me = await profiles.local(app, name) if name else None
    if me is None:
        raise NotFound(NOTHING)
    mine, theirs = await _posts(app, me.id)
    reader = Viewer(me.id, user_id=0, role="member", scopes=frozenset(), token_id=0, app_id=0)
    pairs = []
    if mine and theirs:
        pairs = [await _pair(here, theirs, mine.language, reader), await _pair(here, mine, theirs.language, reader)]
    router: Router | None = app.translator
    # What converts between the Chinese scripts is there as well; it is not what this page shows.
    engine = next((one for one in router.engines if one.kind is Kind.MACHINE), None) if router else None
    person = (await cards.people(app, [me.id]))[0]
    blocked = await _blocked(here, person)
    return await shell.show(
        request,
        here,
        "demo/demo.html",
        pairs=pairs,
        engine=None if engine is None else engine.name,
        where="" if engine is None else where(here.words, engine.location),
        note=note,
        host_person=person,
        mutual=bool(pairs) and await _mutual(app, me.id, pairs[0].post.person.id),
        waiting=not pairs and not blocked,
        facts=[] if pairs else [*blocked, *await _so_far(here, person, mine, theirs)],
        wide=True,
    )


async def _mutual(app: App, one: int, other: int) -> bool:
    """Tell whether two people follow each other, as far as this server knows."""
    found = await app.db.rows(
        "SELECT f.id FROM follows f WHERE f.accepted = TRUE"
        " AND ((f.follower_id = ? AND f.target_id = ?) OR (f.follower_id = ? AND f.target_id = ?))",
        *(one, other, other, one),
    )
    return len(found) > 1


async def _blocked(here: Visit, me: Person) -> list[str]:
    """Tell who is kept away: other servers by this one, people by the person here."""
    _ = here.words.gettext
    servers, people = await here.app.db.many(
        ("SELECT domain FROM domain_blocks WHERE severity = 'suspend' ORDER BY domain", ()),
        (
            "SELECT a.username, a.domain FROM blocks b JOIN accounts a ON a.id = b.target_id"
            " WHERE b.account_id = ? AND a.domain <> '' ORDER BY b.id",
            (me.id,),
        ),
    )
    end = _("This server has blocked %(domain)s. To end that: fedinote domain unblock %(domain)s")
    kept = _("%(name)s has blocked %(handle)s.")
    return [
        *(end % {"domain": row["domain"]} for row in servers),
        *(kept % {"name": me.name, "handle": f"@{row['username']}@{row['domain']}"} for row in people),
    ]


async def _so_far(here: Visit, me: Person, mine: Card | None, theirs: Card | None) -> list[str]:
    """Tell what is there of two posts, and of the follow that brings one of them."""
    _ = here.words.gettext
    rows = await here.app.db.rows(
        "SELECT a.username, a.domain, f.accepted FROM follows f JOIN accounts a ON a.id = f.target_id"
        " WHERE f.follower_id = ? AND a.domain <> '' ORDER BY f.id",
        me.id,
    )
    follows, asks = _("%(name)s follows %(handle)s."), _("%(name)s has asked to follow %(handle)s.")
    facts = [
        (follows if row["accepted"] else asks) % {"name": me.name, "handle": f"@{row['username']}@{row['domain']}"}
        for row in rows
    ] or [_("%(name)s follows nobody on another server.", name=me.name)]
    written, silent = _("%(name)s has written here."), _("%(name)s has no public post here.")
    facts.append((written if mine else silent) % {"name": me.name})
    facts.append(_("A post from the other server is here.") if theirs else _("No post from another server is here."))
    return facts


async def _posts(app: App, account_id: int) -> tuple[Card | None, Card | None]:
    own = await queries.account(app, None, account_id, Window(1), Profile(exclude_replies=True, exclude_reblogs=True))
    home = await queries.home(app, account_id, Window(20))
    found = {one.id: one for one in await cards.cards(app, [*own.ids, *home.ids])}  # what anybody may read
    mine = next((found[one] for one in own.ids if one in found), None)
    theirs = next((found[one] for one in home.ids if one in found and not found[one].local), None)
    return mine, theirs


async def _pair(here: Visit, post: Card, tag: str, reader: Viewer) -> Pair:
    try:
        return Pair(post, await translations.of_post(here.app, post.id, tag, reader), own_name(tag), "")
    except FediNoteError as error:
        return Pair(post, None, own_name(tag), here.words.error(error.message))


ROUTES = (Route("/demo", page(demo), methods=["GET"]),)
