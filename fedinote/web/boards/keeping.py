"""Boards of the member's own: the list, making one, changing, ordering and deleting it; and leaving others'."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, FediNoteError, Invalid, NotFound
from fedinote.posts import board_reading, boards
from fedinote.posts.boards import Wishes
from fedinote.text.language_names import offered, own_name
from fedinote.web import browser, shell
from fedinote.web.boards.shown import shelves
from fedinote.web.browser import Visit
from fedinote.web.explore import tiles
from fedinote.web.pages import form, page, redirect, wants_part
from fedinote.web.settings.answers import done, number

PATH = "/boards"


async def mine(request: Request) -> Response:
    """GET /boards: one's own boards, and others' that show one's posts."""
    here = await browser.member(request)
    me = here.member.account_id
    own = await board_reading.of(here.app, me, me)
    others = await board_reading.featuring(here.app, me)
    found = await shelves(here.app, [*own, *others], me)
    return await shell.show(request, here, "boards/mine.html", shelves=found[: len(own)], others=found[len(own) :])


async def new(request: Request) -> Response:
    """GET /boards/new: the form."""
    return await _new(request, await browser.member(request), {})


async def _new(
    request: Request, here: Visit, values: Mapping[str, str], error: FediNoteError | None = None
) -> Response:
    return await shell.show(
        request,
        here,
        "boards/new.html",
        status=200 if error is None else error.status,
        values=values,
        languages=_languages(here, values.get("language")),
        error="" if error is None else here.words.error(error.message),
    )


def _languages(here: Visit, chosen: str | None) -> list[tuple[str, str]]:
    names = offered()
    if chosen and chosen not in names:
        names = {chosen: own_name(chosen), **names}
    return [("", here.words.gettext("Not said")), *names.items()]


def wishes(values: Mapping[str, str]) -> Wishes:
    """Return what a form says of a board."""
    return Wishes(title=values.get("title"), description=values.get("description"), language=values.get("language"))


async def create(request: Request) -> Response:
    """POST /boards/new."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    try:
        board_id = await boards.create(here.app, here.member.account_id, wishes(values))
    except FediNoteError as error:
        return await _new(request, here, values, error)
    return redirect(f"/@{here.member.username}/boards/{board_id}")


async def edit(request: Request) -> Response:
    """GET /boards/{id}/edit: the words of a board, and its posts in their order."""
    here = await browser.member(request)
    return await _edit(request, here, await _own(request, here))


async def _own(request: Request, here: Visit) -> Row:
    row = await board_reading.one(here.app, here.member.account_id, number(request.path_params["id"]))
    if row["account_id"] != here.member.account_id:
        raise NotFound
    return row


async def _edit(request: Request, here: Visit, board: Row, error: FediNoteError | None = None) -> Response:
    values: dict[str, Any] = {"board": board, "lines": await _lines(here, board)}
    if wants_part(request) and error is None:
        return await shell.fragment(request, here, "boards/_order.html", **values)
    return await shell.show(
        request,
        here,
        "boards/edit.html",
        status=200 if error is None else error.status,
        languages=_languages(here, board["language"]),
        link=f"/@{board['username']}/boards/{board['id']}",
        error="" if error is None else here.words.error(error.message),
        **values,
    )


async def _lines(here: Visit, board: Row) -> list[tuple[Any, int, int]]:
    """Return the posts as cards, each with what is before it when it goes up, and when it goes down (0: the end)."""
    me = here.member.account_id
    items = await board_reading.items(here.app, board["id"], me, limit=boards.MAX_ITEMS)
    who = await tiles.reader(here.app, me, here.words.tag)
    found = await tiles.tiles(here.app, [item.post_id for item in items], who)
    ids = [one.id for one in found]
    padded = [*ids, 0, 0]
    return [(one, ids[max(at - 1, 0)], padded[at + 2]) for at, one in enumerate(found)]


async def change(request: Request) -> Response:
    """POST /boards/{id}/edit: `do` is save, delete, place (`post`, `before`), up, down, remove or cover (`post`).

    `up` and `down` are the posts before which one goes then; 0 is the end.
    """
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    board = await _own(request, here)
    try:
        answer = await _change(here, board, values)
    except Invalid as error:
        return await _edit(request, here, board, error)
    if wants_part(request):
        return await _edit(request, here, await _own(request, here))
    return answer


async def _change(here: Visit, board: Row, values: Mapping[str, str]) -> Response:
    app, me, board_id = here.app, here.member.account_id, board["id"]
    again = f"{PATH}/{board_id}/edit"
    match values.get("do"):
        case "save":
            await boards.update(app, me, board_id, wishes(values))
            return done(here, f"/@{here.member.username}/boards/{board_id}")
        case "delete":
            await boards.delete(app, me, board_id)
            return done(here, PATH, here.words.gettext("The board is deleted. Its posts stay where they are."))
        case "place" | "up" | "down" as way:
            before = number(values.get("before" if way == "place" else way, "0"))
            await boards.place(app, me, board_id, number(values.get("post", "")), before=before or None)
        case "remove":
            await boards.remove(app, me, board_id, number(values.get("post", "")))
        case "cover":
            await boards.update(app, me, board_id, Wishes(cover_post_id=number(values.get("post", ""))))
        case _:
            raise BadRequest
    return redirect(again)


async def withdraw(request: Request) -> Response:
    """POST /boards/{id}/withdraw: take one's own posts off somebody's board, for good."""
    here = await browser.member(request)
    browser.check_form(request, here, await form(request))
    await boards.withdraw(here.app, here.member.account_id, number(request.path_params["id"]))
    return done(here, PATH, here.words.gettext("Your posts are off that board, and will not be put there again."))


ROUTES = (
    Route(PATH, page(mine), methods=["GET"]),
    Route(f"{PATH}/new", page(new), methods=["GET"]),
    Route(f"{PATH}/new", page(create), methods=["POST"]),
    Route(f"{PATH}/{{id}}/edit", page(edit), methods=["GET"]),
    Route(f"{PATH}/{{id}}/edit", page(change), methods=["POST"]),
    Route(f"{PATH}/{{id}}/withdraw", page(withdraw), methods=["POST"]),
)
