"""The inbox: verify, one transaction with the activity and its job, 202; the job does the rest."""

import contextlib
import hashlib

from fedinote.activitypub import signatures, vocab
from fedinote.activitypub.quirks import host_of, reuses_id, same_origin
from fedinote.activitypub.signatures import SignedRequest
from fedinote.federation import fetching, handlers, refreshing, standing, synchronisation, verification
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, GiveUp, Malformed, Unavailable
from fedinote.infra.jobs import FINAL
from fedinote.moderation import audit
from fedinote.policy import domains
from fedinote.posts.drafts import encoded

JOB = "federation.process"
MAX_ID = 2048


async def receive(app: App, request: SignedRequest) -> bool:
    """Take a POST to an inbox; when this returns, the activity is on disk and will be processed.

    True when it was signed by somebody of a server that is known here.

    Raises Malformed (400), Unauthorized (401), Forbidden (403, blocked domain), Unavailable (503, try again).
    """
    activity = vocab.parse_activity(vocab.decode(request.body))
    if activity.type in ("Delete", "Update") and await _unknown_self(app, activity):
        return False
    try:
        verified = await verification.verify(app, request, activity)
    except Forbidden:
        await _note_refusal(app, request)
        raise
    priority = await standing.priority(app, verified.signer_id, verified.signer_uri)
    await _keep(app, verified, request, priority)
    await synchronisation.on_received(app, verified, request)
    app.work.set()
    return priority < standing.NEW


async def _keep(app: App, verified: VerifiedActivity, request: SignedRequest, priority: int) -> None:
    """Write the activity and its job, and that its server is there, in one transaction."""
    received_id, now = app.ids.next(), app.now()
    await app.db.atomic(
        (
            "INSERT INTO received_activities (id, signer_host, activity_id, signer, object_id, body, received_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                received_id,
                host_of(verified.signer_uri),
                _key(verified, request),
                verified.signer_uri,
                _about(verified.activity),
                request.body.decode(),
                now,
            ),
        ),
        (
            "INSERT INTO jobs (kind, args, order_key, priority, run_at, starts, failures, created_at)"
            " SELECT ?, ?, ?, CASE WHEN EXISTS (SELECT 1 FROM follows f WHERE f.target_id = ?) THEN CAST(? AS BIGINT)"
            " ELSE CAST(? AS BIGINT) END, received_at, 0, 0, received_at FROM received_activities WHERE id = ?",
            (
                JOB,
                encoded({"received_id": received_id}),
                _order(verified.signer_uri),
                verified.signer_id,
                standing.FOLLOWED,
                priority,
                received_id,
            ),
        ),
        (
            "INSERT INTO hosts (host, failures, failure_days, last_failure_day, last_seen_at)"
            " SELECT domain, 0, 0, 0, CAST(? AS BIGINT) FROM accounts WHERE id = ?"
            " ON CONFLICT (host) DO UPDATE SET failures = 0, failure_days = 0, retry_at = NULL,"
            " unavailable_at = CASE WHEN hosts.stopped_at IS NULL THEN NULL ELSE hosts.unavailable_at END,"
            " last_seen_at = excluded.last_seen_at"
            " WHERE hosts.unavailable_at IS NOT NULL OR hosts.retry_at IS NOT NULL",
            (now, verified.signer_id),
        ),
    )


async def _note_refusal(app: App, request: SignedRequest) -> None:
    """Leave a row in the audit log, where moderators look for posts that did not come, if a block is the reason."""
    key_id = signatures.read_signature(request.headers).key_id
    host = host_of(key_id)
    row = await app.db.row(
        "SELECT a.domain FROM account_keys k JOIN accounts a ON a.id = k.account_id WHERE k.key_id = ?", key_id
    )
    found = await domains.find(app, host, row["domain"] if row else "")
    if found is None or found.severity != "suspend":
        return
    with contextlib.suppress(Unavailable):
        await audit.refused_at_the_door(app, found.domain, host)


async def _unknown_self(app: App, activity: vocab.Activity) -> bool:
    """Tell whether an actor of whom we know nothing (any more) leaves or changes: accepted without a fetch (S05)."""
    if activity.object_id != activity.actor:
        return False
    sql = "SELECT 1 AS value FROM accounts WHERE uri = ? AND deleted_at IS NULL"
    return await app.db.row(sql, activity.actor) is None


def _about(activity: vocab.Activity) -> str | None:
    return activity.object_id if activity.object_id and len(activity.object_id) <= MAX_ID else None


def _order(signer_uri: str) -> str:
    """Return what keeps the activities of one account in the order in which they came."""
    return hashlib.sha256(signer_uri.encode()).hexdigest()


def _key(verified: VerifiedActivity, request: SignedRequest) -> str:
    """Return what makes the activity the same one again: its id, or the hash of the body where it has none.

    Where an id is used again and again, the signature tells a new request from a replay.
    """
    identity = verified.activity.id
    if identity and reuses_id(identity):
        signature = next((value for name, value in request.headers if name.lower() == b"signature"), b"")
        return "sha256:" + hashlib.sha256(identity.encode() + signature).hexdigest()
    if identity and len(identity) <= MAX_ID:
        return identity
    return "sha256:" + hashlib.sha256(verified.body).hexdigest()


async def process(app: App, received_id: int) -> None:
    """Let a received activity have its effect (a job; safe to repeat)."""
    row = await app.db.row(
        "SELECT r.body, a.id, a.uri, a.domain, a.fetched_at FROM received_activities r"
        " JOIN accounts a ON a.uri = r.signer WHERE r.id = ? AND r.body IS NOT NULL",
        received_id,
    )
    if row is None:
        return
    try:
        outcome = await _handled(app, row)
    except FINAL as error:
        await _note_outcome(app, received_id, str(error))
        raise
    if outcome is not None:
        await _note_outcome(app, received_id, outcome)
    await refreshing.plan(app, row)


async def _note_outcome(app: App, received_id: int, outcome: str) -> None:
    sql = "UPDATE received_activities SET outcome = ? WHERE id = ?"
    await app.db.execute(sql, outcome[:500], received_id)


async def _handled(app: App, row: Row) -> str | None:
    """Give one activity to its handler; why it had no effect, or None."""
    if await domains.suspended(app, row["domain"], host_of(row["uri"])):
        return "the domain is blocked here"
    body = row["body"].encode()
    activity = vocab.parse_activity(vocab.decode(body))
    own = activity.actor == row["uri"]
    if own and not _id_is_own(activity, row["uri"]):
        raise GiveUp("the activity's id is of another origin than its actor")
    verified = VerifiedActivity(activity, row["id"], row["uri"], own, body)
    try:
        return await handlers.handle(app, verified)
    except Malformed as error:
        raise GiveUp(error.reason) from error


def _id_is_own(activity: vocab.Activity, signer: str) -> bool:
    return activity.id is None or same_origin(activity.id, signer)


def is_inbox_type(value: str) -> bool:
    """Tell whether a POST's Content-Type may carry an activity (S02); the profile of ld+json is not insisted on."""
    kind = value.partition(";")[0].strip().lower()
    return fetching.is_activity_type(value) or kind in ("application/activity+json", "application/ld+json")
