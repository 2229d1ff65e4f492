"""Accounts that somebody recommends on the own profile."""

from fedinote.events import FollowRejected, Unfollowed
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.relations.lookup import Entry, Pager
from fedinote.relations.pairs import pair

MAX_ENDORSED = 100
_NOT_FOLLOWED = "Validation failed: You must be already following the person you want to endorse"


async def endorse(app: App, account_id: int, target_id: int) -> None:
    """Recommend somebody whom one follows; repeating it changes nothing. Raises NotFound and Invalid (no follow)."""
    async with app.db.transaction():
        await pair(app, account_id, target_id)
        followed, others = await app.db.many(
            (
                "SELECT 1 AS value FROM follows WHERE follower_id = ? AND target_id = ? AND accepted = TRUE",
                (account_id, target_id),
            ),
            (
                "SELECT COUNT(*) AS value FROM endorsements WHERE account_id = ? AND target_id <> ?",
                (account_id, target_id),
            ),
        )
        if not followed:
            raise Invalid(_NOT_FOLLOWED)
        if others[0]["value"] >= MAX_ENDORSED:
            raise Invalid(f"Validation failed: You have already endorsed {MAX_ENDORSED} accounts")
        await app.db.execute(
            "INSERT INTO endorsements (id, account_id, target_id, created_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            app.ids.next(),
            account_id,
            target_id,
            app.now(),
        )


async def withdraw(app: App, account_id: int, target_id: int) -> None:
    """Recommend somebody no longer; nothing where one did not. Raises NotFound."""
    async with app.db.transaction():
        await pair(app, account_id, target_id)
        await app.db.execute("DELETE FROM endorsements WHERE account_id = ? AND target_id = ?", account_id, target_id)


async def on_unfollowed(app: App, event: Unfollowed | FollowRejected) -> None:
    """Recommend nobody whom one does not follow any more."""
    await app.db.execute(
        "DELETE FROM endorsements WHERE account_id = ? AND target_id = ?", event.follower_id, event.target_id
    )


async def page(app: App, account_id: int, viewer_id: int | None, pager: Pager) -> list[Entry]:
    """Return whom an account recommends, by endorsement id; suspended accounts are left out.

    Nothing for a viewer whom the account blocks, nor where it is suspended.
    """
    where, params, order = pager("e.id")
    rows = await app.db.rows(
        "SELECT e.id, e.target_id AS account_id FROM endorsements e JOIN accounts a ON a.id = e.target_id"  # noqa: S608
        " WHERE e.account_id = ? AND a.suspended_at IS NULL AND a.deleted_at IS NULL"
        " AND EXISTS (SELECT 1 FROM accounts o WHERE o.id = e.account_id AND o.suspended_at IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM blocks k WHERE k.account_id = e.account_id AND k.target_id = ?)"
        f" AND {where} {order}",
        account_id,
        viewer_id or 0,
        *params,
    )
    return [Entry(row["id"], row["account_id"]) for row in rows]
