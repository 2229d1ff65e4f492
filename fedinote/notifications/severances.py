"""Telling people that follows of theirs ended by a decision about somebody else: a domain, or an account.

https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fedinote.events import RelationshipsSevered
from fedinote.infra.app import App
from fedinote.notifications import subscriptions
from fedinote.notifications.telling import stream

KIND = "severed_relationships"


@dataclass(frozen=True, slots=True)
class Severance:
    """What somebody lost. `kind` is Mastodon's type of the event; times are epoch milliseconds."""

    id: int
    kind: str
    target_name: str
    followers_count: int
    following_count: int
    created_at: int


async def on_relationships_severed(app: App, event: RelationshipsSevered) -> None:
    """Keep what each lost, and tell them (`severed_relationships`): the notification's subject is the event's id."""
    now = app.now()
    local = await app.db.rows(
        "SELECT id FROM accounts WHERE id IN_INTS(?) AND domain = '' AND deleted_at IS NULL AND suspended_at IS NULL",
        [row[0] for row in event.losses],
    )
    here = {row["id"] for row in local}
    rows = [
        (app.ids.next(), account_id, event.kind, event.target_name, followers, following, now)
        for account_id, followers, following in event.losses
        if account_id in here
    ]
    await app.db.execute_many(
        "INSERT INTO severances (id, account_id, kind, target_name, followers_count, following_count, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    told = [(account_id, app.ids.next()) for _, account_id, *_ in rows]
    await app.db.execute_many(
        "INSERT INTO notifications (id, account_id, kind, from_account_id, post_id, subject, created_at, filtered)"
        " VALUES (?, ?, ?, ?, NULL, ?, ?, FALSE)",
        [
            (notice_id, account_id, KIND, account_id, str(row[0]), now)
            for (account_id, notice_id), row in zip(told, rows, strict=True)
        ],
    )
    stream(app, told)
    await subscriptions.queue(app, KIND, told)


async def by_id(app: App, ids: Sequence[int]) -> dict[int, Severance]:
    """Return events by id; one query, none for none."""
    if not ids:
        return {}
    rows = await app.db.rows(
        "SELECT id, kind, target_name, followers_count, following_count, created_at FROM severances"
        " WHERE id IN_INTS(?)",
        list(ids),
    )
    return {
        row["id"]: Severance(
            row["id"],
            row["kind"],
            row["target_name"],
            row["followers_count"],
            row["following_count"],
            row["created_at"],
        )
        for row in rows
    }
