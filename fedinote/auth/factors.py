"""What somebody has beside a password, as a whole: turning it on and off, and the second step of signing in.

With an authenticator app or a passkey the password alone lets nobody in. Whoever turns the first of them on stays
signed in alone: other browsers and all apps are signed out, as they may have been let in by a thief's password.
"""

from dataclasses import dataclass
from datetime import datetime

from fedinote.auth import passkeys, recovery, totp, tries, users
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import Invalid, NotFound


class WrongCode(Invalid):
    """A code that is not good now (422): mistyped, too old, or used before."""

    message = "This code is wrong, or was used already"


@dataclass(frozen=True, slots=True)
class Factors:
    """What there is: since when an authenticator app (or None), how many passkeys, how many recovery codes left."""

    app_since: datetime | None
    passkeys: int
    codes_left: int

    @property
    def on(self) -> bool:
        """Whether the password alone is not enough."""
        return self.app_since is not None or self.passkeys > 0


async def of(app: App, user_id: int) -> Factors:
    """Return what somebody has, by one look."""
    row = await app.db.row(
        "SELECT (SELECT confirmed_at FROM second_factors WHERE user_id = u.id) AS since,"
        " (SELECT COUNT(*) FROM passkeys WHERE user_id = u.id) AS keys,"
        " (SELECT COUNT(*) FROM recovery_codes WHERE user_id = u.id AND used_at IS NULL) AS codes"
        " FROM users u WHERE u.id = ?",
        user_id,
    )
    if row is None:
        raise NotFound
    return Factors(None if row["since"] is None else from_ms(row["since"]), int(row["keys"]), int(row["codes"]))


async def check_code(app: App, user_id: int, code: str) -> None:
    """Spend a code of the app or a recovery code. `Invalid` when it is wrong, `TooMany` after five of those."""
    await tries.count(app, user_id)
    if await totp.check(app, user_id, code):
        return
    if not await recovery.use(app, user_id, code):
        raise WrongCode
    await tries.forgive(app, user_id)


async def turn_on_app(app: App, user_id: int, code: str, *, keep_session: str | None = None) -> list[str]:
    """Turn the authenticator app on by its first code; return recovery codes where there were none yet.

    `Invalid` for a wrong code, `NotFound` when no secret was made, `TooMany` after five tries.
    """
    before = await of(app, user_id)
    if not await totp.confirm(app, user_id, code):
        raise WrongCode
    return await _turned_on(app, user_id, before, keep_session)


async def add_passkey(
    app: App, user_id: int, answer: str, *, name: str, browser: str, keep_session: str | None = None
) -> list[str]:
    """Keep a new passkey; return recovery codes where there were none yet. `Invalid` as `passkeys.register`."""
    before = await of(app, user_id)
    await passkeys.register(app, user_id, answer, name=name, browser=browser)
    return await _turned_on(app, user_id, before, keep_session)


async def _turned_on(app: App, user_id: int, before: Factors, keep_session: str | None) -> list[str]:
    if before.on:
        return []
    await users.end_everything(app, user_id, keep_session=keep_session)
    return await recovery.renew(app, user_id)


async def turn_off_app(app: App, user_id: int) -> None:
    """Take the authenticator app away."""
    await totp.remove(app, user_id)
    await _tidy(app, user_id)


async def remove_passkey(app: App, user_id: int, key_id: int) -> None:
    """Forget one passkey. `NotFound` for one that is not the person's."""
    await passkeys.remove(app, user_id, key_id)
    await _tidy(app, user_id)


async def _tidy(app: App, user_id: int) -> None:
    """Delete recovery codes that recover nothing any more."""
    if not (await of(app, user_id)).on:
        await recovery.forget(app, user_id)


async def take_away(app: App, user_id: int) -> None:
    """Take every second factor away, by the operator's wish: the phone is lost. Everybody who is signed in is out."""
    async with app.db.transaction():
        await totp.remove(app, user_id)
        await app.db.execute("DELETE FROM passkeys WHERE user_id = ?", user_id)
        await recovery.forget(app, user_id)
        await tries.forgive(app, user_id)
        await users.end_everything(app, user_id)
