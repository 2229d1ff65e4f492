"""Rules about who sends: what moderators decided about an account beforehand."""

from collections.abc import Sequence

from fedinote.infra.app import App
from fedinote.policy.base import ACCEPT, Stated, Subject, Verdict


class SenderPolicy:
    """Marks media as sensitive that comes from an account whose media always is."""

    name = "senders"

    async def stated(self, app: App) -> Sequence[Stated]:
        """Say that there is such a thing; about whom is between them and the moderators."""
        return (Stated(self.name, "Media of accounts whose media always is sensitive is marked so."),)

    async def judge(self, app: App, subject: Subject) -> Verdict:
        """Judge by the account; costs a query for posts with media only."""
        if subject.kind != "post" or not subject.has_media:
            return ACCEPT
        marked = await app.db.row(
            "SELECT 1 AS value FROM accounts WHERE id = ? AND sensitized_at IS NOT NULL", subject.account_id
        )
        if marked is None:
            return ACCEPT
        return Verdict("change", "media of this account is marked sensitive", self.name, {"sensitive": True})
