"""Signing up: who may, by the mode of the server or an invitation; approval; accounts made by the operator."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from tortoise.exceptions import IntegrityError

from fedinote.accounts import names, profiles
from fedinote.auth import invites, passwords, refusals, tokens, users
from fedinote.auth.models import User
from fedinote.auth.viewer import ROLES
from fedinote.events import AccountJoined
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, InvalidField, NotFound, TooMany
from fedinote.infra.keys import generate_pair
from fedinote.infra.ratelimit import counted
from fedinote.policy import emails, ip_blocks

MAX_REASON = 2000
_PER_ADDRESS = (5, 1800.0)  # sign-ups, seconds
_PER_SERVER = (50, 86400.0)
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What somebody who signs up says. There is nothing else that can be said: no role, no state."""

    username: str
    email: str
    password: str
    reason: str = ""
    invite: str = ""
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the new login will be."""

    role: str = "member"
    state: str = "active"
    inviter_id: int | None = None
    app_id: int | None = None


async def register(app: App, form: Form, *, address: str, app_id: int | None = None) -> User:
    """Make the account of somebody who signs up; its `state` is pending where moderators approve.

    `Forbidden` when the mode does not let this person in, `Invalid` for a wrong form, a name or e-mail address that
    is taken or blocked, or an invitation that is used up, `TooMany` after 5 in 30 minutes from an address or 50 a day
    in all. `address` is the whole address: whom it belongs to may be kept out, or have to wait for approval.
    `app_id` is the app through which it happens, if any.
    """
    severity = await ip_blocks.severity(app, address)
    if severity in ("sign_up_block", "no_access"):
        raise Forbidden("Nobody can sign up from this address")
    standing = replace(await _standing(app, form), app_id=app_id)
    if len(form.reason) > MAX_REASON:
        raise InvalidField("reason", "ERR_TOO_LONG", "Reason", f"is too long (maximum is {MAX_REASON} characters)")
    if standing.state == "pending" and not form.reason.strip():
        raise InvalidField("reason", "ERR_BLANK", "Reason", "can't be blank")
    await _check_form(app, form)
    visitor = counted(address)
    _count(app, f"sign-up:address:{visitor}", *_PER_ADDRESS)
    await emails.check(app, check_email(form.email), visitor=visitor)
    _count(app, "sign-up", *_PER_SERVER)
    if severity == "sign_up_requires_approval":
        standing = replace(standing, state="pending")
    return await _make(app, form, standing)


async def _standing(app: App, form: Form) -> _Standing:
    mode = app.settings.registrations.mode
    offer = await invites.offer(app, form.invite) if form.invite else None
    if form.invite and offer is None:
        raise Invalid("The invitation is not valid any more")
    if offer is not None and (mode != "closed" or offer.by_operator):
        return _Standing(role=offer.role, inviter_id=offer.inviter_id)
    match mode:
        case "open":
            return _Standing()
        case "approval":
            return _Standing(state="pending")
        case "invitation":
            raise Forbidden("Signing up here needs an invitation")
        case "closed":
            raise Forbidden("Nobody can sign up here at the moment")


async def create_user(app: App, username: str, email: str, password: str, role: str = "member") -> User:
    """Make an account by the operator's wish, whatever the mode. `Invalid` for a wrong value or a name taken."""
    if role not in ROLES:
        raise Invalid(f"Role must be one of {', '.join(ROLES)}")
    form = Form(username=username, email=email, password=password)
    await _check_form(app, form, any_host=True)
    return await _make(app, form, _Standing(role=role))


async def _check_form(app: App, form: Form, *, any_host: bool = False) -> None:
    names.check(form.username)
    email = check_email(form.email, any_host=any_host)
    passwords.check(form.password, username=form.username, email=email)
    await profiles.check_free(app, form.username)
    if await app.db.row("SELECT 1 AS value FROM users WHERE email = ?", email):
        raise InvalidField("email", "ERR_TAKEN", "E-mail address", "has already been taken")


