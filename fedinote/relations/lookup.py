"""Reading relations: what stands between a viewer and others, and pages of followers, requests, blocks, mutes.

A page is read through a `Pager`: given the column that the page goes by, it returns the condition, its parameters
and the order (`Paging.sql` of the client API is one).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Query, Row
from fedinote.relations.pairs import blocked_either_way

__all__ = ["blocked_either_way"]

Pager = Callable[[str], tuple[str, Sequence[int], str]]

FAMILIAR = 40
"""How many familiar followers are named for one account."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """What stands between a viewer and the account `id`, seen from the viewer.

    `languages` (None: all), `reblogs` and `notify` are options of the viewer's follow or request.
    """

    id: int
    following: bool = False
    reblogs: bool = False
    notify: bool = False
    languages: tuple[str, ...] | None = None
    followed_by: bool = False
    requested: bool = False
    requested_by: bool = False
    blocking: bool = False
    blocked_by: bool = False
    muting: bool = False
    muting_notifications: bool = False
    muting_expires_at: datetime | None = None
    domain_blocking: bool = False
    endorsed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a page: the id that the page goes by, the account it shows, when a mute ends."""

    id: int
    account_id: int
    expires_at: datetime | None = None


async def relationships(app: App, viewer_id: int, ids: Sequence[int]) -> list[Relationship]:
    """Return the relationships to these accounts, in their order, each once; unknown and deleted ones are left out.

    Seven queries in one hop, whatever the number.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    known, mine, theirs, blocks, mutes, notes, domains = await app.db.many(*_about(app, viewer_id, wanted))
    facts: dict[int, dict[str, Any]] = {row["id"]: {} for row in known}
    for row in mine:
        facts.get(row["target_id"], {}).update(_outgoing(row))
    for row in theirs:
        facts.get(row["follower_id"], {})["followed_by" if row["accepted"] else "requested_by"] = True
    for row in blocks:
        side = ("target_id", "blocking") if row["account_id"] == viewer_id else ("account_id", "blocked_by")
        facts.get(row[side[0]], {})[side[1]] = True
    for row in mutes:
        facts.get(row["target_id"], {}).update(_muted(row))
    for row in notes:
        facts.get(row["target_id"], {})["note"] = row["comment"]
    for row in domains:
        facts.get(row["id"], {})["domain_blocking"] = True
    return [Relationship(id=one, **facts[one]) for one in wanted if one in facts]


def _about(app: App, viewer_id: int, ids: list[int]) -> list[Query]:
    return [
        ("SELECT id FROM accounts WHERE id IN_INTS(?) AND deleted_at IS NULL", [ids]),
        (
            "SELECT f.target_id, f.accepted, f.reblogs, f.notify, f.languages, (SELECT COUNT(*) FROM endorsements e"
            " WHERE e.account_id = f.follower_id AND e.target_id = f.target_id) AS endorsed FROM follows f"
            " WHERE f.follower_id = ? AND f.target_id IN_INTS(?)",
            [viewer_id, ids],
        ),
        ("SELECT follower_id, accepted FROM follows WHERE target_id = ? AND follower_id IN_INTS(?)", [viewer_id, ids]),
        (
            "SELECT account_id, target_id FROM blocks WHERE account_id = ? AND target_id IN_INTS(?)"
            " UNION ALL SELECT account_id, target_id FROM blocks WHERE target_id = ? AND account_id IN_INTS(?)",
            [viewer_id, ids, viewer_id, ids],
        ),
        (
            "SELECT target_id, hide_notifications, expires_at FROM mutes"
            " WHERE account_id = ? AND target_id IN_INTS(?) AND (expires_at IS NULL OR expires_at > ?)",
            [viewer_id, ids, app.now()],
        ),
        (
            "SELECT target_id, comment FROM account_notes WHERE account_id = ? AND target_id IN_INTS(?)",
            [viewer_id, ids],
        ),
        (
            "SELECT a.id FROM accounts a JOIN account_domain_blocks d ON d.domain = a.domain"
            " WHERE d.account_id = ? AND a.id IN_INTS(?)",
            [viewer_id, ids],
        ),
    ]


def _outgoing(row: Row) -> dict[str, Any]:
    languages = None if row["languages"] is None else tuple(msgspec.json.decode(row["languages"]))
    state = "following" if row["accepted"] else "requested"
    return {
        state: True,
        "reblogs": bool(row["reblogs"]),
        "notify": bool(row["notify"]),
        "languages": languages,
        "endorsed": bool(row["endorsed"]),
    }


def _muted(row: Row) -> dict[str, Any]:
    ends = None if row["expires_at"] is None else from_ms(row["expires_at"])
    return {"muting": True, "muting_notifications": bool(row["hide_notifications"]), "muting_expires_at": ends}


async def followers_page(app: App, account_id: int, viewer_id: int | None, pager: Pager) -> list[Entry]:
    """Return followers of an account by follow id, in the pager's order; none where the account hides them.

    Suspended accounts are left out, and all of it for somebody whom the account blocks.
    """
    where, params, order = pager("f.id")
    return await _entries(
        app,
        "SELECT f.id, f.follower_id AS account_id FROM follows f JOIN accounts a ON a.id = f.follower_id"  # noqa: S608
        f" WHERE f.target_id = ? AND f.accepted AND a.suspended_at IS NULL AND {where} {{shown}} {order}",
        [account_id, *params],
        (account_id, viewer_id),
    )


async def following_page(app: App, account_id: int, viewer_id: int | None, pager: Pager) -> list[Entry]:
    """Return whom an account follows, as `followers_page` does its followers."""
    where, params, order = pager("f.id")
    return await _entries(
        app,
        "SELECT f.id, f.target_id AS account_id FROM follows f JOIN accounts a ON a.id = f.target_id"  # noqa: S608
        f" WHERE f.follower_id = ? AND f.accepted AND a.suspended_at IS NULL AND {where} {{shown}} {order}",
        [account_id, *params],
        (account_id, viewer_id),
    )


_SHOWN = """
AND EXISTS (SELECT 1 FROM accounts o WHERE o.id = ? AND o.suspended_at IS NULL AND (NOT o.hide_collections OR o.id = ?))
AND NOT EXISTS (SELECT 1 FROM blocks k WHERE k.account_id = ? AND k.target_id = ?)
"""


async def _entries(app: App, sql: str, params: list[int], shown: tuple[int, int | None]) -> list[Entry]:
    owner_id, viewer_id = shown[0], shown[1] or 0
    rows = await app.db.rows(sql.format(shown=_SHOWN), *params, owner_id, viewer_id, owner_id, viewer_id)
    return [Entry(row["id"], row["account_id"]) for row in rows]


async def requests_page(app: App, account_id: int, pager: Pager) -> list[Entry]:
    """Return those who wait for the account's answer, by follow id; suspended accounts are left out."""
    where, params, order = pager("f.id")
    rows = await app.db.rows(
        "SELECT f.id, f.follower_id AS account_id FROM follows f JOIN accounts a ON a.id = f.follower_id"  # noqa: S608
        f" WHERE f.target_id = ? AND NOT f.accepted AND a.suspended_at IS NULL AND {where} {order}",
        account_id,
        *params,
    )
    return [Entry(row["id"], row["account_id"]) for row in rows]


