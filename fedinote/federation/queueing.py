"""Writing deliveries: the body once, a row for each distinct inbox, in the transaction of their cause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fedinote.infra.app import App

MAX_KEY = 2048

# Everybody who is told: remote, not suspended, on a server that is not given up; the shared inbox where there is one.
_RECIPIENTS = """
FROM accounts a WHERE a.id IN (
    SELECT f.follower_id FROM follows f WHERE f.target_id = ? AND f.accepted UNION EACH_INT(?))
  AND a.domain <> '' AND a.suspended_at IS NULL AND a.inbox_url <> ''
  AND NOT EXISTS (SELECT 1 FROM hosts h WHERE h.host = a.domain AND h.unavailable_at IS NOT NULL)
"""

_DELIVERIES = f"""
INSERT INTO deliveries (outgoing_id, inbox, host, order_key, attempts, next_at, created_at)
SELECT DISTINCT CAST(? AS BIGINT), CASE WHEN a.shared_inbox_url <> '' THEN a.shared_inbox_url ELSE a.inbox_url END,
  a.domain, CAST(? AS TEXT), 0, CAST(? AS BIGINT), CAST(? AS BIGINT)
{_RECIPIENTS} ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets an activity: the followers of `followers_of` (0: nobody's), and these accounts."""

    followers_of: int = 0
    accounts: tuple[int, ...] = ()


async def anybody(app: App, audience: Audience) -> bool:
    """Tell whether anybody on another server would get it, so that nothing is rendered for nobody."""
    sql = f"SELECT 1 AS value {_RECIPIENTS} LIMIT 1"
    return await app.db.row(sql, audience.followers_of, list(audience.accounts)) is not None


# What takes an object back makes pointless what was not delivered yet about it: no inbox must wait for that.
_SUPERSEDE = """
UPDATE deliveries SET dead_at = ?, error = 'superseded' WHERE order_key = ? AND outgoing_id <> ? AND dead_at IS NULL
  AND lease_until IS NULL AND inbox IN (SELECT d.inbox FROM deliveries d WHERE d.outgoing_id = ?)
"""


async def queue(app: App, sender_id: int, body: Mapping[str, Any], audience: Audience, *, order_key: str) -> None:
    """Queue an activity to all inboxes of an audience, in the running transaction.

    `order_key` names what it is about (an object's id, or a pair of accounts): what concerns one thing arrives in
    order at each inbox, and a Delete, Undo or Reject takes the place of what did not arrive yet.
    """
    outgoing_id, now = app.ids.next(), app.now()
    final = body["type"] in ("Delete", "Undo", "Reject")
    key = order_key[:MAX_KEY]
    await app.db.write(
        (
            "INSERT INTO outgoing_activities (id, account_id, body, created_at) VALUES (?, ?, ?, ?)",
            (outgoing_id, sender_id, msgspec.json.encode(body).decode(), now),
        ),
        (_DELIVERIES, (outgoing_id, key, now, now, audience.followers_of, list(audience.accounts))),
        *([(_SUPERSEDE, (now, key, outgoing_id, outgoing_id))] if final else []),
    )
    app.db.after_commit(app.work.set)


async def queue_to(app: App, sender_id: int, body: Mapping[str, Any], accounts: Iterable[int], order_key: str) -> None:
    """Queue an activity to the inboxes of some accounts."""
    await queue(app, sender_id, body, Audience(accounts=tuple(accounts)), order_key=order_key)
