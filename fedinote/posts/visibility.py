"""Who may see a post: one rule, as an SQL condition and as a check of a single post by the same SQL."""

from collections.abc import Sequence

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound

_ANYBODY = """({a}.visibility IN ('public', 'unlisted')
 AND (SELECT va.suspended_at IS NULL FROM accounts va WHERE va.id = {a}.account_id))"""

_PERSON = """(({a}.visibility IN ('public', 'unlisted') OR ({a}.account_id = ? AND {a}.visibility <> 'held')
  OR ({a}.visibility = 'local' AND (SELECT vl.domain = '' FROM accounts vl WHERE vl.id = ?))
  OR ({a}.visibility NOT IN ('local', 'held')
   AND EXISTS (SELECT 1 FROM post_mentions vm WHERE vm.post_id = {a}.id AND vm.account_id = ?))
  OR ({a}.visibility = 'private' AND EXISTS (
    SELECT 1 FROM follows vf WHERE vf.follower_id = ? AND vf.target_id = {a}.account_id AND vf.accepted)))
 AND NOT EXISTS (SELECT 1 FROM blocks vb WHERE vb.account_id = {a}.account_id AND vb.target_id = ?)
 AND (SELECT va.suspended_at IS NULL FROM accounts va WHERE va.id = {a}.account_id))"""


_UNWANTED = """NOT EXISTS (SELECT 1 FROM blocks hb WHERE hb.account_id = ? AND hb.target_id = {a}.account_id)
 AND NOT EXISTS (SELECT 1 FROM mutes hm WHERE hm.account_id = ? AND hm.target_id = {a}.account_id
  AND (hm.expires_at IS NULL OR hm.expires_at > ?))
 AND NOT EXISTS (SELECT 1 FROM account_domain_blocks hd WHERE hd.account_id = ?
  AND hd.domain = (SELECT ha.domain FROM accounts ha WHERE ha.id = {a}.account_id))"""


def wanted(app: App, alias: str, viewer_id: int | None) -> tuple[str, list[int]]:
    """Return the condition (and its parameters) that keeps the posts whose authors, and their servers, the viewer
    neither blocks nor mutes at present.
    """
    if viewer_id is None:
        return "TRUE", []
    return _UNWANTED.format(a=alias), [viewer_id, viewer_id, to_ms(app.now()), viewer_id]


def condition(alias: str, viewer_id: int | None) -> tuple[str, list[int]]:
    """Return the SQL condition (and its parameters) that keeps the posts the viewer may see.

    `alias` is the name of the posts table in the query. Public and unlisted posts are for anybody, private ones for
    accepted followers, local ones for everybody with an account here, all but these for those they are addressed to,
    and all for the author; never for those the author blocks, nor from a suspended account. Held posts are for nobody.
    A boost needs the condition twice: on itself and on the boosted post.
    """
    if viewer_id is None:
        return _ANYBODY.format(a=alias), []
    return _PERSON.format(a=alias), [viewer_id] * 5


async def visible(app: App, viewer_id: int | None, post_ids: Sequence[int]) -> set[int]:
    """Return which of the posts the viewer may see; a boost only with the post that it boosts."""
    own, own_params = condition("p", viewer_id)
    inner, inner_params = condition("o", viewer_id)
    rows = await app.db.rows(
        f"SELECT p.id FROM posts p WHERE p.id IN_INTS(?) AND {own} AND (p.reblog_of_id IS NULL OR EXISTS"  # noqa: S608
        f" (SELECT 1 FROM posts o WHERE o.id = p.reblog_of_id AND {inner}))",
        list(post_ids),
        *own_params,
        *inner_params,
    )
    return {row["id"] for row in rows}


async def sees(app: App, viewer_id: int | None, post_id: int) -> Row:
    """Return the post's row, or raise NotFound when it does not exist or is not for this viewer (the same answer)."""
    own, params = condition("p", viewer_id)
    row = await app.db.row(f"SELECT p.* FROM posts p WHERE p.id = ? AND {own}", post_id, *params)  # noqa: S608
    if row is None:
        raise NotFound
    if row["reblog_of_id"] is not None:
        await sees(app, viewer_id, row["reblog_of_id"])
    return row


async def original(app: App, viewer_id: int | None, post_id: int) -> Row:
    """Return the post, or the one that it boosts, if the viewer may see it; NotFound otherwise."""
    row = await sees(app, viewer_id, post_id)
    return row if row["reblog_of_id"] is None else await sees(app, viewer_id, row["reblog_of_id"])
