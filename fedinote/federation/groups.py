"""Groups of other servers (FEP-1b12) as posts of ours see them: what is written to a group, and in answer to it."""

from fedinote.events import PostPublished
from fedinote.infra.app import App

OPEN = ("public", "unlisted")


async def on_post_published(app: App, event: PostPublished) -> None:
    """Keep in which group a post of ours is: the one that it names, or the one of what it answers."""
    if not event.local or event.visibility not in OPEN or not (event.mentioned_ids or event.in_reply_to_id):
        return
    await app.db.execute(
        "UPDATE posts SET audience_uri = COALESCE("
        " (SELECT r.audience_uri FROM posts r WHERE r.id = posts.in_reply_to_id),"
        " (SELECT MIN(a.uri) FROM accounts a WHERE a.id IN_INTS(?) AND a.actor_type = 'Group' AND a.domain <> ''))"
        " WHERE id = ?",
        list(event.mentioned_ids),
        event.post_id,
    )


async def followed_here(app: App, account_id: int) -> bool:
    """Tell whether somebody here follows an account."""
    row = await app.db.row(
        "SELECT 1 AS value FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.target_id = ? AND f.accepted AND a.domain = '' LIMIT 1",
        account_id,
    )
    return row is not None
