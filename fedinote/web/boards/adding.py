"""Putting a post on boards of the member's own, from the post's menu."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import BadRequest, FediNoteError, Forbidden, Invalid, NotFound
from fedinote.posts import board_reading, boards, visibility
from fedinote.posts.boards import Wishes
from fedinote.web import browser, shell
from fedinote.web.boards.shown import shelves
from fedinote.web.browser import Visit
from fedinote.web.explore import tiles
from fedinote.web.pages import form, page, query, redirect
from fedinote.web.settings.answers import number

PATH = "/boards/add"


async def choose(request: Request) -> Response:
    """GET /boards/add?post=: the member's boards, each with a button. `next` is where one came from."""
    here = await browser.member(request)
    asked = query(request)
    return await _page(request, here, number(asked.get("post", "")), asked.get("next", ""))


async def of_post(request: Request) -> Response:
    """GET /posts/{id}/boards: the same page."""
    return redirect(f"{PATH}?post={number(request.path_params['id'])}")


async def _page(
    request: Request, here: Visit, post_id: int, onward: str, error: FediNoteError | None = None
) -> Response:
    app, me = here.app, here.member.account_id
    post = await visibility.original(app, me, post_id)
    found = await tiles.tiles(app, [post["id"]], await tiles.reader(app, me, here.words.tag))
    if not found:
        raise NotFound
    values: dict[str, Any] = {"tile": found[0], "next": browser.safe_path(onward) if onward else found[0].link}
    rows = await board_reading.of(app, me, me)
    has = await board_reading.holding(app, me, post["id"])
    shown = await shelves(app, rows, me)
    return await shell.show(
        request,
        here,
        "boards/add.html",
        status=200 if error is None else error.status,
        shelves=[(one, one.id in has) for one in shown],
        error="" if error is None else here.words.error(error.message),
        **values,
    )


async def act(request: Request) -> Response:
    """POST /boards/add: `do` is add or remove (`board`), or new (`title`)."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    post_id, onward = number(values.get("post", "")), values.get("next", "")
    try:
        text = await _act(here, post_id, values)
    except (Forbidden, Invalid) as error:
        return await _page(request, here, post_id, onward, error)
    return browser.flash(here, redirect(browser.safe_path(onward)), text)


async def _act(here: Visit, post_id: int, values: Mapping[str, str]) -> str:
    app, me = here.app, here.member.account_id
    post = await visibility.original(app, me, post_id)
    match values.get("do"):
        case "add":
            await boards.add(app, me, number(values.get("board", "")), post["id"])
            return here.words.gettext("The post is on the board.")
        case "remove":
            await boards.remove(app, me, number(values.get("board", "")), post["id"])
            return here.words.gettext("The post is off the board.")
        case "new":
            async with app.db.transaction():
                board_id = await boards.create(app, me, Wishes(title=values.get("title", "")))
                await boards.add(app, me, board_id, post["id"])
            return here.words.gettext("The post is on the board.")
    raise BadRequest


ROUTES = (
    Route(PATH, page(choose), methods=["GET"]),
    Route(PATH, page(act), methods=["POST"]),
    Route("/posts/{id}/boards", page(of_post), methods=["GET"]),
)
