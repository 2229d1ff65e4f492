"""Poll entities. https://docs.joinmastodon.org/entities/Poll/"""

from collections.abc import Iterable
from typing import Any

from fedinote.api.entities.values import emojis, listed, moment_or_none
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import NotFound
from fedinote.posts import polls

_OF_POSTS = """SELECT q.id, q.post_id, q.options, q.multiple, q.hide_totals, q.expires_at, q.voters_count, p.emojis,
 p.account_id AS author_id FROM polls q JOIN posts p ON p.id = q.post_id WHERE q.post_id IN_INTS(?)"""
_CHOICES = "SELECT choice FROM poll_votes WHERE poll_id = ? AND account_id = ? ORDER BY choice"


def of_posts(post_ids: Iterable[int]) -> Query:
    """Return the query for the polls of posts."""
    return _OF_POSTS, (list(post_ids),)


def entity(app: App, row: Row, viewer_id: int | None, choices: list[int]) -> dict[str, Any]:
    """Turn a row into a Poll. `choices` are the viewer's own. Hidden totals are null until the poll has ended."""
    options = listed(row["options"])
    ends = row["expires_at"]
    expired = ends is not None and ends <= to_ms(app.now())
    hidden = bool(row["hide_totals"]) and not expired
    value: dict[str, Any] = {
        "id": str(row["id"]),
        "expires_at": moment_or_none(ends),
        "expired": expired,
        "multiple": bool(row["multiple"]),
        "votes_count": sum(one["votes"] for one in options),
        "voters_count": row["voters_count"],
        "options": [{"title": one["title"], "votes_count": None if hidden else one["votes"]} for one in options],
        "emojis": emojis(app, row["emojis"]),
    }
    if viewer_id is not None:
        value["voted"] = bool(choices) or viewer_id == row["author_id"]
        value["own_votes"] = choices
    return value


async def poll(app: App, poll_id: int, viewer: Viewer | None) -> dict[str, Any]:
    """Return one Poll. `NotFound` when the viewer may not see its post."""
    viewer_id = None if viewer is None else viewer.account_id
    found = await polls.find(app, viewer_id, poll_id)
    rows, votes = await app.db.many(of_posts([found["post_id"]]), (_CHOICES, (poll_id, viewer_id or 0)))
    if not rows:
        raise NotFound
    return entity(app, rows[0], viewer_id, [vote["choice"] for vote in votes])
