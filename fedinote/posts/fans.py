"""Who liked or boosted a post."""

from typing import Literal

from fedinote.infra.app import App
from fedinote.posts import visibility
from fedinote.relations.lookup import Pager

Table = Literal["favourites", "posts"]
_OF = {"favourites": "f.post_id = ?", "posts": "f.reblog_of_id = ?"}
_APART = """ AND NOT EXISTS (SELECT 1 FROM blocks b WHERE (b.account_id = ? AND b.target_id = a.id)
 OR (b.account_id = a.id AND b.target_id = ?)) AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = ?
 AND m.target_id = a.id AND (m.expires_at IS NULL OR m.expires_at > ?))"""


async def page(app: App, viewer_id: int | None, post_id: int, table: Table, pager: Pager) -> list[tuple[int, int]]:
    """Return (key, account) of those who liked (`favourites`) or boosted (`posts`) a post, by the key.

    Raises NotFound when the viewer may not see the post. Suspended accounts are left out, and whom the viewer blocks
    or mutes, or who blocks the viewer.
    """
    post = await visibility.original(app, viewer_id, post_id)
    where, params, order = pager("f.id")
    apart, who = ("", []) if viewer_id is None else (_APART, [viewer_id, viewer_id, viewer_id, app.now()])
    rows = await app.db.rows(
        f"SELECT f.id, f.account_id FROM {table} f JOIN accounts a ON a.id = f.account_id"  # noqa: S608
        f" WHERE {_OF[table]} AND a.suspended_at IS NULL{apart} AND {where} {order}",
        post["id"],
        *who,
        *params,
    )
    return [(row["id"], row["account_id"]) for row in rows]
