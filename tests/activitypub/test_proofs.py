"""Proofs of integrity (FEP-8b32): made, read, and refused for every change."""

import base64
import copy
import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fedinote.activitypub import keys, proofs
from fedinote.activitypub.context import ACTIVITYSTREAMS, DATA_INTEGRITY

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
KEY_ID = "https://one.example/users/alice#ed25519-key"
CORPUS = Path(os.environ.get("FEDINOTE_SHARED") or Path(__file__).parents[2].parent / "shared") / "federation/corpus"

ACTIVITY = {
    "@context": [ACTIVITYSTREAMS, {"sensitive": "as:sensitive"}],
    "id": "https://one.example/users/alice/statuses/1/activity",
    "type": "Create",
    "actor": "https://one.example/users/alice",
    "to": ["https://www.w3.org/ns/activitystreams#Public"],
    "object": {
        "id": "https://one.example/users/alice/statuses/1",
        "type": "Note",
        "content": "<p>你好 \U0001f600</p>",
        "attachment": [{"type": "Document", "focalPoint": [0.0, -0.5]}],
    },
}


def made() -> dict[str, Any]:
    return copy.deepcopy(proofs.attach(ACTIVITY, key_id=KEY_ID, key=KEY, now=NOW))


def is_good(document: dict[str, Any], *, now: datetime = NOW, key: Ed25519PublicKey | None = None) -> bool:
    received = json.loads(json.dumps(document))
    proof = proofs.read(received, now)
    return proof is not None and proofs.holds(received, proof, key or KEY.public_key())


def signed_by_hand(document: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """A proof made without any of our code but base58, with the oracle's canonical form."""
    message = hashlib.sha256(rfc8785.dumps(options)).digest() + hashlib.sha256(rfc8785.dumps(document)).digest()
    return {**document, "proof": {**options, "proofValue": keys.base58_encode(KEY.sign(message))}}


OPTIONS = {
    "@context": ACTIVITY["@context"],
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "verificationMethod": KEY_ID,
    "proofPurpose": "assertionMethod",
    "created": "2026-05-04T12:00:00Z",
}


def test_a_proof_of_ours_holds_by_the_steps_of_the_specification() -> None:
    document = json.loads(json.dumps(made()))
    assert document["@context"] == [ACTIVITYSTREAMS, DATA_INTEGRITY, {"sensitive": "as:sensitive"}]
    proof = document.pop("proof")
    value = proof.pop("proofValue")
    assert proof == {**OPTIONS, "@context": document["@context"]}
    message = hashlib.sha256(rfc8785.dumps(proof)).digest() + hashlib.sha256(rfc8785.dumps(document)).digest()
    KEY.public_key().verify(keys.base58_decode(value), message)


def test_a_single_context_becomes_a_list_with_that_of_proofs() -> None:
    document = proofs.attach({**ACTIVITY, "@context": ACTIVITYSTREAMS}, key_id=KEY_ID, key=KEY, now=NOW)
    assert document["@context"] == [ACTIVITYSTREAMS, DATA_INTEGRITY]


def test_the_document_that_gets_a_proof_is_not_changed() -> None:
    before = copy.deepcopy(ACTIVITY)
    made()
    assert before == ACTIVITY


def test_a_proof_that_was_made_elsewhere_holds() -> None:
    assert is_good(signed_by_hand(ACTIVITY, OPTIONS))


def test_a_proof_that_leaves_the_context_out_holds_whether_it_was_signed_or_not() -> None:
    bare = {key: value for key, value in OPTIONS.items() if key != "@context"}
    assert is_good(signed_by_hand(ACTIVITY, bare))
    hidden = signed_by_hand(ACTIVITY, OPTIONS)
    del hidden["proof"]["@context"]
    assert is_good(hidden)


def test_a_linked_data_signature_that_is_added_later_does_no_harm() -> None:
    assert is_good({**made(), "signature": {"type": "RsaSignature2017", "signatureValue": "x"}})


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in children for found in _paths(child, (*path, key)))]


