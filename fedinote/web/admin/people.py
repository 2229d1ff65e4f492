"""Accounts as moderators see them: rows for lists, one account with its login, and what was decided about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fedinote.auth.viewer import rank
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator
from fedinote.timelines.window import Window
from fedinote.web import cards
from fedinote.web.cards import Person

_ROWS = """SELECT a.id AS author_id, a.username, a.domain, a.uri AS author_uri, a.url AS author_url, a.display_name,
 a.avatar, a.avatar_remote, a.actor_type, a.indexable, a.silenced_at, a.locked, a.note, a.suspended_at,
 a.suspended_by_domain, a.silenced_by_domain, a.sensitized_at, a.vouched_at, a.created_at, a.followers_count,
 a.following_count, a.statuses_count, u.id AS user_id, u.role, u.state, u.email, u.reason, u.locale,
 u.created_at AS joined_at, i.account_id AS inviter_id, ia.username AS inviter,
 (SELECT MAX(d.day) FROM user_days d WHERE d.user_id = u.id) AS last_day
 FROM accounts a LEFT JOIN users u ON u.account_id = a.id LEFT JOIN users i ON i.id = u.invited_by_id
 LEFT JOIN accounts ia ON ia.id = i.account_id WHERE a.deleted_at IS NULL AND a.id IN_INTS(?)"""
_ADDRESSES = """SELECT DISTINCT s.address FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.account_id = ?
 AND s.address <> '' ORDER BY s.address"""
_REPORTS = """SELECT (SELECT COUNT(*) FROM reports WHERE target_id = ?) AS about,
 (SELECT COUNT(*) FROM reports WHERE target_id = ? AND action_taken_at IS NULL) AS open,
 (SELECT COUNT(*) FROM reports WHERE account_id = ?) AS made"""
HISTORY = 50
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Held:
    """An account and how it stands. `state` and `role` are "" for people of other servers."""

    person: Person
    state: str
    role: str
    email: str
    reason: str
    locale: str
    silenced: bool
    silenced_by: str
    suspended: bool
    suspended_by: str
    sensitized: bool
    vouched: bool
    joined: datetime
    last_day: datetime | None
    inviter: str
    inviter_id: int | None
    followers: int
    following: int
    posts: int

    @property
    def local(self) -> bool:
        """Whether the account lives here."""
        return self.person.domain == ""

    @property
    def below(self) -> int:
        """The rank of its role; -1 for people of other servers, whom every moderator may act on."""
        return rank(self.role) if self.role else -1


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision about an account: by whom ("" for a rule or the command line, then `via` says which), and why."""

    at: datetime
    action: str
    by: str
    via: str
    reason: str
    detail: str


async def held(app: App, ids: Sequence[int]) -> list[Held]:
    """Return accounts in the order of the ids; those who are gone are left out."""
    found = {row["author_id"]: _held(app, row) for row in await app.db.rows(_ROWS, list(ids))}
    return [found[one] for one in ids if one in found]


async def one(app: App, account_id: int) -> Held:
    """Return one account. `NotFound`."""
    found = await held(app, [account_id])
    if not found:
        raise NotFound
    return found[0]


def _held(app: App, row: Row) -> Held:
    return Held(
        person=cards.person(app, row),
        state=row["state"] or "",
        role=row["role"] or "",
        email=row["email"] or "",
        reason=row["reason"] or "",
        locale=row["locale"] or "",
        silenced=row["silenced_at"] is not None,
        silenced_by=row["silenced_by_domain"] or "",
        suspended=row["suspended_at"] is not None,
        suspended_by=row["suspended_by_domain"] or "",
        sensitized=row["sensitized_at"] is not None,
        vouched=row["vouched_at"] is not None,
        joined=from_ms(row["joined_at"] or row["created_at"]),
        last_day=None if row["last_day"] is None else from_ms(row["last_day"] * _DAY * 1000),
        inviter=row["inviter"] or "",
        inviter_id=row["inviter_id"],
        followers=row["followers_count"],
        following=row["following_count"],
        posts=row["statuses_count"],
    )


def reachable(by: Moderator, account: Held) -> bool:
    """Tell whether somebody may act on an account: it is below their role."""
    return account.below < rank(by.role)


async def addresses(app: App, account_id: int) -> list[str]:
    """Return the addresses from which the open sessions of a person came."""
    return [row["address"] for row in await app.db.rows(_ADDRESSES, account_id)]


async def reports(app: App, account_id: int) -> dict[str, int]:
    """Count the reports `about` an account, the `open` ones of them, and those that it `made`."""
    row = await app.db.row(_REPORTS, account_id, account_id, account_id)
    assert row is not None
    return {name: int(row[name]) for name in ("about", "open", "made")}


async def history(app: App, account_id: int) -> list[Decided]:
    """Return the last decisions about an account, newest first."""
    entries = await audit.page(app, Window(HISTORY).sql, target=("account", str(account_id)))
    actors = {entry.actor_id for entry in entries if entry.actor_id is not None}
    rows = await app.db.rows("SELECT id, username FROM accounts WHERE id IN_INTS(?)", list(actors))
    names = {row["id"]: row["username"] for row in rows}
    return [
        Decided(
            entry.created_at,
            entry.action,
            "" if entry.actor_id is None else names.get(entry.actor_id, ""),
            str(entry.detail.get("via", "")),
            str(entry.detail.get("reason", "")),
            _detail(entry.detail),
        )
        for entry in entries
    ]


def _detail(detail: Any) -> str:
    return str(detail.get("role", "")) if "role" in detail else ""
