"""What new accounts do first: people of whom nobody here knows anything yet."""

from datetime import timedelta

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.infra.ids import time_of
from fedinote.policy import acquaintance
from fedinote.policy.rules.kinds import Judged, Terms

DOING = ("anything", "links", "media", "mentions")
MOST_DAYS = 36_500


class Newcomers:
    """Terms: `days`, for how long an account is new, and `doing`: links, media, mentions or anything.

    For accounts elsewhere it counts from when they were first seen here: anybody can say that they are old. Of a
    server that is known (`policy.acquaintance`, whether or not first contact is careful) the word is taken. Whom
    somebody here follows or a moderator vouches for is no newcomer.
    """

    def __init__(self, terms: Terms) -> None:
        days, doing = terms.get("days"), terms.get("doing", "anything")
        if not isinstance(days, int | float) or not 0 < days <= MOST_DAYS or doing not in DOING:
            raise Invalid(f"Validation failed: A rule about newcomers needs days, and one of {', '.join(DOING)}")
        self._age, self._doing = timedelta(days=days), str(doing)

    async def match(self, app: App, judged: Judged) -> str | None:
        """Judge by what the post has; costs a query only when it has that."""
        if not self._does(judged):
            return None
        row = await app.db.row(
            "SELECT a.id, a.domain, a.created_at, a.vouched_at,"
            " EXISTS (SELECT 1 FROM follows f JOIN accounts l ON l.id = f.follower_id"
            " WHERE f.target_id = a.id AND f.accepted AND l.domain = '' AND l.suspended_at IS NULL"
            " AND l.silenced_at IS NULL) AS followed FROM accounts a WHERE a.id = ?",
            judged.subject.account_id,
        )
        if row is None or row["followed"] or row["vouched_at"] is not None or await self._old(app, judged, row):
            return None
        what = "a post" if self._doing == "anything" else self._doing
        return f"{what} by an account of less than {self._age.days or self._age} days that nobody here follows"

    async def _old(self, app: App, judged: Judged, row: Row) -> bool:
        if row["domain"] and judged.at - time_of(row["id"]) > self._age:
            return True
        if judged.at - from_ms(row["created_at"]) <= self._age:
            return False
        return not row["domain"] or await acquaintance.is_proven(app, row["domain"])

    def _does(self, judged: Judged) -> bool:
        subject = judged.subject
        return {
            "anything": True,
            "links": bool(judged.link_hosts),
            "media": subject.has_media,
            "mentions": subject.mentions > 0,
        }[self._doing]
