"""The job that pushes one notification to one subscription: looked at again at that moment, rendered, encrypted."""

from typing import Any

import msgspec

from fedinote.api.entities import push as entities
from fedinote.auth.viewer import rank
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.notifications import pushing, queries, subscriptions, webpush
from fedinote.notifications.queries import Notice
from fedinote.notifications.subscriptions import Subscription
from fedinote.timelines import filters

_POST = "SELECT id, account_id, content, spoiler_text FROM posts WHERE id = ?"


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
    token = subscriptions.unseal(app, subscription.sealed_token)
    if notice is None or token is None:
        return
    post = None if notice.post_id is None else await app.db.row(_POST, notice.post_id)
    if post is not None and await _hidden(app, subscription.account_id, post):
        return
    told = await entities.payload(app, notice, post)
    if told:
        await pushing.send(app, subscription, _encoded({"access_token": token, "preferred_locale": locale, **told}))


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
