"""When a suspension becomes final: after 30 days the account is deleted for good, with its files and copies."""

import logging

from fedinote.accounts import deletion
from fedinote.events import AccountDeleted
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.moderation import audit

BATCH = 50
_log = logging.getLogger(__name__)
_DUE = """SELECT s.id, s.account_id, a.uri FROM statements s JOIN accounts a ON a.id = s.account_id
 WHERE s.purge_at <= ? AND s.lifted_at IS NULL AND a.suspended_at IS NOT NULL AND a.deleted_at IS NULL
 AND NOT EXISTS (SELECT 1 FROM appeals p WHERE p.statement_id = s.id AND p.state = 'open')
 ORDER BY s.id LIMIT ?"""


async def purge(app: App) -> None:
    """Delete the accounts whose suspension can no longer be undone (a periodic job; safe to repeat).

    One whose appeal nobody has decided waits for the decision. An account that cannot be deleted is logged, and is
    tried again.
    """
    for row in await app.db.rows(_DUE, app.now(), BATCH):
        try:
            async with app.db.transaction():
                await audit.record(
                    app,
                    actor_id=None,
                    action="account.purge",
                    target_type="account",
                    target=row["account_id"],
                    detail={"uri": row["uri"], "via": "rule", "statement": str(row["id"])},
                )
                await deletion.delete(app, row["account_id"])
        except FediNoteError as error:
            _log.warning("suspended account not purged", extra={"account": row["account_id"], "reason": str(error)})


async def on_account_deleted(app: App, event: AccountDeleted) -> None:
    """Take the person out of the statements about them: what was decided and why stays, about nobody.

    An appeal that nobody decided ends: there is nothing left to give back.
    """
    await app.db.execute(
        "DELETE FROM appeal_messages WHERE NOT by_staff AND appeal_id IN (SELECT p.id FROM appeals p"
        " JOIN statements s ON s.id = p.statement_id WHERE s.account_id = ?)",
        event.account_id,
    )
    await app.db.execute(
        "UPDATE appeals SET state = 'ended', decided_at = ? WHERE state = 'open' AND statement_id IN"
        " (SELECT s.id FROM statements s WHERE s.account_id = ?)",
        app.now(),
        event.account_id,
    )
    await app.db.execute(
        "UPDATE statements SET account_id = NULL, text = '', translated = '', post_ids = '[]', purge_at = NULL"
        " WHERE account_id = ?",
        event.account_id,
    )
