"""Our collections, paged: outbox, followers, following, featured, and the replies of a post."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from fedinote.activitypub import render
from fedinote.federation import documents
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest

PAGE = 20
PEOPLE_PAGE = 40
MAX_REPLIES = 50


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not text.isdigit() or len(text) > 19:
        raise BadRequest(f"The parameter `{name}` must be a number")
    return min(int(text), 2**63 - 1)


async def outbox(app: App, account: Row, request: Request) -> dict[str, Any]:
    """Public and unlisted posts and boosts, as their activities, newest first."""
    url = account["outbox_url"]
    if request.query_params.get("page") != "true":
        first = f"{url}?page=true"
        return render.collection(url, total=account["statuses_count"], first=first)
    max_id = _number(request, "max_id")
    rows = await app.db.rows(
        "SELECT id FROM posts WHERE account_id = ? AND visibility IN ('public', 'unlisted') AND id < ?"
        " ORDER BY id DESC LIMIT ?",
        account["id"],
        max_id or 2**63 - 1,
        PAGE,
    )
    ids = [row["id"] for row in rows]
    items = await documents.outbox_items(app, ids)
    page_id = f"{url}?{urlencode({'page': 'true'} | ({'max_id': max_id} if max_id else {}))}"
    following = f"{url}?page=true&max_id={ids[-1]}" if len(ids) == PAGE else None
    return render.collection_page(page_id, part_of=url, items=items, next_page=following)


async def followers(app: App, account: Row, request: Request) -> dict[str, Any]:
    """Who follows; only the number when the account hides its relations."""
    return await _people(app, account, request, "followers")


async def following(app: App, account: Row, request: Request) -> dict[str, Any]:
    """Whom the account follows; only the number when it hides its relations."""
    return await _people(app, account, request, "following")


async def _people(app: App, account: Row, request: Request, kind: str) -> dict[str, Any]:
    url, total = account[f"{kind}_url"], account[f"{kind}_count"]
    if account["hide_collections"]:
        return render.collection(url, total=total)
    if request.query_params.get("page") != "true":
        return render.collection(url, total=total, first=f"{url}?page=true")
    mine, theirs = ("target_id", "follower_id") if kind == "followers" else ("follower_id", "target_id")
    max_id = _number(request, "max_id")
    rows = await app.db.rows(
        f"SELECT f.id, a.uri FROM follows f JOIN accounts a ON a.id = f.{theirs}"  # noqa: S608  two fixed names
        f" WHERE f.{mine} = ? AND f.accepted AND f.id < ? ORDER BY f.id DESC LIMIT ?",
        account["id"],
        max_id or 2**63 - 1,
        PEOPLE_PAGE,
    )
    page_id = f"{url}?{urlencode({'page': 'true'} | ({'max_id': max_id} if max_id else {}))}"
    after = f"{url}?page=true&max_id={rows[-1]['id']}" if len(rows) == PEOPLE_PAGE else None
    return render.collection_page(page_id, part_of=url, items=[r["uri"] for r in rows], next_page=after, total=total)


async def featured(app: App, account: Row, request: Request) -> dict[str, Any]:
    """The posts that the account pinned, whole; private ones are not in it."""
    rows = await app.db.rows(
        "SELECT p.id FROM pins x JOIN posts p ON p.id = x.post_id WHERE x.account_id = ?"
        " AND p.visibility IN ('public', 'unlisted') ORDER BY x.id DESC",
        account["id"],
    )
    items = [(await documents.post(app, row["id"])).document for row in rows]
    return render.collection(account["featured_url"], total=len(items), items=items)


async def replies(app: App, post: Row, request: Request) -> dict[str, Any]:
    """The public answers to a post that are known here, by their ids, on one page: the author's own first."""
    url = f"{post['uri']}/replies"
    if request.query_params.get("page") != "true":
        return render.collection(url, total=None, first=f"{url}?page=true")
    rows = await app.db.rows(
        "SELECT uri FROM posts WHERE in_reply_to_id = ? AND visibility IN ('public', 'unlisted')"
        " ORDER BY CASE WHEN account_id = ? THEN 0 ELSE 1 END, id LIMIT ?",
        post["id"],
        post["account_id"],
        MAX_REPLIES,
    )
    return render.collection_page(f"{url}?page=true", part_of=url, items=[row["uri"] for row in rows])
