"""Flag: another server reports one of our accounts to us."""

import re

from fedinote.activitypub.quirks import host_of
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.moderation.cases import reports
from fedinote.policy import domains

MAX_COMMENT = 5000
MAX_NAMED = 20
# Misskey and its kin report an account and name the posts in their words: "Note: https://…", line by line.
_NAMED = re.compile(r"^(?:Note|Local Note): (https?://\S{1,2048})$", re.MULTILINE)


async def flag(app: App, verified: VerifiedActivity) -> None:
    """File a report about our accounts among the objects; a domain whose reports are rejected has none (S40).

    Accounts and posts are named by id or by the address of their page; what is not ours is left out.
    """
    block = await domains.find(app, host_of(verified.signer_uri))
    if block is not None and block.reject_reports:
        return
    comment = verified.activity.content[:MAX_COMMENT]
    uris = list(dict.fromkeys([*verified.activity.object_ids, *_NAMED.findall(comment)[:MAX_NAMED]]))
    accounts = await app.db.rows(
        "SELECT id FROM accounts WHERE domain = '' AND actor_type <> 'Application' AND deleted_at IS NULL"
        " AND (uri IN_TEXTS(?) OR url IN_TEXTS(?))",
        uris,
        uris,
    )
    posts = await app.db.rows(
        "SELECT id, account_id FROM posts WHERE local = TRUE AND (uri IN_TEXTS(?) OR url IN_TEXTS(?))", uris, uris
    )
    targets = dict.fromkeys([*(row["id"] for row in accounts), *(row["account_id"] for row in posts)])
    if not targets:
        raise NotFound(reason="report about nobody here")
    for target_id in targets:
        await reports.file(
            app,
            verified.signer_id,
            target_id,
            post_ids=[row["id"] for row in posts if row["account_id"] == target_id],
            comment=comment,
            uri=verified.activity.id,
        )
