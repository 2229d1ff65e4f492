"""HTTP signatures as the fediverse speaks them: draft-cavage-http-signatures-12, made and checked.

One scheme per function: RFC 9421 stands beside `verify`, not inside it. Nothing is fetched here; the caller finds the
key that `SignatureParams.key_id` names. Every refusal is `Unauthorized` with one message for the stranger and the
reason for the log.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from fedinote.activitypub.keys import (
    PrivateKeyObject,
    PublicKeyObject,
    generate_rsa_key,
    load_private_key,
    load_public_key,
    sign_bytes,
    signed_by,
)
from fedinote.activitypub.shapes import web_uri
from fedinote.infra.errors import Malformed, Unauthorized

__all__ = [
    "SignatureParams",
    "SignedRequest",
    "generate_rsa_key",
    "load_private_key",
    "load_public_key",
    "precheck",
    "read_signature",
    "sign",
    "verify",
]

MAX_AGE = timedelta(hours=12)
MAX_AHEAD = timedelta(hours=1)
MAX_HEADER = 8192
MAX_SIGNED_HEADERS = 32

# The label says nothing about the algorithm that is used (the key's type does), but an unknown one is an attempt.
ALGORITHMS = frozenset({"hs2019", "rsa-sha256", "rsa-v1_5-sha256", "ed25519"})
# The draft forbids (created) and (expires) with the older labels.
_WITH_CREATED = frozenset({"hs2019", "ed25519", None})
_ONCE = frozenset({b"signature", b"date", b"host", b"digest"})
_BODILESS = frozenset({"GET", "HEAD"})

_PARAMETER = re.compile(r'\s*([A-Za-z]{1,32})\s*=\s*(?:"([^"\\]*)"|([0-9]{1,12}))\s*(?:,|$)')
_NUMBER = re.compile(r"0|[1-9][0-9]{0,11}")
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+|\((?:request-target|created|expires)\)")
_DIGEST = re.compile(r"\s*([A-Za-z0-9-]{1,32})=([A-Za-z0-9+/]{1,128}={0,2})\s*")
_DIGEST_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}

MESSAGE = "The request is not signed, or not in a way that can be accepted"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as received: `target` is the path with its query, both still encoded; header names in any case."""

    method: str
    target: str
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class SignatureParams:
    """What a Signature header says; `headers` are the signed names in order, lower case, `created` Unix seconds."""

    key_id: str
    signature: bytes
    headers: tuple[str, ...]
    algorithm: str | None = None
    created: int | None = None
    expires: int | None = None


def _refuse(reason: str) -> Unauthorized:
    return Unauthorized(MESSAGE, reason=reason)


def sign(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    key_id: str,
    private_key: PrivateKeyObject,
    now: datetime | None = None,
    with_query: bool = True,
) -> dict[str, str]:
    """The headers to add to an outgoing request: Host, Date, Signature, and Digest when there is a body to come.

    Signs `(request-target) host date`, and with a body also `digest` and `content-type` (when `headers` has one): one
    SHA-256 digest, which is all that Misskey accepts. The URL must be sent byte for byte as given.
    `with_query=False` signs the path alone, which a few servers expect. Raises `Malformed` unless http(s) in ASCII.
    """
    host, target = _host_and_target(url)
    target = target if with_query else target.partition("?")[0]
    values = {
        "(request-target)": f"{method.lower()} {target}",
        "host": host,
        "date": format_datetime((now or datetime.now(UTC)).astimezone(UTC), usegmt=True),
    }
    if method.upper() not in _BODILESS:
        values |= _of_body(body, headers)
    signature = _signature_header(values, key_id, private_key)
    added = {"Host": host, "Date": values["date"], "Digest": values.get("digest"), "Signature": signature}
    return {name: value for name, value in added.items() if value is not None}


def _signature_header(values: Mapping[str, str], key_id: str, private_key: PrivateKeyObject) -> str:
    message = "\n".join(f"{name}: {value}" for name, value in values.items())
    signature = base64.b64encode(sign_bytes(private_key, message.encode("latin-1"))).decode()
    label = "rsa-sha256" if isinstance(private_key, RSAPrivateKey) else "hs2019"
    return f'keyId="{key_id}",algorithm="{label}",headers="{" ".join(values)}",signature="{signature}"'


