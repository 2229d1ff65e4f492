"""The gate: only here is a signed request turned into a `VerifiedActivity`, and nothing else makes one."""

from dataclasses import dataclass
from datetime import timedelta

from fedinote.activitypub import signatures, vocab
from fedinote.activitypub.keys import PublicKeyObject
from fedinote.activitypub.quirks import host_of, same_origin, without_fragment
from fedinote.activitypub.signatures import SignatureParams, SignedRequest
from fedinote.federation import actors, fetching
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Forbidden, Gone, Malformed, NotFound, Unauthorized, Unavailable
from fedinote.policy import domains

KEY_BUDGET = 3
REFRESH_EVERY = timedelta(minutes=5)
FAILED_FOR = timedelta(minutes=2)
MAX_REMEMBERED = 5000

_KEY = (
    "SELECT k.public_pem, k.key_id, a.id, a.uri, a.domain, a.suspended_at, a.fetched_at FROM account_keys k"
    " JOIN accounts a ON a.id = k.account_id WHERE k.key_id = ?"
)


@dataclass(frozen=True, slots=True)
class VerifiedActivity:
    """An activity, and the account whose key signed the request that brought it.

    `own` tells that the signer is the activity's actor; otherwise it is forwarded, and only what its origin says of
    it may be believed.
    """

    activity: vocab.Activity
    signer_id: int
    signer_uri: str
    own: bool
    body: bytes


async def verify(app: App, request: SignedRequest, activity: vocab.Activity) -> VerifiedActivity:
    """Check the signature of an inbox POST. Raises Unauthorized, Forbidden (blocked), Unavailable (try again)."""
    signer = await signer_of(app, request)
    own = signer["uri"] == activity.actor
    return VerifiedActivity(activity, signer["id"], signer["uri"], own, request.body)


async def signer_of(app: App, request: SignedRequest) -> Row:
    """Return the account whose key signed a request (S06-S22, A01-A04). Raises like `verify`."""
    params = signatures.read_signature(request.headers)
    if fetching.is_ours(app, params.key_id):
        raise Unauthorized(signatures.MESSAGE, reason="signed with a key of ours")
    if await domains.suspended(app, host_of(params.key_id)):
        raise Forbidden("This domain is blocked here", reason="key of a blocked domain")
    _check_before_fetching(app, request, params)
    row = await app.db.row(_KEY, params.key_id)
    if row is not None:
        if _holds(app, request, params, row["public_pem"]):
            return await _allowed(app, row)
        if not _may_refresh(app, row):
            raise Unauthorized(signatures.MESSAGE, reason="the signature does not match the known key")
    row = await _fetched_key(app, params.key_id)
    if not _holds(app, request, params, row["public_pem"]):
        raise Unauthorized(signatures.MESSAGE, reason="the signature does not match the published key")
    return await _allowed(app, row)


def _check_before_fetching(app: App, request: SignedRequest, params: SignatureParams) -> None:
    """Refuse what no key could make good, so that it causes no fetch: coverage, host, time, digest."""
    signatures.precheck(request, params, app.now(), own_hosts=(app.settings.host,))


def _holds(app: App, request: SignedRequest, params: SignatureParams, pem: str) -> bool:
    try:
        key = _loaded(app, pem)
        signatures.verify(request, params, key, app.now(), own_hosts=(app.settings.host,))
    except (Unauthorized, Malformed):
        return False
    return True


def _loaded(app: App, pem: str) -> PublicKeyObject:
    cache: dict[str, PublicKeyObject] = app.caches.setdefault("public_keys", {})
    found = cache.get(pem)
    if found is None:
        if len(cache) >= MAX_REMEMBERED:
            cache.clear()
        found = cache[pem] = signatures.load_public_key(pem)
    return found


async def _allowed(app: App, row: Row) -> Row:
    if await domains.suspended(app, row["domain"]) or await domains.suspended(app, host_of(row["uri"])):
        raise Forbidden("This domain is blocked here", reason="signer of a blocked domain")
    return row


def _may_refresh(app: App, row: Row) -> bool:
    """Allow one refetch of a known actor in five minutes (S17)."""
    return row["fetched_at"] is None or row["fetched_at"] < to_ms(app.now() - REFRESH_EVERY)


async def _fetched_key(app: App, key_id: str) -> Row:
    """Fetch the actor that owns a key and return the key's row (S16). Failures are remembered for two minutes."""
    failed: dict[str, int] = app.caches.setdefault("failed_keys", {})
    if failed.get(key_id, 0) > to_ms(app.now()):
        raise Unauthorized(signatures.MESSAGE, reason="the key could not be fetched a moment ago")
    try:
        await _fetch_owner(app, key_id, Budget(KEY_BUDGET))
    except Gone as error:
        await actors.mark_deleted(app, without_fragment(key_id))
        raise Unauthorized(signatures.MESSAGE, reason="the key's actor is gone") from error
    except (Unavailable, Forbidden):
        raise
    except FediNoteError as error:
        if len(failed) >= MAX_REMEMBERED:
            failed.clear()
        failed[key_id] = to_ms(app.now() + FAILED_FOR)
        raise Unauthorized(signatures.MESSAGE, reason=f"no key: {error.reason}") from error
    row = await app.db.row(_KEY, key_id)
    if row is None:
        raise Unauthorized(signatures.MESSAGE, reason="the actor does not list the key")
    return row


async def _fetch_owner(app: App, key_id: str, budget: Budget) -> None:
    """Fetch the document that defines a key. An actor must list it; a stub must name an actor that lists it."""
    url = without_fragment(key_id)
    document = await fetching.document(app, url, budget)
    if vocab.is_actor(document) and document.get("inbox"):
        await actors.store(app, vocab.parse_actor(document), budget)
        return
    owner = vocab.reference(document.get("owner")) or vocab.reference(document.get("controller"))
    if owner is None:
        keys = document.get("publicKey")
        owner = vocab.reference(keys.get("owner")) if isinstance(keys, dict) else None
    if owner is None or not same_origin(owner, key_id):
        raise NotFound(reason="the key document names no owner of its own origin")
    await actors.fetch(app, owner, budget)
