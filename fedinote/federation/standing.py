"""Whose activities are worked on first when more come than can be worked on at once.

A wave of spam comes from servers that nobody here knew before. What somebody says whom people here follow is worked on
before it, then what comes from servers that are known, a share of what comes from each new server, and the rest last.
All of it is worked on, in the order of each sender: standing decides about the time, and about nothing else.
"""

from datetime import timedelta

from fedinote.activitypub.quirks import host_of
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms

FOLLOWED, KNOWN, NEW, LAST = 4, 5, 6, 7
"""Priorities of jobs: somebody here follows the sender, or asked to; a known server; a new one; more of the same."""
SHARE, WINDOW = 10, 600.0
"""How many activities of one new server count as its first ones, in so many seconds."""
AGE = timedelta(days=7)
KEEP_MS = 60_000
MOST = 5_000
CACHE = "standing"
# Ids tell when an account was first seen here. Of a server that is not old there are few accounts to look at.
# Whoever means ill can wait for a week: what is held of a server, or decided against it, makes it a new one again.
_KNOWN = """SELECT 1 AS value WHERE EXISTS (SELECT 1 FROM server_trust t WHERE t.domain = ? AND t.state = 'known')
 OR EXISTS (SELECT 1 FROM accounts a JOIN follows f ON f.target_id = a.id WHERE a.domain = ?)
 OR (EXISTS (SELECT 1 FROM accounts a WHERE a.domain = ? AND a.id <= ?)
  AND NOT EXISTS (SELECT 1 FROM server_trust t WHERE t.domain = ? AND t.state = 'stranger')
  AND NOT EXISTS (SELECT 1 FROM rule_hits h JOIN accounts a ON a.id = h.account_id
   WHERE a.domain = ? AND h.action IN ('hold', 'reject', 'suspend') AND h.created_at >= ?)
  AND NOT EXISTS (SELECT 1 FROM statements s JOIN accounts a ON a.id = s.account_id
   WHERE a.domain = ? AND s.lifted_at IS NULL AND s.created_at >= ?))"""


async def priority(app: App, signer_id: int, signer_uri: str) -> int:
    """Return the priority of an activity by somebody whom nobody here follows. No query most of the time."""
    host = host_of(signer_uri)
    known = await _is_known(app, host, signer_id)
    first = known or app.limiter.hit(f"standing:{host}", SHARE, WINDOW).allowed
    if known:
        return KNOWN
    return NEW if first else LAST


async def _is_known(app: App, host: str, signer_id: int) -> bool:
    kept: dict[str, tuple[int, bool]] = app.caches.setdefault(CACHE, {})
    now = to_ms(app.now())
    found = kept.get(host)
    if found is not None and 0 <= now - found[0] < KEEP_MS:
        return found[1]
    if len(kept) >= MOST:
        kept.clear()
    domain = await app.db.value("SELECT domain AS value FROM accounts WHERE id = ?", signer_id) or host
    since = app.now() - AGE
    row = await app.db.row(_KNOWN, domain, domain, domain, to_ms(since) << 16, domain, domain, since, domain, since)
    kept[host] = (now, row is not None)
    return row is not None
