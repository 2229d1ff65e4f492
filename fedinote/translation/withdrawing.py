"""What happens to translations that were made, when an author does not want them any more."""

from fedinote.accounts.wishes import MachineTranslation, strictest
from fedinote.events import AccountWishChanged, PostWishChanged
from fedinote.infra.app import App
from fedinote.translation import consent

# What the author wrote or had made belongs to the post, and stays.
_OF_POSTS = """DELETE FROM post_translations WHERE post_id IN (SELECT p.id FROM posts p WHERE {posts})
 AND kind <> 'author' AND location <> '' AND NOT location IN_TEXTS(?)"""
_OF_PROFILE = """DELETE FROM account_translations WHERE account_id = ? AND location <> ''
 AND NOT location IN_TEXTS(?)"""
# What was refused before may be allowed now.
_REFUSED = """DELETE FROM post_translations WHERE post_id IN (SELECT p.id FROM posts p WHERE {posts})
 AND state = 'refused'"""
_REFUSED_PROFILE = "DELETE FROM account_translations WHERE account_id = ? AND state = 'refused'"


async def on_post_wish_changed(app: App, event: PostWishChanged) -> None:
    """Forget translations of a post by engines that may not have it any more, and refusals that no longer hold."""
    row = await app.db.row(
        "SELECT p.id, p.machine_translation, a.machine_translation AS author_wish FROM posts p"
        " JOIN accounts a ON a.id = p.account_id WHERE p.id = ?",
        event.post_id,
    )
    if row is not None:
        await _forget(app, "p.id = ?", row["id"], strictest((row["machine_translation"], row["author_wish"])))


async def on_account_wish_changed(app: App, event: AccountWishChanged) -> None:
    """The same for all posts of an account, and for what it says of itself."""
    wish = await app.db.value("SELECT machine_translation AS value FROM accounts WHERE id = ?", event.account_id)
    if wish is not None:
        await _forget(app, "p.account_id = ?", event.account_id, strictest((wish,)))
        await app.db.execute(_OF_PROFILE, event.account_id, _allowed(strictest((wish,))))
        await app.db.execute(_REFUSED_PROFILE, event.account_id)


async def _forget(app: App, posts: str, which: int, wish: MachineTranslation) -> None:
    await app.db.execute(_OF_POSTS.format(posts=posts), which, _allowed(wish))
    await app.db.execute(_REFUSED.format(posts=posts), which)


def _allowed(wish: MachineTranslation) -> list[str]:
    return [location.value for location in consent.most(wish)]
