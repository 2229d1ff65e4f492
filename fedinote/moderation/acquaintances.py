"""Servers at first contact: who waits, letting a server in for good, and keeping it a stranger."""

from dataclasses import dataclass
from datetime import datetime

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.infra.ids import time_of
from fedinote.moderation import audit, held
from fedinote.moderation.moderator import Moderator, Power
from fedinote.policy import acquaintance, domains

MOST = 200
_SERVERS = """SELECT a.domain, COUNT(*) AS people, MIN(a.id) AS first, (SELECT COUNT(*) FROM held_posts h
 JOIN accounts b ON b.id = h.account_id WHERE b.domain = a.domain) AS waiting, MAX(t.state) AS state
 FROM accounts a LEFT JOIN server_trust t ON t.domain = a.domain WHERE a.domain <> '' AND a.deleted_at IS NULL
 GROUP BY a.domain HAVING MIN(a.id) > ? OR MAX(t.state) = 'stranger' ORDER BY waiting DESC, first DESC LIMIT ?"""
_SAVE = """INSERT INTO server_trust (domain, state, why, decided_at) VALUES (?, ?, ?, ?)
 ON CONFLICT (domain) DO UPDATE SET state = excluded.state, why = excluded.why, decided_at = excluded.decided_at"""
_HELD = """SELECT h.id, h.reason FROM held_posts h JOIN accounts a ON a.id = h.account_id
 WHERE a.domain = ? ORDER BY h.id LIMIT 1000"""


@dataclass(frozen=True, slots=True)
class Stranger:
    """A server that is not known yet: since when it is seen, how many of its people, how many posts wait."""

    domain: str
    first_seen: datetime
    people: int
    waiting: int
    kept: bool


async def strangers(app: App) -> list[Stranger]:
    """Return the servers that are not known, those with posts that wait first."""
    since = app.now().timestamp() * 1000 - app.settings.federation.first_contact_days * 86_400_000
    rows = await app.db.rows(_SERVERS, int(since) << 16, MOST)
    return [_stranger(row) for row in rows if not await acquaintance.is_known(app, row["domain"])]


def _stranger(row: Row) -> Stranger:
    return Stranger(row["domain"], time_of(row["first"]), row["people"], row["waiting"], row["state"] == "stranger")


async def approve(app: App, domain: str, *, by: Moderator | None, why: str = "") -> int:
    """Let a server in for good, and release what waited only for that; return how many posts. Audited.

    `by` None is the command line or a list. `NotFound`, `Forbidden`, `Invalid` (no domain).
    """
    name = await _decide(app, domain, "known", by, why)
    released = 0
    for row in await app.db.rows(_HELD, name):
        if row["reason"].startswith(f"{acquaintance.REASON}:") and ";" not in row["reason"]:
            await held.release(app, row["id"], by=by)
            released += 1
    return released


async def keep_apart(app: App, domain: str, *, by: Moderator | None, why: str = "") -> None:
    """Keep a server a stranger however long it is here. Audited. `NotFound`, `Forbidden`, `Invalid`."""
    await _decide(app, domain, "stranger", by, why)


async def vouch(app: App, domain: str, why: str) -> bool:
    """Let a server in because a list vouches for it; False when somebody decided about it before. In a transaction."""
    made = await app.db.execute(
        "INSERT INTO server_trust (domain, state, why, decided_at) VALUES (?, 'known', ?, ?) ON CONFLICT DO NOTHING",
        domain,
        why[:200],
        app.now(),
    )
    app.db.after_commit(lambda: acquaintance.forget(app))
    return bool(made)


async def _decide(app: App, domain: str, state: str, by: Moderator | None, why: str) -> str:
    if by is not None and not by.may(Power.DOMAINS):
        raise Forbidden
    name = domains.key(domain)
    async with app.db.transaction():
        if await app.db.row("SELECT 1 AS value FROM accounts WHERE domain = ? LIMIT 1", name) is None:
            raise NotFound("Nobody of this server was ever seen here")
        await app.db.execute(_SAVE, name, state, why[:200], app.now())
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
