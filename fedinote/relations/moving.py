"""What people here had with an account that moved, they have with the new one: follows, lists, blocks, mutes, notes."""

import contextlib
import time

import msgspec

from fedinote.events import AccountMoved
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, Forbidden
from fedinote.relations import blocks, follows

CARRY_JOB = "relations.carry"
MAX_FOLLOWERS = 10_000
BATCH = 50
PATIENCE = 30.0
"""Seconds after which a job hands the rest to the next one."""

_FOLLOWERS = """
SELECT f.id, f.follower_id, f.reblogs, f.notify, f.languages FROM follows f JOIN accounts a ON a.id = f.follower_id
WHERE f.target_id = ? AND f.accepted AND a.domain = '' AND a.suspended_at IS NULL AND f.id > ? ORDER BY f.id LIMIT ?
"""

# Whoever follows the new account has decided about it already.
_BLOCKERS = """
SELECT b.account_id FROM blocks b JOIN accounts a ON a.id = b.account_id
WHERE b.target_id = ? AND a.domain = '' AND b.account_id <> ?
  AND NOT EXISTS (SELECT 1 FROM blocks n WHERE n.account_id = b.account_id AND n.target_id = ?)
  AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = b.account_id AND f.target_id = ?)
ORDER BY b.id LIMIT ?
"""

_MUTES = """
INSERT INTO mutes (id, account_id, target_id, hide_notifications, expires_at, created_at)
SELECT CAST(? AS BIGINT), m.account_id, CAST(? AS BIGINT), m.hide_notifications, m.expires_at, CAST(? AS BIGINT)
FROM mutes m WHERE m.id = ? AND NOT EXISTS
  (SELECT 1 FROM follows f WHERE f.follower_id = m.account_id AND f.target_id = ?)
ON CONFLICT DO NOTHING
"""

_NOTES = """
INSERT INTO account_notes (account_id, target_id, comment)
SELECT n.account_id, CAST(? AS BIGINT), n.comment FROM account_notes n WHERE n.target_id = ? AND n.account_id <> ?
ON CONFLICT DO NOTHING
"""

_LISTED = """
SELECT m.of_list_id FROM list_members m JOIN lists l ON l.id = m.of_list_id WHERE m.account_id = ? AND l.account_id = ?
"""


async def on_account_moved(app: App, event: AccountMoved) -> None:
    """Plan the carrying over."""
    await jobs.enqueue(app, CARRY_JOB, {"account_id": event.account_id, "target_id": event.target_id})


async def carry(app: App, account_id: int, target_id: int, after: int = 0, done: int = 0) -> None:
    """Carry over what our people had with an account to the one that it moved to (a job; safe to repeat).

    `after` is the follow that came last, `done` how many did. At most 10,000 followers go.
    """
    if not after:
        await _carry_blocks(app, account_id, target_id)
        await _carry_mutes(app, account_id, target_id)
        await app.db.execute(_NOTES, target_id, account_id, target_id)
    end = time.monotonic() + PATIENCE
    while done < MAX_FOLLOWERS:
        rows = await app.db.rows(_FOLLOWERS, account_id, after, BATCH)
        for row in rows:
            await _carry_follow(app, row, account_id, target_id)
            after, done = row["id"], done + 1
        if len(rows) < BATCH:
            return
        if time.monotonic() > end:
            args = {"account_id": account_id, "target_id": target_id, "after": after, "done": done}
            await jobs.enqueue(app, CARRY_JOB, args)
            return


async def _carry_follow(app: App, row: Row, account_id: int, target_id: int) -> None:
    """Let one follower follow the new account, with the same wishes and in the same lists, instead of the old one.

    Where that may not be (one of the two blocks the other), all stays as it was.
    """
    me = row["follower_id"]
    if me == target_id:
        return
    with contextlib.suppress(Forbidden, Conflict):
        async with app.db.transaction():
            languages = msgspec.json.decode(row["languages"]) if row["languages"] else None
            await follows.request(
                app, me, target_id, reblogs=bool(row["reblogs"]), notify=bool(row["notify"]), languages=languages
            )
            for entry in await app.db.rows(_LISTED, account_id, me):
                await app.db.execute(
                    "INSERT INTO list_members (id, of_list_id, account_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    app.ids.next(),
                    entry["of_list_id"],
                    target_id,
                )
            await follows.undo(app, me, account_id)


async def _carry_blocks(app: App, account_id: int, target_id: int) -> None:
    while True:
        rows = await app.db.rows(_BLOCKERS, account_id, target_id, target_id, target_id, BATCH)
        for row in rows:
            await blocks.block(app, row["account_id"], target_id)
        if len(rows) < BATCH:
            return


async def _carry_mutes(app: App, account_id: int, target_id: int) -> None:
    rows = await app.db.rows(
        "SELECT m.id FROM mutes m JOIN accounts a ON a.id = m.account_id"
        " WHERE m.target_id = ? AND a.domain = '' AND m.account_id <> ? LIMIT ?",
        account_id,
        target_id,
        MAX_FOLLOWERS,
    )
    for row in rows:
        await app.db.execute(_MUTES, app.ids.next(), target_id, app.now(), row["id"], target_id)
