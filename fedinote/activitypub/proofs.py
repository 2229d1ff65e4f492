"""Proofs of integrity: an activity that shows by itself who made it (FEP-8b32, Data Integrity, eddsa-jcs-2022).

Everything in a document is covered by its proof, also what nobody here reads; a proof speaks for the document that
it stands in and for nothing inside or around it. Nothing is fetched here: the caller finds the key and its owner.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fedinote.activitypub import keys
from fedinote.activitypub.canonical import canonical
from fedinote.activitypub.context import ACTIVITYSTREAMS, DATA_INTEGRITY
from fedinote.activitypub.shapes import web_uri, when
from fedinote.infra.errors import Malformed

TYPE = "DataIntegrityProof"
SUITE = "eddsa-jcs-2022"
PURPOSE = "assertionMethod"
AHEAD = timedelta(minutes=5)
"""How far another server's clock may be ahead of ours."""
SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that may hold: `method` names the key, `options` is all that is signed of it, `value` the signature.

    `created` is None when the proof does not say when it was made.
    """

    method: str
    options: Mapping[str, Any]
    value: bytes
    created: datetime | None


def read(document: Mapping[str, Any], now: datetime) -> Proof | None:
    """The proof in a document as it was received; None without one of the kind that is understood, or out of its time.

    Its context must be the document's (or be left out), so that both are read alike. None also when it expired, or
    was made in the future.
    """
    stated = document.get("proof")
    if not isinstance(stated, dict) or not _is_ours_to_read(stated, document):
        return None
    method, value = web_uri(stated.get("verificationMethod")), _signature(stated.get("proofValue"))
    if method is None or value is None or not _in_time(stated, now):
        return None
    options = {key: entry for key, entry in stated.items() if key != "proofValue"}
    return Proof(method, options, value, when(stated.get("created")))


def _is_ours_to_read(stated: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    kind = (stated.get("type"), stated.get("cryptosuite"), stated.get("proofPurpose"))
    if kind != (TYPE, SUITE, PURPOSE):
        return False
    return "@context" not in stated or stated["@context"] == document.get("@context")


def _in_time(stated: Mapping[str, Any], now: datetime) -> bool:
    """Whether a proof is valid at this moment; a date that cannot be read is no date that allows anything."""
    created, expires = when(stated.get("created")), when(stated.get("expires"))
    if "created" in stated and (created is None or created > now + AHEAD):
        return False
    return "expires" not in stated or (expires is not None and expires > now)


def _signature(value: object) -> bytes | None:
    if not isinstance(value, str):
        return None
    try:
        found = keys.base58_decode(value)
    except Malformed:
        return None
    return found if len(found) == SIGNATURE_BYTES else None


def holds(document: Mapping[str, Any], proof: Proof, key: Ed25519PublicKey) -> bool:
    """Whether a proof that was read from this document is by this key, over all that the document says.

    A Linked Data signature is no part of it: it is added after the proof (FEP-8b32, Backward compatibility).
    """
    unsigned = {name: value for name, value in document.items() if name not in ("proof", "signature")}
    spellings = [proof.options]
    if "@context" not in proof.options and "@context" in document:
        # Some leave the context out of what they send, though they signed it as part of the proof's options.
        spellings.append({**proof.options, "@context": document["@context"]})
    try:
        content = hashlib.sha256(canonical(unsigned)).digest()
        messages = [hashlib.sha256(canonical(options)).digest() + content for options in spellings]
    except Malformed:
        return False
    return any(keys.signed_by(key, proof.value, message) for message in messages)


def attach(document: Mapping[str, Any], *, key_id: str, key: Ed25519PrivateKey, now: datetime) -> dict[str, Any]:
    """The document with a proof of ours, and with the context that explains it.

    The context becomes a list, and `created` has whole seconds: some verifiers know these spellings only.
    """
    unsigned = {**document, "@context": _context(document.get("@context", ACTIVITYSTREAMS))}
    options = {
        "@context": unsigned["@context"],
        "type": TYPE,
        "cryptosuite": SUITE,
        "verificationMethod": key_id,
        "proofPurpose": PURPOSE,
        "created": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    message = hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(unsigned)).digest()
    value = keys.base58_encode(keys.sign_bytes(key, message))
    return {**unsigned, "proof": {**options, "proofValue": value}}


def _context(stated: Any) -> list[Any]:
    """The context with that of proofs, before the terms of our own."""
    found = stated if isinstance(stated, list) else [stated]
    if DATA_INTEGRITY in found:
        return list(found)
    named = [entry for entry in found if isinstance(entry, str)]
    return [*named, DATA_INTEGRITY, *(entry for entry in found if not isinstance(entry, str))]
