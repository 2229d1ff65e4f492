"""Reading one's notifications, and putting them away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.posts import visibility

Window = Callable[[str], tuple[str, Sequence[int], str]]
"""Given the column that a page goes by: its condition, parameters and order."""

MOST_UNREAD = 1000
COLUMNS = "n.id, n.kind, n.from_account_id, n.post_id, n.subject, n.created_at"
# Asked again at reading: what a person may not see any more, or does not want to, is not shown either (it comes back
# with the right to see it).
_SHOWN = """
(SELECT s.suspended_at IS NULL FROM accounts s WHERE s.id = n.from_account_id)
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = n.account_id AND b.target_id = n.from_account_id)
AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = n.account_id AND m.target_id = n.from_account_id
  AND m.hide_notifications AND (m.expires_at IS NULL OR m.expires_at > ?))
AND NOT EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = n.account_id
  AND d.domain = (SELECT s.domain FROM accounts s WHERE s.id = n.from_account_id))
AND (n.post_id IS NULL OR EXISTS (SELECT 1 FROM posts p WHERE p.id = n.post_id AND {visible}))
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notifications: only these kinds (None: all), none of those, only from one account.

    `filtered`: those too that the person's policy keeps apart.
    """

    kinds: tuple[str, ...] | None = None
    not_kinds: tuple[str, ...] = ()
    from_id: int | None = None
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification. `kind` is Mastodon's type; `subject` is the report's id for `admin.report`."""

    id: int
    kind: str
    from_account_id: int
    post_id: int | None
    subject: str
    created_at: int


def as_notice(row: Row) -> Notice:
    """Turn a row of COLUMNS into a Notice."""
    return Notice(row["id"], row["kind"], row["from_account_id"], row["post_id"], row["subject"], row["created_at"])


def may_be_shown(app: App, account_id: int) -> tuple[str, list[int]]:
    """Return the condition that keeps what the person may and wants to see at present, and its parameters."""
    visible, params = visibility.condition("p", account_id)
    return _SHOWN.format(visible=visible), [to_ms(app.now()), *params]


def chosen_by(wanted: Wanted) -> tuple[str, list[int | list[str]]]:
    """Return the condition that keeps what is wanted, and its parameters."""
    parts: list[str] = ["TRUE" if wanted.filtered else "NOT n.filtered"]
    params: list[int | list[str]] = []
    if wanted.kinds is not None:
        parts.append("n.kind IN_TEXTS(?)")
        params.append(list(wanted.kinds))
    if wanted.not_kinds:
        parts.append("NOT n.kind IN_TEXTS(?)")
        params.append(list(wanted.not_kinds))
    if wanted.from_id is not None:
        parts.append("n.from_account_id = ?")
        params.append(wanted.from_id)
    return " AND ".join(parts), params


async def page(app: App, account_id: int, window: Window, wanted: Wanted) -> list[Notice]:
    """Return a person's notifications in the window's order."""
    where, params, order = window("n.id")
    chosen, chosen_params = chosen_by(wanted)
    shown, shown_params = may_be_shown(app, account_id)
    rows = await app.db.rows(
        f"SELECT {COLUMNS} FROM notifications n"  # noqa: S608
        f" WHERE n.account_id = ? AND {where} AND {chosen} AND {shown} {order}",
        account_id,
        *params,
        *chosen_params,
        *shown_params,
    )
    return [as_notice(row) for row in rows]


async def show(app: App, account_id: int, notification_id: int) -> Notice:
    """Return one of a person's notifications. Raises NotFound for others', and for what may not be seen any more."""
    shown, params = may_be_shown(app, account_id)
    row = await app.db.row(
        f"SELECT {COLUMNS} FROM notifications n WHERE n.id = ? AND n.account_id = ? AND {shown}",  # noqa: S608
        notification_id,
        account_id,
        *params,
    )
    if row is None:
        raise NotFound
    return as_notice(row)


async def by_id(app: App, account_id: int, ids: Sequence[int]) -> list[Notice]:
    """Return those of a person's notifications that have these ids and may be seen, in any order."""
    shown, params = may_be_shown(app, account_id)
    rows = await app.db.rows(
        f"SELECT {COLUMNS} FROM notifications n WHERE n.id IN_INTS(?) AND n.account_id = ? AND {shown}",  # noqa: S608
        list(ids),
        account_id,
        *params,
    )
    return [as_notice(row) for row in rows]


async def dismiss(app: App, account_id: int, notification_id: int) -> None:
    """Put one notification away for good. Raises NotFound when the person has no such one."""
    if not await app.db.execute(
        "DELETE FROM notifications WHERE id = ? AND account_id = ?", notification_id, account_id
    ):
        raise NotFound


async def clear(app: App, account_id: int) -> None:
    """Put all of a person's notifications away for good."""
    await app.db.execute("DELETE FROM notifications WHERE account_id = ?", account_id)


async def unread_count(app: App, account_id: int, wanted: Wanted, most: int = 100) -> int:
    """Count the notifications after the person's read marker, up to `most` (at most 1,000)."""
    chosen, chosen_params = chosen_by(wanted)
    shown, shown_params = may_be_shown(app, account_id)
    count: int = await app.db.value(
        "SELECT COUNT(*) AS value FROM (SELECT n.id FROM notifications n WHERE n.account_id = ? AND n.id > COALESCE("  # noqa: S608
        "(SELECT k.last_read_id FROM markers k WHERE k.account_id = ? AND k.timeline = 'notifications'), 0)"
        f" AND {chosen} AND {shown} ORDER BY n.id DESC LIMIT ?) c",
        account_id,
        account_id,
        *chosen_params,
        *shown_params,
        min(max(most, 1), MOST_UNREAD),
    )
    return count
