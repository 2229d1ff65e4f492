"""Blocking, muting, and private notes about people."""

from datetime import timedelta

from fedinote.events import Blocked, Unblocked, Unmuted
from fedinote.infra.app import App
from fedinote.infra.db import Query
from fedinote.infra.errors import Conflict, Forbidden, Invalid
from fedinote.relations import follows
from fedinote.relations.pairs import pair

MAX_NOTE = 2000
MAX_MUTE = timedelta(days=366 * 100)

# Boosts that bring one person's posts into the other's home go as well as the posts themselves.
_OUT_OF_HOME = """
DELETE FROM home_entries WHERE account_id = ? AND (author_id = ? OR post_id IN (
  SELECT h.post_id FROM home_entries h JOIN posts b ON b.id = h.post_id JOIN posts o ON o.id = b.reblog_of_id
  WHERE h.account_id = ? AND o.account_id = ?))
"""


async def block(app: App, account_id: int, target_id: int, *, uri: str | None = None) -> None:
    """Let `account` block `target`; repeating it changes nothing. `uri` is the id of a remote account's Block.

    Ends follows and requests both ways (Unfollowed and FollowRejected are emitted for those that were there), takes
    each out of the other's home and notifications, and emits Blocked. Raises NotFound, Forbidden (oneself) and
    Conflict (the uri belongs to another block).
    """
    async with app.db.transaction():
        account, target = await pair(app, account_id, target_id)
        if account_id == target_id:
            raise Forbidden("You cannot block yourself")
        block_id = app.ids.next()
        own = f"{account.uri}{'/' if account.is_local else '#'}blocks/{block_id}"
        made = await app.db.returning(
            "INSERT INTO blocks (id, account_id, target_id, uri, created_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING RETURNING id",
            block_id,
            account_id,
            target.id,
            uri or own,
            app.now(),
        )
        if not made:
            await _expect(app, account_id, target_id)
            return
        await follows.undo(app, account_id, target_id)
        await follows.reject(app, target_id, account_id)
        await app.db.write(*_parted(account_id, target_id), *_parted(target_id, account_id))
        await app.emit(Blocked(account_id, target_id, uri or own))


async def _expect(app: App, account_id: int, target_id: int) -> None:
    """Raise Conflict unless the block that could not be stored is there already."""
    found = await app.db.row(
        "SELECT 1 AS value FROM blocks WHERE account_id = ? AND target_id = ?", account_id, target_id
    )
    if found is None:
        raise Conflict(reason="another block has this uri")


def _parted(account_id: int, other_id: int) -> list[Query]:
    return [
        (_OUT_OF_HOME, (account_id, other_id, account_id, other_id)),
        ("DELETE FROM notifications WHERE account_id = ? AND from_account_id = ?", (account_id, other_id)),
    ]


async def unblock(app: App, account_id: int, target_id: int) -> bool:
    """Let `account` no longer block `target`; False when it did not. Emits Unblocked."""
    async with app.db.transaction():
        await pair(app, account_id, target_id)
        gone = await app.db.returning(
            "DELETE FROM blocks WHERE account_id = ? AND target_id = ? RETURNING uri", account_id, target_id
        )
        if not gone:
            return False
        await app.emit(Unblocked(account_id, target_id, gone[0]["uri"]))
        return True


async def mute(
    app: App, account_id: int, target_id: int, *, hide_notifications: bool = True, duration: int = 0
) -> None:
    """Hide `target` from `account`, for `duration` seconds (0: until unmuted). Repeating it sets both anew.

    Nobody else learns of it, so there is no event. Raises NotFound, Forbidden (oneself) and Invalid (a negative
    duration; over a hundred years counts as for ever).
    """
    if account_id == target_id:
        raise Forbidden("You cannot mute yourself")
    if duration < 0:
        raise Invalid("Validation failed: Duration must not be negative")
    lasting = duration == 0 or duration > MAX_MUTE.total_seconds()
    async with app.db.transaction():
        await pair(app, account_id, target_id)
        await app.db.execute(
            "INSERT INTO mutes (id, account_id, target_id, hide_notifications, expires_at, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account_id, target_id) DO UPDATE SET"
            " hide_notifications = excluded.hide_notifications, expires_at = excluded.expires_at",
            app.ids.next(),
            account_id,
            target_id,
            hide_notifications,
            None if lasting else app.now() + timedelta(seconds=duration),
            app.now(),
        )


async def unmute(app: App, account_id: int, target_id: int) -> bool:
    """Show `target` to `account` again; False when it was not muted. Emits Unmuted."""
    async with app.db.transaction():
        gone = await app.db.execute("DELETE FROM mutes WHERE account_id = ? AND target_id = ?", account_id, target_id)
        if not gone:
            return False
        await app.emit(Unmuted(account_id, target_id))
        return True


async def forget_expired_mutes(app: App) -> int:
    """Delete mutes that are over (every reader ignores them already); the number deleted. For a periodic job.

    Emits Unmuted for each.
    """
    over = await app.db.rows("SELECT id FROM mutes WHERE expires_at <= ? ORDER BY id", app.now())
    ended = 0
    for row in over:
        ended += await _end_mute(app, row["id"])
    return ended


async def _end_mute(app: App, mute_id: int) -> bool:
    async with app.db.transaction():
        gone = await app.db.returning(
            "DELETE FROM mutes WHERE id = ? AND expires_at <= ? RETURNING account_id, target_id", mute_id, app.now()
        )
        for row in gone:
            await app.emit(Unmuted(row["account_id"], row["target_id"]))
        return bool(gone)


async def write_note(app: App, account_id: int, target_id: int, comment: str) -> None:
    """Keep a private note of `account` about `target`; blank removes it. Raises NotFound and Invalid (too long)."""
    comment = comment.strip()
    if len(comment) > MAX_NOTE:
        raise Invalid(f"Validation failed: Comment is too long (maximum is {MAX_NOTE} characters)")
    async with app.db.transaction():
        await pair(app, account_id, target_id)
        if not comment:
            await app.db.execute(
                "DELETE FROM account_notes WHERE account_id = ? AND target_id = ?", account_id, target_id
            )
            return
        await app.db.execute(
            "INSERT INTO account_notes (account_id, target_id, comment) VALUES (?, ?, ?)"
            " ON CONFLICT (account_id, target_id) DO UPDATE SET comment = excluded.comment",
            account_id,
            target_id,
            comment,
        )
