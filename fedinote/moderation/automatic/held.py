"""What a rule holds back, decided by moderators: released as if it had just come, or dropped.

A post that was there already and is out of sight (`posts.withdrawn`) is shown again as it was, or deleted.
"""

import contextlib
from dataclasses import replace

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.moderation import audit
from fedinote.moderation.cases import statements
from fedinote.moderation.cases.statements import Basis, Decision
from fedinote.moderation.moderator import Moderator, Power
from fedinote.posts import holding, publishing, revising, withdrawn
from fedinote.posts.drafts import NewPost


async def release(app: App, held_id: int, *, by: Moderator | None) -> int | None:
    """Publish what is held; return the post's id, None when there is no place for it any more (its author left).

    Raises NotFound and Forbidden. `by` None is the command line.
    """
    allowed(by)
    async with app.db.transaction():
        row = await holding.take(app, held_id)
        new = holding.post_of(row)
        if row["former"]:
            await withdrawn.give_back(app, row)
        post_id = await _stored(app, new) if row["post_id"] is None else await _renewed(app, row, new)
        if post_id is not None:
            await withdrawn.clear(app, post_id)
        await _note(app, "held.release", row, by)
    return post_id


async def _stored(app: App, new: NewPost) -> int | None:
    if new.local:
        new = replace(new, created_at=app.now())
    elif new.uri and await publishing.is_deleted(app, new.uri):
        return None
    return await publishing.store(app, new, judged=True)


async def _renewed(app: App, row: Row, new: NewPost) -> int | None:
    present = await app.db.row("SELECT * FROM posts WHERE id = ?", row["post_id"])
    if present is None:
        return None
    if present["local"]:
        new = replace(new, edited_at=app.now())
    if not row["present"]:
        await revising.revise(app, present, new, judged=True)
    found: int = present["id"]
    return found


async def drop(app: App, held_id: int, *, by: Moderator | None) -> None:
    """Throw away what is held: nobody will ever see it. Raises NotFound and Forbidden.

    A post that was there already is deleted, with a statement of reasons.
    """
    allowed(by)
    async with app.db.transaction():
        row = await holding.find(app, held_id)
        if row["former"]:
            await _delete(app, row, by)  # whose visibility is that which it had: others are told
        await app.db.execute("DELETE FROM held_posts WHERE id = ?", held_id)
        await _note(app, "held.drop", row, by)


async def _delete(app: App, row: Row, by: Moderator | None) -> None:
    post = await app.db.row("SELECT id, account_id, local FROM posts WHERE id = ?", row["post_id"])
    if post is None:
        return
    await publishing.delete(app, post["id"])
    actor = by.account_id if by else None
    decision = Decision("post.delete", post["account_id"], bool(post["local"]), actor, row["reason"], (post["id"],))
    await statements.note(app, decision, Basis())


async def tidy(app: App) -> None:
    """Delete the posts that were out of sight for thirty days and that nobody looked at (every so often)."""
    sql = "SELECT id FROM held_posts WHERE created_at < ? AND former <> '' ORDER BY id LIMIT 500"
    while rows := await app.db.rows(sql, app.now() - holding.KEEP):
        for row in rows:
            with contextlib.suppress(NotFound):  # released at this moment
                await drop(app, row["id"], by=None)


def allowed(by: Moderator | None) -> None:
    """Refuse who may not decide about held posts; None, the command line, may. `Forbidden`."""
    if by is not None and not by.may(Power.REPORTS):
        raise Forbidden


async def _note(app: App, action: str, row: Row, by: Moderator | None) -> None:
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type="post" if row["uri"] else "account",
        target=row["uri"] or row["account_id"],
        detail={"via": "" if by else "command line", "reason": row["reason"][:500]},
    )
