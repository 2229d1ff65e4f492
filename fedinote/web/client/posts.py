"""What a member does with a post: each a plain form, and for scripts of ours the post as it is then."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth.limits import LIMITS, spend
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import fans, interactions, polls, publishing, quotes, reactions, unfinished, visibility
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.client import cursor, notices
from fedinote.web.client.items import Item
from fedinote.web.client.shown import fragment, lines
from fedinote.web.compose import beginnings
from fedinote.web.pages import NOTHING, Handler, form, form_lists, page, query, redirect, wants_part

Act = Callable[[App, int, int], Awaitable[object]]
_ACTS: Mapping[str, Act] = {
    "favourite": interactions.favourite,
    "unfavourite": interactions.unfavourite,
    "boost": interactions.boost,
    "unboost": interactions.unboost,
    "bookmark": interactions.bookmark,
    "unbookmark": interactions.unbookmark,
    "pin": interactions.pin,
    "unpin": interactions.unpin,
    "mute": interactions.mute_conversation,
    "unmute": interactions.unmute_conversation,
}
_PEOPLE = 40
_LIMITED = {"boost": "statuses", "delete": "deletes"}
EMOJI = ("👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "🔥", "👀", "🌱", "☕", "💯")
"""What is offered to react with; any other can be typed."""


def act(action: str) -> Handler:
    """Return the handler of POST /posts/{id}/{action}: do it, then show the post again where it was."""

    async def done(request: Request) -> Response:
        here = await browser.member(request)
        values = await form(request)
        browser.check_form(request, here, values)
        post_id = cursor.of_path(request, "post_id")
        _spend(here, action)
        await _ACTS[action](here.app, here.member.account_id, post_id)
        return await _after(request, here, values, post_id)

    return done


def _spend(here: Visit, action: str) -> None:
    """Count what is limited, under the names of the client API: one allowance for both doors."""
    if action in _LIMITED:
        name = _LIMITED[action]
        spend(here.app, here.viewer, LIMITS[name], name)


def _react(*, undo: bool) -> Handler:
    """Return the handler of POST /posts/{id}/react (with the `emoji` of the form), or of /unreact."""

    async def done(request: Request) -> Response:
        here = await browser.member(request)
        values = await form(request)
        browser.check_form(request, here, values)
        app, me = here.app, here.member.account_id
        post_id, text = cursor.of_path(request, "post_id"), values.get("emoji", "").strip()
        if undo:
            await reactions.unreact(app, me, post_id, reactions.name_of(app, text))
        else:
            await reactions.react(app, me, post_id, await reactions.chosen(app, post_id, text))
        return await _after(request, here, values, post_id)

    return done


async def vote(request: Request) -> Response:
    """POST /posts/{id}/vote: choose in the post's poll; `choices` are indexes."""
    here = await browser.member(request)
    fields = await form_lists(request)
    values = {name: found[0] for name, found in fields.items()}
    browser.check_form(request, here, values)
    post_id = cursor.of_path(request, "post_id")
    row = await here.app.db.row("SELECT id FROM polls WHERE post_id = ?", post_id)
    if row is None:
        raise NotFound(NOTHING)
    picked = [cursor.number(one) for one in fields.get("choices", ())]
    if not picked:
        raise Invalid("Validation failed: The chosen option does not exist")
    await polls.vote(here.app, here.member.account_id, row["id"], picked)
    return await _after(request, here, values, post_id)


async def show(request: Request) -> Response:
    """GET /posts/{id}: the post as a part for scripts; for others a way to its page."""
    here = await browser.member(request)
    one = await _item(request, here, cursor.of_path(request, "post_id"), _line(query(request)))
    if not wants_part(request):
        return redirect(one.link if one.link.startswith("/") else f"/{one.card.person.handle}/{one.card.id}")
    return await fragment(request, here, "client/_post.html", item=one, path="")


async def menu(request: Request) -> Response:
    """GET /posts/{id}/menu: all that one can do with a post."""
    here = await browser.member(request)
    values = query(request)
    one = await _item(request, here, cursor.of_path(request, "post_id"), _line(values))
    shown: dict[str, Any] = {"item": one, "next": browser.safe_path(values.get("next", "") or one.link), "emoji": EMOJI}
    shown["quotable"] = await _quotable(here, one)
    if wants_part(request):
        return await fragment(request, here, "client/_menu.html", **shown)
    return await shell.show(request, here, "client/menu.html", **shown)


async def _quotable(here: Visit, one: Item) -> bool:
    row = await visibility.original(here.app, here.member.account_id, one.card.id)
    return await quotes.decision_for(here.app, here.member.account_id, row) in ("automatic", "manual")


