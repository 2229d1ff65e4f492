"""How far an account is trusted here: by what this server saw of it, and by what its moderators say.

Nothing that an account or its server claims counts: neither its age nor its followers elsewhere. Rules leave those
alone who are trusted as much as the rule says, or more (`Rule.spares`).
"""

from datetime import timedelta

from fedinote.infra.app import App
from fedinote.infra.ids import time_of

NEW, SETTLED, FOLLOWED, VOUCHED = "new", "settled", "followed", "vouched"
LEVELS = (NEW, SETTLED, FOLLOWED, VOUCHED)
"""From the least to the most. Settled: here for AGE with POSTS, and no rule caught it since; followed: by somebody
here who is not limited; vouched: a moderator vouches for it, or it is staff."""
AGE, POSTS = timedelta(days=30), 5
_STANDING = """SELECT a.id, a.vouched_at,
 a.silenced_at IS NOT NULL OR a.suspended_at IS NOT NULL OR a.sensitized_at IS NOT NULL AS measured,
 EXISTS (SELECT 1 FROM users u WHERE u.account_id = a.id AND u.role <> 'member') AS staff,
 EXISTS (SELECT 1 FROM follows f JOIN accounts l ON l.id = f.follower_id
  WHERE f.target_id = a.id AND f.accepted AND l.domain = '' AND l.suspended_at IS NULL AND l.silenced_at IS NULL)
  AS followed
 FROM accounts a WHERE a.id = ?"""
_CAUGHT = "SELECT 1 AS value FROM rule_hits WHERE account_id = ? AND action <> 'note' AND created_at >= ?"
_POSTS = "SELECT id FROM posts WHERE account_id = ? AND visibility IN ('public', 'unlisted') LIMIT ?"


async def level(app: App, account_id: int) -> str:
    """Return one of LEVELS for an account; who is limited, suspended or marked is trusted with nothing."""
    row = await app.db.row(_STANDING, account_id)
    if row is None or row["measured"]:
        return NEW
    if row["vouched_at"] is not None or row["staff"]:
        return VOUCHED
    if row["followed"]:
        return FOLLOWED
    return SETTLED if await _settled(app, account_id) else NEW


async def _settled(app: App, account_id: int) -> bool:
    # An id tells when an account was first seen here: anybody can say that they are old.
    since = app.now() - AGE
    if time_of(account_id) > since or await app.db.row(_CAUGHT, account_id, since) is not None:
        return False
    return len(await app.db.rows(_POSTS, account_id, POSTS)) >= POSTS


def spared(spares: str, found: str) -> bool:
    """Tell whether a rule that leaves alone from the level `spares` on ("" nobody) leaves one of the level `found`."""
    return spares != "" and LEVELS.index(found) >= LEVELS.index(spares)
