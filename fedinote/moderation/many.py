"""Deciding about many held posts or accounts at once, and taking that back: a batch, with a number.

Each thing is decided in a transaction of its own, with its own row in the audit log. What cannot be done is told and
stops nobody else. The batch is one more row ("batch.held", "batch.accounts"); taking it back another ("batch.undo").
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, FediNoteError, Invalid, NotFound
from fedinote.moderation import actions, audit
from fedinote.moderation.actions import UNSTATED
from fedinote.moderation.automatic import held
from fedinote.moderation.cases import revoking, statements
from fedinote.moderation.cases.statements import Basis
from fedinote.moderation.moderator import Moderator, anybody
from fedinote.posts import holding, withdrawn

MOST = 10_000
KEEP = timedelta(days=90)
KEEP_DROPPED = timedelta(days=1)
HELD_DEEDS = ("release", "drop")
_KEPT = ("id", "account_id", "post_id", "uri", "content", "reason", "former", "present", "created_at")
_ITEM = """INSERT INTO batch_items (id, batch, what, deed, ref, account_id, post_id, statement_id, uri, content,
 created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_TOLD = "SELECT MAX(id) AS value FROM statements WHERE account_id = ? AND moderator_id = ? AND lifted_at IS NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One thing that was decided."""

    what: str
    deed: str
    ref: int
    account_id: int
    post_id: int | None = None
    statement_id: int | None = None
    uri: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a batch: its number, how much was done, and what could not be (number, why)."""

    batch: int
    done: int
    failed: tuple[tuple[int, str], ...] = ()


async def decide_held(app: App, held_ids: Sequence[int], deed: str, *, by: Moderator | None) -> Done:
    """Release or drop many held posts. `Invalid` for another deed, nothing or too many; `by` None: the command line."""
    if deed not in HELD_DEEDS:
        raise Invalid("Validation failed: Type is not included in the list")
    step = _release if deed == "release" else _drop
    return await _each(app, ("held", deed), held_ids, lambda batch, one: step(app, batch, one, by), by)


async def decide_accounts(
    app: App, by: Moderator, account_ids: Sequence[int], deed: str, *, reason: str, basis: Basis = UNSTATED
) -> Done:
    """Do one of `actions.ACTIONS` to many accounts, each with its statement of reasons. `Invalid` as above."""
    if deed not in actions.ACTIONS:
        raise Invalid("Validation failed: Type is not included in the list")
    basis = replace(basis, report_id=None)

    async def one(batch: int, account_id: int) -> bool:
        mark = await _standing(app, account_id)
        await actions.act(app, by, account_id, deed, reason=reason, basis=basis)
        if await _standing(app, account_id) == mark:
            return False
        told = await app.db.value(_TOLD, account_id, by.account_id)
        item = _Item(what="account", deed=deed, ref=account_id, account_id=account_id, statement_id=told)
        await _note(app, batch, item)
        return True

    return await _each(app, ("accounts", deed), account_ids, one, by)


async def _each(
    app: App,
    kind: tuple[str, str],
    ids: Sequence[int],
    step: Callable[[int, int], Awaitable[bool]],
    by: Moderator | None,
) -> Done:
    chosen = list(dict.fromkeys(ids))
    if not 0 < len(chosen) <= MOST:
        raise Invalid(f"Choose at least one, and at most {MOST}")
    batch, done, failed = app.ids.next(), 0, []
    for one in chosen:
        try:
            async with app.db.transaction():
                done += await step(batch, one)
        except FediNoteError as error:
            failed.append((one, str(error)))
    what, deed = kind
    await _tell(app, f"batch.{what}", batch, by, what=what, deed=deed, done=done, failed=len(failed))
    return Done(batch, done, tuple(failed))


async def _release(app: App, batch: int, held_id: int, by: Moderator | None) -> bool:
    item = _held(await holding.find(app, held_id), "release")
    post_id = await held.release(app, held_id, by=by)
    await _note(app, batch, replace(item, post_id=post_id))
    return post_id is not None


async def _drop(app: App, batch: int, held_id: int, by: Moderator | None) -> bool:
    row = await holding.find(app, held_id)
    told = await held.drop(app, held_id, by=by)
    content = msgspec.json.encode({name: row[name] for name in _KEPT}).decode()
    await _note(app, batch, replace(_held(row, "drop"), content=content, statement_id=told))
    return True


def _held(row: Row, deed: str) -> _Item:
    return _Item(what="held", deed=deed, ref=row["id"], account_id=row["account_id"], uri=row["uri"] or "")


async def _note(app: App, batch: int, item: _Item) -> None:
    await app.db.execute(
        _ITEM, app.ids.next(), batch, item.what, item.deed, item.ref, item.account_id, item.post_id,
        item.statement_id, item.uri, item.content, app.now(),
    )  # fmt: skip


async def _standing(app: App, account_id: int) -> tuple[object, ...]:
    target = await anybody(app, account_id)
    if target is None:
        return ()
    return target.suspended, target.silenced, target.sensitized, target.state


async def undo(app: App, batch: int, *, by: Moderator | None) -> Done:
    """Take a batch back. What is released waits again, what was dropped within a day too; accounts are as before.

    Safe to repeat. What somebody changed since is left alone and told: a post that was deleted, a decision that ended.
    Decisions about accounts are taken back by a moderator. `NotFound`, `Conflict` when it is undone already.
    """
    rows = await app.db.rows("SELECT * FROM batch_items WHERE batch = ? ORDER BY id", batch)
    if not rows:
        raise NotFound("There is no such batch")
    rows = [row for row in rows if row["undone_at"] is None]
    if not rows:
        raise Conflict("This is undone already")
    done, failed = 0, []
    for row in rows:
        try:
            async with app.db.transaction():
                await _back(app, row, by)
                await app.db.execute("UPDATE batch_items SET undone_at = ? WHERE id = ?", app.now(), row["id"])
                done += 1
        except FediNoteError as error:
            failed.append((row["ref"], str(error)))
    await _tell(app, "batch.undo", batch, by, what=rows[0]["what"], deed=rows[0]["deed"], done=done, failed=len(failed))
    return Done(batch, done, tuple(failed))


async def _back(app: App, row: Row, by: Moderator | None) -> None:
    held.allowed(by)
    if row["what"] == "account":
        await _restored(app, row, by)
    elif row["deed"] == "release":
        await _hold_again(app, row, by)
    else:
        await _undrop(app, row, by)


async def _hold_again(app: App, row: Row, by: Moderator | None) -> None:
    post = await app.db.row(f"SELECT * FROM posts WHERE id = ?{app.db.lock}", row["post_id"] or 0)  # noqa: S608
    if post is None:
        raise NotFound("The post is not there any more")
    await held.below(app, by, post["account_id"])
    await app.db.execute("UPDATE posts SET cleared_at = NULL WHERE id = ?", post["id"])
    if not await withdrawn.take(app, post, "taken back: it was released by mistake"):
        raise Conflict("The post waits already")


async def _undrop(app: App, row: Row, by: Moderator | None) -> None:
    if not row["content"]:
        raise NotFound("What it said was kept for a day")
    kept = msgspec.json.decode(row["content"])
    if kept["former"]:
        raise Conflict("The post was deleted for good")
    if kept["uri"] and await app.db.row("SELECT 1 AS value FROM posts WHERE uri = ?", kept["uri"]) is not None:
        raise Conflict("The post is there")
    await app.db.execute(
        f"INSERT INTO held_posts ({', '.join(_KEPT)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",  # noqa: S608
        *(bool(kept[name]) if name == "present" else kept[name] for name in _KEPT),
    )
    if row["statement_id"] is not None:
        await statements.lift(app, row["statement_id"], by.account_id if by else None, "undone")


async def _restored(app: App, row: Row, by: Moderator | None) -> None:
    if by is None:
        raise Invalid("Decisions about accounts are taken back by a moderator")
    if (await statements.get(app, row["statement_id"] or 0)).lifted_at is not None:
        raise Conflict("This decision holds no more")
    await revoking.revoke(app, by, row["statement_id"])


async def tidy(app: App) -> None:
    """Forget what dropped posts said after a day, and batches after 90 days (every so often)."""
    await app.db.execute(
        "UPDATE batch_items SET content = '' WHERE content <> '' AND created_at < ?", app.now() - KEEP_DROPPED
    )
    await app.db.execute("DELETE FROM batch_items WHERE created_at < ?", app.now() - KEEP)


async def _tell(app: App, action: str, batch: int, by: Moderator | None, **detail: Any) -> None:
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type="batch",
        target=batch,
        detail={"via": "" if by else "command line", **detail},
    )