async def blocks_page(app: App, account_id: int, pager: Pager) -> list[Entry]:
    """Return whom the account blocks, by block id."""
    where, params, order = pager("b.id")
    rows = await app.db.rows(
        f"SELECT b.id, b.target_id AS account_id FROM blocks b WHERE b.account_id = ? AND {where} {order}",  # noqa: S608
        account_id,
        *params,
    )
    return [Entry(row["id"], row["account_id"]) for row in rows]


async def mutes_page(app: App, account_id: int, pager: Pager) -> list[Entry]:
    """Return whom the account mutes at present, by mute id, with the end of each mute."""
    where, params, order = pager("m.id")
    rows = await app.db.rows(
        "SELECT m.id, m.target_id AS account_id, m.expires_at FROM mutes m"  # noqa: S608
        f" WHERE m.account_id = ? AND (m.expires_at IS NULL OR m.expires_at > ?) AND {where} {order}",
        account_id,
        app.now(),
        *params,
    )
    ends = [None if row["expires_at"] is None else from_ms(row["expires_at"]) for row in rows]
    return [Entry(row["id"], row["account_id"], end) for row, end in zip(rows, ends, strict=True)]


async def familiar_followers(app: App, viewer_id: int, ids: Sequence[int]) -> dict[int, list[int]]:
    """Return, for each account, those of its followers whom the viewer follows: 40 at most, the newest first.

    Accounts that hide their collections have none to show, nor has the viewer.
    """
    rows = await app.db.rows(
        "SELECT target_id, follower_id FROM (SELECT t.target_id, t.follower_id, t.id, ROW_NUMBER() OVER"
        " (PARTITION BY t.target_id ORDER BY t.id DESC) AS place FROM follows t"
        " JOIN follows m ON m.target_id = t.follower_id AND m.follower_id = ? AND m.accepted"
        " JOIN accounts o ON o.id = t.target_id AND NOT o.hide_collections AND o.id <> ?"
        " JOIN accounts a ON a.id = t.follower_id AND NOT a.hide_collections AND a.suspended_at IS NULL"
        " WHERE t.target_id IN_INTS(?) AND t.accepted) s WHERE place <= ? ORDER BY target_id, id DESC",
        viewer_id,
        viewer_id,
        list(ids),
        FAMILIAR,
    )
    found: dict[int, list[int]] = {one: [] for one in ids}
    for row in rows:
        found[row["target_id"]].append(row["follower_id"])
    return found
