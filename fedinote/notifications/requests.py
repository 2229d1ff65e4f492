"""Filtered notifications, by sender: a request is accepted (all of them come, and later ones too) or dismissed.

A request is made by mentions and quotes only, as in Mastodon; likes and follows of the same sender wait with them.
https://docs.joinmastodon.org/entities/NotificationRequest/
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.notifications import queries
from fedinote.notifications.queries import Window

MERGE_JOB = "notifications.merge"
FORGET_JOB = "notifications.forget"
AT_ONCE = 200
"""How many notifications are moved or deleted with the answer itself; the others in a job, as many at a time."""
MOST_COUNTED = 100
KINDS = ("mention", "quote")
"""What makes a request, and is counted in it."""

_WAITING = "n.account_id = r.account_id AND n.from_account_id = r.from_account_id AND n.filtered AND n.kind IN_TEXTS(?)"
_REQUESTS = f"""
SELECT r.id, r.from_account_id, r.created_at, r.updated_at, (SELECT COUNT(*) FROM (
  SELECT n.id FROM notifications n WHERE {_WAITING} AND {{shown}} LIMIT {MOST_COUNTED}) c) AS total,
 (SELECT MAX(n.post_id) FROM notifications n WHERE {_WAITING} AND {{shown}}) AS last_post_id
FROM notification_requests r
WHERE r.account_id = ? AND EXISTS (SELECT 1 FROM notifications n WHERE {_WAITING} AND {{shown}})
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Request:
    """What waits of one sender. `total` is at most 100; times are epoch milliseconds."""

    id: int
    from_account_id: int
    total: int
    last_post_id: int | None
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Summary:
    """How many requests wait (at most 100), and how many notifications are in them."""

    requests: int
    notifications: int


async def note(app: App, from_id: int, people: Sequence[int]) -> None:
    """Make or renew the requests of a sender, as part of the running transaction."""
    now = app.now()
    await app.db.execute_many(
        "INSERT INTO notification_requests (id, account_id, from_account_id, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (account_id, from_account_id) DO UPDATE SET updated_at = excluded.updated_at",
        [(app.ids.next(), one, from_id, now, now) for one in sorted(people)],
    )


def _query(app: App, account_id: int) -> tuple[str, list[Any]]:
    """Return the query of a person's requests in which there is something to show, and its parameters."""
    shown, params = queries.may_be_shown(app, account_id)
    part: list[Any] = [list(KINDS), *params]
    return _REQUESTS.format(shown=shown), [*part, *part, account_id, *part]


def _request(row: Row) -> Request:
    return Request(
        row["id"], row["from_account_id"], row["total"], row["last_post_id"], row["created_at"], row["updated_at"]
    )


async def page(app: App, account_id: int, window: Window) -> list[Request]:
    """Return a page of a person's requests, by id; one query."""
    sql, params = _query(app, account_id)
    where, more, order = window("r.id")
    return [_request(row) for row in await app.db.rows(f"{sql} AND {where} {order}", *params, *more)]


async def show(app: App, account_id: int, request_id: int) -> Request:
    """Return one of a person's requests. Raises NotFound for others' and for one that is empty by now."""
    sql, params = _query(app, account_id)
    row = await app.db.row(f"{sql} AND r.id = ?", *params, request_id)
    if row is None:
        raise NotFound
    return _request(row)


async def summary(app: App, account_id: int) -> Summary:
    """Count what waits."""
    sql, params = _query(app, account_id)
    row = await app.db.row(
        f"SELECT COUNT(*) AS requests, COALESCE(SUM(w.total), 0) AS notifications FROM ({sql} LIMIT {MOST_COUNTED}) w",  # noqa: S608
        *params,
    )
    assert row is not None
    return Summary(row["requests"], int(row["notifications"]))


async def _take(app: App, account_id: int, request_ids: Sequence[int]) -> list[int]:
    """Delete a person's requests; the senders' ids."""
    gone = await app.db.returning(
        "DELETE FROM notification_requests WHERE account_id = ? AND id IN_INTS(?) RETURNING from_account_id",
        account_id,
        list(request_ids),
    )
    return sorted(row["from_account_id"] for row in gone)


async def accept(app: App, account_id: int, request_ids: Sequence[int]) -> int:
    """Let the senders of these requests in, now and later; the number of requests, others' and unknown ones left out.

    Clients are told once their notifications are with the others (`merged`).
    """
    async with app.db.transaction():
        senders = await _take(app, account_id, request_ids)
        if not senders:
            return 0
        await app.db.execute_many(
            "INSERT INTO notification_permissions (id, account_id, from_account_id, created_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [(app.ids.next(), account_id, one, app.now()) for one in senders],
        )
        if await _merge(app, account_id) == AT_ONCE:
            await jobs.enqueue(app, MERGE_JOB, {"account_id": account_id})
        else:
            _say_merged(app, account_id)
    return len(senders)


_MERGE = """
UPDATE notifications SET filtered = FALSE WHERE id IN (SELECT n.id FROM notifications n
 JOIN notification_permissions pm ON pm.account_id = n.account_id AND pm.from_account_id = n.from_account_id
 WHERE n.account_id = ? AND n.filtered LIMIT ?)
"""


async def _merge(app: App, account_id: int) -> int:
    return await app.db.execute(_MERGE, account_id, AT_ONCE)


async def merge(app: App, account_id: int) -> None:
    """Put what is left of accepted senders with the other notifications, and tell it. The function of MERGE_JOB."""
    more = True
    while more:
        async with app.db.transaction():
            more = await _merge(app, account_id) == AT_ONCE
            if not more:
                _say_merged(app, account_id)


async def merged(app: App, account_id: int) -> bool:
    """Tell whether all notifications of accepted senders are with the others."""
    row = await app.db.row(
        "SELECT 1 AS value FROM notifications n JOIN notification_permissions pm"
        " ON pm.account_id = n.account_id AND pm.from_account_id = n.from_account_id"
        " WHERE n.account_id = ? AND n.filtered LIMIT 1",
        account_id,
    )
    return row is None


def _say_merged(app: App, account_id: int) -> None:
    message = msgspec.json.encode(["notifications_merged", 1])
    app.db.after_commit(lambda: app.bus.publish(f"user:{account_id}", message))


async def dismiss(app: App, account_id: int, request_ids: Sequence[int]) -> int:
    """Put requests away with the notifications in them; the number of requests. What comes later makes a new one."""
    async with app.db.transaction():
        senders = await _take(app, account_id, request_ids)
        for one in senders:
            if await _forget(app, account_id, one) == AT_ONCE:
                await jobs.enqueue(app, FORGET_JOB, {"account_id": account_id, "from_id": one})
    return len(senders)


async def _forget(app: App, account_id: int, from_id: int) -> int:
    return await app.db.execute(
        "DELETE FROM notifications WHERE id IN (SELECT n.id FROM notifications n"
        " WHERE n.account_id = ? AND n.from_account_id = ? AND n.filtered LIMIT ?)",
        account_id,
        from_id,
        AT_ONCE,
    )


async def forget(app: App, account_id: int, from_id: int) -> None:
    """Delete what a dismissed request left over, unless there is a new one by now. The function of FORGET_JOB."""
    more = True
    while more:
        async with app.db.transaction():
            again = await app.db.row(
                "SELECT 1 AS value FROM notification_requests WHERE account_id = ? AND from_account_id = ?",
                account_id,
                from_id,
            )
            more = again is None and await _forget(app, account_id, from_id) == AT_ONCE
