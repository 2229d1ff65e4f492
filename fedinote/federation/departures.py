"""The end of local accounts, told to everybody; and what is left of them for those who ask."""

from typing import Any

from fedinote.activitypub import audience as addressing
from fedinote.activitypub import render
from fedinote.activitypub.render import Envelope
from fedinote.events import AccountDeleted
from fedinote.federation import queueing
from fedinote.federation.queueing import Audience
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row

# What was said before and did not arrive yet would arrive from somebody who is gone.
_DROP = """
UPDATE deliveries SET dead_at = ?, error = 'superseded' WHERE dead_at IS NULL AND lease_until IS NULL
  AND outgoing_id IN (SELECT o.id FROM outgoing_activities o WHERE o.account_id = ?)
"""

_EVERYWHERE = """
INSERT INTO deliveries (outgoing_id, inbox, host, order_key, attempts, next_at, created_at)
SELECT DISTINCT CAST(? AS BIGINT), CASE WHEN a.shared_inbox_url <> '' THEN a.shared_inbox_url ELSE a.inbox_url END,
  a.domain, CAST(? AS TEXT), 0, CAST(? AS BIGINT), CAST(? AS BIGINT)
FROM accounts a WHERE a.domain <> '' AND a.deleted_at IS NULL AND a.inbox_url <> ''
  AND NOT EXISTS (SELECT 1 FROM hosts h WHERE h.host = a.domain AND h.unavailable_at IS NOT NULL)
ON CONFLICT DO NOTHING
"""


async def on_account_deleted(app: App, event: AccountDeleted) -> None:
    """Delete of a local actor, to every inbox that is known here, each shared one once: its posts went far.

    Nothing else that the account said is delivered any more. What is signed with its key later is this Delete alone.
    """
    if not event.local:
        return
    now = app.now()
    await app.db.execute(_DROP, now, event.account_id)
    body = render.delete_actor(Envelope(f"{event.uri}#delete", event.uri, (addressing.PUBLIC,)))
    outgoing_id = await queueing.queue(app, event.account_id, body, Audience(), order_key=event.uri)
    await app.db.execute(_EVERYWHERE, outgoing_id, event.uri, now, now)


async def remains(app: App, row: Row) -> dict[str, Any]:
    """Render what a deleted account answers with 410: a Tombstone, with the key that verifies its Delete."""
    found = render.tombstone(row["uri"], former_type=row["actor_type"], deleted=from_ms(row["deleted_at"]))
    key = await app.db.row(
        "SELECT key_id, public_pem FROM account_keys WHERE account_id = ? ORDER BY id DESC LIMIT 1", row["id"]
    )
    if key is not None:
        found["publicKey"] = {"id": key["key_id"], "owner": row["uri"], "publicKeyPem": key["public_pem"]}
    return found
