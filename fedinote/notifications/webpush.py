"""Encrypting and signing push messages, as pure functions: RFC 8291 and RFC 8292, and the drafts that came before.

The push service that carries a message can neither read nor change it: only the client has the key. Older clients
know the content coding `aesgcm` alone (draft-ietf-webpush-encryption-04, draft-ietf-httpbis-encryption-encoding-03).
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from fedinote.infra.errors import Invalid

RECORD_SIZE = 4096
MAX_PLAINTEXT = 3990
"""Push services take bodies of 4096 bytes (RFC 8030, section 7.2): header, padding and tag of both codings fit."""
_POINT, _SECRET = 65, 16
_BASE64_MOST = 512


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """What a client gave: its public point (uncompressed, 65 bytes) and its secret (16 bytes)."""

    point: bytes
    secret: bytes


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """What is made anew for each message: a key pair and 16 random bytes."""

    private: ec.EllipticCurvePrivateKey
    salt: bytes

    @classmethod
    def make(cls) -> "Ephemeral":
        """Make a fresh one."""
        return cls(ec.generate_private_key(ec.SECP256R1()), os.urandom(16))


@dataclass(frozen=True, slots=True)
class Message:
    """An encrypted message with the headers that say how to read it."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a VAPID token says: the push service's origin, when it ends (epoch seconds), and whom to write to."""

    audience: str
    expires: int
    subject: str


def client_keys(p256dh: str, auth: str) -> ClientKeys:
    """Read a client's keys: base64, of either alphabet, padded or not. Raises Invalid for what is no key."""
    point, secret = _decoded(p256dh), _decoded(auth)
    if len(point) != _POINT or len(secret) != _SECRET:
        raise Invalid("Validation failed: The push keys are invalid")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise Invalid("Validation failed: The push keys are invalid") from error
    return ClientKeys(point, secret)


def _decoded(text: str) -> bytes:
    plain = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    try:
        if len(plain) > _BASE64_MOST:
            return b""
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def encoded(data: bytes) -> str:
    """Encode as base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _shared(client: ClientKeys, ours: Ephemeral) -> tuple[bytes, bytes]:
    """Return the shared secret and our public point."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), client.point)
    point = ours.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return ours.private.exchange(ec.ECDH(), theirs), point


def encrypt(text: bytes, client: ClientKeys, ours: Ephemeral) -> Message:
    """Encrypt with the coding `aes128gcm` (RFC 8291, section 3; RFC 8188), in one record."""
    secret, point = _shared(client, ours)
    info = b"WebPush: info\0" + client.point + point
    keying = _derived(secret, salt=client.secret, info=info, length=32)
    key = _derived(keying, salt=ours.salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derived(keying, salt=ours.salt, info=b"Content-Encoding: nonce\0", length=12)
    header = ours.salt + RECORD_SIZE.to_bytes(4) + len(point).to_bytes(1) + point
    return Message(header + AESGCM(key).encrypt(nonce, text + b"\x02", None), {"Content-Encoding": "aes128gcm"})


def encrypt_as_draft(text: bytes, client: ClientKeys, ours: Ephemeral) -> Message:
    """Encrypt with the coding `aesgcm` of the drafts; salt and key are in headers."""
    secret, point = _shared(client, ours)
    keying = _derived(secret, salt=client.secret, info=b"Content-Encoding: auth\0", length=32)
    context = b"P-256\0" + _sized(client.point) + _sized(point)
    key = _derived(keying, salt=ours.salt, info=b"Content-Encoding: aesgcm\0" + context, length=16)
    nonce = _derived(keying, salt=ours.salt, info=b"Content-Encoding: nonce\0" + context, length=12)
    headers = {
        "Content-Encoding": "aesgcm",
        "Encryption": f"salt={encoded(ours.salt)}",
        "Crypto-Key": f"dh={encoded(point)}",
    }
    return Message(AESGCM(key).encrypt(nonce, b"\0\0" + text, None), headers)


def _sized(point: bytes) -> bytes:
    return len(point).to_bytes(2) + point


def token(private_pem: str, claims: Claims) -> str:
    """Sign who we are for a push service: a JWT with ES256 (RFC 8292, section 2)."""
    private = load_pem_private_key(private_pem.encode(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    header = {"typ": "JWT", "alg": "ES256"}
    values = {"aud": claims.audience, "exp": claims.expires, "sub": claims.subject}
    text = ".".join(encoded(msgspec.json.encode(part)) for part in (header, values))
    r, s = decode_dss_signature(private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{encoded(r.to_bytes(32) + s.to_bytes(32))}"


def signed(message: Message, jwt: str, public_key: str) -> dict[str, str]:
    """Return the message's headers with those that prove who sends it: of RFC 8292, or of its first draft."""
    if message.headers["Content-Encoding"] == "aes128gcm":
        return {**message.headers, "Authorization": f"vapid t={jwt}, k={public_key}"}
    keys = f"{message.headers['Crypto-Key']};p256ecdsa={public_key}"
    return {**message.headers, "Crypto-Key": keys, "Authorization": f"WebPush {jwt}"}
