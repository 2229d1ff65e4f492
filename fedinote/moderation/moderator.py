"""Who may decide: the `Moderator`, made only here, from somebody whose role is looked up at that moment.

Nobody acts on somebody of their own rank or above, themselves included. Thus no owner can be acted on through the
API at all; at the command line the last owner who can log in is protected by `auth.users`.
"""

from dataclasses import dataclass
from enum import Flag, auto

from fedinote.auth.viewer import Viewer, rank
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, NotFound


class Power(Flag):
    """What a role may be allowed to do."""

    REPORTS = auto()
    ACCOUNTS = auto()
    AUDIT = auto()
    DOMAINS = auto()
    DELETION = auto()
    TRENDS = auto()
    BLOCKS = auto()
    DASHBOARD = auto()
    PROPOSALS = auto()
    GLOSSARY = auto()
    SETTINGS = auto()
    INVITES = auto()
    EMOJI = auto()
    ANNOUNCEMENTS = auto()
    ENGINES = auto()
    """Says where posts are sent to be translated, those that are not public too: the owner's alone."""


_MODERATOR = Power.REPORTS | Power.ACCOUNTS | Power.AUDIT | Power.TRENDS | Power.DASHBOARD | Power.PROPOSALS
_ADMIN = _MODERATOR | Power.DOMAINS | Power.DELETION | Power.BLOCKS | Power.GLOSSARY
_ADMIN |= Power.SETTINGS | Power.INVITES | Power.EMOJI | Power.ANNOUNCEMENTS
ANOTHER = """SELECT 1 AS value FROM users u JOIN accounts a ON a.id = u.account_id
 WHERE u.role <> 'member' AND u.state = 'active' AND a.suspended_at IS NULL AND a.deleted_at IS NULL
 AND u.account_id <> ? LIMIT 1"""
"""SQL: somebody else who moderates here; its parameter is who does already."""
_POWERS = {"moderator": _MODERATOR, "admin": _ADMIN, "owner": _ADMIN | Power.ENGINES}


def powers(role: str) -> Power:
    """Return what a role may do; nothing for members and what is no role."""
    return _POWERS.get(role, Power(0))


@dataclass(frozen=True, slots=True)
class Moderator:
    """Somebody who may decide. A verb that takes one needs no further look at roles but the target's."""

    account_id: int
    user_id: int
    role: str

    def may(self, power: Power) -> bool:
        """Tell whether the role has a power."""
        return power in powers(self.role)


async def acting(app: App, viewer: Viewer, power: Power) -> Moderator:
    """Return the moderator that a viewer is now. `Forbidden` when the present role does not have the power.

    The role is read from the database: what a token or a cache says of it may be out of date.
    """
    row = await app.db.row(
        "SELECT u.role FROM users u JOIN accounts a ON a.id = u.account_id"
        " WHERE u.id = ? AND u.state = 'active' AND a.suspended_at IS NULL AND a.deleted_at IS NULL",
        viewer.user_id,
    )
    if row is None or power not in powers(row["role"]):
        raise Forbidden
    return Moderator(viewer.account_id, viewer.user_id, row["role"])


@dataclass(frozen=True, slots=True)
class Subordinate:
    """An account that a moderator may act on. `user_id` and `state` are None for people of other servers."""

    id: int
    domain: str
    uri: str
    user_id: int | None
    state: str | None
    suspended: bool
    suspended_by_domain: str | None
    silenced: bool
    silenced_by_domain: str | None
    sensitized: bool

    @property
    def is_local(self) -> bool:
        """Whether the account lives on this server."""
        return self.domain == ""


async def subordinate(app: App, by: Moderator, account_id: int) -> Subordinate:
    """Return the account that `by` wants to act on, held until the running transaction ends.

    `NotFound` when there is none (any more); `Forbidden` for the same rank and above, and for the server's own actor.
    """
    row = await _row(app, account_id)
    if row is None:
        raise NotFound
    if row["domain"] == "" and (row["role"] is None or rank(row["role"]) >= rank(by.role)):
        raise Forbidden("This account is not below your role")
    return _subordinate(row)


async def standing(app: App, account_id: int) -> Subordinate | None:
    """Return an account as it stands for moderators, whoever it is; None when there is none (any more)."""
    row = await _row(app, account_id)
    return None if row is None else _subordinate(row)


async def below_operator(app: App, account_id: int) -> Subordinate:
    """Return the account that the command line acts on, held likewise. `NotFound`; `Forbidden` for owners.

    Who keeps the last key to the server is not shut out by mistake: owners get another role first.
    """
    row = await _row(app, account_id)
    if row is None:
        raise NotFound
    if row["domain"] == "" and row["role"] in (None, "owner"):
        raise Forbidden("An owner cannot be acted on: give them another role first")
    return _subordinate(row)


async def anybody(app: App, account_id: int) -> Subordinate | None:
    """Return the account that a rule acts on, held likewise; None for staff, for the server's own actor, for nobody."""
    row = await _row(app, account_id)
    if row is None or (row["domain"] == "" and row["role"] != "member"):
        return None
    return _subordinate(row)


async def alone(app: App, by: Moderator) -> bool:
    """Tell whether nobody else moderates here at present, so that some things are decided by whom they concern."""
    return await app.db.row(ANOTHER, by.account_id) is None


async def concerned(app: App, by: Moderator, account_id: int) -> bool:
    """Tell whether something is about `by`, so that somebody else decides about it: there is somebody else."""
    return by.account_id == account_id and not await alone(app, by)


async def _row(app: App, account_id: int) -> Row | None:
    lock = "FOR NO KEY UPDATE OF a" if app.db.dialect == "postgresql" else ""
    return await app.db.row(
        "SELECT a.id, a.domain, a.uri, a.suspended_at, a.suspended_by_domain, a.silenced_at, a.silenced_by_domain,"  # noqa: S608
        " a.sensitized_at, u.id AS user_id, u.role, u.state FROM accounts a LEFT JOIN users u ON u.account_id = a.id"
        f" WHERE a.id = ? AND a.deleted_at IS NULL {lock}",
        account_id,
    )


def _subordinate(row: Row) -> Subordinate:
    return Subordinate(
        id=row["id"],
        domain=row["domain"],
        uri=row["uri"],
        user_id=row["user_id"],
        state=row["state"],
        suspended=row["suspended_at"] is not None,
        suspended_by_domain=row["suspended_by_domain"],
        silenced=row["silenced_at"] is not None,
        silenced_by_domain=row["silenced_by_domain"],
        sensitized=row["sensitized_at"] is not None,
    )
