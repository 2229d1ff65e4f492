"""The job that pushes one notification to one subscription: looked at again at that moment, rendered, encrypted."""

import asyncio
from typing import Any

import msgspec

from fedinote.api.entities import push as entities
from fedinote.api.entities.push import Translated
from fedinote.auth.viewer import rank
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError
from fedinote.notifications import pushing, queries, subscriptions, warnings, webpush
from fedinote.notifications.queries import Notice
from fedinote.notifications.subscriptions import Subscription
from fedinote.timelines import filters
from fedinote.translation import preferences, translations, views
from fedinote.translation.preferences import Mode

_POST = """SELECT id, account_id, content, spoiler_text, language, shown_language, created_at, edited_at, translated_at
 FROM posts WHERE id = ?"""
_OWN = frozenset({"severed_relationships", "moderation_warning"})
TRANSLATING_SECONDS = 8.0
"""How long a message waits for a translation that is not there yet."""


async def push(app: App, subscription_id: int, notification_id: int) -> None:
    """Push a notification. The function of PUSH_JOB; raises what `notifications.pushing.send` does.

    Nothing is sent for a token that is not valid any more, for what is older than the time to live, for what the
    person may not see by now, does not want (the subscription's policy, a filter that hides) or has dismissed.
    """
    found = await subscriptions.live(app, subscription_id)
    if found is None:
        return
    subscription, locale, role = found
    notice = await _wanted(app, subscription, notification_id, role)
    token = subscriptions.unseal(app, subscription.sealed_token) if subscription.sealed_token else ""
    if notice is None or token is None:
        return
    post = None if notice.post_id is None else await app.db.row(_POST, notice.post_id)
    if post is not None and await _hidden(app, subscription.account_id, post):
        return
    words = None if post is None else await _words(app, subscription.account_id, post)
    told = await entities.payload(app, notice, post, words)
    if told:
        if notice.kind == warnings.KIND:
            told["title"] = warnings.title(locale)
        own = {"access_token": token} if token else {"path": await _path(app, notice)}
        await pushing.send(app, subscription, _encoded({**own, "preferred_locale": locale, **told}))


_POST_PLACE = """SELECT p.id, a.username, a.domain FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.id = ?"""
_PLACE = "SELECT NULL AS id, username, domain FROM accounts WHERE id = ?"


async def _path(app: App, notice: Notice) -> str:
    """Return the page of ours that a browser opens for a notification: the post, else who did it."""
    if notice.kind.startswith("admin.") or notice.kind in _OWN:
        return f"/settings/decisions/{notice.subject}" if notice.kind == warnings.KIND else "/notifications"
    sql, key = (_PLACE, notice.from_account_id) if notice.post_id is None else (_POST_PLACE, notice.post_id)
    row = await app.db.row(sql, key)
    if row is None:
        return "/notifications"
    name = f"/@{row['username']}@{row['domain']}" if row["domain"] else f"/@{row['username']}"
    return name if row["id"] is None else f"{name}/{row['id']}"


async def _words(app: App, account_id: int, post: Row) -> Translated | None:
    """Return the translation that a person who has posts translated unasked is to be told; None: the post's own words.

    One that is not there yet is made now: a message cannot be corrected once it is sent.
    """
    own = await preferences.reader(app, account_id)
    source = post["shown_language"] or post["language"] or ""
    if own is None or post["account_id"] == account_id or own.way(post["account_id"], source) is Mode.BUTTON:
        return None
    try:
        async with asyncio.timeout(TRANSLATING_SECONDS):
            made = await translations.finish(app, post["id"], own.target, payer=account_id)
    except (FediNoteError, TimeoutError):
        return None
    mode = views.way(own, post, made)
    return None if made is None or mode is Mode.BUTTON else Translated(made, mode)


def _encoded(told: dict[str, Any]) -> bytes:
    """Return the message; without the picture, whose address has no limit elsewhere, where it would be too long."""
    text = msgspec.json.encode(told)
    return text if len(text) <= webpush.MAX_PLAINTEXT else msgspec.json.encode({**told, "icon": ""})


async def _wanted(app: App, subscription: Subscription, notification_id: int, role: str) -> Notice | None:
    notices = await queries.by_id(app, subscription.account_id, [notification_id])
    if not notices or from_ms(notices[0].created_at) < app.now() - pushing.TTL:
        return None
    if notices[0].kind.startswith("admin.") and not rank(role):
        return None
    allowed = await subscriptions.allows(app, subscription, notices[0].from_account_id)
    return notices[0] if allowed else None


async def _hidden(app: App, account_id: int, post: Row) -> bool:
    results = await filters.results(app, account_id, "notifications", [post])
    return filters.hidden(results.get(post["id"], ()))
