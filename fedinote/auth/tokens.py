"""Access tokens: from the text that a client sends to who may do what, fast; issuing and revoking them."""

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fedinote.auth import activity
from fedinote.auth.hashes import new_token, token_hash
from fedinote.auth.models import OAuthToken
from fedinote.auth.viewer import AppToken, Viewer
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Unauthorized, Unavailable

CACHE_SIZE = 4096
# Other processes learn of a revocation by the end of this time; in the same process it counts at once.
CACHE_SECONDS = 5
_MAX_TOKEN = 512
_SEEN_EVERY = timedelta(hours=12)
_SQL = (
    "SELECT t.id, t.app_id, t.user_id, t.scopes, t.last_used_at, t.revoked_at, u.account_id, u.role, u.state, u.locale,"
    " a.suspended_at, a.deleted_at FROM oauth_tokens t LEFT JOIN users u ON u.id = t.user_id"
    " LEFT JOIN accounts a ON a.id = u.account_id WHERE t.token_hash = ?"
)
_Cache = OrderedDict[str, tuple[datetime, Viewer | AppToken]]


@dataclass(frozen=True, slots=True)
class Issued:
    """A new access token: its text is here and nowhere else, the database has only its hash."""

    id: int
    text: str
    scopes: tuple[str, ...]
    created_at: datetime


async def authenticate(app: App, token: str) -> Viewer | AppToken:
    """Return who a token stands for, with one query or from the cache.

    `Unauthorized` when it is unknown or revoked; `Forbidden` when the login is disabled, suspended or waits for
    approval.
    """
    if len(token) > _MAX_TOKEN:
        raise Unauthorized
    cache = _cache(app)
    hashed = token_hash(token)
    now = app.now()
    cached = cache.get(hashed)
    if cached is not None and cached[0] > now:
        return cached[1]
    row = await app.db.row(_SQL, hashed)
    bearer = _judge(row)
    assert row is not None
    cache[hashed] = (now + timedelta(seconds=CACHE_SECONDS), bearer)
    cache.move_to_end(hashed)
    while len(cache) > CACHE_SIZE:
        cache.popitem(last=False)
    await _seen(app, row)
    if isinstance(bearer, Viewer):
        await activity.note(app, bearer.user_id)
    return bearer


def _judge(row: Row | None) -> Viewer | AppToken:
    if row is None:
        raise Unauthorized
    if row["revoked_at"] is not None:
        raise Unauthorized("The access token was revoked")
    scopes = frozenset(row["scopes"].split())
    if row["user_id"] is None:
        return AppToken(app_id=row["app_id"], scopes=scopes, token_id=row["id"])
    if row["deleted_at"] is not None:
        raise Unauthorized
    if row["state"] == "pending":
        raise Forbidden("Your login is currently pending approval")
    if row["state"] != "active" or row["suspended_at"] is not None:
        raise Forbidden("Your login is currently disabled")
    return Viewer(
        account_id=row["account_id"],
        user_id=row["user_id"],
        role=row["role"],
        scopes=scopes,
        token_id=row["id"],
        app_id=row["app_id"],
        locale=row["locale"],
    )


async def _seen(app: App, row: Row) -> None:
    """Note twice a day that a token is in use: with the days of `activity` all that is kept of what anybody does."""
    now = app.now()
    if row["last_used_at"] is not None and now - from_ms(row["last_used_at"]) < _SEEN_EVERY:
        return
    with contextlib.suppress(Unavailable):  # a full disk must not stop people from reading
        await app.db.write(
            ("UPDATE oauth_tokens SET last_used_at = ? WHERE id = ? RETURNING id", (now, row["id"])),
            ("UPDATE users SET last_active_at = ? WHERE id = ? RETURNING id", (now, row["user_id"])),
        )


async def issue(app: App, *, app_id: int, user_id: int | None, scopes: Iterable[str]) -> Issued:
    """Make a token for a user of an app, or (no user) for the app itself. The caller has checked that it may."""
    text = new_token()
    listed = tuple(dict.fromkeys(scopes))
    row = await OAuthToken.create(
        using_db=app.db.orm,
        id=app.ids.next(),
        token_hash=token_hash(text),
        app_id=app_id,
        user_id=user_id,
        scopes=" ".join(listed),
        created_at=app.now(),
    )
    return Issued(row.id, text, listed, row.created_at)


async def revoke(app: App, token: str, *, app_id: int) -> bool:
    """Revoke a token of this app; true also when it is unknown or was revoked, false when it is another app's."""
    row = await app.db.row("SELECT id, app_id FROM oauth_tokens WHERE token_hash = ?", token_hash(token))
    if row is None:
        return True
    if row["app_id"] != app_id:
        return False
    await revoke_ids(app, [row["id"]])
    return True


async def revoke_ids(app: App, ids: Iterable[int]) -> None:
    """Revoke tokens by id; they stop at once, and streams that they opened are told by `token:<id>` on the bus."""
    gone = list(ids)
    async with app.db.transaction():
        await app.db.execute(
            "UPDATE oauth_tokens SET revoked_at = ? WHERE id IN_INTS(?) AND revoked_at IS NULL", app.now(), gone
        )
        await app.db.execute("DELETE FROM oauth_codes WHERE token_id IN_INTS(?)", gone)
        app.db.after_commit(lambda: _forget(app, gone))


async def revoke_all(app: App, user_id: int, *, keep: int | None = None) -> None:
    """Revoke all tokens of a person (except the one with id `keep`), and the codes not yet exchanged."""
    async with app.db.transaction():
        rows = await app.db.rows("SELECT id FROM oauth_tokens WHERE user_id = ? AND revoked_at IS NULL", user_id)
        await app.db.execute("DELETE FROM oauth_codes WHERE user_id = ? AND token_id IS NULL", user_id)
        await revoke_ids(app, [row["id"] for row in rows if row["id"] != keep])


def forget_user(app: App, user_id: int) -> None:
    """Let the next call of a person's tokens look again: role, state or suspension changed. Call it after commit."""
    _drop(app, lambda bearer: isinstance(bearer, Viewer) and bearer.user_id == user_id)


def forget_account(app: App, account_id: int) -> None:
    """Do what `forget_user` does, by the account."""
    _drop(app, lambda bearer: isinstance(bearer, Viewer) and bearer.account_id == account_id)


def _forget(app: App, ids: list[int]) -> None:
    gone = frozenset(ids)
    _drop(app, lambda bearer: bearer.token_id in gone)
    for token_id in ids:
        app.bus.publish(f"token:{token_id}", b"revoked")


def _drop(app: App, condition: Callable[[Viewer | AppToken], bool]) -> None:
    cache = _cache(app)
    for hashed in [hashed for hashed, (_, bearer) in cache.items() if condition(bearer)]:
        del cache[hashed]


def _cache(app: App) -> _Cache:
    cache: _Cache | None = app.caches.get("tokens")
    if cache is None:
        cache = app.caches["tokens"] = OrderedDict()
    return cache
