"""Searching people, posts and hashtags, and opening pasted handles and URLs.

https://docs.joinmastodon.org/methods/search/ Posts are found by `fedinote.search`.
"""

from collections.abc import Sequence
from typing import Any

from fedinote.accounts import profiles
from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.collections import collections
from fedinote.api.entities.statuses import statuses
from fedinote.api.entities.tags import tags
from fedinote.api.routing import Call, route
from fedinote.federation import resolve
from fedinote.infra.app import App
from fedinote.infra.errors import Unauthorized
from fedinote.relations import curation
from fedinote.search import crossing, hashtags, people
from fedinote.search.crossing import Asker
from fedinote.timelines.window import Window

MOST, USUAL = 40, 20
MAX_QUERY = 500
MAX_OFFSET = 10_000
_KINDS = ("accounts", "hashtags", "statuses")


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
    persons = await accounts(call.app, [found], call.viewer) if kind == "account" and "accounts" in kinds else []
    shown = await statuses(call.app, [found], call.viewer) if kind == "status" and "statuses" in kinds else []
    return {"accounts": persons, "statuses": shown, "hashtags": [], "collections": []}


async def _known(app: App, text: str) -> tuple[str, int] | None:
    accounts_, posts = await app.db.many(
        ("SELECT id FROM accounts WHERE uri = ? AND deleted_at IS NULL AND suspended_at IS NULL", (text,)),
        ("SELECT id FROM posts WHERE uri = ?", (text,)),
    )
    if accounts_:
        return "account", accounts_[0]["id"]
    return ("status", posts[0]["id"]) if posts else None


async def _people(call: Call, text: str, *, following: bool) -> list[int]:
    """Return account ids: the very handle first (asked for elsewhere with `resolve`), then names that match."""
    handle = text.removeprefix("@")
    exact = [] if any(sign.isspace() for sign in handle) else await _handle(call, handle)
    return await people.named(call.app, call.viewer_id, text, exact=exact, following=following)


async def _handle(call: Call, handle: str) -> list[int]:
    if call.viewer is not None and call.params.flag("resolve") and "@" in handle:
        found = await resolve.account(call.app, handle)
    else:
        known = await profiles.find(call.app, handle)
        found = None if known is None else known.id
    return [found] if found is not None and await people.shown(call.app, found) else []


async def _hashtags(call: Call, text: str) -> list[int]:
    reviewed = call.params.flag("exclude_unreviewed")
    return await hashtags.named(call.app, call.viewer_id, text, reviewed=reviewed)


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
