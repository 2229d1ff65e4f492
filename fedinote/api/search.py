"""Searching people, posts and hashtags, and opening pasted handles and URLs.

https://docs.joinmastodon.org/methods/search/ Posts are found by `fedinote.search`.
"""

import unicodedata
from collections.abc import Sequence
from functools import partial
from typing import Any

from fedinote.accounts import profiles
from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.collections import collections
from fedinote.api.entities.statuses import statuses
from fedinote.api.entities.tags import tags
from fedinote.api.routing import Call, route
from fedinote.federation import resolve
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import Unauthorized
from fedinote.relations import curation
from fedinote.search import crossing
from fedinote.search.crossing import Asker
from fedinote.text.cjk import fold
from fedinote.timelines.window import Window

MOST, USUAL = 40, 20
MAX_QUERY = 500
LOOKED_AT = 1000
MAX_OFFSET = 10_000
_LAST = "\U0010ffff"  # after everything that begins with the text before it, compared byte by byte
_BYTES = {"sqlite": "BINARY", "postgresql": '"C"'}
_KINDS = ("accounts", "hashtags", "statuses")
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
# A tag that stands in private posts alone would tell what is in them.
_TAGS = """SELECT t.id FROM tags t WHERE t.name COLLATE {c} >= ? AND t.name COLLATE {c} < ?
 AND COALESCE(t.listable, TRUE) AND (EXISTS (SELECT 1 FROM post_tags x JOIN posts p ON p.id = x.post_id
   WHERE x.tag_id = t.id AND p.visibility IN ('public', 'unlisted'))
  OR EXISTS (SELECT 1 FROM featured_tags g WHERE g.tag_id = t.id)
  OR EXISTS (SELECT 1 FROM followed_tags f WHERE f.tag_id = t.id AND f.account_id = ?)){reviewed}
 ORDER BY CASE WHEN t.name = ? THEN 0
  WHEN EXISTS (SELECT 1 FROM followed_tags f WHERE f.tag_id = t.id AND f.account_id = ?) THEN 1 ELSE 2 END,
 LENGTH(t.name), t.name LIMIT 200"""
_REVIEWED = " AND (t.reviewed_at IS NOT NULL OR t.name = ?)"


async def search(call: Call) -> Any:
    """GET /api/v2/search: always all three kinds; `type` asks for one, `resolve` lets other servers be asked."""
    params = call.params
    text = params.need("q", max=MAX_QUERY).strip()
    kinds = (params.text("type"),) if params.text("type") in _KINDS else _KINDS
    limit, offset = min(max(params.number("limit", USUAL), 1), MOST), max(params.number("offset", 0), 0)
    if call.viewer is None and (offset or params.flag("resolve")):
        raise Unauthorized("Search queries pagination and resolving need a token")
    if text.startswith(("https://", "http://")):
        return await _pasted(call, text, kinds)
    window = slice(offset, offset + limit)
    found: dict[str, Any] = {"accounts": [], "statuses": [], "hashtags": [], "collections": []}
    if "accounts" in kinds and not text.startswith("#"):
        ids = await _people(call, text, following=params.flag("following"))
        found["accounts"] = await accounts(call.app, ids[window], call.viewer, bios=True)
    if "hashtags" in kinds and not text.startswith("@"):
        found["hashtags"] = await tags(call.app, (await _hashtags(call, text))[window], call.viewer)
    if "statuses" in kinds and call.viewer is not None and not _names_somebody(text):
        found["statuses"] = await _posts(call, text, limit, offset)
    return found


def _names_somebody(text: str) -> bool:
    """Tell whether a query is a handle and nothing else."""
    return text.startswith("@") and len(text.split()) == 1


async def search_accounts(call: Call) -> Any:
    """GET /api/v1/accounts/search."""
    params = call.params
    limit, offset = min(max(params.number("limit", MOST), 1), 80), max(params.number("offset", 0), 0)
    text = params.text("q", "", max=MAX_QUERY).strip()
    ids = await _people(call, text, following=params.flag("following")) if text else []
    return await accounts(call.app, ids[offset : offset + limit], call.viewer, bios=True)


async def _pasted(call: Call, text: str, kinds: Sequence[str | None]) -> dict[str, Any]:
    """Return what a URL leads to: an account, a post or a collection, if the viewer may see it."""
    curated = await curation.by_url(call.app, call.viewer_id, [text])
    if curated:
        shown = await collections(call.app, curated, call.viewer_id)
        return {"accounts": [], "statuses": [], "hashtags": [], "collections": shown}
    if call.viewer is not None and call.params.flag("resolve"):
        target = await resolve.url(call.app, text)
    else:
        target = await _known(call.app, text)
    kind, found = target or ("", 0)
    people = await accounts(call.app, [found], call.viewer) if kind == "account" and "accounts" in kinds else []
    shown = await statuses(call.app, [found], call.viewer) if kind == "status" and "statuses" in kinds else []
    return {"accounts": people, "statuses": shown, "hashtags": [], "collections": []}


