"""Whether an author elsewhere lets somebody answer, like or boost a post (GoToSocial's interaction controls).

https://docs.gotosocial.org/en/latest/federation/interaction_controls/ Of our own posts only answers can be limited
(`posts.answering`), to those whom we know to be followers.
"""

from typing import Literal

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden
from fedinote.posts import approvals, quotes
from fedinote.posts.approvals import Relation

Kind = Literal["reply", "like", "announce"]
Verdict = Literal["free", "ask", "denied"]


async def verdict(app: App, account_id: int, post: Row, kind: Kind) -> Verdict:
    """Tell what the rules of a post (a row of posts) say to an account.

    `free`: at once; `ask`: once its author has agreed, which also goes for those who may because of a collection that
    others cannot look into; `denied`: not at all. Whom the post names may always answer it.
    """
    if not post["interaction_rules"] or post["account_id"] == account_id:
        return "free"
    rule = msgspec.json.decode(post["interaction_rules"]).get(kind)
    if rule is None or (kind == "reply" and await _is_named(app, account_id, post["id"])):
        return "free"
    uri = await app.db.value("SELECT uri AS value FROM accounts WHERE id = ?", account_id)
    decision = approvals.decide_by_rule(rule, str(uri), Relation())
    if decision == "automatic":
        return "free"
    if decision == "denied":
        relation = await quotes.relation(app, account_id, post["account_id"])
        decision = approvals.decide_by_rule(rule, str(uri), relation)
        if decision == "automatic" and rule.get("ours"):
            return "free"
    return "denied" if decision == "denied" else "ask"


async def _is_named(app: App, account_id: int, post_id: int) -> bool:
    sql = "SELECT 1 AS value FROM post_mentions WHERE post_id = ? AND account_id = ?"
    return await app.db.row(sql, post_id, account_id) is not None


async def check(app: App, account_id: int, post: Row, kind: Kind) -> None:
    """Raise Forbidden where a post's author does not let somebody here do that, not even after asking."""
    if post["interaction_rules"] and await verdict(app, account_id, post, kind) == "denied":
        raise Forbidden("The author of this post does not allow that", reason="denied by the post's interaction policy")
