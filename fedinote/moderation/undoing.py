"""Taking back what a rule did by itself, all at once: what it holds is published, whom it suspended is restored."""

from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.moderation import actions, audit, held, rules
from fedinote.moderation.moderator import Moderator

_HELD = """SELECT h.id FROM held_posts h WHERE EXISTS (SELECT 1 FROM rule_hits c WHERE c.rule_id = ?
 AND c.action = 'hold' AND c.account_id = h.account_id AND c.uri = COALESCE(h.uri, '')) ORDER BY h.id"""
_SUSPENDED = """SELECT s.account_id FROM statements s WHERE s.rule_id = ? AND s.action = 'suspend'
 AND s.automated = TRUE AND s.lifted_at IS NULL AND s.account_id IS NOT NULL ORDER BY s.id"""


@dataclass(frozen=True, slots=True)
class Undone:
    """How many posts were published, how many accounts restored, and what could not be undone."""

    released: int
    restored: int
    failed: int


async def undo(app: App, rule_id: int, *, by: Moderator | None) -> Undone:
    """Switch a rule off and take back what it did. Safe to repeat: what was cut off goes on where it stopped.

    Refused posts were never kept, so they do not come back; posts that it marked or limited stay so.
    `by` None is the command line. `NotFound`, `Forbidden`.
    """
    rule = await rules.switch(app, rule_id, "off", by=by)
    released = failed = restored = 0
    for row in await app.db.rows(_HELD, rule_id):
        try:
            released += await held.release(app, row["id"], by=by) is not None
        except FediNoteError:
            failed += 1
    for row in await app.db.rows(_SUSPENDED, rule_id):
        try:
            await actions.unsuspend_by_rule(app, row["account_id"])
            restored += 1
        except FediNoteError:
            failed += 1
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action="rule.undo",
        target_type="rule",
        target=rule_id,
        detail={
            "via": "" if by else "command line",
            "title": rule["title"],
            "released": released,
            "restored": restored,
            "failed": failed or None,
        },
    )
    return Undone(released, restored, failed)
