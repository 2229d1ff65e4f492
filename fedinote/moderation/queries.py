"""Pages that moderators read: accounts by state, and reports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.moderation.cases.queue import OF_OTHERS
from fedinote.moderation.moderator import Moderator
from fedinote.policy import domains

Window = Callable[[str], tuple[str, Sequence[int], str]]
_STATES = {
    "": "TRUE",
    "active": "a.suspended_at IS NULL AND (u.id IS NULL OR u.state = 'active')",
    "pending": "u.state = 'pending'",
    "disabled": "u.state = 'disabled'",
    "silenced": "a.silenced_at IS NOT NULL",
    "suspended": "a.suspended_at IS NOT NULL",
    "sensitized": "a.sensitized_at IS NOT NULL",
}
_ORIGINS = {"": "TRUE", "local": "a.domain = ''", "remote": "a.domain <> ''"}
# The server's own actor is nobody to act on; those who left are gone.
_PEOPLE = """SELECT a.id FROM accounts a LEFT JOIN users u ON u.account_id = a.id
 WHERE a.deleted_at IS NULL AND NOT (a.domain = '' AND u.id IS NULL)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which accounts a moderator looks for; what is empty does not matter. Texts are beginnings, `email` too."""

    origin: str = ""
    state: str = ""
    staff: bool = False
    roles: tuple[str, ...] = ()
    by_domain: str = ""
    username: str = ""
    display_name: str = ""
    email: str = ""
    address: str = ""
    invited_by: int | None = None


async def accounts(app: App, wanted: Wanted, window: Window) -> list[int]:
    """Return a page of account ids. `window` gives condition, parameters and order for a column (`Paging.sql`).

    `Invalid` for a state or an origin that there is none of, and for what is no domain.
    """
    if wanted.state not in _STATES or wanted.origin not in _ORIGINS:
        raise Invalid("Validation failed: Status is not included in the list")
    where, params, order = window("a.id")
    conditions = [where, _ORIGINS[wanted.origin], _STATES[wanted.state]]
    values: list[Any] = list(params)
    for condition, given in _given(wanted):
        conditions.append(condition)
        values += given
    sql = f"{_PEOPLE} AND {' AND '.join(conditions)} {order}"
    return [row["id"] for row in await app.db.rows(sql, *values)]


def _given(wanted: Wanted) -> list[tuple[str, list[Any]]]:
    """Return the conditions of the fields that are not empty."""
    found: list[tuple[bool, str, Callable[[], Any]]] = [
        (wanted.staff, "u.role <> ?", lambda: "member"),
        (bool(wanted.roles), "u.role IN_TEXTS(?)", lambda: list(wanted.roles)),
        (bool(wanted.by_domain), "a.domain = ?", lambda: domains.key(wanted.by_domain)),
        (bool(wanted.username), "a.username_key LIKE ? ESCAPE '!'", lambda: _beginning(wanted.username)),
        (bool(wanted.display_name), "LOWER(a.display_name) LIKE ? ESCAPE '!'", lambda: _beginning(wanted.display_name)),
        (bool(wanted.email), "u.email LIKE ? ESCAPE '!'", lambda: _beginning(wanted.email)),
        (
            bool(wanted.address),
            "EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id AND s.address = ?)",
            lambda: wanted.address,
        ),
        (
            wanted.invited_by is not None,
            "u.invited_by_id IN (SELECT i.id FROM users i WHERE i.account_id = ?)",
            lambda: wanted.invited_by,
        ),
    ]
    return [(condition, [value()]) for given, condition, value in found if given]


def _beginning(text: str) -> str:
    escaped = text.strip().lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"{escaped}%"


async def reports(
    app: App,
    by: Moderator,
    window: Window,
    *,
    resolved: bool = False,
    account_id: int | None = None,
    target_id: int | None = None,
    target_origin: Literal["", "local", "remote"] = "",
) -> list[int]:
    """Return a page of ids of reports: open or `resolved` ones, by a reporter, about an account, or about an origin.

    Those about `by` are for others, if there are others.
    """
    where, params, order = window("r.id")
    conditions = [OF_OTHERS, where, f"r.action_taken_at IS {'NOT ' if resolved else ''}NULL", _ORIGINS[target_origin]]
    values: list[Any] = [by.account_id, by.account_id, *params]
    for column, value in (("r.account_id", account_id), ("r.target_id", target_id)):
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    sql = f"SELECT r.id FROM reports r JOIN accounts a ON a.id = r.target_id WHERE {' AND '.join(conditions)} {order}"  # noqa: S608
    return [row["id"] for row in await app.db.rows(sql, *values)]
