"""HTTP signatures as the fediverse speaks them: draft-cavage-http-signatures-12 and RFC 9421, made and checked.

The schemes are modules of their own; here is the choice between them. Nothing is fetched; the caller finds the key
that `key_id` names. Every refusal is `Unauthorized` with one message for the stranger and the reason for the log.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from fedinote.activitypub import signatures_cavage as cavage
from fedinote.activitypub import signatures_rfc9421 as rfc9421
from fedinote.activitypub.keys import (
    PrivateKeyObject,
    PublicKeyObject,
    generate_rsa_key,
    load_private_key,
    load_public_key,
)
from fedinote.activitypub.signatures_cavage import SignatureParams
from fedinote.activitypub.signatures_rfc9421 import MessageSignature
from fedinote.activitypub.signatures_shared import MESSAGE, SignedRequest, named, refusal
from fedinote.infra.errors import Unauthorized

__all__ = [
    "MESSAGE",
    "MessageSignature",
    "Scheme",
    "Signature",
    "SignatureParams",
    "SignedRequest",
    "acceptable",
    "generate_rsa_key",
    "load_private_key",
    "load_public_key",
    "matches",
    "read_signature",
    "read_signatures",
    "sign",
    "verify",
]

Signature = SignatureParams | MessageSignature
Headers = Sequence[tuple[bytes, bytes]]

# `name="value"` or `created=1`: the draft's; the members of RFC 9421's dictionary are bytes (`sig1=:…:`).
_OF_DRAFT = re.compile(rb'\s*[A-Za-z]+\s*=\s*["0-9]')


class Scheme(StrEnum):
    """How to sign: the draft, the draft over the path without its query, or RFC 9421."""

    CAVAGE = "cavage"
    CAVAGE_PATH = "cavage-path"
    RFC9421 = "rfc9421"


def sign(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    key_id: str,
    private_key: PrivateKeyObject,
    now: datetime | None = None,
    scheme: Scheme = Scheme.CAVAGE,
) -> dict[str, str]:
    """The headers to add to an outgoing request so that it is signed; raises `Malformed` unless http(s) in ASCII."""
    if scheme is Scheme.RFC9421:
        return rfc9421.sign(
            method=method, url=url, headers=headers, body=body, key_id=key_id, private_key=private_key, now=now
        )
    return cavage.sign(
        method=method, url=url, headers=headers, body=body, key_id=key_id, private_key=private_key, now=now,
        with_query=scheme is Scheme.CAVAGE,
    )  # fmt: skip


def read_signatures(headers: Headers) -> list[Signature]:
    """The signatures of a request, those of RFC 9421 first; raises `Unauthorized` when none can be read.

    Without a Signature-Input header there must be one Signature header, by the draft. With it, one by the draft may
    stand beside the others, as double-signing senders have it.
    """
    stated, inputs = named(headers, b"signature"), named(headers, b"signature-input")
    if not inputs:
        if len(stated) != 1:
            raise refusal("no Signature header" if not stated else "several Signature headers")
        return [cavage.read(stated[0])]
    drafts = [value for value in stated if _OF_DRAFT.match(value)]
    readers: list[Callable[[], Sequence[Signature]]] = [
        lambda: rfc9421.read(inputs, [value for value in stated if value not in drafts])
    ]
    readers += [lambda: [cavage.read(drafts[0])]] if len(drafts) == 1 else []
    found: list[Signature] = []
    refused: Unauthorized | None = None
    for read in readers:
        try:
            found += read()
        except Unauthorized as error:
            refused = refused or error
    if not found:
        raise refused or refusal("no signature")
    return found


def read_signature(headers: Headers) -> Signature:
    """The first signature of a request; raises `Unauthorized` when none can be read."""
    return read_signatures(headers)[0]


def acceptable(request: SignedRequest, now: datetime, *, own_hosts: Collection[str]) -> list[Signature]:
    """The signatures of a request that could be good, all by one key; raises `Unauthorized` when there is none.

    Everything that needs no key is checked, so that a request that cannot be good causes no fetch: what is covered,
    the host, the time, the digest of the body. Of several the first good one decides whose key is looked for.
    """
    found: list[Signature] = []
    refused: Unauthorized | None = None
    for signature in read_signatures(request.headers):
        try:
            precheck(request, signature, now, own_hosts=own_hosts)
            found.append(signature)
        except Unauthorized as error:
            refused = refused or error
    if not found:
        raise refused or refusal("no signature")
    return [signature for signature in found if signature.key_id == found[0].key_id]


def precheck(request: SignedRequest, signature: Signature, now: datetime, *, own_hosts: Collection[str]) -> None:
    """Checks of a signature everything that needs no key, by the rules of its scheme; raises `Unauthorized`."""
    if isinstance(signature, MessageSignature):
        rfc9421.precheck(request, signature, now, own_hosts)
    else:
        cavage.precheck(request, signature, now, own_hosts)


def matches(request: SignedRequest, signature: Signature, public_key: PublicKeyObject) -> bool:
    """Whether this key made a signature that `precheck` let pass.

    Whether the key belongs to the actor is the caller's to know. Raises `Unauthorized` when what is signed is missing.
    """
    if isinstance(signature, MessageSignature):
        return rfc9421.matches(request, signature, public_key)
    return cavage.matches(request, signature, public_key)


def verify(
    request: SignedRequest,
    signature: Signature,
    public_key: PublicKeyObject,
    now: datetime,
    *,
    own_hosts: Collection[str],
) -> None:
    """Checks a signature wholly; returns when it holds, raises `Unauthorized` when not."""
    precheck(request, signature, now, own_hosts=own_hosts)
    if not matches(request, signature, public_key):
        raise refusal("the signature does not match")
