"""First contact: a server nobody here knows yet can be followed, and brings neither media nor strangers' answers.

Where `federation.first_contact` is "careful". A server is known when a moderator said so, a list that is subscribed to
accepts it, or it has been here for `federation.first_contact_days` without a decision against anybody of it. Until then
its posts have no attachments and stay out of the public timelines, and what it sends to people here who do not follow
the author waits for a look.
"""

from collections.abc import Sequence
from datetime import timedelta

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.policy import domains
from fedinote.policy.base import ACCEPT, Stated, Subject, Verdict

CACHE = "acquaintance"
KEEP_MS = 30_000
MOST = 5000
REASON = "first contact"
_KNOWN = "SELECT state FROM server_trust WHERE domain = ?"
# Ids tell when an account was first seen here; what its server says of its age does not count.
_FIRST = "SELECT MIN(id) AS first FROM accounts WHERE domain = ?"
_AGAINST = """SELECT 1 AS value FROM statements s JOIN accounts a ON a.id = s.account_id
 WHERE a.domain = ? AND s.lifted_at IS NULL AND s.created_at >= ? LIMIT 1"""
_HITS = """SELECT 1 AS value FROM rule_hits h JOIN accounts a ON a.id = h.account_id
 WHERE a.domain = ? AND h.action IN ('hold', 'reject', 'suspend') AND h.created_at >= ? LIMIT 1"""
_UNASKED = """SELECT 1 AS value FROM accounts a WHERE a.id IN_INTS(?) AND a.domain = '' AND NOT EXISTS
 (SELECT 1 FROM follows f WHERE f.follower_id = a.id AND f.target_id = ? AND f.accepted) LIMIT 1"""
_FOLLOWED = """SELECT 1 AS value FROM follows f JOIN accounts a ON a.id = f.follower_id
 WHERE f.target_id = ? AND f.accepted AND a.domain = '' AND a.suspended_at IS NULL AND a.silenced_at IS NULL LIMIT 1"""


async def is_known(app: App, domain: str) -> bool:
    """Tell whether a server is no stranger. Our own is known; all are where first contact is open."""
    if not domain or app.settings.federation.first_contact == "open":
        return True
    return await is_proven(app, domain)


async def is_proven(app: App, domain: str) -> bool:
    """Tell whether another server was approved, or was here long enough without a complaint, whatever first contact is.

    The answer is kept for half a minute.
    """
    kept: dict[str, tuple[int, bool]] = app.caches.setdefault(CACHE, {})
    now = to_ms(app.now())
    found = kept.get(domain)
    if found is not None and 0 <= now - found[0] < KEEP_MS:
        return found[1]
    if len(kept) >= MOST:
        kept.clear()
    known = await _known(app, domain)
    kept[domain] = (now, known)
    return known


async def _known(app: App, domain: str) -> bool:
    days = app.settings.federation.first_contact_days
    since = app.now() - timedelta(days=days)
    decided, first, against, hits = await app.db.many(
        (_KNOWN, (domain,)), (_FIRST, (domain,)), (_AGAINST, (domain, since)), (_HITS, (domain, since))
    )
    if decided:
        return bool(decided[0]["state"] == "known")
    seen = first[0]["first"] if first else None
    return seen is not None and seen <= to_ms(since) << 16 and not against and not hits


def forget(app: App) -> None:
    """Look anew at the next question: call it once a decision is committed."""
    app.caches.pop(CACHE, None)


class AcquaintancePolicy:
    """What a stranger's server may bring."""

    name = "first contact"

    async def stated(self, app: App) -> Sequence[Stated]:
        """Say for how long a server is a stranger, where it is one at all."""
        settings = app.settings.federation
        if settings.first_contact == "open":
            return ()
        does = (
            "Posts of servers that nobody here knows yet have no media and are in no public timeline, and their answers"
            " to people here wait for a moderator, until the server is approved, vouched for by a list, or known for"
            f" {settings.first_contact_days} days without a complaint."
        )
        return (Stated(self.name, does, {"days": settings.first_contact_days}),)

    async def judge(self, app: App, subject: Subject) -> Verdict:
        """Judge a post of a server that is not known; costs nothing where first contact is open."""
        if subject.kind != "post" or not subject.domain or await is_known(app, subject.domain):
            return ACCEPT
        if await domains.suspended(app, subject.domain):
            return ACCEPT  # another policy's
        if (subject.answers or subject.mentions) and not await _welcome(app, subject):
            return Verdict("hold", f"{REASON}: the server {subject.domain} is not known here yet", self.name)
        changes: dict[str, object] = {}
        if subject.has_media:
            changes["media"] = ()
        if subject.visibility == "public":
            changes["visibility"] = "unlisted"
        reason = f"{REASON}: posts of {subject.domain} have no media and are not in public timelines"
        return Verdict("change", reason, self.name, changes) if changes else ACCEPT


async def _welcome(app: App, subject: Subject) -> bool:
    """Tell whether all people here whom a post addresses follow its author, and somebody here does at all."""
    unasked, followed = await app.db.many(
        (_UNASKED, (list(subject.addressed), subject.account_id)), (_FOLLOWED, (subject.account_id,))
    )
    return bool(followed) and not unasked
