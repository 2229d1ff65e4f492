"""Clearing away what a deleted account made: posts, likes, files, and every row that names it."""

import contextlib
import time
from collections.abc import Iterator

from fedinote.accounts.models import Account
from fedinote.events import AccountDeleted
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.posts import publishing

PURGE_JOB = "posts.purge"
BATCH = 100
PATIENCE = 30.0
"""Seconds after which a job hands the rest of a long life to the next one."""

# Posts and files go one by one; keys verify the last Delete; logins are for `auth`; complaints stay for moderators.
# What moderators decided and said stays too, without the name.
KEPT = frozenset(
    {
        "posts",
        "media",
        "account_keys",
        "assertion_keys",
        "users",
        "reports",
        "audit_log",
        "statements",
        "appeal_messages",
    }
)


async def on_account_deleted(app: App, event: AccountDeleted) -> None:
    """Plan the clearing."""
    await jobs.enqueue(app, PURGE_JOB, {"account_id": event.account_id}, priority=6)


async def purge(app: App, account_id: int) -> None:
    """Clear away what a deleted account made, here or elsewhere (a job; safe to repeat).

    What others made stays, and their counts no longer count it: likes, boosts and answers of that account. Votes in
    polls stay counted, as nobody else's vote may change its weight. An account that is not deleted is left alone.
    """
    row = await app.db.row("SELECT deleted_at, avatar, header FROM accounts WHERE id = ?", account_id)
    if row is None or row["deleted_at"] is None:
        return
    if not await _posts(app, account_id):
        await jobs.enqueue(app, PURGE_JOB, {"account_id": account_id}, priority=6)
        return
    await _rows(app, account_id)
    await _files(app, account_id)
    for key in filter(None, (row["avatar"], row["header"])):
        await app.storage.delete(key)
    await app.db.execute("UPDATE accounts SET avatar = '', header = '', statuses_count = 0 WHERE id = ?", account_id)


async def _posts(app: App, account_id: int) -> bool:
    """Delete posts and boosts, each as its author would, but without telling other servers; False when some are left.

    They are told of the end of the account, which means all of its posts.
    """
    end = time.monotonic() + PATIENCE
    while True:
        rows = await app.db.rows("SELECT id FROM posts WHERE account_id = ? LIMIT ?", account_id, BATCH)
        if not rows:
            return True
        if time.monotonic() > end:
            return False
        for row in rows:
            with contextlib.suppress(NotFound):
                await publishing.delete(app, row["id"], tell=False)


async def _rows(app: App, account_id: int) -> None:
    """Delete likes and reactions, counted out, and then all rows of other tables that belong to or name the account."""
    async with app.db.transaction():
        await app.db.write(
            (
                "UPDATE posts SET favourites_count = favourites_count - 1 WHERE favourites_count > 0 AND id IN"
                " (SELECT post_id FROM favourites WHERE account_id = ?)",
                (account_id,),
            ),
            (
                "UPDATE posts SET reactions_count = reactions_count -"
                " (SELECT COUNT(*) FROM reactions r WHERE r.post_id = posts.id AND r.account_id = ?)"
                " WHERE id IN (SELECT post_id FROM reactions WHERE account_id = ?)",
                (account_id, account_id),
            ),
            *(
                (f"DELETE FROM {table} WHERE {column} = ?", (account_id,))  # noqa: S608  names of our own models
                for table, column in sorted(belongings())
            ),
        )


def belongings() -> Iterator[tuple[str, str]]:
    """Give (table, column) of all that refers to an account and goes with it, from the models themselves.

    So a table that is added later cannot be forgotten.
    """
    for name in Account._meta.backward_fk_fields | Account._meta.backward_o2o_fields:
        relation = Account._meta.fields_map[name]
        model = relation.related_model  # type: ignore[attr-defined]
        table = model._meta.db_table
        if table not in KEPT:
            yield table, f"{relation.relation_field}"  # type: ignore[attr-defined]


async def _files(app: App, account_id: int) -> None:
    rows = await app.db.rows("SELECT id, key, preview_key FROM media WHERE account_id = ?", account_id)
    for row in rows:
        for key in filter(None, (row["key"], row["preview_key"])):
            await app.storage.delete(key)
    await app.db.execute("DELETE FROM media WHERE id IN_INTS(?)", [row["id"] for row in rows])
