"""The page to which other servers send our people who found somebody or a post there (remote interaction)."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.federation import resolve
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, NotFound
from fedinote.posts import interactions
from fedinote.relations import follows, lookup
from fedinote.relations.lookup import Relationship
from fedinote.web import browser, cards
from fedinote.web.browser import Visit
from fedinote.web.cards import Card, Person
from fedinote.web.pages import form, page, query, redirect, render
from fedinote.web.profiles import number

_MAX_URI = 2048
_NOTHING = "Nothing was found at this address, or it may not be shown to you."


async def ask(request: Request) -> Response:
    """GET /authorize_interaction?uri=: the account or post, and what one can do; strangers are sent to sign in.

    `uri` is a web address, or a handle with or without `acct:`.
    """
    here = await browser.visit(request)
    uri = query(request).get("uri", "").strip()
    if not uri or len(uri) > _MAX_URI:
        raise BadRequest("The address of an account or a post is missing.")
    if here.person is None:
        return redirect(f"/auth/sign_in?next={quote(_here(uri))}")
    person, post = await _found(here.app, uri, here.person.account_id)
    return render(
        here.app,
        "interaction.html",
        uri=uri,
        person=person,
        post=post,
        relation=await _relation(here.app, here.person.account_id, person.id),
        myself=person.id == here.person.account_id,
        done=await _done(here.app, here.person.account_id, post),
        form_token=here.form_token(),
    )


def _here(uri: str) -> str:
    return f"/authorize_interaction?uri={quote(uri, safe='')}"


async def _found(app: App, uri: str, viewer_id: int) -> tuple[Person, Card | None]:
    """Return the account, or the author and the post, of an address. The same `NotFound` whatever the reason."""
    if uri.startswith(("https://", "http://")):
        found = await resolve.url(app, uri)
    else:
        account_id = await resolve.account(app, uri.removeprefix("acct:"))
        found = None if account_id is None else ("account", account_id)
    if found is None:
        raise NotFound(_NOTHING)
    kind, found_id = found
    if kind == "account":
        people = await cards.people(app, [found_id])
        if people:
            return people[0], None
    else:
        posts = await cards.cards(app, [found_id], viewer_id)
        if posts:
            return posts[0].person, posts[0]
    raise NotFound(_NOTHING)


async def _relation(app: App, me: int, other: int) -> Relationship:
    found = await lookup.relationships(app, me, [other])
    return found[0] if found else Relationship(other)


async def _done(app: App, me: int, post: Card | None) -> dict[str, bool]:
    """Tell what the person did with the post already."""
    if post is None:
        return {}
    liked, boosted = await app.db.many(
        ("SELECT 1 AS value FROM favourites WHERE account_id = ? AND post_id = ?", (me, post.id)),
        ("SELECT 1 AS value FROM posts WHERE account_id = ? AND reblog_of_id = ?", (me, post.id)),
    )
    return {"favourite": bool(liked), "boost": bool(boosted)}


async def act(request: Request) -> Response:
    """POST /authorize_interaction: follow the account, or favourite or boost the post; then show the page again."""
    here = await browser.visit(request)
    values = await form(request)
    if here.person is None:
        return redirect("/auth/sign_in")
    browser.check_form(request, here, values)
    await _do(here, here.person.account_id, values.get("action", ""), number(values.get("id", "")))
    return redirect(_here(values.get("uri", "")))


async def _do(here: Visit, me: int, action: str, target: int) -> None:
    match action:
        case "follow":
            await follows.request(here.app, me, target)
        case "unfollow":
            await follows.undo(here.app, me, target)
        case "favourite":
            await interactions.favourite(here.app, me, target)
        case "boost":
            await interactions.boost(here.app, me, target)
        case _:
            raise BadRequest


ROUTES = (
    Route("/authorize_interaction", page(ask), methods=["GET"]),
    Route("/authorize_interaction", page(act), methods=["POST"]),
)
