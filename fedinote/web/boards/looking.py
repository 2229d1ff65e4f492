"""Boards for everybody who may see them: somebody's boards, and one board as a masonry of cards."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import NotFound
from fedinote.posts import board_reading
from fedinote.web import browser, cards, shell
from fedinote.web.boards.shown import shelves
from fedinote.web.browser import Visit
from fedinote.web.explore import tiles
from fedinote.web.pages import NOTHING, page, query, wants_part
from fedinote.web.profiles import owner
from fedinote.web.settings.answers import number

PAGE = 24


def viewer_of(here: Visit) -> int | None:
    """Return who looks, None for a visitor."""
    return None if here.person is None else here.person.account_id


async def of_person(request: Request) -> Response:
    """GET /@{name}/boards: somebody's boards."""
    here = await browser.visit(request)
    account = await owner(here.app, request.path_params["name"])
    found = await cards.people(here.app, [account.id])
    if not found:
        raise NotFound(NOTHING)
    rows = await board_reading.of(here.app, account.id, viewer_of(here))
    return await shell.show(
        request,
        here,
        "boards/person.html",
        person=found[0],
        shelves=await shelves(here.app, rows, viewer_of(here)),
        mine=viewer_of(here) == account.id,
        address=here.app.url(f"/@{account.username}/boards"),
    )


async def one(request: Request) -> Response:
    """GET /@{name}/boards/{id}: one board; `?after=` goes on below a post. Our script gets the cards alone."""
    here = await browser.visit(request)
    app, viewer = here.app, viewer_of(here)
    account = await owner(app, request.path_params["name"])
    board = await board_reading.one(app, viewer, number(request.path_params["id"]))
    people = await cards.people(app, [account.id])
    if board["account_id"] != account.id or not people:
        raise NotFound(NOTHING)
    asked = query(request).get("after", "")
    after = await board_reading.place_of(app, board["id"], number(asked)) if asked else None
    if asked and after is None:
        raise NotFound(NOTHING)
    items = await board_reading.items(app, board["id"], viewer, limit=PAGE, after=after)
    shown = await tiles.tiles(app, [item.post_id for item in items], await tiles.reader(app, viewer, here.words.tag))
    link = f"/@{account.username}/boards/{board['id']}"
    values: dict[str, Any] = {
        "tiles": shown,
        "more": f"{link}?after={items[-1].post_id}" if len(items) == PAGE else "",
    }
    if wants_part(request):
        return await shell.fragment(request, here, "explore/_page.html", **values)
    mine = viewer == account.id
    values |= {"mine": mine, "on_it": viewer is not None and not mine and await _has_mine(here, board["id"])}
    (shelf,) = await shelves(app, [board], viewer)
    return await shell.show(
        request,
        here,
        "boards/board.html",
        headers={"Link": f'<{board["uri"]}>; rel="alternate"; type="application/activity+json"'},
        board=shelf,
        uri=board["uri"],
        address=app.url(link),
        person=people[0],
        **values,
    )


async def _has_mine(here: Visit, board_id: int) -> bool:
    """Tell whether posts of the member's own are on a board."""
    row = await here.app.db.row(
        "SELECT 1 AS value FROM board_items i JOIN posts p ON p.id = i.post_id"
        " WHERE i.board_id = ? AND p.account_id = ? LIMIT 1",
        board_id,
        here.member.account_id,
    )
    return row is not None


ROUTES = (
    Route("/@{name}/boards", page(of_person), methods=["GET"]),
    Route("/@{name}/boards/{id}", page(one), methods=["GET"]),
)