def test_no_value_of_a_proven_document_can_be_changed() -> None:
    original = json.loads(json.dumps(made()))
    paths = [path for path in _paths(original) if path]
    assert len(paths) > 25
    for path in paths:
        document = copy.deepcopy(original)
        holder = document
        for key in path[:-1]:
            holder = holder[key]
        found = holder[path[-1]]
        holder[path[-1]] = found + "x" if isinstance(found, str) else {"other": 1}
        assert not is_good(document), path


def test_nothing_can_be_added_to_or_taken_from_a_proven_document() -> None:
    for change in (
        {**made(), "bto": ["https://evil.example/"]},
        {**made(), "as:actor": "https://evil.example/"},
        {key: value for key, value in made().items() if key != "to"},
    ):
        assert not is_good(change)
    document = made()
    document["proof"]["domain"] = "evil.example"
    assert not is_good(document)


def test_a_proof_of_another_key_does_not_hold() -> None:
    assert not is_good(made(), key=Ed25519PrivateKey.generate().public_key())


REFUSED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another purpose": lambda options: {**options, "proofPurpose": "authentication"},
    "another suite": lambda options: {**options, "cryptosuite": "eddsa-rdfc-2022"},
    "another type": lambda options: {**options, "type": "Ed25519Signature2020"},
    "another context": lambda options: {**options, "@context": [*options["@context"], "https://evil.example/c"]},
    "a shorter context": lambda options: {**options, "@context": options["@context"][:1]},
    "made in the future": lambda options: {**options, "created": "2026-05-04T12:06:00Z"},
    "made at no time": lambda options: {**options, "created": "yesterday"},
    "expired": lambda options: {**options, "expires": "2026-05-04T11:59:59Z"},
    "expires at no time": lambda options: {**options, "expires": "never"},
    "no key": lambda options: {**options, "verificationMethod": "alice"},
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_well_signed_proof_is_refused_when_it_is_of_another_kind_or_time(what: str) -> None:
    assert not is_good(signed_by_hand(ACTIVITY, REFUSED[what](OPTIONS)))


def test_a_proof_holds_until_it_expires() -> None:
    document = signed_by_hand(ACTIVITY, {**OPTIONS, "expires": "2026-05-04T13:00:00Z"})
    assert is_good(document)
    assert not is_good(document, now=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    "value", [None, 1, "", "z", "z1", "u" + base64.urlsafe_b64encode(b"\1" * 64).decode(), "z0OIl", ["z1"]]
)
def test_what_is_no_signature_is_no_proof(value: Any) -> None:
    document = made()
    document["proof"]["proofValue"] = value
    assert proofs.read(document, NOW) is None


@pytest.mark.parametrize("proof", [None, "x", [], [{"type": "DataIntegrityProof"}], {}])
def test_a_document_without_a_proof_that_we_read_has_none(proof: Any) -> None:
    assert proofs.read({**ACTIVITY, "proof": proof}, NOW) is None


def test_a_proof_of_the_object_is_none_of_the_activity_around_it() -> None:
    inner = proofs.attach(ACTIVITY["object"], key_id=KEY_ID, key=KEY, now=NOW)  # type: ignore[arg-type]
    assert is_good(inner)
    assert proofs.read({**ACTIVITY, "object": inner}, NOW) is None


def test_a_document_with_numbers_beyond_all_servers_is_not_proven() -> None:
    assert not is_good({**made(), "totalItems": 2**60})


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not here")
@pytest.mark.parametrize("file", ["fep/8b32_create_valid_mastodon_vector", "fep/8b32_create_expires_in_future"])
def test_published_vectors_hold(file: str) -> None:
    actor = json.loads((CORPUS / "fep/8b32_actor_key.json").read_bytes())
    key = keys.ed25519_key(actor["assertionMethod"][0]["publicKeyMultibase"])
    assert key is not None
    document = json.loads((CORPUS / f"{file}.json").read_bytes())
    assert is_good(document, key=key)
    document["object"]["content"] += "!"
    assert not is_good(document, key=key)
