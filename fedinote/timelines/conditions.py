"""What keeps a post out of somebody's timeline, as SQL: visibility, blocks, mutes, limited authors, answers.

A `Clause` is SQL with the parameters of its question marks, so that clauses add up without losing count.
"""

from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.posts import visibility

PLAIN_OR_OWN_THREAD = """({a}.in_reply_to_account_id = {a}.account_id
 OR ({a}.in_reply_to_account_id IS NULL AND {a}.in_reply_to_uri IS NULL))"""
"""The post `{a}` answers nobody but its own author."""

# A scalar subquery: PostgreSQL looks the author up by key, where for NOT EXISTS it may read all accounts.
_UNLIMITED = "(SELECT sa.silenced_at IS NULL FROM accounts sa WHERE sa.id = {a}.account_id)"
_OR_FOLLOWED = """({unlimited} OR {a}.account_id = ? OR EXISTS (
  SELECT 1 FROM follows sf WHERE sf.follower_id = ? AND sf.target_id = {a}.account_id AND sf.accepted))"""


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition and the parameters of its question marks."""

    sql: str
    params: tuple[int, ...] = ()

    def __and__(self, other: "Clause") -> "Clause":
        return Clause(f"{self.sql} AND {other.sql}", self.params + other.params)


def visible(alias: str, viewer_id: int | None) -> Clause:
    """Keep the posts that the viewer may see (`posts.visibility.condition`)."""
    sql, params = visibility.condition(alias, viewer_id)
    return Clause(sql, tuple(params))


def wanted(app: App, alias: str, viewer_id: int | None) -> Clause:
    """Keep the posts whose authors, and their servers, the viewer neither blocks nor mutes at present."""
    sql, params = visibility.wanted(app, alias, viewer_id)
    return Clause(sql, tuple(params))


def unlimited(alias: str, viewer_id: int | None) -> Clause:
    """Keep the posts of authors whom moderators did not limit; the viewer sees oneself and whom one follows."""
    unlimited_author = _UNLIMITED.format(a=alias)
    if viewer_id is None:
        return Clause(unlimited_author)
    return Clause(_OR_FOLLOWED.format(a=alias, unlimited=unlimited_author), (viewer_id, viewer_id))


def boosted(app: App, alias: str, viewer_id: int | None) -> Clause:
    """Keep boosts of posts that the viewer may and wants to see, and all that is no boost."""
    inner = visible("o", viewer_id) & wanted(app, "o", viewer_id)
    shown = f"EXISTS (SELECT 1 FROM posts o WHERE o.id = {alias}.reblog_of_id AND {inner.sql})"  # noqa: S608
    return Clause(f"({alias}.reblog_of_id IS NULL OR {shown})", inner.params)
