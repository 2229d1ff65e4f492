"""Writing deliveries: the body once, with its proof, and a row for each inbox, in the transaction of their cause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from fedinote.activitypub import proofs
from fedinote.activitypub.quirks import host_of
from fedinote.federation import assertions
from fedinote.infra.app import App
from fedinote.infra.db import Query

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
SELECT DISTINCT CAST(? AS BIGINT),
  CASE WHEN a.shared_inbox_url <> '' AND NOT (a.id IN_INTS(?)) THEN a.shared_inbox_url ELSE a.inbox_url END,
  a.domain, CAST(? AS TEXT), 0, CAST(? AS BIGINT), CAST(? AS BIGINT)
{_RECIPIENTS} ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets an activity: the followers of `followers_of` (0: nobody's), and these accounts.

    Those of them who are also `blind` get it in their own inbox: nothing in it says that it is for them.
    """

    followers_of: int = 0
    accounts: tuple[int, ...] = ()
    blind: tuple[int, ...] = ()


async def anybody(app: App, audience: Audience) -> bool:
    """Tell whether anybody on another server would get it, so that nothing is rendered for nobody."""
    sql = f"SELECT 1 AS value {_RECIPIENTS} LIMIT 1"
    return await app.db.row(sql, audience.followers_of, list(audience.accounts)) is not None


# What takes an object back makes pointless what was not delivered yet about it: no inbox must wait for that.
_SUPERSEDE = """
UPDATE deliveries SET dead_at = ?, error = 'superseded' WHERE order_key = ? AND outgoing_id <> ? AND dead_at IS NULL
  AND lease_until IS NULL AND inbox IN (SELECT d.inbox FROM deliveries d WHERE d.outgoing_id = ?)
"""


# Whoever got something learns that it was taken back, also who no longer follows: it says no more than the id.
_FORMER = """
INSERT INTO deliveries (outgoing_id, inbox, host, order_key, attempts, next_at, created_at)
SELECT DISTINCT CAST(? AS BIGINT), l.inbox, l.host, l.about, 0, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM delivery_log l
WHERE l.about = ? AND l.said = 'accepted'
  AND NOT EXISTS (SELECT 1 FROM hosts h WHERE h.host = l.host AND h.unavailable_at IS NOT NULL)
ON CONFLICT DO NOTHING
"""


async def queue(app: App, sender_id: int, body: Mapping[str, Any], audience: Audience, *, order_key: str) -> int:
    """Queue an activity to all inboxes of an audience, in the running transaction; return the id of its row.

    `order_key` names what it is about (an object's id, or a pair of accounts): what concerns one thing arrives in
    order at each inbox, and a Delete, Undo or Reject takes the place of what did not arrive yet.
    """
    outgoing_id, now = app.ids.next(), app.now()
    final = body["type"] in ("Delete", "Undo", "Reject")
    key = order_key[:MAX_KEY]
    await app.db.write(
        _outgoing(outgoing_id, sender_id, await _proven(app, sender_id, body), now),
        (
            _DELIVERIES,
            (outgoing_id, list(audience.blind), key, now, now, audience.followers_of, list(audience.accounts)),
        ),
        *([(_FORMER, (outgoing_id, now, now, key))] if _takes_back(body) else []),
        *([(_SUPERSEDE, (now, key, outgoing_id, outgoing_id))] if final else []),
    )
    app.db.after_commit(app.work.set)
    return outgoing_id


def _takes_back(body: Mapping[str, Any]) -> bool:
    """Tell whether a post or a boost is taken back."""
    return body["type"] == "Delete" or (body["type"] == "Undo" and bool(body["object"].get("type") == "Announce"))


async def was_sent(app: App, uri: str) -> bool:
    """Tell whether anything about this was taken by another server within the last week."""
    sql = "SELECT 1 AS value FROM delivery_log WHERE about = ? AND said = 'accepted' LIMIT 1"
    return await app.db.row(sql, uri) is not None


