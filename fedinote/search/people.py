"""Finding accounts by name, for completion and for a page of results."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.text.cjk import fold

LOOKED_AT = 1000
_LAST = "\U0010ffff"  # after everything that begins with the text before it, compared byte by byte
_BYTES = {"sqlite": "BINARY", "postgresql": '"C"'}
# The actor of this server itself is nobody whom one could talk to.
_PERSON = "NOT (a.domain = '' AND a.actor_type = 'Application')"
_ROW = """a.id, a.username_key, a.display_name, a.followers_count, a.id = ? OR EXISTS (
  SELECT 1 FROM follows f WHERE f.follower_id = ? AND f.target_id = a.id AND f.accepted) AS followed"""
# The best known of those whose names begin so; of very many, of the first ones by name.
_NAMED = f"""SELECT * FROM (SELECT {_ROW} FROM accounts a
 WHERE a.deleted_at IS NULL AND a.suspended_at IS NULL AND {_PERSON}
 AND a.username_key COLLATE {{c}} >= ? AND a.username_key COLLATE {{c}} < ? ORDER BY a.username_key
 LIMIT {2 * LOOKED_AT}) b ORDER BY b.followers_count DESC, b.id LIMIT 200"""  # noqa: S608
_NEAR = f"""SELECT {_ROW} FROM accounts a
 WHERE a.deleted_at IS NULL AND a.suspended_at IS NULL AND {_PERSON} AND (a.domain = '' OR a.id IN (
  SELECT f.target_id FROM follows f WHERE f.follower_id = ?)) ORDER BY a.id LIMIT {2 * LOOKED_AT}"""  # noqa: S608


async def named(
    app: App, viewer_id: int | None, text: str, *, exact: Sequence[int] = (), following: bool = False
) -> list[int]:
    """Return ids of accounts whose handle begins so, or whose name holds the text, here or among those one follows.

    `exact` come first: what the caller knows to have that very handle. Of the others, the viewer and whom the viewer
    follows come before those who are called just so, and these before the best known. `following`: of all of them
    only whom the viewer follows. Two or three queries.
    """
    handle = text.removeprefix("@")
    wanted = handle.partition("@")[0].lower()
    asker = viewer_id or 0
    near: Query = (_NEAR, (asker, asker, asker))
    begins: Query = (_NAMED.format(c=_BYTES[app.db.dialect]), (asker, asker, wanted, wanted + _LAST))
    begun, around = await app.db.many(begins, near)
    folded, by_name = fold(handle), "@" not in handle
    rows = {row["id"]: row for row in begun if by_name}
    for row in around:
        if folded in fold(row["display_name"]) or (by_name and row["username_key"].startswith(wanted)):
            rows[row["id"]] = row
    ids = list(dict.fromkeys([*exact, *(row["id"] for row in sorted(rows.values(), key=partial(_rank, wanted)))]))
    if not following:
        return ids
    mine = await app.db.rows(
        "SELECT target_id FROM follows WHERE follower_id = ? AND accepted AND target_id IN_INTS(?)", asker, ids
    )
    followed = {row["target_id"] for row in mine}
    return [one for one in ids if one in followed]


def _rank(wanted: str, row: Row) -> tuple[Any, ...]:
    return not row["followed"], row["username_key"] != wanted, -row["followers_count"], row["username_key"], row["id"]


async def shown(app: App, account_id: int) -> bool:
    """Tell whether an account may be found: it is not suspended."""
    return await app.db.value("SELECT suspended_at AS value FROM accounts WHERE id = ?", account_id) is None
