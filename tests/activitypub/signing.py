"""Signed requests for the tests: as we sign them, and as anybody might."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from fedinote.activitypub import keys
from fedinote.activitypub.signatures import SignedRequest, read_signature, sign, verify

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
URL = "https://harbour.example/users/mira/inbox?x=1"
KEY_ID = "https://reef.example/users/kai#main-key"
BODY = json.dumps({"type": "Like"}).encode()
HOSTS = {"harbour.example"}
DIGEST = base64.b64encode(hashlib.sha256(BODY).digest()).decode()

Headers = list[tuple[bytes, bytes]]


def raw(headers: dict[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def signed(key: keys.PrivateKeyObject, **changes: Any) -> SignedRequest:
    """A request signed as we sign: what the checks below start from."""
    options: dict[str, Any] = {
        "method": "POST",
        "url": URL,
        "headers": {"Content-Type": "application/activity+json"},
        "body": BODY,
        "key_id": KEY_ID,
        "private_key": key,
        "now": NOW,
        **changes,
    }
    headers = {**options["headers"], **sign(**options)}
    target = "/" + options["url"].split("/", 3)[3]
    return SignedRequest(options["method"], target, raw(headers), options["body"])


def by_hand(
    key: keys.PrivateKeyObject,
    names: str,
    *,
    algorithm: str | None = "hs2019",
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> SignedRequest:
    """A request signed over exactly these names, as any other software might; `extra` are signature parameters."""
    sent = {
        "host": "harbour.example",
        "date": format_datetime(NOW, usegmt=True),
        "digest": f"SHA-256={DIGEST}",
        "content-type": "application/activity+json",
        **(headers or {}),
    }
    values = {
        "(request-target)": "post /users/mira/inbox?x=1",
        **sent,
        **{f"({name})": str(value) for name, value in extra.items()},
    }
    message = "\n".join(f"{name}: {values[name]}" for name in names.split()).encode()
    signature = base64.b64encode(keys.sign_bytes(key, message)).decode()
    parameters = [f'keyId="{KEY_ID}"', *([f'algorithm="{algorithm}"'] if algorithm else [])]
    parameters += [f"{name}={value}" for name, value in extra.items()] + [
        f'headers="{names}"',
        f'signature="{signature}"',
    ]
    return SignedRequest("POST", "/users/mira/inbox?x=1", raw({**sent, "signature": ",".join(parameters)}), BODY)


def check(request: SignedRequest, public: keys.PublicKeyObject, now: datetime = NOW) -> Any:
    """Read and verify the first signature; what it says."""
    params = read_signature(request.headers)
    verify(request, params, public, now, own_hosts=HOSTS)
    return params


def with_header(request: SignedRequest, name: str, value: str | None) -> SignedRequest:
    others = [pair for pair in request.headers if pair[0] != name.encode()]
    return replace(request, headers=others + ([(name.encode(), value.encode())] if value is not None else []))


def signature_of(request: SignedRequest) -> str:
    return dict(request.headers)[b"signature"].decode()


FULL = "(request-target) host date digest content-type"
