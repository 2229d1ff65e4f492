"""What the tests of the protocol share: documents as other servers send them, and keys of their own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fedinote.activitypub import keys, vocab

FIXTURES = Path(__file__).parents[1] / "fixtures" / "activitypub"


@pytest.fixture
def document() -> Callable[[str], dict[str, Any]]:
    """Reads a fixture by its name, without `.json`."""
    return lambda name: vocab.decode((FIXTURES / f"{name}.json").read_bytes())


@pytest.fixture(scope="session")
def rsa_pems() -> tuple[str, str]:
    return keys.generate_rsa_key()


@pytest.fixture(scope="session")
def rsa_key(rsa_pems: tuple[str, str]) -> keys.PrivateKeyObject:
    return keys.load_private_key(rsa_pems[0])


@pytest.fixture(scope="session")
def rsa_public(rsa_pems: tuple[str, str]) -> keys.PublicKeyObject:
    return keys.load_public_key(rsa_pems[1])
