"""Browser sessions: a random cookie, its hash in the database, 14 days idle and 30 days at most."""

from dataclasses import dataclass
from datetime import timedelta

from fedinote.auth import activity
from fedinote.auth.hashes import new_token, token_hash
from fedinote.auth.models import Session
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms

ABSOLUTE = timedelta(days=30)
IDLE = timedelta(days=14)
_TOUCH_EVERY = timedelta(hours=1)
_MAX_COOKIE = 128


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a browser's cookie. `token` is the cookie itself: forms are bound to it."""

    user_id: int
    account_id: int
    username: str
    role: str
    locale: str
    token: str


async def start(app: App, user_id: int, *, user_agent: str = "", address: str = "", old: str | None = None) -> str:
    """Begin a session and return its cookie: always a new one. The session of the `old` cookie ends."""
    token = new_token()
    now = app.now()
    async with app.db.transaction():
        if old:
            await end(app, old)
        await Session.create(
            using_db=app.db.orm,
            token_hash=token_hash(token),
            user_id=user_id,
            user_agent=user_agent[:512],
            address=address[:64],
            created_at=now,
            last_used_at=now,
        )
    return token


async def signed_in(app: App, token: str | None) -> SignedIn | None:
    """Return who a cookie stands for; None when it is unknown or too old, or when the person may not log in now."""
    if not token or len(token) > _MAX_COOKIE:
        return None
    now = app.now()
    row = await app.db.row(
        "SELECT s.last_used_at, s.user_id, u.account_id, u.role, u.locale, a.username FROM sessions s"
        " JOIN users u ON u.id = s.user_id JOIN accounts a ON a.id = u.account_id"
        " WHERE s.token_hash = ? AND s.created_at > ? AND s.last_used_at > ?"
        " AND u.state = 'active' AND a.suspended_at IS NULL AND a.deleted_at IS NULL",
        token_hash(token),
        now - ABSOLUTE,
        now - IDLE,
    )
    if row is None:
        return None
    if now - from_ms(row["last_used_at"]) > _TOUCH_EVERY:
        await app.db.execute("UPDATE sessions SET last_used_at = ? WHERE token_hash = ?", now, token_hash(token))
    await activity.note(app, row["user_id"])
    return SignedIn(row["user_id"], row["account_id"], row["username"], row["role"], row["locale"], token)


async def end(app: App, token: str) -> None:
    """End the session of a cookie, on the server: replaying the cookie does nothing."""
    await app.db.execute("DELETE FROM sessions WHERE token_hash = ?", token_hash(token))


async def end_all(app: App, user_id: int, *, keep: str | None = None) -> None:
    """End all sessions of a person, except the one of the cookie `keep`."""
    kept = token_hash(keep) if keep else ""
    await app.db.execute("DELETE FROM sessions WHERE user_id = ? AND token_hash <> ?", user_id, kept)


async def prune(app: App) -> int:
    """Delete sessions that are over; return how many. For the periodic jobs."""
    now = app.now()
    return await app.db.execute(
        "DELETE FROM sessions WHERE created_at <= ? OR last_used_at <= ?", now - ABSOLUTE, now - IDLE
    )
