"""What an author wishes to be done with a post, said or changed after it was published. It is no new version."""

from fedinote.accounts import wishes
from fedinote.events import PostWishChanged
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound

_CHANGE = "UPDATE posts SET machine_translation = ? WHERE id = ? AND machine_translation <> ? RETURNING id"


async def change(app: App, author_id: int, post_id: int, wish: str) -> str:
    """Say which machines may translate a post of one's own; return the wish as it is stored. Emits PostWishChanged.

    Raises `Invalid` for no such wish and `NotFound` for others' posts.
    """
    value = wishes.checked(wish).value
    async with app.db.transaction():
        own = await app.db.row(
            "SELECT id FROM posts WHERE id = ? AND account_id = ? AND local = TRUE AND reblog_of_id IS NULL",
            post_id,
            author_id,
        )
        if own is None:
            raise NotFound
        await renew(app, post_id, value)
    return value


async def renew(app: App, post_id: int, wish: str) -> bool:
    """Take over what the author of a post here or elsewhere wishes now; False when that is nothing new."""
    async with app.db.transaction():
        if not await app.db.returning(_CHANGE, wish, post_id, wish):
            return False
        await app.emit(PostWishChanged(post_id))
    return True