async def _make(app: App, form: Form, standing: _Standing) -> User:
    hashed = await passwords.hash_password(form.password)
    pair = await generate_pair()
    try:
        async with app.db.transaction():
            if form.invite:
                await invites.use(app, form.invite)
            account = await profiles.create_local(app, form.username, pair=pair, announce=False)
            user = await User.create(
                using_db=app.db.orm,
                id=app.ids.next(),
                account_id=account.id,
                email=check_email(form.email, any_host=True),
                password_hash=hashed,
                role=standing.role,
                state=standing.state,
                reason=form.reason.strip(),
                locale=form.locale[:35] or "en",
                invited_by_id=standing.inviter_id,
                made_with_id=standing.app_id,
                created_at=app.now(),
            )
            if standing.state == "active":
                await app.emit(AccountJoined(account.id))
    except IntegrityError as error:  # somebody was faster with the same name or address
        raise Invalid("Username or e-mail address has already been taken") from error
    return user


def check_email(text: str, *, any_host: bool = False) -> str:
    """Return an e-mail address as it is stored and compared: lower case, the host in ASCII.

    `Invalid` for what is no plain `local@host`: quoted forms, control characters, lists, a host with a dot at its end.
    The host must have a dot within unless `any_host`.
    """
    local, at, host = text.strip().rpartition("@")
    try:
        host = host.encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    good = at and len(local) <= 64 and len(local) + len(host) < 254 and _LOCAL_PART.fullmatch(local)
    if not good or not _HOST.fullmatch(host) or not (any_host or "." in host):
        raise InvalidField("email", "ERR_INVALID", "E-mail address", "is invalid")
    return f"{local.lower()}@{host}"


async def approve(app: App, user_id: int) -> None:
    """Let somebody in who waits for approval, and emit AccountJoined. Nothing happens when nobody waits."""
    async with app.db.transaction():
        rows = await app.db.returning(
            "UPDATE users SET state = 'active' WHERE id = ? AND state = 'pending' RETURNING account_id", user_id
        )
        for row in rows:
            await app.emit(AccountJoined(row["account_id"]))
    tokens.forget_user(app, user_id)


async def reject(app: App, user_id: int, *, text: str = "", language: str | None = None) -> None:
    """Refuse somebody who waits: the login and its account go. The name is free again, as nobody ever saw it.

    For a month the right password tells them so, with the moderators' `text`. `NotFound` where nobody waits.
    """
    async with app.db.transaction():
        user = await User.get_or_none(id=user_id, state="pending", using_db=app.db.orm)
        if user is None:
            raise NotFound
        name = await app.db.value("SELECT username AS value FROM accounts WHERE id = ?", user.account_id)
        await refusals.note(app, user, str(name), text=text, language=language)
        await _remove(app, user_id, user.account_id)


async def withdraw(app: App, user_id: int) -> None:
    """Take one's own sign-up back while nobody has decided about it. `NotFound` when that person does not wait."""
    async with app.db.transaction():
        row = await app.db.row("SELECT account_id FROM users WHERE id = ? AND state = 'pending'", user_id)
        if row is None:
            raise NotFound
        await _remove(app, user_id, row["account_id"])


async def _remove(app: App, user_id: int, account_id: int) -> None:
    async with app.db.transaction():
        await users.end_everything(app, user_id)
        for statement in (
            "DELETE FROM oauth_tokens WHERE user_id = ?",
            "DELETE FROM users WHERE id = ? AND state = 'pending'",
        ):
            await app.db.execute(statement, user_id)
        for statement in ("DELETE FROM account_keys WHERE account_id = ?", "DELETE FROM accounts WHERE id = ?"):
            await app.db.execute(statement, account_id)


def _count(app: App, key: str, limit: int, window: float) -> None:
    if not app.settings.limits.enabled:
        return
    allowance = app.limiter.hit(key, limit, window)
    if not allowance.allowed:
        wait = (allowance.reset - app.now()) // timedelta(seconds=1) + 1
        raise TooMany("Too many sign-ups. Try again later", retry_after=max(1, wait))
