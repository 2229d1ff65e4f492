"""Browser sessions: a random cookie, its hash in the database, 14 days idle and 30 days at most."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fedinote.auth import activity
from fedinote.auth.hashes import new_token, token_hash
from fedinote.auth.models import Session
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import NotFound

ABSOLUTE = timedelta(days=30)
IDLE = timedelta(days=14)
CONFIRMED = timedelta(minutes=20)
"""How long a proof of who one is (password, passkey) is enough for changes that would help a thief."""
_TOUCH_EVERY = timedelta(hours=1)
_MAX_COOKIE = 128


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a browser's cookie. `token` is the cookie itself: forms are bound to it.

    `confirmed_at`: when the person last proved here who they are.
    """

    user_id: int
    account_id: int
    username: str
    role: str
    locale: str
    token: str
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A browser that is signed in, as its owner sees it. `mark` names it in forms, and opens nothing."""

    mark: str
    user_agent: str
    address: str
    created_at: datetime
    last_used_at: datetime
    here: bool


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
            confirmed_at=now,
        )
    return token


async def signed_in(app: App, token: str | None) -> SignedIn | None:
    """Return who a cookie stands for; None when it is unknown or too old, or when the person may not log in now."""
    if not token or len(token) > _MAX_COOKIE:
        return None
    now = app.now()
    row = await app.db.row(
        "SELECT s.last_used_at, s.confirmed_at, s.user_id, u.account_id, u.role, u.locale, a.username FROM sessions s"
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
    confirmed = None if row["confirmed_at"] is None else from_ms(row["confirmed_at"])
    return SignedIn(row["user_id"], row["account_id"], row["username"], row["role"], row["locale"], token, confirmed)


def confirmed(app: App, person: SignedIn) -> bool:
    """Tell whether the person proved here, a short while ago, who they are."""
    return person.confirmed_at is not None and app.now() - person.confirmed_at < CONFIRMED


async def confirm(app: App, token: str) -> None:
    """Note that the person behind a cookie has just proved who they are."""
    await app.db.execute("UPDATE sessions SET confirmed_at = ? WHERE token_hash = ?", app.now(), token_hash(token))


async def of(app: App, person: SignedIn) -> list[Open]:
    """Return the browsers in which a person is signed in: this one first, then the last used."""
    now = app.now()
    rows = await app.db.rows(
        "SELECT token_hash, user_agent, address, created_at, last_used_at FROM sessions"
        " WHERE user_id = ? AND created_at > ? AND last_used_at > ? ORDER BY last_used_at DESC, token_hash",
        person.user_id,
        now - ABSOLUTE,
        now - IDLE,
    )
    own = token_hash(person.token)
    found = [
        Open(
            token_hash(row["token_hash"])[:32],
            row["user_agent"],
            row["address"],
            from_ms(row["created_at"]),
            from_ms(row["last_used_at"]),
            row["token_hash"] == own,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.here)


async def end_marked(app: App, user_id: int, mark: str) -> None:
    """End the one session of a person that has this mark. `NotFound` when there is none."""
    rows = await app.db.rows("SELECT token_hash FROM sessions WHERE user_id = ?", user_id)
    gone = [row["token_hash"] for row in rows if token_hash(row["token_hash"])[:32] == mark]
    if not gone or not await app.db.execute("DELETE FROM sessions WHERE token_hash IN_TEXTS(?)", gone):
        raise NotFound


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
