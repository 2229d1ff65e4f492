"""Keys and secrets that the instance makes for itself: RSA pairs of actors, the cookie key, the VAPID pair."""

import asyncio
import base64
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from fedinote.infra.app import App

RSA_BITS = 2048
COOKIE_KEY = "cookie_key"
FACTOR_KEY = "factor_key"
VAPID_PRIVATE = "vapid_private_key"
VAPID_PUBLIC = "vapid_public_key"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair as PEM: SPKI for the public half, unencrypted PKCS #8 for the private one."""

    public_pem: str
    private_pem: str


async def generate_pair() -> KeyPair:
    """Make an RSA-2048 pair, in a thread: it takes some tenths of a second. Not to be awaited in a transaction."""
    return await asyncio.to_thread(_generate_pair)


def _generate_pair() -> KeyPair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return KeyPair(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    )


async def ensure_secrets(app: App) -> None:
    """Load the instance's secrets into `app.secrets`, making those that are missing.

    `cookie_key` and `factor_key` (which seals the secrets of authenticator apps) are 32 random bytes in hex.
    `vapid_private_key` is a P-256 key as PEM (PKCS #8), `vapid_public_key`
    its point, uncompressed, base64url without padding (RFC 8292, section 3.2). Processes that start together agree:
    the first to write a secret wins.
    """
    rows = await app.db.rows("SELECT name, value FROM secrets")
    if {COOKIE_KEY, FACTOR_KEY, VAPID_PRIVATE, VAPID_PUBLIC} - {row["name"] for row in rows}:
        private, public = _vapid_pair()
        async with app.db.transaction():
            # The two halves of the pair belong together: whoever writes the first writes the second.
            await _put(app, COOKIE_KEY, secrets.token_hex(32))
            await _put(app, FACTOR_KEY, secrets.token_hex(32))
            if await _put(app, VAPID_PRIVATE, private):
                await app.db.execute("DELETE FROM secrets WHERE name = ?", VAPID_PUBLIC)
                await _put(app, VAPID_PUBLIC, public)
        rows = await app.db.rows("SELECT name, value FROM secrets")
    app.secrets.update((row["name"], row["value"]) for row in rows)


async def _put(app: App, name: str, value: str) -> bool:
    return bool(
        await app.db.execute(
            "INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, value
        )
    )


def _vapid_pair() -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, base64.urlsafe_b64encode(point).rstrip(b"=").decode()
