"""Private exchanges of a member: with whom, the newest post, and what has not been read."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.timelines import conversations
from fedinote.web import browser, shell
from fedinote.web.client import cursor, notices
from fedinote.web.client.shown import fragment, lines
from fedinote.web.pages import form, page, redirect, wants_part


async def index(request: Request) -> Response:
    """GET /conversations: the newest first."""
    here = await browser.member(request)
    asked = cursor.window(request)
    found = await conversations.page(here.app, here.member.account_id, asked.sql)
    shown = found[: cursor.PAGE]
    posts = await lines(request, here, [one.last_post_id for one in shown], "thread")
    by_id = {one.id: one for one in posts}
    people = await notices.who(here.app, list({person for one in shown for person in one.participants}))
    entries = [
        (one, [people[person] for person in one.participants if person in people], by_id[one.last_post_id])
        for one in shown
        if one.last_post_id in by_id
    ]
    older = cursor.older([one.last_post_id for one in found], asked)
    return await shell.show(request, here, "client/conversations.html", entries=entries, older=older)


async def act(request: Request) -> Response:
    """POST /conversations/{id}: mark as `read` or `unread`, or `remove` from the list."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    me, exchange_id = here.member.account_id, cursor.of_path(request, "exchange_id")
    if "remove" in values:
        await conversations.remove(here.app, me, exchange_id)
    else:
        await conversations.mark(here.app, me, exchange_id, unread="unread" in values)
    if wants_part(request):
        return await fragment(request, here, "client/_nothing.html")
    return redirect(browser.safe_path(values.get("next", "") or "/conversations"))


async def open_(request: Request) -> Response:
    """GET /conversations/{id}: count it as read, and go on to its newest post with the thread."""
    here = await browser.member(request)
    found = await conversations.mark(
        here.app, here.member.account_id, cursor.of_path(request, "exchange_id"), unread=False
    )
    return redirect(f"/posts/{found.last_post_id}")


ROUTES = (
    Route("/conversations", page(index), methods=["GET"]),
    Route("/conversations/{exchange_id:int}", page(open_), methods=["GET"]),
    Route("/conversations/{exchange_id:int}", page(act), methods=["POST"]),
)
