"""Signing and checking HTTP signatures (draft-cavage-http-signatures-12, rsa-sha256), independently of the product."""

import base64
import hashlib
from collections.abc import Mapping
from email.utils import formatdate
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from bench.wire import Request

CONTENT_TYPE = "application/activity+json"


class Key:
    """An RSA-2048 key of a fake server."""

    def __init__(self) -> None:
        self._private: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)
        public = self._private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.pem = public.decode()

    def request(self, method: str, url: str, key_id: str, body: bytes = b"") -> bytes:
        """Return a whole request as bytes, signed."""
        parts = urlsplit(url)
        headers = {"host": parts.netloc, "date": formatdate(usegmt=True)}
        if method == "POST":
            headers |= {"digest": digest(body), "content-type": CONTENT_TYPE}
        signed = {"(request-target)": f"{method.lower()} {parts.path}", **headers}
        signature = self._private.sign(_lines(signed), PKCS1v15(), SHA256())
        headers["signature"] = (
            f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(signed)}",'
            f'signature="{base64.b64encode(signature).decode()}"'
        )
        headers |= {"accept": CONTENT_TYPE, "content-length": str(len(body))}
        head = [f"{method} {parts.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def digest(body: bytes) -> str:
    """Return the Digest header of a body."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def _lines(values: Mapping[str, str]) -> bytes:
    return "\n".join(f"{name}: {value}" for name, value in values.items()).encode("latin-1")


def parameters(request: Request) -> dict[str, str]:
    """Return the parts of a request's Signature header; empty without one."""
    found = {}
    for part in request.headers.get("signature", "").split(","):
        name, equals, value = part.strip().partition("=")
        if equals:
            found[name] = value.strip('"')
    return found


def wrong_with(request: Request, pem: str) -> str:
    """Tell what is wrong with a delivery's signature by the key `pem`; an empty text when nothing is."""
    stated = parameters(request)
    names = stated.get("headers", "").split()
    if not {"(request-target)", "host", "date", "digest"} <= set(names):
        return "not all that matters is signed"
    if request.headers.get("digest") != digest(request.body):
        return "the digest is not the body's"
    values = request.headers | {"(request-target)": f"{request.method.lower()} {request.target}"}
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, RSAPublicKey)
    try:
        signed = _lines({name: values[name] for name in names})
        key.verify(base64.b64decode(stated["signature"]), signed, PKCS1v15(), SHA256())
    except (InvalidSignature, KeyError, ValueError) as error:
        return f"{type(error).__name__} {error}".strip()
    return ""
