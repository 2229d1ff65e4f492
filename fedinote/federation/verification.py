"""The gate: only here is a signed request turned into a `VerifiedActivity`, and nothing else makes one."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from fedinote.activitypub import signatures, vocab
from fedinote.activitypub.quirks import host_of
from fedinote.activitypub.signatures import Signature, SignedRequest
from fedinote.federation import actors, fetching, keyring
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Malformed, Unauthorized
from fedinote.policy import domains

REFRESH_EVERY = keyring.REFRESH_EVERY


@dataclass(frozen=True, slots=True)
class VerifiedActivity:
    """An activity, and the account whose key signed the request that brought it.

    `own` tells that the signer is the activity's actor; otherwise it is forwarded, and only what its origin says of
    it may be believed. `covered` are the names of the headers and components that the signature covers.
    """

    activity: vocab.Activity
    signer_id: int
    signer_uri: str
    own: bool
    body: bytes
    covered: tuple[str, ...] = ()


async def verify(app: App, request: SignedRequest, activity: vocab.Activity) -> VerifiedActivity:
    """Check the signature of an inbox POST. Raises Unauthorized, Forbidden (blocked), Unavailable (try again)."""
    signer, signature = await _signed(app, request)
    own = signer["uri"] == activity.actor
    return VerifiedActivity(activity, signer["id"], signer["uri"], own, request.body, signature.covered)


async def signer_of(app: App, request: SignedRequest) -> Row:
    """Return the account whose key signed a request (S06-S22, A01-A04). Raises like `verify`."""
    return (await _signed(app, request))[0]


async def _signed(app: App, request: SignedRequest) -> tuple[Row, Signature]:
    await _refuse_by_name(app, signatures.read_signature(request.headers).key_id)
    # What no key could make good is refused now, so that it causes no fetch: coverage, host, time, digest.
    found = signatures.acceptable(request, app.now(), own_hosts=(app.settings.host,))
    key_id = found[0].key_id
    await _refuse_by_name(app, key_id)
    row = await keyring.find(app, key_id)
    if row is not None:
        if signature := _holding(app, request, found, row["material"]):
            return await _allowed(app, row), signature
        if not keyring.may_refresh(app, row):
            raise Unauthorized(signatures.MESSAGE, reason="the signature does not match the known key")
    known, row = row, await keyring.fetch(app, key_id)
    signature = _holding(app, request, found, row["material"])
    if signature is None:
        if known is None:
            await actors.forget_plans(app, row["id"])
        raise Unauthorized(signatures.MESSAGE, reason="the signature does not match the published key")
    return await _allowed(app, row), signature


async def _refuse_by_name(app: App, key_id: str) -> None:
    """Refuse a key by its id alone: one of ours, or of a blocked domain."""
    if fetching.is_ours(app, key_id):
        raise Unauthorized(signatures.MESSAGE, reason="signed with a key of ours")
    if await domains.suspended(app, host_of(key_id)):
        raise Forbidden("This domain is blocked here", reason="key of a blocked domain")


def _holding(app: App, request: SignedRequest, found: Sequence[Signature], material: str) -> Signature | None:
    """Return the first of these signatures that the key made, or None."""
    for signature in found:
        with contextlib.suppress(Unauthorized, Malformed):
            if signatures.matches(request, signature, keyring.loaded(app, material)):
                return signature
    return None


async def _allowed(app: App, row: Row) -> Row:
    if await domains.suspended(app, row["domain"]) or await domains.suspended(app, host_of(row["uri"])):
        raise Forbidden("This domain is blocked here", reason="signer of a blocked domain")
    return row
