"""What rules caught by pictures. The pictures themselves are shown of public posts alone."""

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.moderation.audit import Window
from fedinote.policy.rules.pictures import KIND

_HITS = """SELECT h.id, h.rule_id, h.account_id, h.uri, h.action, h.why, h.created_at, a.username, a.domain,
 p.id AS post_id FROM rule_hits h JOIN rules r ON r.id = h.rule_id AND r.kind = ? JOIN accounts a ON a.id = h.account_id
 LEFT JOIN posts p ON p.uri = h.uri AND h.uri <> '' AND p.visibility IN ('public', 'unlisted')"""


async def page(app: App, window: Window) -> list[Row]:
    """Return a page of hits of rules about pictures, `post_id` None where the post is not here, or not public."""
    where, params, order = window("h.id")
    return await app.db.rows(f"{_HITS} WHERE {where} {order}", KIND, *params)