def _fans(table: fans.Table) -> Handler:
    """Return the handler of GET /posts/{id}/favourites, or of /boosts: who did that with a post."""

    async def shown(request: Request) -> Response:
        here = await browser.member(request)
        one = await _item(request, here, cursor.of_path(request, "post_id"), 0)
        asked = cursor.window(request, _PEOPLE)
        found = await fans.page(here.app, here.member.account_id, one.card.id, table, asked.sql)
        who = await notices.who(here.app, [account for _, account in found[:_PEOPLE]])
        those = [who[account] for _, account in found[:_PEOPLE] if account in who]
        older = cursor.older([key for key, _ in found], asked)
        values: dict[str, Any] = {"item": one, "those": those, "older": older, "liked": table == "favourites"}
        return await shell.show(request, here, "client/fans.html", **values)

    return shown


async def ask_delete(request: Request) -> Response:
    """GET /posts/{id}/delete: ask once more."""
    here = await browser.member(request)
    one = await _own(request, here, cursor.of_path(request, "post_id"))
    following = browser.safe_path(query(request).get("next", "") or "/home")
    return await shell.show(request, here, "client/delete.html", item=one, next=following)


async def delete(request: Request) -> Response:
    """POST /posts/{id}/delete: delete one's own post."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    one = await _own(request, here, cursor.of_path(request, "post_id"))
    _spend(here, "delete")
    await publishing.delete(here.app, one.card.id)
    if wants_part(request):
        return await fragment(request, here, "client/_nothing.html")
    following = browser.safe_path(values.get("next", "") or "/home")
    gone = following.endswith(f"/{one.card.id}")
    return browser.flash(here, redirect("/home" if gone else following), here.words.gettext("The post was deleted."))


async def redraft(request: Request) -> Response:
    """POST /posts/{id}/redraft: delete one's own post, and write it again with what was in it."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    app, me = here.app, here.member.account_id
    one = await _own(request, here, cursor.of_path(request, "post_id"))
    _spend(here, "delete")
    row = await beginnings.own(app, me, one.card.id)
    fields = {name: list(found) for name, found in (await beginnings.existing(app, row)).items() if name != "edit"}
    fields["reply"] = [str(row["in_reply_to_id"] or "")]
    async with app.db.transaction():
        draft_id = await unfinished.keep(app, me, fields)
        await publishing.delete(app, one.card.id)
    return redirect(f"/publish?draft={draft_id}")


async def _own(request: Request, here: Visit, post_id: int) -> Item:
    """Return one's own post. `NotFound` for others', for boosts too."""
    one = await _item(request, here, post_id, 0)
    if not one.mine or one.id != one.card.id:
        raise NotFound(NOTHING)
    return one


async def _item(request: Request, here: Visit, post_id: int, line: int) -> Item:
    """Return a post as the line in which it stood (a boost of it, say), or by itself. `NotFound`."""
    found = await lines(request, here, [line, post_id] if line else [post_id], "thread")
    shown = [one for one in found if post_id in (one.id, one.card.id)]
    if not shown:
        raise NotFound(NOTHING)
    return shown[0]


def _line(values: Mapping[str, str]) -> int:
    return cursor.number(values["line"]) if values.get("line") else 0


async def _after(request: Request, here: Visit, values: Mapping[str, str], post_id: int) -> Response:
    if wants_part(request):
        one = await _item(request, here, post_id, _line(values))
        return await fragment(request, here, "client/_post.html", item=one, path="")
    following = browser.safe_path(values.get("next", "") or "/home")
    return redirect(f"{following}#post-{values.get('line') or post_id}")


ROUTES = (
    Route("/posts/{post_id:int}", page(show), methods=["GET"]),
    Route("/posts/{post_id:int}/menu", page(menu), methods=["GET"]),
    Route("/posts/{post_id:int}/favourites", page(_fans("favourites")), methods=["GET"]),
    Route("/posts/{post_id:int}/boosts", page(_fans("posts")), methods=["GET"]),
    Route("/posts/{post_id:int}/delete", page(ask_delete), methods=["GET"]),
    Route("/posts/{post_id:int}/delete", page(delete), methods=["POST"]),
    Route("/posts/{post_id:int}/redraft", page(redraft), methods=["POST"]),
    Route("/posts/{post_id:int}/react", page(_react(undo=False)), methods=["POST"]),
    Route("/posts/{post_id:int}/unreact", page(_react(undo=True)), methods=["POST"]),
    Route("/posts/{post_id:int}/vote", page(vote), methods=["POST"]),
    *(Route(f"/posts/{{post_id:int}}/{name}", page(act(name)), methods=["POST"]) for name in _ACTS),
)
