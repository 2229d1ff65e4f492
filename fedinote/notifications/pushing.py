"""Handing a push message to its push service (RFC 8030), and what its answer means for the subscription.

A service that fails is left alone for a while, whatever waits for it: it must not hold up other work.
"""

import logging
from datetime import timedelta
from urllib.parse import urlsplit

from fedinote.infra.app import App
from fedinote.infra.errors import GiveUp, Refused, TryAgain, Unreachable
from fedinote.infra.keys import VAPID_PRIVATE, VAPID_PUBLIC
from fedinote.infra.outbound import Response, retry_after
from fedinote.notifications import subscriptions, webpush
from fedinote.notifications.subscriptions import Subscription
from fedinote.notifications.webpush import Claims, Ephemeral

log = logging.getLogger(__name__)

TTL = timedelta(hours=48)
URGENCY = "normal"
SECONDS = 5.0
MOST_FAILURES = 50
"""After so many in a row, at least two days of them, a subscription is dropped."""
_TOKEN_LIFE = timedelta(hours=12)
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_GONE = (404, 410)
_LATER = (408, 425, 429)


async def send(app: App, subscription: Subscription, text: bytes) -> None:
    """Send one message. Raises TryAgain when the service shall be asked later, GiveUp when it refuses the message.

    An answer of 404 or 410 ends the subscription (RFC 8030, section 7.3).
    """
    if subscription.retry_at is not None and subscription.retry_at > app.now():
        raise TryAgain("the push service failed", after=(subscription.retry_at - app.now()).total_seconds())
    body, headers = _request(app, subscription, text)
    try:
        answer = await app.outbound.post(subscription.target.endpoint, body, headers=headers, timeout=SECONDS)
    except Refused as error:  # the name leads to no public address any more
        await _later(app, subscription, None, error.reason)
        raise
    except Unreachable as error:
        raise await _later(app, subscription, None, error.reason) from error
    await _judge(app, subscription, answer)


def _request(app: App, subscription: Subscription, text: bytes) -> tuple[bytes, dict[str, str]]:
    target = subscription.target
    client = webpush.client_keys(target.p256dh, target.auth)
    encrypt = webpush.encrypt if target.standard else webpush.encrypt_as_draft
    message = encrypt(text, client, Ephemeral.make())
    parts = urlsplit(target.endpoint)
    contact = app.settings.instance.contact_email
    claims = Claims(
        audience=f"{parts.scheme}://{parts.netloc}",
        expires=int((app.now() + _TOKEN_LIFE).timestamp()),
        subject=f"mailto:{contact}" if contact else app.settings.base,
    )
    jwt = webpush.token(app.secrets[VAPID_PRIVATE], claims)
    headers = webpush.signed(message, jwt, app.secrets[VAPID_PUBLIC])
    headers |= {
        "Content-Type": "application/octet-stream",
        "TTL": str(int(TTL.total_seconds())),
        "Urgency": URGENCY,
    }
    return message.body, headers


async def _judge(app: App, subscription: Subscription, answer: Response) -> None:
    if answer.status in _GONE:
        await subscriptions.drop(app, subscription)
        raise GiveUp(f"the push service does not know the subscription any more ({answer.status})")
    if answer.status in _LATER or answer.status >= 500:
        wait = retry_after(answer.headers, now=app.now())
        raise await _later(app, subscription, wait, f"the push service answered {answer.status}")
    if not 200 <= answer.status < 300:
        raise GiveUp(f"the push service answered {answer.status}")
    if subscription.failures:
        await app.db.execute(
            "UPDATE push_subscriptions SET failures = 0, retry_at = NULL WHERE id = ?", subscription.id
        )


async def _later(app: App, subscription: Subscription, wait: float | None, reason: str) -> Exception:
    """Note a failure; what to raise for it."""
    if subscription.failures + 1 >= MOST_FAILURES:
        log.info("push subscription dropped", extra={"failures": subscription.failures + 1})
        await subscriptions.drop(app, subscription)
        return GiveUp(reason)
    pause = min(_FIRST_PAUSE * 2 ** min(subscription.failures, 10), _LONGEST_PAUSE)
    if wait is not None:
        pause = max(pause, min(timedelta(seconds=wait), TTL))
    # Of several messages that fail together only the first counts.
    await app.db.execute(
        "UPDATE push_subscriptions SET failures = failures + 1, retry_at = ? WHERE id = ? AND failures = ?",
        app.now() + pause,
        subscription.id,
        subscription.failures,
    )
    return TryAgain(reason, after=pause.total_seconds())
