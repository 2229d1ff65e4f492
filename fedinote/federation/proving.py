"""Believing an activity for the proof in it (FEP-8b32), whoever brought it: a reader, a relay, a group."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fedinote.activitypub import keys, proofs, vocab
from fedinote.activitypub.proofs import Proof
from fedinote.activitypub.quirks import host_of, reuses_id, same_origin
from fedinote.federation import actors, fetching
from fedinote.federation.fetching import Budget
from fedinote.federation.verification import REFRESH_EVERY, VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Malformed, Unavailable
from fedinote.policy import domains

MAX_AGE = timedelta(days=7)
"""How old a proof may be, but for Create: ids of activities are remembered a little longer than that."""

_KEY = (
    "SELECT a.*, k.multibase FROM assertion_keys k JOIN accounts a ON a.id = k.account_id WHERE k.key_id = ?"
    " AND a.uri = ? AND a.domain <> '' AND (k.expires_at IS NULL OR k.expires_at > ?)"
)


async def proven(app: App, document: Mapping[str, Any], budget: Budget) -> Row | None:
    """Return the row of the account that an activity's actor is, when its proof holds in the document as received.

    The key must be listed by the actor itself under `assertionMethod` and lie on its origin, as must the activity's
    id. A proof inside (of the object) or outside (of what carries the activity) says nothing about it. What is not a
    Create must have been proven in the last week, so that nothing old is brought back. None (no proof, or none that
    holds) says nothing about the activity: its origin may still be asked. An unknown actor, or a known one without
    the key, is fetched (its key may be new). Raises Unavailable when its server cannot be reached now.
    """
    proof = proofs.read(document, app.now())
    if proof is None:
        return None
    try:
        activity = vocab.parse_activity(dict(document))
    except Malformed:
        return None
    actor = activity.actor
    if not _of_one_origin(activity, proof):
        return None
    if fetching.is_ours(app, actor) or not _recent(app, activity, proof) or await _blocked(app, actor):
        return None
    return await _held(app, document, proof, actor) or await _held_anew(app, document, proof, actor, budget=budget)


def _of_one_origin(activity: vocab.Activity, proof: Proof) -> bool:
    """Tell whether actor, activity and key are of one origin, and the id is the activity's alone."""
    if activity.id is None or reuses_id(activity.id):
        return False
    return same_origin(activity.id, activity.actor) and same_origin(proof.method, activity.actor)


def _recent(app: App, activity: vocab.Activity, proof: Proof) -> bool:
    """Tell whether an activity may still have its effect. A Create is harmless: its object is stored once."""
    return activity.type == "Create" or (proof.created is not None and proof.created > app.now() - MAX_AGE)


async def _blocked(app: App, actor: str) -> bool:
    return await domains.suspended(app, host_of(actor))


async def _held(app: App, document: Mapping[str, Any], proof: Proof, actor: str) -> Row | None:
    """Return the actor's row when the key is known here and the proof is by it."""
    row = await app.db.row(_KEY, proof.method, actor, app.now())
    if row is None or await domains.suspended(app, row["domain"]):
        return None
    key = keys.ed25519_key(row["multibase"])
    return row if key is not None and proofs.holds(document, proof, key) else None


async def _held_anew(app: App, document: Mapping[str, Any], proof: Proof, actor: str, *, budget: Budget) -> Row | None:
    """Ask the actor for its keys and look again; not when that was done a moment ago."""
    known = await actors.by_uri(app, actor)
    if known is not None and not _may_refresh(app, known):
        return None
    try:
        await actors.fetch(app, actor, budget)
    except Unavailable:
        raise
    except FediNoteError:
        return None
    return await _held(app, document, proof, actor)


def _may_refresh(app: App, row: Row) -> bool:
    return row["fetched_at"] is None or row["fetched_at"] < to_ms(app.now() - REFRESH_EVERY)


async def believed(app: App, brought: VerifiedActivity, budget: Budget) -> VerifiedActivity | None:
    """Return what somebody else brought as the own activity of its actor, when its proof holds; None otherwise."""
    row = await proven(app, vocab.decode(brought.body), budget)
    if row is None:
        return None
    return VerifiedActivity(brought.activity, row["id"], row["uri"], own=True, body=brought.body)
