"""Which other servers fetched a post of ours by a signature: they have it, and learn of its end.

Who got it by delivery is known from the deliveries; who only asked for it would keep it for ever.
"""

from fedinote.infra.app import App
from fedinote.infra.db import Row

MOST = 1000
"""So many of the newest readers of one post are told of its end."""


async def note(app: App, post: Row, asking: Row | None) -> None:
    """Remember that a post of ours (not a boost) was given to an account of another server. Once for each."""
    if asking is None or asking["domain"] == "" or post["reblog_of_id"] is not None:
        return
    known = "SELECT 1 AS value FROM post_readers WHERE post_id = ? AND account_id = ?"
    if await app.db.row(known, post["id"], asking["id"]) is None:
        await app.db.execute(
            "INSERT INTO post_readers (id, post_id, account_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            app.ids.next(),
            post["id"],
            asking["id"],
            app.now(),
        )


async def of_post(app: App, post_id: int) -> tuple[int, ...]:
    """Return the accounts that fetched a post."""
    rows = await app.db.rows(
        "SELECT account_id FROM post_readers WHERE post_id = ? ORDER BY id DESC LIMIT ?", post_id, MOST
    )
    return tuple(row["account_id"] for row in rows)
