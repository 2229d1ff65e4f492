"""Fake actors who prove what they say (FEP-521a, FEP-8b32)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fedinote.activitypub import keys, proofs
from tests.support.fakefedi import FakeActor


@lru_cache
def assertion_key(number: int = 1) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def listed(actor: FakeActor, *, number: int = 1, **fields: Any) -> FakeActor:
    """Let an actor list a key in `assertionMethod`; `fields` change the entry."""
    entry = {
        "id": f"{actor.id}#ed25519-key",
        "type": "Multikey",
        "controller": actor.id,
        "publicKeyMultibase": keys.multikey(assertion_key(number).public_key()),
    }
    actor.document["assertionMethod"] = [entry | fields]
    return actor


def proven(
    actor: FakeActor,
    document: Mapping[str, Any],
    *,
    number: int = 1,
    key_id: str | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """A document with a proof by the actor."""
    return proofs.attach(
        document, key_id=key_id or f"{actor.id}#ed25519-key", key=assertion_key(number), now=now or datetime.now(UTC)
    )