def _of_body(body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
    digest = {"digest": "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()}
    content_type = next((value.strip() for name, value in headers.items() if name.lower() == "content-type"), None)
    return digest | ({"content-type": content_type} if content_type else {})


def _host_and_target(url: str) -> tuple[str, str]:
    if web_uri(url) is None or not url.isascii():
        raise Malformed(reason="not an http(s) URL in ASCII")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Malformed(reason="not a URL") from None
    host = f"[{host}]" if ":" in host else host
    default = 443 if parts.scheme == "https" else 80
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host if port in (None, default) else f"{host}:{port}", target


def read_signature(headers: Sequence[tuple[bytes, bytes]]) -> SignatureParams:
    """The parameters of the one Signature header; raises `Unauthorized` when there is none, two, or a strange one.

    Duplicate parameters (in any case) are refused, as two readers could each believe another one; so is a keyId that
    is not an http(s) URI. Which headers must be covered is judged by `verify`.
    """
    found = [value for name, value in headers if name.lower() == b"signature"]
    if len(found) != 1:
        raise _refuse("no Signature header" if not found else "several Signature headers")
    stated = _parameters(found[0])
    key_id = web_uri(stated.get("keyid"))
    if key_id is None:
        raise _refuse("keyId is not an http(s) URI")
    return SignatureParams(
        key_id=key_id,
        signature=_base64(stated.get("signature", "")),
        headers=_signed_names(stated.get("headers", "date")),
        algorithm=_algorithm(stated.get("algorithm")),
        created=_number(stated.get("created")),
        expires=_number(stated.get("expires")),
    )


def _parameters(header: bytes) -> dict[str, str]:
    if len(header) > MAX_HEADER:
        raise _refuse("the Signature header is too long")
    line, position, found = header.decode("latin-1").strip(), 0, dict[str, str]()
    while position < len(line):
        match = _PARAMETER.match(line, position)
        if match is None:
            raise _refuse("the Signature header cannot be read")
        name, quoted, number = match.group(1).lower(), match.group(2), match.group(3)
        if name in found:
            raise _refuse("a duplicate parameter in the Signature header")
        found[name] = quoted if quoted is not None else number
        position = match.end()
    return found


def _base64(value: str) -> bytes:
    try:
        decoded = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise _refuse("the signature is not base64") from None
    if not decoded:
        raise _refuse("the signature is empty")
    return decoded


def _signed_names(value: str) -> tuple[str, ...]:
    names = tuple(value.lower().split(" "))
    if len(names) > MAX_SIGNED_HEADERS or len(set(names)) != len(names):
        raise _refuse("the list of signed headers is too long or has duplicates")
    if not all(_HEADER_NAME.fullmatch(name) for name in names):
        raise _refuse("the list of signed headers cannot be read")
    return names


def _algorithm(value: str | None) -> str | None:
    if value is not None and value.lower() not in ALGORITHMS:
        raise _refuse("an algorithm that is not accepted")
    return value.lower() if value is not None else None


def _number(value: str | None) -> int | None:
    if value is None:
        return None
    # One spelling per number: the signed text is made from it again.
    if not _NUMBER.fullmatch(value):
        raise _refuse("a time in the Signature header is not a number")
    return int(value)


def verify(
    request: SignedRequest,
    params: SignatureParams,
    public_key: PublicKeyObject,
    now: datetime,
    *,
    own_hosts: Collection[str],
) -> None:
    """Checks a draft-cavage signature over a request; returns when it holds, raises `Unauthorized` when not.

    Covered must be `(request-target)`, `host` (one of `own_hosts`), `date` or `(created)` (at most 12 h old and 1 h
    ahead), and on requests with a body `digest`, which must be the SHA-256 of the body. Everything cheap is checked
    before the key is used. Whether the key belongs to the actor is the caller's to know.
    """
    headers = precheck(request, params, now, own_hosts=own_hosts)
    # Some sign the path without its query; nothing else than these two is ever tried.
    targets = dict.fromkeys((request.target, request.target.partition("?")[0]))
    if not any(signed_by(public_key, params.signature, _message(request, params, headers, to)) for to in targets):
        raise _refuse("the signature does not match")


def precheck(
    request: SignedRequest, params: SignatureParams, now: datetime, *, own_hosts: Collection[str]
) -> Mapping[str, str]:
    """Checks everything that needs no key, so that a request that cannot be good causes no fetch.

    Returns the header values by name in lower case; raises `Unauthorized`.
    """
    headers = _header_values(request.headers)
    _check_coverage(request, params)
    _check_host(headers, own_hosts)
    _check_time(headers, params, now)
    if request.method.upper() not in _BODILESS:
        _check_digest(headers.get("digest"), request.body)
    return headers


def _header_values(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.lower(), raw_value.decode("latin-1").strip()
        key = name.decode("latin-1")
        if key in found and name in _ONCE:
            raise _refuse(f"several {key} headers")
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _check_coverage(request: SignedRequest, params: SignatureParams) -> None:
    covered = set(params.headers)
    needed = {"(request-target)", "host"} | (set() if request.method.upper() in _BODILESS else {"digest"})
    if not needed <= covered:
        raise _refuse("not signed: " + " ".join(sorted(needed - covered)))
    if not covered & {"date", "(created)"}:
        raise _refuse("not signed: date or (created)")
    if covered & {"(created)", "(expires)"} and params.algorithm not in _WITH_CREATED:
        raise _refuse("(created) or (expires) with an algorithm that forbids them")


def _check_host(headers: Mapping[str, str], own_hosts: Collection[str]) -> None:
    host = headers.get("host", "").lower()
    bare = re.sub(r":(?:443|80)$", "", host)
    if host not in own_hosts and bare not in own_hosts:
        raise _refuse("signed for another host")


def _check_time(headers: Mapping[str, str], params: SignatureParams, now: datetime) -> None:
    moments = []
    if "date" in params.headers:
        moments.append(_date(headers.get("date", "")))
    if "(created)" in params.headers:
        moments.append(_unix(params.created))
    if any(moment < now - MAX_AGE for moment in moments):
        raise _refuse("signed too long ago")
    if any(moment > now + MAX_AHEAD for moment in moments):
        raise _refuse("signed in the future")
    if params.expires is not None and _unix(params.expires) < now:
        raise _refuse("the signature has expired")


def _date(value: str) -> datetime:
    try:
        moment = parsedate_to_datetime(value[:64])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise _refuse("the Date header cannot be read") from None


def _unix(seconds: int | None) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds is not None else datetime.min.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        raise _refuse("a time in the Signature header is out of range") from None


def _check_digest(header: str | None, body: bytes) -> None:
    """Every SHA-256 and SHA-512 in the header must be that of the body, and there must be a SHA-256."""
    stated = [_DIGEST.fullmatch(part) for part in (header or "").split(",")]
    seen = set()
    for match in stated:
        if match is None:
            raise _refuse("the Digest header is missing or cannot be read")
        name, value = match.group(1).lower(), match.group(2)
        if name in _DIGEST_HASHES:
            seen.add(name)
            expected = base64.b64encode(_DIGEST_HASHES[name](body).digest()).decode()
            if not hmac.compare_digest(expected, value):
                raise _refuse("the Digest header does not match the body")
    if "sha-256" not in seen:
        raise _refuse("the Digest header has no SHA-256")


def _message(request: SignedRequest, params: SignatureParams, headers: Mapping[str, str], target: str) -> bytes:
    values = {
        "(request-target)": f"{request.method.lower()} {target}",
        "(created)": params.created,
        "(expires)": params.expires,
    }
    lines = []
    for name in params.headers:
        value = values.get(name, headers.get(name))
        if value is None:
            raise _refuse("a header that is signed is not there")
        lines.append(f"{name}: {value}")
    return "\n".join(lines).encode("latin-1", "replace")
