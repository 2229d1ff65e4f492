"""Acting across servers: what our people found elsewhere, and the way home for those who live on other servers."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import limits
from fedinote.auth.limits import Limit
from fedinote.federation import homeward, resolve
from fedinote.federation.homeward import Way
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, FediNoteError, Invalid, NotFound, TooMany
from fedinote.relations import follows, lookup
from fedinote.relations.lookup import Relationship
from fedinote.text.urls import safe_url
from fedinote.web import browser, cards, shell
from fedinote.web.browser import Visit
from fedinote.web.cards import Person
from fedinote.web.client.items import Item
from fedinote.web.client.shown import lines
from fedinote.web.pages import address, form, page, query, redirect
from fedinote.web.profiles import number

_MAX_URI = 2048
_HOMEWARD = Limit(30, 600, "address")
_NOTHING = "Nothing was found at this address, or it may not be shown to you."


async def ask(request: Request) -> Response:
    """GET /authorize_interaction?uri=: the account or post, and what one can do; strangers are sent to sign in.

    `uri` is a web address, or a handle with or without `acct:`.
    """
    here = await browser.visit(request)
    uri = _uri(query(request))
    person, post = await _found(request, here, uri)
    return await shell.show(
        request,
        here,
        "notes/interaction.html",
        uri=uri,
        person=person,
        item=post,
        relation=await _relation(here.app, here.member.account_id, person.id),
        myself=person.id == here.member.account_id,
    )


def _uri(values: Mapping[str, str]) -> str:
    uri = values.get("uri", "").strip()
    if not uri or len(uri) > _MAX_URI:
        raise BadRequest("The address of an account or a post is missing.")
    return uri


def _here(uri: str) -> str:
    return f"/authorize_interaction?uri={quote(uri, safe='')}"


async def _found(request: Request, here: Visit, uri: str) -> tuple[Person, Item | None]:
    """Return the account, or the author and the post, of an address. The same `NotFound` whatever the reason."""
    here.member  # noqa: B018  strangers sign in first
    app = here.app
    if uri.startswith(("https://", "http://")):
        found = await resolve.url(app, uri)
    else:
        account_id = await resolve.account(app, uri.removeprefix("acct:"))
        found = None if account_id is None else ("account", account_id)
    kind, found_id = found or ("", 0)
    if kind == "account":
        people = await cards.people(app, [found_id])
        if people:
            return people[0], None
    elif found:
        posts = await lines(request, here, [found_id], "thread")
        if posts:
            return posts[0].card.person, posts[0]
    raise NotFound(_NOTHING)


async def _relation(app: App, me: int, other: int) -> Relationship:
    found = await lookup.relationships(app, me, [other])
    return found[0] if found else Relationship(other)


async def act(request: Request) -> Response:
    """POST /authorize_interaction: follow the account, or no longer; then show the page again."""
    here = await browser.visit(request)
    values = await form(request)
    browser.check_form(request, here, values)
    await _do(here, here.member.account_id, values.get("action", ""), number(values.get("id", "")))
    return redirect(_here(values.get("uri", "")))


async def _do(here: Visit, me: int, action: str, target: int) -> None:
    match action:
        case "follow":
            await follows.request(here.app, me, target)
        case "unfollow":
            await follows.undo(here.app, me, target)
        case _:
            raise BadRequest


async def ask_home(request: Request) -> Response:
    """GET /interact?uri=: where do you live? For those who want to follow or answer, and have no account here."""
    here = await browser.visit(request)
    uri = _uri(query(request))
    if here.person is not None:
        return redirect(_here(uri))
    return await _home(request, here, uri)


async def _home(
    request: Request,
    here: Visit,
    uri: str,
    *,
    typed: str = "",
    error: FediNoteError | None = None,
    silent: Way | None = None,
) -> Response:
    """Show the form; `silent` is the way to a server that does not answer, which can be gone nevertheless.

    Its answer leads away from here, which Chromium's `form-action` would forbid."""
    return await shell.show(
        request,
        here,
        "notes/home.html",
        status=200 if error is None else error.status,
        form_action=False,
        uri=uri,
        shown=safe_url(uri) or "",
        typed=typed,
        error="" if error is None else here.words.error(error.message),
        silent=silent,
    )


async def go_home(request: Request) -> Response:
    """POST /interact: on to the server that was named (`home`: a handle, a server or a profile's address).

    Where that does not answer, the page says so, with a link to go on anyway.
    """
    here = await browser.visit(request)
    values = await form(request)
    browser.check_form(request, here, values)
    uri, typed = _uri(values), values.get("home", "")
    try:
        limits.attempt(here.app, f"interact:address:{address(request)}", _HOMEWARD)
        way = await homeward.way(here.app, typed, uri)
    except (Invalid, TooMany) as error:
        return await _home(request, here, uri, typed=typed, error=error)
    return redirect(way.url) if way.answers else await _home(request, here, uri, typed=typed, silent=way)


ROUTES = (
    Route("/authorize_interaction", page(ask), methods=["GET"]),
    Route("/authorize_interaction", page(act), methods=["POST"]),
    Route("/interact", page(ask_home), methods=["GET"]),
    Route("/interact", page(go_home), methods=["POST"]),
)
