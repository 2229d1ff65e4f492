"""Moving and leaving: aliases, the move to another account, and the end of one's own. Not a part of Mastodon's API."""

from typing import Any

from fedinote.accounts import deletion, moving
from fedinote.api import access
from fedinote.api.entities.accounts import account
from fedinote.api.routing import Call, route
from fedinote.auth import users
from fedinote.federation import moves
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.errors import Forbidden, NotFound, Unauthorized

_BASE = "/api/fedinote/v1/account"
_READ, _WRITE = ("read:accounts",), ("write:accounts",)
_MAX_NAME = 2048


async def _check_password(call: Call) -> None:
    """Refuse a caller who has a token and not the password: what follows cannot be taken back."""
    password = call.params.need("password", max=1000)
    row = await call.app.db.row("SELECT email FROM users WHERE id = ?", call.me.user_id)
    if row is None:
        raise NotFound
    try:
        await users.check_password(call.app, row["email"], password, address=access.address_of(call.app, call.request))
    except Unauthorized:
        raise Forbidden("The password is wrong") from None


async def _state(call: Call) -> dict[str, Any]:
    row = await call.app.db.row(
        "SELECT a.moved_at, n.id AS target_id FROM accounts a LEFT JOIN accounts n ON n.uri = a.moved_to_uri"
        " WHERE a.id = ?",
        call.me.account_id,
    )
    if row is None:
        raise NotFound
    again = from_ms(row["moved_at"]) + moving.COOLDOWN if row["moved_at"] is not None else None
    return {
        "aliases": await moving.aliases(call.app, call.me.account_id),
        "moved": None if row["target_id"] is None else await account(call.app, row["target_id"], call.viewer),
        "may_move_at": None if again is None or again <= call.app.now() else iso(again),
    }


async def show(call: Call) -> Any:
    """GET …/move: aliases (ids of actors), the account that this one moved to, and when it may move again."""
    return await _state(call)


async def add_alias(call: Call) -> Any:
    """POST …/aliases: `account` is the handle or URL of the old account, which may then move here."""
    await moves.add_alias(call.app, call.me.account_id, call.params.need("account", max=_MAX_NAME))
    return await _state(call)


async def remove_alias(call: Call) -> Any:
    """DELETE …/aliases: `uri` is one of those that `show` lists."""
    await moving.remove_alias(call.app, call.me.account_id, call.params.need("uri", max=_MAX_NAME))
    return await _state(call)


async def move(call: Call) -> Any:
    """POST …/move: to `account`, a handle or URL, which must name this account as its alias. Needs `password`."""
    target = call.params.need("account", max=_MAX_NAME)
    await _check_password(call)
    await moves.leave(call.app, call.me.account_id, target)
    return await _state(call)


async def stay(call: Call) -> Any:
    """DELETE …/move: point to no other account any more. Followers who went there stay there."""
    await moving.cancel(call.app, call.me.account_id)
    return await _state(call)


async def delete(call: Call) -> Any:
    """POST …/delete: the end of one's own account. Needs `password`. 409 for the last owner."""
    await _check_password(call)
    await deletion.delete(call.app, call.me.account_id)
    return {}


ROUTES = (
    route("GET", f"{_BASE}/move", show, auth="user", scopes=_READ),
    route("POST", f"{_BASE}/aliases", add_alias, auth="user", scopes=_WRITE),
    route("DELETE", f"{_BASE}/aliases", remove_alias, auth="user", scopes=_WRITE),
    route("POST", f"{_BASE}/move", move, auth="user", scopes=_WRITE),
    route("DELETE", f"{_BASE}/move", stay, auth="user", scopes=_WRITE),
    route("POST", f"{_BASE}/delete", delete, auth="user", scopes=_WRITE),
)
