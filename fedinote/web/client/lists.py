"""One's lists of people: making, changing and deleting them, and who is in them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import FediNoteError, NotFound
from fedinote.relations import lookup
from fedinote.search import people as finding
from fedinote.timelines import lists
from fedinote.timelines.window import Window
from fedinote.web import browser, cards, shell
from fedinote.web.browser import Visit
from fedinote.web.client import cursor
from fedinote.web.pages import NOTHING, form, page, query, redirect

_MOST = 40
_MAX_QUERY = 100


def _id(request: Request) -> int:
    """Return the id in the address. `NotFound` for one that is none."""
    return cursor.of_path(request, "list_id")


async def index(request: Request) -> Response:
    """GET /lists: all of them, and a form for a new one."""
    here = await browser.member(request)
    return await _index(request, here)


async def _index(request: Request, here: Visit, *, error: str = "", status: int = 200) -> Response:
    own = await lists.of(here.app, here.member.account_id)
    return await shell.show(request, here, "client/lists.html", status=status, lists=own, error=error)


async def create(request: Request) -> Response:
    """POST /lists: make one, then choose its members."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    try:
        made = await lists.create(
            here.app,
            here.member.account_id,
            values.get("title", ""),
            replies_policy=values.get("replies_policy", "list"),
            exclusive="exclusive" in values,
        )
    except FediNoteError as error:
        return await _index(request, here, error=here.words.error(error.message), status=error.status)
    return redirect(f"/lists/{made.id}/edit")


async def edit(request: Request) -> Response:
    """GET /lists/{id}/edit: its name and rules, its members, and whom to add (`?q=`)."""
    here = await browser.member(request)
    return await _edit(request, here)


async def _edit(request: Request, here: Visit, *, error: str = "", status: int = 200) -> Response:
    app, me = here.app, here.member.account_id
    own = await lists.show(app, me, _id(request))
    members = [one.account_id for one in await lists.members_page(app, me, own.id, None)]
    asked = query(request).get("q", "").strip()[:_MAX_QUERY] if request.method == "GET" else ""
    found = await _candidates(here, asked, set(members))
    people = {one.id: one for one in await cards.people(app, [*members, *found])}
    return await shell.show(
        request,
        here,
        "client/list.html",
        status=status,
        own=own,
        members=[people[one] for one in members if one in people],
        found=[people[one] for one in found if one in people],
        asked=asked,
        error=error,
    )


async def _candidates(here: Visit, asked: str, members: set[int]) -> list[int]:
    """Return whom one could add: of those one follows those who are called so, or the latest."""
    me = here.member.account_id
    if asked:
        found = await finding.named(here.app, me, asked, following=True)
    else:
        window = Window(_MOST)
        found = [one.account_id for one in await lookup.following_page(here.app, me, me, window.sql)]
    return [one for one in found if one not in members and one != me][:_MOST]


async def update(request: Request) -> Response:
    """POST /lists/{id}/edit: change name and rules."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    try:
        await lists.update(
            here.app,
            here.member.account_id,
            _id(request),
            title=values.get("title", ""),
            replies_policy=values.get("replies_policy"),
            exclusive="exclusive" in values,
        )
    except NotFound:
        raise
    except FediNoteError as error:
        return await _edit(request, here, error=here.words.error(error.message), status=error.status)
    response = redirect(f"/lists/{_id(request)}")
    return browser.flash(here, response, here.words.gettext("The list was changed."))


async def members(request: Request) -> Response:
    """POST /lists/{id}/members: `add` or `remove` an account, by its id."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    app, me, list_id = here.app, here.member.account_id, _id(request)
    if "add" in values:
        await lists.add(app, me, list_id, [cursor.number(values["add"])])
    elif "remove" in values:
        await lists.remove(app, me, list_id, [cursor.number(values["remove"])])
    else:
        raise NotFound(NOTHING)
    return redirect(browser.safe_path(values.get("next") or f"/lists/{list_id}/edit"))


async def delete(request: Request) -> Response:
    """POST /lists/{id}/delete: the list goes, its members stay followed."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    await lists.delete(here.app, here.member.account_id, _id(request))
    return browser.flash(here, redirect("/lists"), here.words.gettext("The list was deleted."))


ROUTES = (
    Route("/lists", page(index), methods=["GET"]),
    Route("/lists", page(create), methods=["POST"]),
    Route("/lists/{list_id:int}/edit", page(edit), methods=["GET"]),
    Route("/lists/{list_id:int}/edit", page(update), methods=["POST"]),
    Route("/lists/{list_id:int}/members", page(members), methods=["POST"]),
    Route("/lists/{list_id:int}/delete", page(delete), methods=["POST"]),
)
