"""Boards: public collections of posts. A part of FediNote's own."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fedinote.api.entities.accounts import account
from fedinote.api.entities.boards import boards as entities
from fedinote.api.entities.statuses import statuses
from fedinote.api.params import Params
from fedinote.api.routing import Answer, Call, route
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import board_reading, boards, visibility
from fedinote.posts.boards import Wishes

_BASE = "/api/fedinote/v1/boards"
_ONE = f"{_BASE}/{{id}}"
_READ, _WRITE = ("read:collections",), ("write:collections",)
_USUAL, _MOST = 20, 40


def _wishes(params: Params) -> Wishes:
    return Wishes(title=params.text("title"), description=params.text("description"), language=params.text("language"))


def _cover(params: Params) -> int | None:
    """Return the post that is to be the cover, 0 for none; None where nothing is said of it."""
    text = params.text("cover_id")
    found = params.ids("cover_id") if text else []
    if text and not found:
        raise Invalid("Validation failed: The cover must be a post of the board")
    return None if text is None else found[0] if found else 0


async def _shown(call: Call, board_id: int) -> dict[str, Any]:
    row = await board_reading.one(call.app, call.viewer_id, board_id)
    return (await entities(call.app, [row], call.viewer_id))[0]


async def index(call: Call) -> Any:
    """List the caller's boards, those that changed last first."""
    rows = await board_reading.of(call.app, call.me.account_id, call.viewer_id)
    return await entities(call.app, rows, call.viewer_id)


async def of_account(call: Call) -> Any:
    """List the boards of an account."""
    rows = await board_reading.of(call.app, call.id("account_id"), call.viewer_id)
    return await entities(call.app, rows, call.viewer_id)


async def featuring(call: Call) -> Any:
    """List other people's boards that show posts of the caller."""
    rows = await board_reading.featuring(call.app, call.me.account_id)
    return await entities(call.app, rows, call.viewer_id)


async def create(call: Call) -> Any:
    """Make a board: `title`, `description`, `language`."""
    return await _shown(call, await boards.create(call.app, call.me.account_id, _wishes(call.params)))


async def show(call: Call) -> Any:
    """Show one board, with its owner."""
    found = await _shown(call, call.id())
    return {**found, "account": await account(call.app, int(found["account_id"]), call.viewer)}


async def update(call: Call) -> Any:
    """Change a board: also `cover_id`, a post on it ("": the first picture)."""
    wishes = replace(_wishes(call.params), cover_post_id=_cover(call.params))
    await boards.update(call.app, call.me.account_id, call.id(), wishes)
    return await _shown(call, call.id())


async def delete(call: Call) -> Any:
    """Delete a board. The posts stay."""
    await boards.delete(call.app, call.me.account_id, call.id())
    return {}


async def posts(call: Call) -> Any:
    """Show a page of a board's posts in its order; `after` is the post that came last."""
    board = await board_reading.one(call.app, call.viewer_id, call.id())
    limit = max(1, min(call.params.number("limit", _USUAL), _MOST))
    after = await _after(call, board["id"])
    items = await board_reading.items(call.app, board["id"], call.viewer_id, limit=limit, after=after)
    body = await statuses(call.app, [item.post_id for item in items], call.viewer, context="public")
    if len(items) < limit:
        return body
    query = urlencode({"limit": limit, "after": items[-1].post_id})
    address = f"{call.app.url(_BASE)}/{board['id']}/statuses?{query}"
    return Answer(body, headers=(("link", f'<{address}>; rel="next"'),))


async def _after(call: Call, board_id: int) -> tuple[int, int] | None:
    if not call.params.text("after"):
        return None
    asked = call.params.ids("after")
    found = await board_reading.place_of(call.app, board_id, asked[0]) if asked else None
    if found is None:
        raise NotFound
    return found


def _post_id(call: Call) -> int:
    found = call.params.ids("status_id")
    if not found:
        raise NotFound
    return found[0]


async def add(call: Call) -> Any:
    """Put the post `status_id` on a board of the caller's."""
    await boards.add(call.app, call.me.account_id, call.id(), _post_id(call))
    return await _shown(call, call.id())


async def place(call: Call) -> Any:
    """Put a post of the board before the post `before` (without it: at the end)."""
    before = call.params.ids("before") if call.params.text("before") else []
    if call.params.text("before") and not before:
        raise NotFound
    await boards.place(
        call.app, call.me.account_id, call.id(), call.id("status_id"), before=before[0] if before else None
    )
    return {}


async def remove(call: Call) -> Any:
    """Take a post off a board of the caller's."""
    await boards.remove(call.app, call.me.account_id, call.id(), call.id("status_id"))
    return {}


async def withdraw(call: Call) -> Any:
    """Take all of the caller's posts off somebody else's board, for good."""
    await boards.withdraw(call.app, call.me.account_id, call.id())
    return {}


async def of_post(call: Call) -> Any:
    """List the caller's boards, each with whether it has this post (`contains`)."""
    post = await visibility.original(call.app, call.viewer_id, call.id())
    rows = await board_reading.of(call.app, call.me.account_id, call.viewer_id)
    has = await board_reading.holding(call.app, call.me.account_id, post["id"])
    found = await entities(call.app, rows, call.viewer_id)
    return [{**one, "contains": int(one["id"]) in has} for one in found]


ROUTES = (
    route("GET", _BASE, index, auth="user", scopes=_READ),
    route("POST", _BASE, create, auth="user", scopes=_WRITE),
    route("GET", f"{_BASE}/featuring", featuring, auth="user", scopes=_READ),
    route("GET", "/api/fedinote/v1/accounts/{account_id}/boards", of_account, auth="optional-user", scopes=_READ),
    route("GET", "/api/fedinote/v1/statuses/{id}/boards", of_post, auth="user", scopes=_READ),
    route("GET", _ONE, show, auth="optional-user", scopes=_READ),
    route("PATCH", _ONE, update, auth="user", scopes=_WRITE),
    route("PUT", _ONE, update, auth="user", scopes=_WRITE),
    route("DELETE", _ONE, delete, auth="user", scopes=_WRITE),
    route("POST", f"{_ONE}/withdraw", withdraw, auth="user", scopes=_WRITE),
    route("GET", f"{_ONE}/statuses", posts, auth="optional-user", scopes=_READ),
    route("POST", f"{_ONE}/statuses", add, auth="user", scopes=_WRITE),
    route("PUT", f"{_ONE}/statuses/{{status_id}}", place, auth="user", scopes=_WRITE),
    route("DELETE", f"{_ONE}/statuses/{{status_id}}", remove, auth="user", scopes=_WRITE),
)
