"""Two accounts and what stands between them: the common beginning of every verb on relations."""

from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import NotFound

# What is counted is the accepted follow; a count that was taken over from another server may be too low for it.
_COUNT = """
UPDATE accounts SET
  following_count = CASE WHEN id = ? AND following_count + ? >= 0 THEN following_count + ? ELSE following_count END,
  followers_count = CASE WHEN id = ? AND followers_count + ? >= 0 THEN followers_count + ? ELSE followers_count END
WHERE id IN_INTS(?)
"""


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a relation, as far as the rules ask. `gone`: suspended or deleted; `server`: a server's own actor."""

    id: int
    username: str
    domain: str
    uri: str
    locked: bool
    silenced: bool
    moved: bool
    gone: bool
    server: bool

    @property
    def is_local(self) -> bool:
        """Whether the account lives on this server."""
        return self.domain == ""


async def pair(app: App, first_id: int, second_id: int) -> tuple[Party, Party]:
    """Return both accounts and hold them until the running transaction ends. Raises NotFound.

    On PostgreSQL the rows are locked in the order of their ids: a follow and a block of the same two people, or two
    that follow each other at the same moment, wait for one another instead of crossing or deadlocking. SQLite has
    one writer anyway.
    """
    lock = "FOR NO KEY UPDATE" if app.db.dialect == "postgresql" else ""
    rows = await app.db.rows(
        "SELECT id, username, domain, uri, locked, silenced_at, moved_to_uri, suspended_at, deleted_at, actor_type"  # noqa: S608
        f" FROM accounts WHERE id IN_INTS(?) ORDER BY id {lock}",
        [first_id, second_id],
    )
    found = {row["id"]: _party(row) for row in rows}
    try:
        return found[first_id], found[second_id]
    except KeyError:
        raise NotFound from None


def _party(row: Row) -> Party:
    return Party(
        id=row["id"],
        username=row["username"],
        domain=row["domain"],
        uri=row["uri"],
        locked=bool(row["locked"]),
        silenced=row["silenced_at"] is not None,
        moved=row["moved_to_uri"] is not None,
        gone=row["suspended_at"] is not None or row["deleted_at"] is not None,
        # Ours is the only Application here; those of others are called as their hosts are (Mastodon, GoToSocial).
        server=row["actor_type"] == "Application" and row["domain"] in ("", row["username"].lower()),
    )


async def blocked_either_way(app: App, first_id: int, second_id: int) -> bool:
    """Tell whether one of the two blocks the other."""
    found = await app.db.row(
        "SELECT 1 AS value FROM blocks WHERE (account_id = ? AND target_id = ?) OR (account_id = ? AND target_id = ?)",
        first_id,
        second_id,
        second_id,
        first_id,
    )
    return found is not None


async def domain_blocked_either_way(app: App, first: Party, second: Party) -> bool:
    """Tell whether one of the two blocks the server where the other lives."""
    if first.domain == second.domain:
        return False
    found = await app.db.row(
        "SELECT 1 AS value FROM account_domain_blocks"
        " WHERE (account_id = ? AND domain = ?) OR (account_id = ? AND domain = ?)",
        first.id,
        second.domain,
        second.id,
        first.domain,
    )
    return found is not None


def counted(follower_id: int, target_id: int, step: int) -> Query:
    """Give the statement that counts an accepted follow (`step` 1), or one that ended (-1), on both sides."""
    return _COUNT, (follower_id, step, step, target_id, step, step, [follower_id, target_id])
