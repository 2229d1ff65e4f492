"""The logins of local accounts: password, role and state. What weakens a login ends its sessions and tokens."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from fedinote.auth import passwords, refusals, sessions, tokens
from fedinote.auth.models import User
from fedinote.auth.viewer import ROLES
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Invalid, NotFound, TooMany, Unauthorized

_ADDRESS = (25, 300.0)  # attempts, seconds
_ACCOUNT = (10, 3600.0)
_MAX_TAG = 35  # characters of a language tag, as long as the columns
_VISIBILITIES = ("public", "unlisted", "private", "direct")
_POLICIES = ("public", "followers", "nobody")


class WrongPassword(Unauthorized):
    """Name and password do not belong together (401); nothing tells which of them is wrong."""

    message = "Wrong name or password"


async def by_id(app: App, user_id: int) -> User:
    """Return a user. `NotFound` when there is none."""
    user = await User.get_or_none(id=user_id, using_db=app.db.orm)
    if user is None:
        raise NotFound
    return user


async def by_login(app: App, login: str) -> User | None:
    """Return the user of an e-mail address or a username (with or without "@"), whatever its case, or None."""
    folded = login.strip().lower()
    if "@" in folded.removeprefix("@"):
        return await User.get_or_none(email=folded[:320], using_db=app.db.orm)
    name = folded.removeprefix("@")[:64]
    return await User.filter(account__username_key=name, account__domain="").using_db(app.db.orm).first()


async def check_password(app: App, login: str, password: str, *, address: str) -> User:
    """Return the user whose name (or e-mail) and password these are.

    `Unauthorized` with one message for every failure; it takes as long whether or not there is such a user. `TooMany`
    after 25 attempts in 5 minutes from an address, or 10 failures in an hour for an account, however the name was
    written. The state of the login is the caller's to look at. Whose sign-up was refused not long ago is told so, by
    the right password alone: `SignUpRefused`.
    """
    _count(app, f"login:address:{address}", *_ADDRESS)
    user, refused = await by_login(app, login), await refusals.find(app, login)
    key = f"login:user:{user.id}" if user else f"login:name:{login.strip().lower()[:320]}"
    _count(app, key, *_ACCOUNT)
    known = user.password_hash if user else refused[0] if refused else None
    right = await passwords.verify(known, password)
    if user is None and refused is not None and right:
        raise refused[1]
    if user is None or not right:
        raise WrongPassword
    app.limiter.forget(key, _ACCOUNT[1])
    if passwords.needs_rehash(user.password_hash):
        user.password_hash = await passwords.hash_password(password)
        await user.save(using_db=app.db.orm, update_fields=["password_hash"])
    return user


def _count(app: App, key: str, limit: int, window: float) -> None:
    # Not counting the successes of an account would let parallel guesses through: all are counted, then forgotten.
    if not app.settings.limits.enabled:
        return
    allowance = app.limiter.hit(key, limit, window)
    if not allowance.allowed:
        wait = (allowance.reset - app.now()) // timedelta(seconds=1) + 1
        raise TooMany("Too many attempts. Try again later", retry_after=max(1, wait))


async def set_password(app: App, user_id: int, password: str, *, keep_session: str | None = None) -> None:
    """Change a password. All sessions (except the cookie `keep_session`), tokens and codes of the person end."""
    user = await by_id(app, user_id)
    passwords.check(password, email=user.email)
    hashed = await passwords.hash_password(password)
    async with app.db.transaction():
        await app.db.execute("UPDATE users SET password_hash = ? WHERE id = ?", hashed, user_id)
        await end_everything(app, user_id, keep_session=keep_session)


async def set_role(app: App, user_id: int, role: str) -> None:
    """Change a role; sessions end, so that the next one begins with the new rights. `Conflict` for the last owner."""
    if role not in ROLES:
        raise Invalid(f"Role must be one of {', '.join(ROLES)}")

    async def change() -> None:
        await app.db.execute("UPDATE users SET role = ? WHERE id = ?", role, user_id)
        await sessions.end_all(app, user_id)
        app.db.after_commit(lambda: tokens.forget_user(app, user_id))

    await _keeping_an_owner(app, user_id, role == "owner", change)


async def disable(app: App, user_id: int) -> None:
    """Take the right to log in away; sessions, tokens and codes end at once. `Conflict` for the last owner."""

    async def change() -> None:
        await app.db.execute("UPDATE users SET state = 'disabled' WHERE id = ? AND state <> 'disabled'", user_id)
        await end_everything(app, user_id)

    await _keeping_an_owner(app, user_id, False, change)


async def enable(app: App, user_id: int) -> None:
    """Give the right to log in back to a disabled login."""
    await app.db.execute("UPDATE users SET state = 'active' WHERE id = ? AND state = 'disabled'", user_id)
    tokens.forget_user(app, user_id)


async def end_everything(app: App, user_id: int, *, keep_session: str | None = None) -> None:
    """End sessions, tokens and codes of a person (password changed, suspended, deleted)."""
    async with app.db.transaction():
        await sessions.end_all(app, user_id, keep=keep_session)
        await tokens.revoke_all(app, user_id)


async def has_owner(app: App) -> bool:
    """Tell whether there is an owner who can log in."""
    found = await app.db.row("SELECT 1 AS value FROM users WHERE role = 'owner' AND state = 'active'")
    return found is not None


async def _keeping_an_owner(
    app: App, user_id: int, stays: bool, change: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    await by_id(app, user_id)
    async with app.db.transaction():
        # Touching the owners' rows makes a second change wait: two owners cannot remove each other at once.
        await app.db.execute("UPDATE users SET role = role WHERE role = 'owner'")
        had = await has_owner(app)
        await change()
        if had and not stays and not await has_owner(app):
            raise Conflict("This is the last owner: make somebody else an owner first")


async def set_defaults(
    app: App,
    user_id: int,
    *,
    visibility: str | None = None,
    sensitive: bool | None = None,
    language: str | None = None,
    locale: str | None = None,
    quote_policy: str | None = None,
    language_divider: bool | None = None,
) -> None:
    """Change what new posts of a person begin with, and the interface's language; None leaves a thing as it is.

    `language` "" means none. `Invalid` for a visibility that does not exist or a tag that is too long.
    """
    _check_defaults(visibility, language, locale)
    if quote_policy is not None and quote_policy not in _POLICIES:
        raise Invalid("Validation failed: Quote policy is not included in the list")
    user = await by_id(app, user_id)
    wanted = {"default_visibility": visibility, "default_sensitive": sensitive, "locale": locale or None}
    wanted |= {"default_quote_policy": quote_policy, "language_divider": language_divider}
    values: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    if language is not None:
        values["default_language"] = language or None
    if values:
        user.update_from_dict(values)
        await user.save(using_db=app.db.orm, update_fields=list(values))
        tokens.forget_user(app, user_id)


async def set_reply_policy(app: App, user_id: int, setting: str) -> None:
    """Say who may answer a person's new posts where the post does not say: public, followers or nobody. `Invalid`."""
    if setting not in _POLICIES:
        raise Invalid("Validation failed: Reply policy is not included in the list")
    await app.db.execute("UPDATE users SET default_reply_policy = ? WHERE id = ?", setting, user_id)


def _check_defaults(visibility: str | None, language: str | None, locale: str | None) -> None:
    if visibility is not None and visibility not in _VISIBILITIES:
        raise Invalid("Validation failed: Visibility is not included in the list")
    if max(len(language or ""), len(locale or "")) > _MAX_TAG:
        raise Invalid("Validation failed: Language is too long")
