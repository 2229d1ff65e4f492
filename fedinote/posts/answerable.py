"""For readers of a page: who may answer its posts where not all may, and what became of their own answers.

Nothing is read for pages on which everybody may answer all posts; otherwise two queries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.posts import approvals
from fedinote.posts.approvals import Decision, Relation

_FOLLOWS = """
SELECT target_id AS id, TRUE AS follower FROM follows WHERE accepted AND follower_id = ? AND target_id IN_INTS(?)
UNION ALL SELECT follower_id, FALSE FROM follows WHERE accepted AND target_id = ? AND follower_id IN_INTS(?)"""
_NAMED = """SELECT m.post_id AS id, a.uri FROM accounts a LEFT JOIN post_mentions m ON m.account_id = a.id
 AND m.post_id IN_INTS(?) WHERE a.id = ?"""
STATE = """CASE WHEN p.local = TRUE AND p.in_reply_to_id IS NOT NULL THEN (SELECT v.state FROM interaction_approvals v
 WHERE v.interaction_uri = p.uri AND v.kind = 'reply' AND v.state <> 'accepted') END AS reply_state"""
"""The column of posts `p` that says whether the author of the other post agreed to an answer: "pending", "rejected"."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Who may answer a post, in the bits of `posts.approvals`, and what that says to the reader."""

    policy: int
    decision: Decision

    @property
    def automatic(self) -> list[str]:
        """Those who may at once, besides whom the post names: "followers", "following"."""
        return approvals.names(self.policy & approvals.ALL)

    @property
    def manual(self) -> list[str]:
        """Those who may once its author has agreed."""
        return approvals.names(self.policy >> approvals.MANUAL)


@dataclass(frozen=True, slots=True)
class Answering:
    """By id of post: the limits of those that not all may answer; "pending" or "rejected" for the reader's answers."""

    limits: Mapping[int, Limit]
    states: Mapping[int, str]


NOBODY = Answering({}, {})
"""Of a page of which nothing was read."""


async def of_posts(app: App, viewer_id: int | None, rows: Iterable[Row]) -> Answering:
    """Read that for posts: rows with id, account_id, interaction_rules and STATE."""
    posts = list(rows)
    rules = {row["id"]: found for row in posts if row["interaction_rules"] and (found := _limiting(row)) is not None}
    if viewer_id is None:
        return Answering({one: Limit(int(rule["policy"]), "denied") for one, rule in rules.items()}, {})
    states = {row["id"]: row["reply_state"] for row in posts if row["reply_state"] and row["account_id"] == viewer_id}
    authors = {row["id"]: row["account_id"] for row in posts if row["id"] in rules}
    limits = await _limits(app, viewer_id, rules, authors) if rules else {}
    return Answering(limits, states)


async def _limits(
    app: App, viewer_id: int, rules: Mapping[int, dict[str, Any]], authors: Mapping[int, int]
) -> dict[int, Limit]:
    """Tell what each rule says to the viewer. Whom a post names may answer it; its author too."""
    others = sorted(set(authors.values()) - {viewer_id})
    named, follows = await app.db.many(
        (_NAMED, (list(rules), viewer_id)), (_FOLLOWS, (viewer_id, others, viewer_id, others))
    )
    uri, free = named[0]["uri"] if named else "", {row["id"] for row in named}
    relations = {**_relations(follows), viewer_id: Relation(own=True)}
    found: dict[int, Limit] = {}
    for post_id, rule in rules.items():
        relation = relations.get(authors[post_id], Relation())
        decision = "automatic" if post_id in free else approvals.decide_by_rule(rule, uri, relation)
        found[post_id] = Limit(int(rule["policy"]), decision)
    return found


def _limiting(row: Row) -> dict[str, Any] | None:
    """Return the rule of a post for answers, None where it lets everybody."""
    rule: dict[str, Any] | None = msgspec.json.decode(row["interaction_rules"]).get("reply")
    return None if rule is None or int(rule.get("policy", 0)) & approvals.PUBLIC else rule


def _relations(rows: Sequence[Row]) -> dict[int, Relation]:
    follower = {row["id"] for row in rows if row["follower"]}
    followed = {row["id"] for row in rows if not row["follower"]}
    return {one: Relation(one in follower, one in followed) for one in follower | followed}
