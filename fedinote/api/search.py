"""Searching people, posts and hashtags, and opening pasted handles and URLs.

https://docs.joinmastodon.org/methods/search/ Posts are found by `fedinote.search`.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any

from fedinote.accounts import profiles
from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.statuses import statuses
from fedinote.api.entities.tags import tags
from fedinote.api.routing import Call, route
from fedinote.federation import resolve
from fedinote.infra.app import App
from fedinote.infra.db import Query
from fedinote.infra.errors import Unauthorized
from fedinote.search import posts, query
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
_NAMED = f"""SELECT a.id FROM accounts a WHERE a.deleted_at IS NULL AND a.suspended_at IS NULL AND {_PERSON}
 AND a.username_key COLLATE {{c}} >= ? AND a.username_key COLLATE {{c}} < ? ORDER BY a.username_key LIMIT 200"""  # noqa: S608
_NEAR = f"""SELECT a.id, a.display_name FROM accounts a
 WHERE a.deleted_at IS NULL AND a.suspended_at IS NULL AND {_PERSON} AND (a.domain = '' OR a.id IN (
  SELECT f.target_id FROM follows f WHERE f.follower_id = ?)) ORDER BY a.id LIMIT {2 * LOOKED_AT}"""  # noqa: S608
# A tag that stands in private posts alone would tell what is in them.
_TAGS = """SELECT t.id FROM tags t WHERE t.name COLLATE {c} >= ? AND t.name COLLATE {c} < ?
 AND COALESCE(t.listable, TRUE) AND (EXISTS (SELECT 1 FROM post_tags x JOIN posts p ON p.id = x.post_id
   WHERE x.tag_id = t.id AND p.visibility IN ('public', 'unlisted'))
  OR EXISTS (SELECT 1 FROM featured_tags g WHERE g.tag_id = t.id)
  OR EXISTS (SELECT 1 FROM followed_tags f WHERE f.tag_id = t.id AND f.account_id = ?))
 ORDER BY t.name LIMIT 200"""


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
    found: dict[str, Any] = {"accounts": [], "statuses": [], "hashtags": []}
    if "accounts" in kinds and not text.startswith("#"):
        ids = await _people(call, text, following=params.flag("following"))
        found["accounts"] = await accounts(call.app, ids[window], call.viewer)
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
    return await accounts(call.app, ids[offset : offset + limit], call.viewer)


async def _pasted(call: Call, text: str, kinds: Sequence[str | None]) -> dict[str, Any]:
    """Return what a URL leads to: an account or a post, if the viewer may see it."""
    if call.viewer is not None and call.params.flag("resolve"):
        target = await resolve.url(call.app, text)
    else:
        target = await _known(call.app, text)
    kind, found = target or ("", 0)
    people = await accounts(call.app, [found], call.viewer) if kind == "account" and "accounts" in kinds else []
    shown = await statuses(call.app, [found], call.viewer) if kind == "status" and "statuses" in kinds else []
    return {"accounts": people, "statuses": shown, "hashtags": []}


async def _known(app: App, text: str) -> tuple[str, int] | None:
    people, posts = await app.db.many(
        ("SELECT id FROM accounts WHERE uri = ? AND deleted_at IS NULL AND suspended_at IS NULL", (text,)),
        ("SELECT id FROM posts WHERE uri = ?", (text,)),
    )
    if people:
        return "account", people[0]["id"]
    return ("status", posts[0]["id"]) if posts else None


async def _people(call: Call, text: str, *, following: bool) -> list[int]:
    """Return account ids: the very handle first (asked for elsewhere with `resolve`), then names that match."""
    app, handle = call.app, text.removeprefix("@")
    exact: list[int] = []
    if not any(sign.isspace() for sign in handle):
        exact = await _handle(call, handle)
    wanted = handle.partition("@")[0].lower()
    viewer_id = call.viewer_id or 0
    near: Query = (_NEAR, (viewer_id,))
    begins: Query = (_NAMED.format(c=_BYTES[app.db.dialect]), (wanted, wanted + _LAST))
    named, around = await app.db.many(begins, near)
    folded = fold(handle)
    shown = [row["id"] for row in around if folded in fold(row["display_name"])]
    ids = list(dict.fromkeys([*exact, *(row["id"] for row in named if "@" not in handle), *shown]))
    if not following:
        return ids
    rows = await app.db.rows(
        "SELECT target_id FROM follows WHERE follower_id = ? AND accepted AND target_id IN_INTS(?)", viewer_id, ids
    )
    followed = {row["target_id"] for row in rows}
    return [one for one in ids if one in followed]


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
    sql = _TAGS.format(c=_BYTES[call.app.db.dialect])
    rows = await call.app.db.rows(sql, wanted, wanted + _LAST, call.viewer_id or 0)
    return [row["id"] for row in rows]


async def _posts(call: Call, text: str, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return posts by words and operators, newest first."""
    params = call.params
    window = Window(limit, max_id=params.number("max_id"), min_id=params.number("min_id"))
    author = params.number("account_id")
    ids = await posts.find(
        call.app, call.me.account_id, query.parse(text), window, offset=min(offset, MAX_OFFSET), account_id=author
    )
    return await statuses(call.app, ids, call.viewer, context="public")


ROUTES = (
    route("GET", "/api/v2/search", search, auth="optional-user", scopes=("read:search",)),
    route("GET", "/api/v1/accounts/search", search_accounts, auth="user", scopes=("read:accounts",)),
)