async def _known(app: App, text: str) -> tuple[str, int] | None:
    people, posts = await app.db.many(
        ("SELECT id FROM accounts WHERE uri = ? AND deleted_at IS NULL AND suspended_at IS NULL", (text,)),
        ("SELECT id FROM posts WHERE uri = ?", (text,)),
    )
    if people:
        return "account", people[0]["id"]
    return ("status", posts[0]["id"]) if posts else None


async def _people(call: Call, text: str, *, following: bool) -> list[int]:
    """Return account ids: the very handle first (asked for elsewhere with `resolve`), then names that match.

    Of these, the viewer and whom the viewer follows come first, then who is called just so, then who is known best.
    """
    app, handle = call.app, text.removeprefix("@")
    exact: list[int] = []
    if not any(sign.isspace() for sign in handle):
        exact = await _handle(call, handle)
    wanted = handle.partition("@")[0].lower()
    viewer_id = call.viewer_id or 0
    near: Query = (_NEAR, (viewer_id, viewer_id, viewer_id))
    begins: Query = (_NAMED.format(c=_BYTES[app.db.dialect]), (viewer_id, viewer_id, wanted, wanted + _LAST))
    named, around = await app.db.many(begins, near)
    folded, by_name = fold(handle), "@" not in handle
    rows = {row["id"]: row for row in named if by_name}
    for row in around:
        if folded in fold(row["display_name"]) or (by_name and row["username_key"].startswith(wanted)):
            rows[row["id"]] = row
    ids = list(dict.fromkeys([*exact, *(row["id"] for row in sorted(rows.values(), key=partial(_rank, wanted)))]))
    if not following:
        return ids
    mine = await app.db.rows(
        "SELECT target_id FROM follows WHERE follower_id = ? AND accepted AND target_id IN_INTS(?)", viewer_id, ids
    )
    followed = {row["target_id"] for row in mine}
    return [one for one in ids if one in followed]


def _rank(wanted: str, row: Row) -> tuple[Any, ...]:
    return not row["followed"], row["username_key"] != wanted, -row["followers_count"], row["username_key"], row["id"]


async def _handle(call: Call, handle: str) -> list[int]:
    if call.viewer is not None and call.params.flag("resolve") and "@" in handle:
        found = await resolve.account(call.app, handle)
    else:
        known = await profiles.find(call.app, handle)
        found = None if known is None else known.id
    return [] if found is None or await _suspended(call.app, found) else [found]


async def _suspended(app: App, account_id: int) -> bool:
    return await app.db.value("SELECT suspended_at AS value FROM accounts WHERE id = ?", account_id) is not None


async def _hashtags(call: Call, text: str) -> list[int]:
    wanted = unicodedata.normalize("NFKC", text.removeprefix("#")).lower()  # as tags are folded
    if not wanted:
        return []
    reviewed = call.params.flag("exclude_unreviewed")
    sql = _TAGS.format(c=_BYTES[call.app.db.dialect], reviewed=_REVIEWED if reviewed else "")
    viewer_id = call.viewer_id or 0
    more = (wanted,) if reviewed else ()
    rows = await call.app.db.rows(sql, wanted, wanted + _LAST, viewer_id, *more, wanted, viewer_id)
    return [row["id"] for row in rows]


async def _posts(call: Call, text: str, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return posts by words and operators, newest first, in whatever language; each says how it was found."""
    params = call.params
    window = Window(limit, max_id=params.number("max_id"), min_id=params.number("min_id"))
    author = params.number("account_id")
    asker = Asker(call.me.account_id, call.me.locale)
    hits = await crossing.find(call.app, asker, text, window, offset=min(offset, MAX_OFFSET), account_id=author)
    told = {str(one.post_id): crossing.told(one) for one in hits}
    shown = await statuses(call.app, [one.post_id for one in hits], call.viewer, context="public")
    return [{**one, **told[one["id"]]} for one in shown]


ROUTES = (
    route("GET", "/api/v2/search", search, auth="optional-user", scopes=("read:search",)),
    route("GET", "/api/v1/accounts/search", search_accounts, auth="user", scopes=("read:accounts",)),
)
