"""What a rule holds back, decided by moderators: released as if it had just come, or dropped."""

from dataclasses import replace

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power
from fedinote.posts import holding, publishing, revising
from fedinote.posts.drafts import NewPost


async def release(app: App, held_id: int, *, by: Moderator | None) -> int | None:
    """Publish what is held; return the post's id, None when there is no place for it any more (its author left).

    Raises NotFound and Forbidden. `by` None is the command line.
    """
    _allowed(by)
    async with app.db.transaction():
        row = await holding.take(app, held_id)
        new = holding.post_of(row)
        post_id = await _renewed(app, row, new) if row["post_id"] is not None else await _stored(app, new)
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
    if new.local:
        new = replace(new, edited_at=app.now())
    await revising.revise(app, present, new, judged=True)
    found: int = present["id"]
    return found


async def drop(app: App, held_id: int, *, by: Moderator | None) -> None:
    """Throw away what is held: nobody will ever see it. Raises NotFound and Forbidden."""
    _allowed(by)
    async with app.db.transaction():
        row = await holding.take(app, held_id)
        await _note(app, "held.drop", row, by)


def _allowed(by: Moderator | None) -> None:
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
