"""Answers of people here to which the author of the other post did not agree: kept, for those alone who wrote them."""

from fedinote.events import AnswerRefused, PostWithdrawn
from fedinote.infra.app import App
from fedinote.posts.holding import HELD

ALONE = "direct"
"""The visibility of a refused answer: for those whom a post names; it names nobody any more."""


async def keep(app: App, post_id: int, author_id: int) -> None:
    """Keep an answer for its author alone: `author_id`, of the other post, did not agree to it.

    One that waits for a moderator's look is so afterwards. Emits PostWithdrawn and AnswerRefused.
    """
    async with app.db.transaction():
        row = await app.db.row("SELECT account_id, visibility FROM posts WHERE id = ? AND local = TRUE", post_id)
        if row is None:
            return
        await app.emit(PostWithdrawn(post_id, row["account_id"], row["visibility"]))
        await app.db.write(
            ("UPDATE posts SET visibility = ? WHERE id = ? AND visibility <> ?", (ALONE, post_id, HELD)),
            ("UPDATE held_posts SET former = ? WHERE post_id = ? AND former <> ''", (ALONE, post_id)),
            ("DELETE FROM post_mentions WHERE post_id = ?", (post_id,)),
        )
        await app.emit(AnswerRefused(post_id, row["account_id"], author_id))
