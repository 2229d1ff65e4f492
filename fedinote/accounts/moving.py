"""Aliases, and moving to another account: each of the two must name the other."""

from datetime import timedelta

import msgspec

from fedinote.events import AccountMoved, ProfileUpdated
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, Forbidden, Invalid, NotFound

COOLDOWN = timedelta(days=7)
"""How long after a move the same account's followers are not moved again."""
MAX_ALIASES = 20


async def _account(app: App, account_id: int) -> Row:
    """Return an account that is there, held until the running transaction ends. Raises `NotFound`."""
    row = await app.db.row(
        "SELECT id, uri, domain, also_known_as, moved_to_uri, moved_at, suspended_at FROM accounts"  # noqa: S608
        f" WHERE id = ? AND deleted_at IS NULL AND actor_type <> 'Application'{app.db.lock}",
        account_id,
    )
    if row is None:
        raise NotFound
    return row


def _aliases(row: Row) -> list[str]:
    return [uri for uri in msgspec.json.decode(row["also_known_as"]) if isinstance(uri, str)]


async def aliases(app: App, account_id: int) -> list[str]:
    """Return the ids of the actors that an account says it is too. Raises `NotFound`."""
    return _aliases(await _account(app, account_id))


async def add_alias(app: App, account_id: int, uri: str) -> list[str]:
    """Let a local account say that it is another actor too, which may then move here; its aliases after that.

    Repeating it changes nothing. Raises `NotFound` and `Invalid` (itself, more than twenty). Emits ProfileUpdated.
    """
    async with app.db.transaction():
        row = await _account(app, account_id)
        known = _aliases(row)
        if uri == row["uri"]:
            raise Invalid("An account cannot be an alias of itself")
        if uri in known:
            return known
        if len(known) >= MAX_ALIASES:
            raise Invalid(f"An account may have {MAX_ALIASES} aliases at most")
        return await _set_aliases(app, row, [*known, uri])


async def remove_alias(app: App, account_id: int, uri: str) -> list[str]:
    """Take an alias back; the aliases after that. Raises `NotFound` when it is none. Emits ProfileUpdated."""
    async with app.db.transaction():
        row = await _account(app, account_id)
        known = _aliases(row)
        if uri not in known:
            raise NotFound("There is no such alias")
        return await _set_aliases(app, row, [one for one in known if one != uri])


async def _set_aliases(app: App, row: Row, uris: list[str]) -> list[str]:
    encoded = msgspec.json.encode(uris).decode()
    await app.db.execute("UPDATE accounts SET also_known_as = ? WHERE id = ?", encoded, row["id"])
    await app.emit(ProfileUpdated(row["id"], local=row["domain"] == ""))
    return uris


async def move(app: App, account_id: int, target_id: int) -> None:
    """Move an account, of this server or another, to `target_id`: its followers go there. Emits AccountMoved.

    The caller has looked at both accounts afresh, and at who asks. Raises `NotFound`, `Forbidden` (the target is
    suspended, has moved itself, or does not name the account as its alias) and `Conflict` (moved less than a week
    ago).
    """
    async with app.db.transaction():
        first, second = sorted((account_id, target_id))
        held = {one: await _account(app, one) for one in (first, second)}
        old, target = held[account_id], held[target_id]
        check(app, old, target)
        now = app.now()
        await app.db.execute(
            "UPDATE accounts SET moved_to_uri = ?, moved_at = ? WHERE id = ?", target["uri"], now, account_id
        )
        local = old["domain"] == ""
        if local:
            await app.emit(ProfileUpdated(account_id, local=True))
        await app.emit(AccountMoved(account_id, target_id, local))


def check(app: App, old: Row, target: Row) -> None:
    """Raise what forbids a move, as `move` does; rows of `accounts`."""
    if old["id"] == target["id"]:
        raise Forbidden("An account cannot move to itself")
    if target["suspended_at"] is not None:
        raise Forbidden("The new account is suspended")
    if target["moved_to_uri"] is not None:
        raise Forbidden("The new account has moved itself")
    if old["uri"] not in _aliases(target):
        raise Forbidden("The new account does not name the old one as its alias")
    if old["moved_at"] is not None and old["moved_at"] > to_ms(app.now() - COOLDOWN):
        raise Conflict("The account moved less than seven days ago")


async def cancel(app: App, account_id: int) -> bool:
    """Let a local account no longer point to a new one; False when it did not. Followers who went stay away.

    The week before the next move goes on. Raises `NotFound`. Emits ProfileUpdated.
    """
    async with app.db.transaction():
        row = await _account(app, account_id)
        if row["moved_to_uri"] is None:
            return False
        await app.db.execute("UPDATE accounts SET moved_to_uri = NULL WHERE id = ?", account_id)
        await app.emit(ProfileUpdated(account_id, local=row["domain"] == ""))
        return True
