"""Our collections, paged: outbox, followers, following, featured, the replies of a post, and conversations."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from fedinote.activitypub import render
from fedinote.activitypub.render_actors import HashtagOut, hashtag
from fedinote.federation import documents
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest
from fedinote.posts import featured_tags, visibility

PAGE = 20
PEOPLE_PAGE = 40
CONVERSATION_PAGE = 100

_CONVERSATION = """FROM posts p JOIN accounts a ON a.id = p.account_id
WHERE p.conversation_id = ? AND p.id > ? AND p.reblog_of_id IS NULL AND p.visibility IN ('public', 'unlisted')
  AND a.suspended_at IS NULL"""


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
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


async def tags(app: App, account: Row, request: Request) -> dict[str, Any]:
    """The hashtags that the account shows on its profile, most used first."""
    shown = await featured_tags.of(app, account["id"])
    items = [hashtag(HashtagOut(tag.display, app.url(f"/tags/{tag.name}"))) for tag in shown]
    return render.collection(f"{account['uri']}/collections/tags", total=len(items), items=items)


async def replies(app: App, post: Row, request: Request, viewer_id: int | None = None) -> dict[str, Any]:
    """The answers to a post that are known here, by their ids: the author's own first, then the others, paged.

    Public ones, and for a signed request those that the signer may see. The number is that of the public ones.
    """
    url = f"{post['uri']}/replies"
    if request.query_params.get("page") != "true":
        total = await app.db.value(
            "SELECT COUNT(*) AS value FROM posts WHERE in_reply_to_id = ? AND visibility IN ('public', 'unlisted')",
            post["id"],
        )
        return render.collection(url, total=total, first=f"{url}?page=true")
    others = request.query_params.get("only_other_accounts") == "true"
    min_id = _number(request, "min_id") or 0
    visible, params = visibility.condition("p", viewer_id)
    rows = await app.db.rows(
        f"SELECT p.id, p.uri FROM posts p WHERE p.in_reply_to_id = ? AND p.id > ? AND {visible}"  # noqa: S608  ours
        f" AND p.account_id {'<>' if others else '='} ? ORDER BY p.id LIMIT ?",
        post["id"],
        min_id,
        *params,
        post["account_id"],
        PAGE,
    )
    query = {"page": "true"} | ({"only_other_accounts": "true"} if others else {})
    page_id = f"{url}?{urlencode(query | ({'min_id': min_id} if min_id else {}))}"
    after = None
    if len(rows) == PAGE:
        after = f"{url}?{urlencode(query | {'min_id': rows[-1]['id']})}"
    elif not others:
        after = f"{url}?page=true&only_other_accounts=true"
    return render.collection_page(page_id, part_of=url, items=[row["uri"] for row in rows], next_page=after)


async def conversation(app: App, top: Row, request: Request) -> dict[str, Any]:
    """A conversation that somebody here began: its public posts as far as they are known here, oldest first, paged.

    (FEP-7888, FEP-f228.) `top` is its first post, with `author_uri`.
    """
    url = app.url(f"/contexts/{top['id']}")
    owner = {"attributedTo": top["author_uri"]}
    if request.query_params.get("page") != "true":
        total = await app.db.value(f"SELECT COUNT(*) AS value {_CONVERSATION}", top["id"], 0)
        return render.collection(url, total=total, first=f"{url}?page=true") | owner
    min_id = _number(request, "min_id") or 0
    rows = await app.db.rows(
        f"SELECT p.id, p.uri {_CONVERSATION} ORDER BY p.id LIMIT ?",
        top["id"],
        min_id,
        CONVERSATION_PAGE,
    )
    page_id = f"{url}?{urlencode({'page': 'true'} | ({'min_id': min_id} if min_id else {}))}"
    after = f"{url}?page=true&min_id={rows[-1]['id']}" if len(rows) == CONVERSATION_PAGE else None
    uris = [row["uri"] for row in rows]
    return render.collection_page(page_id, part_of=url, items=uris, next_page=after) | owner
