"""Servers at first contact: who waits, letting a server in for good, and keeping it a stranger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.infra.ids import time_of
from fedinote.moderation import audit
from fedinote.moderation.automatic import held, undoing
from fedinote.moderation.moderator import Moderator, Power
from fedinote.policy import acquaintance, domains

MOST = 200
AGED = 50
# Complaints keep a server from ageing into one that is known: the same as `policy.acquaintance` asks for one server.
_COMPLAINTS = """SELECT b.domain FROM rule_hits h JOIN accounts b ON b.id = h.account_id WHERE h.created_at >= ?
 AND h.action IN ('hold', 'reject', 'suspend') UNION SELECT b.domain FROM statements s
 JOIN accounts b ON b.id = s.account_id WHERE s.created_at >= ? AND s.lifted_at IS NULL"""
_SERVERS = f"""SELECT a.domain, COUNT(*) AS people, MIN(a.id) AS first, MAX(t.state) AS state, MAX(t.why) AS why,
 (SELECT COUNT(*) FROM held_posts h JOIN accounts b ON b.id = h.account_id WHERE b.domain = a.domain) AS waiting
 FROM accounts a LEFT JOIN server_trust t ON t.domain = a.domain WHERE a.domain <> '' AND a.deleted_at IS NULL
 GROUP BY a.domain HAVING COALESCE(MAX(t.state), '') <> 'known' AND (MIN(a.id) > ? OR MAX(t.state) = 'stranger'
 OR a.domain IN ({_COMPLAINTS})) ORDER BY waiting DESC, first DESC LIMIT ?"""  # noqa: S608  texts of ours
_AGED = f"""SELECT a.domain, MIN(a.id) AS first FROM accounts a WHERE a.domain <> '' AND a.deleted_at IS NULL
 AND NOT EXISTS (SELECT 1 FROM server_trust t WHERE t.domain = a.domain) GROUP BY a.domain
 HAVING MIN(a.id) <= ? AND a.domain NOT IN ({_COMPLAINTS}) ORDER BY first DESC LIMIT ?"""  # noqa: S608  texts of ours
_POSTS = """SELECT a.domain, COUNT(*) AS value FROM posts p JOIN accounts a ON a.id = p.account_id
 WHERE a.domain IN_TEXTS(?) GROUP BY a.domain"""
_FOLLOWS = """SELECT a.domain, COUNT(*) AS value FROM follows f JOIN accounts a ON a.id = f.target_id
 JOIN accounts l ON l.id = f.follower_id WHERE a.domain IN_TEXTS(?) AND f.accepted AND l.domain = ''
 GROUP BY a.domain"""
_TRUSTED = """SELECT t.domain, t.why, t.source_id, s.title, t.decided_at, a.username FROM server_trust t
 LEFT JOIN accounts a ON a.id = t.decided_by LEFT JOIN list_sources s ON s.id = t.source_id
 WHERE t.state = 'known' ORDER BY t.decided_at DESC LIMIT ?"""
_SAVE = """INSERT INTO server_trust (domain, state, why, decided_by, decided_at)
 VALUES (?, ?, ?, ?, ?) ON CONFLICT (domain) DO UPDATE SET state = excluded.state, why = excluded.why,
 source_id = NULL, decided_by = excluded.decided_by, decided_at = excluded.decided_at"""
_HELD = f"""SELECT h.id FROM held_posts h JOIN accounts a ON a.id = h.account_id WHERE a.domain = ? AND h.reason LIKE ?
 AND NOT {undoing.HELD_BY_ANOTHER} ORDER BY h.id"""  # noqa: S608  ours


@dataclass(frozen=True, slots=True)
class Stranger:
    """A server that is not known yet: since when it is seen, how many of its people, how many posts wait.

    `posts` of it are here, `follows` go there from here. `kept`: a moderator keeps it a stranger, and `why`.
    """

    domain: str
    first_seen: datetime
    people: int
    waiting: int
    kept: bool
    posts: int = 0
    follows: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trusted:
    """A server that is known, since when, and how: "approved", "list" (`why` names it) or "aged".

    `by` is the moderator's username; "" for the command line, lists and time.
    """

    domain: str
    how: str
    since: datetime
    why: str = ""
    by: str = ""


async def strangers(app: App) -> list[Stranger]:
    """Return the servers that are not known, those with posts that wait first; suspended ones are left out."""
    if app.settings.federation.first_contact == "open":
        return []
    since = _since(app)
    found = await app.db.rows(_SERVERS, to_ms(since) << 16, since, since, MOST)
    rows = [row for row in found if not await domains.suspended(app, row["domain"])]
    names = [row["domain"] for row in rows]
    if not names:
        return []
    posts, follows = await app.db.many((_POSTS, (names,)), (_FOLLOWS, (names,)))
    written = {row["domain"]: row["value"] for row in posts}
    followed = {row["domain"]: row["value"] for row in follows}
    return [_stranger(row, written, followed) for row in rows]


def _since(app: App) -> datetime:
    return app.now() - timedelta(days=app.settings.federation.first_contact_days)


def _stranger(row: Row, posts: Mapping[str, int], follows: Mapping[str, int]) -> Stranger:
    name, kept = row["domain"], row["state"] == "stranger"
    numbers = (posts.get(name, 0), follows.get(name, 0))
    return Stranger(name, time_of(row["first"]), row["people"], row["waiting"], kept, *numbers, row["why"] or "")


async def trusted(app: App) -> list[Trusted]:
    """Return servers that are known and why: those that were decided about, then the latest that aged into it."""
    since = _since(app)
    decided, aged = await app.db.many((_TRUSTED, (MOST,)), (_AGED, (to_ms(since) << 16, since, since, AGED)))
    grown = timedelta(days=app.settings.federation.first_contact_days)
    return [
        *(_trusted(row) for row in decided),
        *(Trusted(row["domain"], "aged", time_of(row["first"]) + grown) for row in aged),
    ]


def _trusted(row: Row) -> Trusted:
    how, why = ("approved", row["why"]) if row["source_id"] is None else ("list", row["title"] or "")
    return Trusted(row["domain"], how, from_ms(row["decided_at"]), why, row["username"] or "")


async def approve(app: App, domain: str, *, by: Moderator | None, why: str = "") -> int:
    """Let a server in for good, and release what waited only for that; return how many posts. Audited.

    `by` None is the command line or a list. `NotFound`, `Forbidden`, `Invalid` (no domain).
    """
    name = await _decide(app, domain, "known", by, why)
    released = 0
    for row in await app.db.rows(_HELD, name, f"%{acquaintance.REASON}: the server %", 0, app.now()):
        await held.release(app, row["id"], by=by)
        released += 1
    return released


async def keep_apart(app: App, domain: str, *, by: Moderator | None, why: str = "") -> None:
    """Keep a server a stranger however long it is here. Audited. `NotFound`, `Forbidden`, `Invalid`."""
    await _decide(app, domain, "stranger", by, why)


async def vouch(app: App, domain: str, source_id: int) -> bool:
    """Let a server in because a list vouches for it; False when somebody decided about it before. In a transaction.

    `source_id` is the list's own number: titles change, and two lists can have the same.
    """
    made = await app.db.execute(
        "INSERT INTO server_trust (domain, state, why, source_id, decided_at) VALUES (?, 'known', '', ?, ?)"
        " ON CONFLICT DO NOTHING",
        domain,
        source_id,
        app.now(),
    )
    app.db.after_commit(lambda: acquaintance.forget(app))
    return bool(made)


async def unvouch(app: App, domain: str, source_id: int) -> bool:
    """Take back what `vouch` did for this list: decisions of people and of other lists stay. In a transaction.

    False where there is nothing to take back.
    """
    gone = await app.db.execute("DELETE FROM server_trust WHERE domain = ? AND source_id = ?", domain, source_id)
    app.db.after_commit(lambda: acquaintance.forget(app))
    return bool(gone)


async def _decide(app: App, domain: str, state: str, by: Moderator | None, why: str) -> str:
    if by is not None and not by.may(Power.DOMAINS):
        raise Forbidden
    name = domains.key(domain)
    async with app.db.transaction():
        if await app.db.row("SELECT 1 AS value FROM accounts WHERE domain = ? LIMIT 1", name) is None:
            raise NotFound("Nobody of this server was ever seen here")
        await app.db.execute(_SAVE, name, state, why[:200], by.account_id if by else None, app.now())
        await audit.record(
            app,
            actor_id=by.account_id if by else None,
            action=f"server.{'approve' if state == 'known' else 'keep_apart'}",
            target_type="domain",
            target=name,
            detail={"via": "" if by else "command line", "reason": why},
        )
        app.db.after_commit(lambda: acquaintance.forget(app))
    return name
