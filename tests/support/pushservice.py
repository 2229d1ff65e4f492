"""The other end of push messages: a browser with its keys, written from RFC 8188, RFC 8291 and their drafts alone."""

import base64
import os
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hmac(key: bytes, data: bytes) -> bytes:
    sign = hmac.HMAC(key, hashes.SHA256())
    sign.update(data)
    return sign.finalize()


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return _hmac(_hmac(salt, secret), info + b"\x01")[:length]


def _fields(header: str) -> dict[str, str]:
    return dict(part.strip().split("=", 1) for part in header.replace(",", ";").split(";"))


class Browser:
    """A client that subscribed: `p256dh` and `auth` are what it tells the server."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)
        self._point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.p256dh, self.auth = _text(self._point), _text(self._secret)

    def subscription(self, endpoint: str, *, standard: bool) -> dict[str, Any]:
        keys = {"p256dh": self.p256dh, "auth": self.auth}
        return {"endpoint": endpoint, "keys": keys, "standard": standard}

    def decrypt(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Read a message; header names in lower case. Fails for what was not meant for this browser."""
        if headers["content-encoding"] == "aes128gcm":
            return self._standard(body)
        return self._draft(
            body, _raw(_fields(headers["encryption"])["salt"]), _raw(_fields(headers["crypto-key"])["dh"])
        )

    def _shared(self, point: bytes) -> bytes:
        return self._private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))

    def _standard(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        point, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size, "one record"
        info = b"WebPush: info\x00" + self._point + point
        keying = _hkdf(self._secret, self._shared(point), info, 32)
        key = _hkdf(salt, keying, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _hkdf(salt, keying, b"Content-Encoding: nonce\x00", 12)
        text = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\x00")
        assert text[-1] == 2, "the last record"
        return text[:-1]

    def _draft(self, body: bytes, salt: bytes, point: bytes) -> bytes:
        keying = _hkdf(self._secret, self._shared(point), b"Content-Encoding: auth\x00", 32)
        lengths = [len(one).to_bytes(2) + one for one in (self._point, point)]
        context = b"P-256\x00" + b"".join(lengths)
        key = _hkdf(salt, keying, b"Content-Encoding: aesgcm\x00" + context, 16)
        nonce = _hkdf(salt, keying, b"Content-Encoding: nonce\x00" + context, 12)
        text = AESGCM(key).decrypt(nonce, body, None)
        return text[2 + int.from_bytes(text[:2]) :]


def vapid(headers: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """Verify who sent a message (RFC 8292, or its first draft); give the claims and the public key."""
    scheme, _, rest = headers["authorization"].partition(" ")
    if scheme == "vapid":
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        token, key = parts["t"], parts["k"]
    else:
        assert scheme == "WebPush"
        token, key = rest, _fields(headers["crypto-key"])["p256ecdsa"]
    head, claims, signature = token.split(".")
    data = _raw(signature)
    der = encode_dss_signature(int.from_bytes(data[:32]), int.from_bytes(data[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(key))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return msgspec.json.decode(_raw(claims)), key
