"""Push subscriptions: one for each access token or signed-in browser; and which notifications are pushed to whom.

https://docs.joinmastodon.org/methods/push/
"""

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fedinote.auth import sessions
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound, Refused
from fedinote.infra.keys import COOKIE_KEY
from fedinote.notifications import webpush

PUSH_JOB = "notifications.push"
PUSH_PRIORITY = 6  # after what comes in: a message may be late, and push services may be slow
POLICIES = ("all", "followed", "follower", "none")
ALERTS = (
    "mention", "status", "reblog", "follow", "follow_request", "favourite", "reaction", "pleroma:emoji_reaction",
    "poll", "update", "quote", "quoted_update", "translation_suggestion", "answer_refused",
    "severed_relationships", "moderation_warning", "admin.sign_up", "admin.report",
)  # fmt: skip
MAX_ENDPOINT = 2048
_REACTION = ("reaction", "pleroma:emoji_reaction", "favourite")
_NONCE = 12
_COLUMNS = "s.id, s.account_id, s.endpoint, s.p256dh, s.auth, s.standard, s.alerts, s.policy"
_COLUMNS += ", s.sealed_token, s.failures, s.retry_at"


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how to push: an https address, the client's keys (base64), RFC 8291 or (not `standard`) its draft."""

    endpoint: str
    p256dh: str
    auth: str
    standard: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose subscription it is: the access token's id and text, and the account behind it.

    A browser that is signed in has no token: then it is the key of its session (a hash), and `token` is "".
    """

    key: "Key"
    token: str
    account_id: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it is stored. `failures`: in a row; nothing is sent before `retry_at`."""

    id: int
    account_id: int
    target: Target
    alerts: Mapping[str, bool]
    policy: str
    sealed_token: str
    failures: int
    retry_at: datetime | None


def _subscription(row: Row) -> Subscription:
    return Subscription(
        id=row["id"],
        account_id=row["account_id"],
        target=Target(row["endpoint"], row["p256dh"], row["auth"], bool(row["standard"])),
        alerts=msgspec.json.decode(row["alerts"]),
        policy=row["policy"],
        sealed_token=row["sealed_token"],
        failures=row["failures"],
        retry_at=None if row["retry_at"] is None else from_ms(row["retry_at"]),
    )


Key = int | str
"""What a subscription hangs on: the id of an access token, or the hash of a session's cookie."""

_SUBSCRIBE = """
INSERT INTO push_subscriptions ({column}, account_id, endpoint, p256dh, auth, standard, alerts, policy, sealed_token,
  failures, retry_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, ?)
ON CONFLICT ({column}) DO UPDATE SET endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth,
  standard = excluded.standard, alerts = excluded.alerts, policy = excluded.policy, failures = 0, retry_at = NULL
"""


async def subscribe(
    app: App, holder: Holder, target: Target, alerts: Mapping[str, bool], policy: str = "all"
) -> Subscription:
    """Push to this target from now on, in place of the holder's former one. Raises Invalid.

    The endpoint must be one that this server may contact: a public https address.
    """
    _check(alerts, policy)
    webpush.client_keys(target.p256dh, target.auth)
    try:
        endpoint = app.outbound.canonical(target.endpoint[: MAX_ENDPOINT + 1])
    except Refused as error:
        raise Invalid("Validation failed: Endpoint is not a valid URL", reason=error.reason) from error
    if len(endpoint) > MAX_ENDPOINT:
        raise Invalid("Validation failed: Endpoint is too long")
    values = (endpoint, target.p256dh, target.auth, target.standard, msgspec.json.encode(dict(alerts)).decode(), policy)
    async with app.db.transaction():
        sealed = _seal(app, holder.token) if holder.token else ""
        sql = _SUBSCRIBE.format(column=_column(holder.key))
        await app.db.execute(sql, holder.key, holder.account_id, *values, sealed, app.now())
        return await show(app, holder.key)


def _column(key: Key) -> str:
    return "session_id" if isinstance(key, str) else "token_id"


async def show(app: App, key: Key) -> Subscription:
    """Return the subscription of a token or session. Raises NotFound."""
    row = await app.db.row(
        f"SELECT {_COLUMNS} FROM push_subscriptions s WHERE s.{_column(key)} = ?",  # noqa: S608
        key,
    )
    if row is None:
        raise NotFound
    return _subscription(row)


