"""What a rule holds back, decided by moderators: released as if it had just come, or dropped.

A post that was there already and is out of sight (`posts.withdrawn`) is shown again as it was, or deleted.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.moderation import audit, moderator
from fedinote.moderation.automatic import reasons
from fedinote.moderation.cases import statements
from fedinote.moderation.cases.statements import Basis, Decision
from fedinote.moderation.moderator import Moderator, Power
from fedinote.posts import holding, publishing, revising, withdrawn
from fedinote.posts.drafts import NewPost

_STATED = """SELECT id, post_ids FROM statements WHERE account_id = ? AND action = 'hold_statuses'
 AND lifted_at IS NULL"""


async def release(app: App, held_id: int, *, by: Moderator | None, own: bool = False) -> int | None:
    """Publish what is held; return the post's id, None when there is no place for it any more (its author left).

    What one wrote oneself somebody else releases, where there is somebody else; unless all of a rule's is released
    (`own`). Raises NotFound and Forbidden. `by` None is the command line.
    """
    allowed(by)
    async with app.db.transaction():
        row = await holding.take(app, held_id)
        if by is not None and not own and await moderator.concerned(app, by, row["account_id"]):
            raise Forbidden("Somebody else decides about what you wrote")
        new = holding.post_of(row)
        if row["former"]:
            await withdrawn.give_back(app, row)
            await _end_statement(app, row, by)
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


async def drop(app: App, held_id: int, *, by: Moderator | None) -> int | None:
    """Throw away what is held: nobody will ever see it. NotFound; Forbidden, also where the author ranks above.

    A post that was there already is deleted. Of that, and to authors of this server always, there is a statement of
    reasons, whose id is returned.
    """
    allowed(by)
    return await _drop(app, held_id, by)


async def _drop(app: App, held_id: int, by: Moderator | None, *, unseen: bool = False) -> int | None:
    async with app.db.transaction():
        row = await holding.find(app, held_id)
        await below(app, by, row["account_id"])
        if row["former"]:
            told = await _delete(app, row, by, unseen=unseen)  # whose visibility is that which it had: others are told
        else:
            told = await _tell(app, row, by, unseen=unseen)
        await app.db.execute("DELETE FROM held_posts WHERE id = ?", held_id)
        await _note(app, "held.drop", row, by)
    return told


async def _delete(app: App, row: Row, by: Moderator | None, *, unseen: bool) -> int | None:
    post = await app.db.row("SELECT id, account_id, local FROM posts WHERE id = ?", row["post_id"])
    if post is None:
        return None
    await publishing.delete(app, post["id"])
    decision = Decision("post.delete", post["account_id"], bool(post["local"]), _actor(by), "", (post["id"],))
    return await _state(app, decision, (row["reason"],), unseen=unseen)


async def _tell(app: App, row: Row, by: Moderator | None, *, unseen: bool) -> int | None:
    """Write the statement for an author of this server whose post, or new version of one, nobody will see."""
    if not await app.db.row("SELECT 1 AS value FROM accounts WHERE id = ? AND domain = ''", row["account_id"]):
        return None
    action = "post.delete" if row["post_id"] is None else "account.warn"
    posts = () if row["post_id"] is None else (row["post_id"],)
    decision = Decision(action, row["account_id"], True, _actor(by), "", posts)
    return await _state(app, decision, (row["reason"], reasons.unpublished(row)), unseen=unseen)


async def _state(app: App, decision: Decision, lines: Sequence[str], *, unseen: bool) -> int | None:
    text = "\n".join(filter(None, lines))
    said = replace(decision, text=reasons.of_rule(app, text, reasons.UNSEEN) if unseen else text)
    return await statements.note(app, said, Basis(language=reasons.LANGUAGE, by_hand=not unseen))


def _actor(by: Moderator | None) -> int | None:
    return by.account_id if by else None


async def _end_statement(app: App, row: Row, by: Moderator | None) -> None:
    """End the statement that said that a post is held: it is not any more."""
    for one in await app.db.rows(_STATED, row["account_id"]):
        if row["post_id"] in msgspec.json.decode(one["post_ids"]):
            await statements.lift(app, one["id"], _actor(by), "undone")


async def tidy(app: App) -> None:
    """Drop what nobody looked at for thirty days and somebody has to be told of (every so often).

    That is what was out of sight, and what people here wrote; of the rest see `posts.holding.tidy`.
    """
    sql = f"SELECT h.id {holding.OLD} AND (h.former <> '' OR a.domain = '') ORDER BY h.id LIMIT 500"
    while rows := await app.db.rows(sql, app.now() - holding.KEEP):
        for row in rows:
            with contextlib.suppress(NotFound):  # released at this moment
                await _drop(app, row["id"], None, unseen=True)


def allowed(by: Moderator | None) -> None:
    """Refuse who may not decide about held posts; None, the command line, may. `Forbidden`."""
    if by is not None and not by.may(Power.REPORTS):
        raise Forbidden


async def below(app: App, by: Moderator | None, author_id: int) -> None:
    """Refuse to keep a post from everybody whose author is not below `by`; one's own may be. `Forbidden`."""
    if by is not None and by.account_id != author_id:
        await moderator.subordinate(app, by, author_id)


async def _note(app: App, action: str, row: Row, by: Moderator | None) -> None:
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type="post" if row["uri"] else "account",
        target=row["uri"] or row["account_id"],
        detail={"via": "" if by else "command line", "reason": row["reason"][:500]},
    )
