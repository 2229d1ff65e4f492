"""Quotes as one viewer has them: what is agreed, what may not be seen, and whose posts the viewer does not want."""

from collections.abc import Mapping, Sequence

from fedinote.infra.app import App
from fedinote.infra.db import Query, Row

_QUOTES = """
SELECT q.post_id, q.quoted_id, q.state, q.legacy, o.account_id AS author_id FROM quotes q
 LEFT JOIN posts o ON o.id = q.quoted_id AND o.reblog_of_id IS NULL WHERE q.post_id IN_INTS(?)"""
# What the viewer does not want to see of an author; the mildest first, as the last one counts.
_AWAY = """
SELECT target_id AS id, 'muted_account' AS state, 0 AS place FROM mutes
  WHERE account_id = ? AND target_id IN_INTS(?) AND (expires_at IS NULL OR expires_at > ?)
UNION ALL SELECT a.id, 'blocked_domain', 1 FROM accounts a JOIN account_domain_blocks d ON d.domain = a.domain
  WHERE d.account_id = ? AND a.id IN_INTS(?)
UNION ALL SELECT target_id, 'blocked_account', 2 FROM blocks WHERE account_id = ? AND target_id IN_INTS(?)
ORDER BY place"""


def of_posts(post_ids: Sequence[int]) -> Query:
    """Return the query for what posts quote: rows of post_id, quoted_id, state, legacy, and the quoted author_id."""
    return _QUOTES, (list(post_ids),)


def state_of(row: Row, visible: set[int], away: Mapping[int, str]) -> str:
    """Return the state as this viewer has it: what may not be seen is as if it were never agreed to.

    `visible` are the quoted posts that the viewer may see, `away` what `unwanted` gave.
    """
    if row["state"] != "accepted":
        return str(row["state"])
    if row["author_id"] is None:
        return "deleted"
    if row["quoted_id"] not in visible:
        return "unauthorized"
    return away.get(row["author_id"], "accepted")


async def unwanted(app: App, viewer_id: int | None, authors: Sequence[int]) -> dict[int, str]:
    """Return whom of the authors the viewer muted or blocked, and how."""
    if viewer_id is None or not authors:
        return {}
    ids = list(authors)
    rows = await app.db.rows(_AWAY, viewer_id, ids, app.now(), viewer_id, ids, viewer_id, ids)
    return {row["id"]: row["state"] for row in rows}
