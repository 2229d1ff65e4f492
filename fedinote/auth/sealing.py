"""Sealing what the database must hold but not show: AES-256-GCM under a key that the instance made for itself."""

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fedinote.infra.app import App
from fedinote.infra.errors import Unavailable
from fedinote.infra.keys import FACTOR_KEY

_NONCE = 12


def seal(app: App, text: str, bound: str) -> str:
    """Return a text encrypted, as base64. It opens for the same `bound` (whose it is, what for) alone."""
    nonce = secrets.token_bytes(_NONCE)
    return base64.b64encode(nonce + AESGCM(_key(app)).encrypt(nonce, text.encode(), bound.encode())).decode()


def unseal(app: App, sealed: str, bound: str) -> str:
    """Return what was sealed. `Unavailable` when it was sealed under another key, for something else, or is broken."""
    try:
        data = base64.b64decode(sealed, validate=True)
        return AESGCM(_key(app)).decrypt(data[:_NONCE], data[_NONCE:], bound.encode()).decode()
    except (InvalidTag, ValueError, binascii.Error) as error:
        raise Unavailable(reason="a sealed secret does not open: the instance's factor_key is not the one") from error


def mark(app: App, *parts: str) -> bytes:
    """Return 32 bytes that nobody else can make for these parts (HMAC-SHA-256; parts cannot run into each other)."""
    text = "|".join(f"{len(part)}:{part}" for part in parts)
    return hmac.new(_key(app), text.encode(errors="surrogatepass"), hashlib.sha256).digest()


def _key(app: App) -> bytes:
    return bytes.fromhex(app.secrets[FACTOR_KEY])
