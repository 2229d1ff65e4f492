"""Telling people that follows of theirs ended by a decision about somebody else, and which: a domain, or an account.

The accounts themselves are kept with each event, so that people can take the list along or follow again. Whoever is
deleted leaves the lists; an event of which nobody is left is "purged".
https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fedinote.events import AccountDeleted, Loss, RelationshipsSevered
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.notifications import subscriptions
from fedinote.notifications.telling import stream
from fedinote.relations.lookup import Pager

KIND = "severed_relationships"
SIDES = ("following", "follower")
_EVENT = """SELECT s.id, s.kind, s.target_name, s.followers_count, s.following_count, s.created_at,
 NOT EXISTS (SELECT 1 FROM severed_follows f WHERE f.severance_id = s.id) AS purged FROM severances s"""


@dataclass(frozen=True, slots=True)
class Severance:
    """What somebody lost. `kind` is Mastodon's type of the event; times are epoch milliseconds.

    `purged`: nobody of whom it was about is known here any more.
    """

    id: int
    kind: str
    target_name: str
    followers_count: int
    following_count: int
    created_at: int
    purged: bool = False


async def on_relationships_severed(app: App, event: RelationshipsSevered) -> None:
    """Keep what each lost, and tell them (`severed_relationships`): the notification's subject is the event's id."""
    now = app.now()
    local = await app.db.rows(
        "SELECT id FROM accounts WHERE id IN_INTS(?) AND domain = '' AND deleted_at IS NULL AND suspended_at IS NULL",
        sorted({one.account_id for one in event.losses}),
    )
    ids = {row["id"]: app.ids.next() for row in local}
    losses = list(dict.fromkeys(one for one in event.losses if one.account_id in ids))
    count = Counter((one.account_id, one.side) for one in losses)
    await app.db.execute_many(
        "INSERT INTO severances (id, account_id, kind, target_name, followers_count, following_count, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                severance_id,
                account_id,
                event.kind,
                event.target_name,
                count[account_id, "follower"],
                count[account_id, "following"],
                now,
            )
            for account_id, severance_id in ids.items()
        ],
    )
    await _keep(app, ids, losses)
    told = [(account_id, app.ids.next()) for account_id in ids]
    await app.db.execute_many(
        "INSERT INTO notifications (id, account_id, kind, from_account_id, post_id, subject, created_at, filtered)"
        " VALUES (?, ?, ?, ?, NULL, ?, ?, FALSE)",
        [(notice_id, account_id, KIND, account_id, str(ids[account_id]), now) for account_id, notice_id in told],
    )
    stream(app, told)
    await subscriptions.queue(app, KIND, told)


async def _keep(app: App, ids: dict[int, int], losses: Sequence[Loss]) -> None:
    await app.db.execute_many(
        "INSERT INTO severed_follows (id, severance_id, other_id, side, reblogs, notify, languages)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (
                app.ids.next(),
                ids[one.account_id],
                one.other_id,
                one.side,
                one.reblogs,
                one.notify,
                msgspec.json.encode(one.languages).decode() if one.languages else None,
            )
            for one in losses
        ],
    )


async def on_account_deleted(app: App, event: AccountDeleted) -> None:
    """Take who is gone out of others' lists, and forget what they lost themselves."""
    await app.db.write(
        ("DELETE FROM severed_follows WHERE other_id = ?", (event.account_id,)),
        ("DELETE FROM severances WHERE account_id = ?", (event.account_id,)),
    )


async def by_id(app: App, ids: Sequence[int]) -> dict[int, Severance]:
    """Return events by id; one query, none for none."""
    if not ids:
        return {}
    rows = await app.db.rows(f"{_EVENT} WHERE s.id IN_INTS(?)", list(ids))
    return {row["id"]: _severance(row) for row in rows}


async def page(app: App, account_id: int, pager: Pager) -> list[Severance]:
    """Return a page of what somebody lost; `pager` gives condition, parameters and order for a column."""
    where, params, order = pager("s.id")
    rows = await app.db.rows(f"{_EVENT} WHERE s.account_id = ? AND {where} {order}", account_id, *params)
    return [_severance(row) for row in rows]


async def get(app: App, account_id: int, severance_id: int) -> Severance:
    """Return one event of somebody. `NotFound` for another's too."""
    row = await app.db.row(f"{_EVENT} WHERE s.id = ? AND s.account_id = ?", severance_id, account_id)
    if row is None:
        raise NotFound
    return _severance(row)


async def lost(app: App, severance_id: int, side: str, pager: Pager) -> list[Row]:
    """Return a page of the accounts of one side of an event: `id` (of the row), `other_id` and the follow's choices.

    `reachable` is false while the account is suspended here, `followed` tells whether the person follows it (or asks
    to) again.
    """
    where, params, order = pager("f.id")
    return await app.db.rows(
        "SELECT f.id, f.other_id, f.reblogs, f.notify, f.languages, a.username, a.domain,"  # noqa: S608
        " a.suspended_at IS NULL AS reachable, EXISTS (SELECT 1 FROM follows w JOIN severances s ON"
        " s.account_id = w.follower_id WHERE s.id = f.severance_id AND w.target_id = f.other_id) AS followed"
        " FROM severed_follows f JOIN accounts a ON a.id = f.other_id"
        f" WHERE f.severance_id = ? AND f.side = ? AND a.deleted_at IS NULL AND {where} {order}",
        severance_id,
        side,
        *params,
    )


async def forget(app: App, account_id: int, severance_id: int) -> None:
    """Let go of an event with its lists and its notification, as its owner wishes. `NotFound`."""
    async with app.db.transaction():
        await get(app, account_id, severance_id)
        await app.db.write(
            ("DELETE FROM severances WHERE id = ?", (severance_id,)),
            (
                "DELETE FROM notifications WHERE account_id = ? AND kind = ? AND subject = ?",
                (account_id, KIND, str(severance_id)),
            ),
        )


def _severance(row: Row) -> Severance:
    return Severance(
        row["id"],
        row["kind"],
        row["target_name"],
        row["followers_count"],
        row["following_count"],
        row["created_at"],
        bool(row["purged"]),
    )
