"""Whom somebody may want to follow, and the directory of those who want to be found.

Nobody is suggested or listed who did not agree to be discovered, nor anybody limited, suspended, moved or deleted.
"""

from dataclasses import dataclass
from typing import Literal

from fedinote.accounts import profiles
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query
from fedinote.infra.errors import NotFound

SOURCES = ("featured", "friends_of_friends", "similar_to_recently_followed", "most_interactions")
FEW = 6
"""With fewer posts than this to show, people are shown whom one could follow."""
CANDIDATES = 80
"""How many candidates each source gives."""
_FOLLOWED = 200
_RECENT = 10
_DAYS = 30

_FRIENDS = """SELECT f.target_id AS id FROM follows f JOIN (
  SELECT m.target_id FROM follows m JOIN accounts o ON o.id = m.target_id AND NOT o.hide_collections
  WHERE m.follower_id = ? AND m.accepted ORDER BY m.id DESC LIMIT ?) mine ON mine.target_id = f.follower_id
 WHERE f.accepted AND f.target_id <> ? GROUP BY f.target_id ORDER BY COUNT(*) DESC, f.target_id DESC LIMIT ?"""
# Whom the followers of those follow whom the viewer followed last.
_SIMILAR = """SELECT o.target_id AS id FROM (
  SELECT m.target_id FROM follows m WHERE m.follower_id = ? AND m.accepted ORDER BY m.id DESC LIMIT ?) recent
 JOIN follows f ON f.target_id = recent.target_id AND f.accepted AND f.follower_id <> ?
 JOIN accounts w ON w.id = f.follower_id AND NOT w.hide_collections
 JOIN follows o ON o.follower_id = f.follower_id AND o.accepted AND o.target_id <> recent.target_id
 WHERE o.target_id <> ? GROUP BY o.target_id HAVING COUNT(DISTINCT o.follower_id) > 1
 ORDER BY COUNT(DISTINCT o.follower_id) DESC, o.target_id DESC LIMIT ?"""
_INTERACTIONS = """SELECT r.account_id AS id FROM (
  SELECT p.account_id, p.favourites_count + p.reblogs_count AS liked FROM posts p
  WHERE p.visibility = 'public' AND p.id >= ? AND p.reblog_of_id IS NULL ORDER BY p.id DESC LIMIT 20000) r
 WHERE r.liked > 0 GROUP BY r.account_id ORDER BY SUM(r.liked) DESC, r.account_id DESC LIMIT ?"""
_LISTED = """a.discoverable = TRUE AND a.silenced_at IS NULL AND a.suspended_at IS NULL AND a.deleted_at IS NULL
 AND a.moved_to_uri IS NULL AND NOT a.memorial AND a.actor_type <> 'Application'"""
_UNWANTED = """NOT EXISTS (SELECT 1 FROM blocks b WHERE (b.account_id = ? AND b.target_id = a.id)
  OR (b.account_id = a.id AND b.target_id = ?))
 AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = ? AND m.target_id = a.id
  AND (m.expires_at IS NULL OR m.expires_at > ?))
 AND NOT EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = ? AND d.domain = a.domain)"""
_KEPT = f"""SELECT a.id FROM accounts a WHERE a.id IN_INTS(?) AND a.id <> ? AND {_LISTED} AND {_UNWANTED}
 AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = ? AND f.target_id = a.id)
 AND NOT EXISTS (SELECT 1 FROM dismissed_suggestions x WHERE x.account_id = ? AND x.target_id = a.id)"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An account, and why it is suggested: some of SOURCES, in their order."""

    account_id: int
    sources: tuple[str, ...]


async def suggestions(app: App, viewer_id: int, limit: int) -> list[Suggestion]:
    """Return whom to suggest: what the staff names first, then by how many sources name somebody."""
    since = (to_ms(app.now()) - _DAYS * 86_400_000) << 16
    featured, *found = await app.db.many(
        _featured(app),
        (_FRIENDS, (viewer_id, _FOLLOWED, viewer_id, CANDIDATES)),
        (_SIMILAR, (viewer_id, _RECENT, viewer_id, viewer_id, CANDIDATES)),
        (_INTERACTIONS, (since, CANDIDATES)),
    )
    sources: dict[int, list[str]] = {}
    for source, rows in zip(SOURCES, (featured, *found), strict=True):
        for row in rows:
            sources.setdefault(row["id"], []).append(source)
    kept = await app.db.rows(_KEPT, list(sources), viewer_id, *_unwanted(app, viewer_id), viewer_id, viewer_id)
    allowed = {row["id"] for row in kept}
    ordered = [one for one in sources if one in allowed]
    ordered.sort(key=lambda one: ("featured" not in sources[one], -len(sources[one])))
    return [Suggestion(one, tuple(sources[one])) for one in ordered[:limit]]


async def featured(app: App) -> list[int]:
    """Return the accounts that the operator names to newcomers (`instance.suggested_accounts`), for anybody."""
    sql, params = _featured(app)
    found = [row["id"] for row in await app.db.rows(sql, *params)]
    if not found:
        return []
    rows = await app.db.rows(f"SELECT a.id FROM accounts a WHERE a.id IN_INTS(?) AND {_LISTED} ORDER BY a.id", found)  # noqa: S608
    return [row["id"] for row in rows]


def _featured(app: App) -> Query:
    """Return the query for the accounts that the settings name."""
    handles = [one.removeprefix("@").lower().partition("@") for one in app.settings.instance.suggested_accounts]
    own = app.settings.own_hosts
    pairs = [f"{name}@{'' if domain in own else domain}" for name, _, domain in handles[:CANDIDATES] if name]
    names = [one.partition("@")[0] for one in pairs]
    return (
        "SELECT a.id FROM accounts a WHERE a.username_key IN_TEXTS(?)"
        " AND a.username_key || '@' || a.domain IN_TEXTS(?) ORDER BY a.id",
        (names, pairs),
    )


def _unwanted(app: App, viewer_id: int) -> tuple[int, ...]:
    return viewer_id, viewer_id, viewer_id, to_ms(app.now()), viewer_id


async def dismiss(app: App, viewer_id: int, account_id: int) -> None:
    """Suggest an account to the viewer no more; repeating it changes nothing. Raises NotFound."""
    if not await profiles.by_ids(app, [account_id]):
        raise NotFound
    await app.db.execute(
        "INSERT INTO dismissed_suggestions (account_id, target_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        viewer_id,
        account_id,
    )


async def directory(
    app: App, viewer_id: int | None, *, order: Literal["active", "new"], local: bool, limit: int, offset: int
) -> list[int]:
    """Return the accounts that want to be found: by their newest post (those without one last), or the newest first.

    Who waits for approval is not there, nor whom the viewer blocks or mutes, nor who blocks the viewer.
    """
    keep, params = ("TRUE", ()) if viewer_id is None else (_UNWANTED, _unwanted(app, viewer_id))
    by = "a.id DESC" if order == "new" else "COALESCE(a.last_status_at, 0) DESC, a.id DESC"
    where = "a.domain = ''" if local else "TRUE"
    rows = await app.db.rows(
        f"SELECT a.id FROM accounts a WHERE {where} AND {_LISTED} AND {keep}"  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM users u WHERE u.account_id = a.id AND u.state = 'pending')"
        f" ORDER BY {by} LIMIT ? OFFSET ?",
        *params,
        limit,
        offset,
    )
    return [row["id"] for row in rows]
