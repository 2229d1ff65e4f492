"""Flag: another server reports one of our accounts to us."""

from fedinote.activitypub.quirks import host_of
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.moderation import reports
from fedinote.policy import domains

MAX_COMMENT = 5000


async def flag(app: App, verified: VerifiedActivity) -> None:
    """File a report about our accounts among the objects; a domain whose reports are rejected has none (S40)."""
    block = await domains.find(app, host_of(verified.signer_uri))
    if block is not None and block.reject_reports:
        return
    uris = list(verified.activity.object_ids)
    accounts = await app.db.rows("SELECT id FROM accounts WHERE domain = '' AND uri IN_TEXTS(?)", uris)
    posts = await app.db.rows("SELECT id, account_id FROM posts WHERE local = TRUE AND uri IN_TEXTS(?)", uris)
    targets = dict.fromkeys([*(row["id"] for row in accounts), *(row["account_id"] for row in posts)])
    if not targets:
        raise NotFound(reason="report about nobody here")
    for target_id in targets:
        await reports.file(
            app,
            verified.signer_id,
            target_id,
            post_ids=[row["id"] for row in posts if row["account_id"] == target_id],
            comment=verified.activity.content[:MAX_COMMENT],
            uri=verified.activity.id,
        )