async def update(app: App, key: Key, alerts: Mapping[str, bool], policy: str) -> Subscription:
    """Change what is pushed. Raises NotFound and Invalid."""
    _check(alerts, policy)
    async with app.db.transaction():
        await app.db.execute(
            f"UPDATE push_subscriptions SET alerts = ?, policy = ? WHERE {_column(key)} = ?",  # noqa: S608
            msgspec.json.encode(dict(alerts)).decode(),
            policy,
            key,
        )
        return await show(app, key)


async def unsubscribe(app: App, key: Key) -> None:
    """Push no more; nothing happens where there is no subscription."""
    await app.db.execute(f"DELETE FROM push_subscriptions WHERE {_column(key)} = ?", key)  # noqa: S608


async def drop(app: App, subscription: Subscription) -> None:
    """Forget a subscription that its push service does not know any more, unless it has another endpoint by now."""
    await app.db.execute(
        "DELETE FROM push_subscriptions WHERE id = ? AND endpoint = ?", subscription.id, subscription.target.endpoint
    )


def _check(alerts: Mapping[str, bool], policy: str) -> None:
    if policy not in POLICIES:
        raise Invalid(f"Validation failed: Policy must be one of: {', '.join(POLICIES)}")
    if not set(alerts) <= set(ALERTS):
        raise Invalid("Validation failed: Alerts has an unknown type")


def wants(alerts: Mapping[str, bool], kind: str) -> bool:
    """Tell whether a kind of notification is to be pushed. A reaction counts as a like to clients that know none."""
    if kind != "reaction":
        return alerts.get(kind, False)
    return next((alerts[one] for one in _REACTION if one in alerts), False)


async def queue(app: App, kind: str, told: Sequence[tuple[int, int]]) -> None:
    """Queue a push message for each of the (account, notification) whose subscriptions want it; one query, if none."""
    if not told:
        return
    rows = await app.db.rows(
        "SELECT s.id, s.account_id, s.alerts FROM push_subscriptions s"
        " WHERE s.account_id IN_INTS(?) AND s.policy <> 'none' ORDER BY s.id",
        [account_id for account_id, _ in told],
    )
    notices = dict(told)
    for row in rows:
        if wants(msgspec.json.decode(row["alerts"]), kind):
            args = {"subscription_id": row["id"], "notification_id": notices[row["account_id"]]}
            await jobs.enqueue(app, PUSH_JOB, args, priority=PUSH_PRIORITY)


async def live(app: App, subscription_id: int) -> tuple[Subscription, str, str] | None:
    """Return a subscription with its person's language and role.

    None where the token, the session or the login is not valid now.
    """
    row = await app.db.row(
        f"SELECT {_COLUMNS}, u.locale, u.role FROM push_subscriptions s"  # noqa: S608
        " LEFT JOIN oauth_tokens t ON t.id = s.token_id AND t.revoked_at IS NULL"
        " LEFT JOIN sessions b ON b.token_hash = s.session_id AND b.created_at > ? AND b.last_used_at > ?"
        " JOIN users u ON u.id = COALESCE(t.user_id, b.user_id) AND u.state = 'active'"
        " JOIN accounts a ON a.id = u.account_id AND a.suspended_at IS NULL AND a.deleted_at IS NULL WHERE s.id = ?",
        app.now() - sessions.ABSOLUTE,
        app.now() - sessions.IDLE,
        subscription_id,
    )
    return None if row is None else (_subscription(row), row["locale"], row["role"])


async def allows(app: App, subscription: Subscription, from_id: int) -> bool:
    """Tell whether the subscription's policy lets messages about this sender through."""
    mine, theirs = subscription.account_id, from_id
    match subscription.policy:
        case "all":
            return True
        case "followed":
            pair = (mine, theirs)
        case "follower":
            pair = (theirs, mine)
        case _:
            return False
    row = await app.db.row("SELECT 1 AS value FROM follows WHERE follower_id = ? AND target_id = ? AND accepted", *pair)
    return row is not None


# -- the access token, kept encrypted ---------------------------------------------------------------------------------


def _box(app: App) -> AESGCM:
    secret = bytes.fromhex(app.secrets[COOKIE_KEY])
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"push access token").derive(secret))


def _seal(app: App, text: str) -> str:
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _box(app).encrypt(nonce, text.encode(), None)).decode()


def unseal(app: App, sealed: str) -> str | None:
    """Return the access token of a subscription; None when the instance's secret is another one by now."""
    data = base64.b64decode(sealed)
    try:
        return _box(app).decrypt(data[:_NONCE], data[_NONCE:], None).decode()
    except InvalidTag:
        return None