def _outgoing(outgoing_id: int, sender_id: int, body: str, now: datetime) -> Query:
    sql = "INSERT INTO outgoing_activities (id, account_id, body, created_at) VALUES (?, ?, ?, ?)"
    return sql, (outgoing_id, sender_id, body, now)


async def _proven(app: App, sender_id: int, body: Mapping[str, Any]) -> str:
    """Return an activity as it is sent, with the proof of its actor: once, however many inboxes there are."""
    key_id, key = await assertions.own(app, sender_id)
    return msgspec.json.encode(proofs.attach(body, key_id=key_id, key=key, now=app.now())).decode()


async def queue_to(app: App, sender_id: int, body: Mapping[str, Any], accounts: Iterable[int], order_key: str) -> None:
    """Queue an activity to the inboxes of some accounts."""
    await queue(app, sender_id, body, Audience(accounts=tuple(accounts)), order_key=order_key)


async def queue_to_inbox(app: App, sender_id: int, body: Mapping[str, Any], inbox: str, order_key: str) -> None:
    """Queue an activity to one inbox, whoever is behind it: that of a relay has no account here."""
    outgoing_id, now = app.ids.next(), app.now()
    await app.db.write(
        _outgoing(outgoing_id, sender_id, await _proven(app, sender_id, body), now),
        (
            "INSERT INTO deliveries (outgoing_id, inbox, host, order_key, attempts, next_at, created_at)"
            " VALUES (?, ?, ?, ?, 0, ?, ?)",
            (outgoing_id, inbox, host_of(inbox), order_key[:MAX_KEY], now, now),
        ),
    )
    app.db.after_commit(app.work.set)


_PARTING = """
INSERT INTO deliveries (outgoing_id, inbox, host, order_key, parting, attempts, next_at, created_at)
SELECT CAST(? AS BIGINT), CASE WHEN a.shared_inbox_url <> '' THEN a.shared_inbox_url ELSE a.inbox_url END,
  a.domain, CAST(? AS TEXT), TRUE, 0, CAST(? AS BIGINT), CAST(? AS BIGINT)
FROM accounts a WHERE a.id = ? AND a.domain <> '' AND a.inbox_url <> ''
  AND NOT EXISTS (SELECT 1 FROM hosts h WHERE h.host = a.domain AND h.unavailable_at IS NOT NULL)
ON CONFLICT DO NOTHING
"""


async def queue_parting(app: App, sender_id: int, body: Mapping[str, Any], account_id: int, order_key: str) -> None:
    """Queue what an account's server is still told although it is blocked: that a follow has ended."""
    outgoing_id, now = app.ids.next(), app.now()
    await app.db.write(
        _outgoing(outgoing_id, sender_id, await _proven(app, sender_id, body), now),
        (_PARTING, (outgoing_id, order_key[:MAX_KEY], now, now, account_id)),
    )
    app.db.after_commit(app.work.set)


_FORWARDS = f"""
INSERT INTO deliveries (outgoing_id, inbox, host, order_key, attempts, next_at, created_at)
SELECT DISTINCT CAST(? AS BIGINT), CASE WHEN a.shared_inbox_url <> '' THEN a.shared_inbox_url ELSE a.inbox_url END,
  a.domain, CAST(? AS TEXT), 0, CAST(? AS BIGINT), CAST(? AS BIGINT)
{_RECIPIENTS} AND NOT (a.domain IN_TEXTS(?)) ON CONFLICT DO NOTHING
"""


async def queue_forward(app: App, sender_id: int, body: bytes, *, but_hosts: list[str], order_key: str) -> None:
    """Queue somebody else's activity, byte for byte, to the followers of a local account (ActivityPub 7.1.2).

    The request is signed by that account; the activity speaks for itself, or its origin does. `but_hosts` have it.
    """
    outgoing_id, now = app.ids.next(), app.now()
    await app.db.write(
        _outgoing(outgoing_id, sender_id, body.decode(), now),
        (_FORWARDS, (outgoing_id, order_key[:MAX_KEY], now, now, sender_id, [], but_hosts)),
    )
    app.db.after_commit(app.work.set)
