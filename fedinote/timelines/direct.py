"""Direct posts one by one, as old clients show them; others show conversations."""

from fedinote.infra.app import App
from fedinote.timelines.conditions import visible, wanted
from fedinote.timelines.queries import Slice
from fedinote.timelines.window import Window


async def page(app: App, viewer_id: int, window: Window) -> Slice:
    """Return the direct posts that a person wrote or is named in, newest first."""
    asked = visible("p", viewer_id) & wanted(app, "p", viewer_id)
    where, params, order = window.sql("p.id")
    rows = await app.db.rows(
        "SELECT p.id FROM posts p WHERE p.id IN (SELECT o.id FROM posts o WHERE o.account_id = ?"  # noqa: S608
        " AND o.visibility = 'direct' UNION SELECT m.post_id FROM post_mentions m WHERE m.account_id = ?)"
        f" AND p.visibility = 'direct' AND {asked.sql} AND {where} {order}",
        viewer_id,
        viewer_id,
        *asked.params,
        *params,
    )
    ids = [row["id"] for row in rows]
    return Slice(ids, ids)
