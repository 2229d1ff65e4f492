"""HTTP signatures by draft-cavage-http-signatures-12, which most of the fediverse speaks: made and checked."""

import base64
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from fedinote.activitypub.keys import PrivateKeyObject, PublicKeyObject, sign_bytes, signed_by
from fedinote.activitypub.shapes import web_uri
from fedinote.activitypub.signatures_shared import (
    BODILESS,
    MAX_COVERED,
    MAX_HEADER,
    SignedRequest,
    check_content_digest,
    check_digests,
    check_host,
    check_times,
    content_type,
    decoded,
    header_values,
    host_and_target,
    http_date,
    refusal,
    sha256,
    unix,
)

# The label says nothing about the algorithm that is used (the key's type does), but an unknown one is an attempt.
ALGORITHMS = frozenset({"hs2019", "rsa-sha256", "rsa-v1_5-sha256", "ed25519"})
# The draft forbids (created) and (expires) with the older labels.
_WITH_CREATED = frozenset({"hs2019", "ed25519", None})
_ONCE = frozenset({b"date", b"host", b"digest"})

_PARAMETER = re.compile(r'\s*([A-Za-z]{1,32})\s*=\s*(?:"([^"\\]*)"|([0-9]{1,12}))\s*(?:,|$)')
_NUMBER = re.compile(r"0|[1-9][0-9]{0,11}")
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+|\((?:request-target|created|expires)\)")
_DIGEST = re.compile(r"\s*([A-Za-z0-9-]{1,32})=([A-Za-z0-9+/]{1,128}={0,2})\s*")


@dataclass(frozen=True, slots=True)
class SignatureParams:
    """What a Signature header says; `headers` are the signed names in order, lower case, `created` Unix seconds."""

    key_id: str
    signature: bytes
    headers: tuple[str, ...]
    algorithm: str | None = None
    created: int | None = None
    expires: int | None = None

    @property
    def covered(self) -> tuple[str, ...]:
        """The signed names, as of the other scheme."""
        return self.headers


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

    Signs `(request-target) host date`, and with a body also `digest`, `content-type` and `collection-synchronization`
    (those that `headers` has): one SHA-256 digest, which is all that Misskey accepts. The URL must be sent byte for
    byte as given. `with_query=False` signs the path alone, which a few servers expect. Raises `Malformed` unless
    http(s) in ASCII.
    """
    host, target = host_and_target(url)
    target = target if with_query else target.partition("?")[0]
    values = {
        "(request-target)": f"{method.lower()} {target}",
        "host": host,
        "date": format_datetime((now or datetime.now(UTC)).astimezone(UTC), usegmt=True),
    }
    if method.upper() not in BODILESS:
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
    kind = content_type(headers)
    synchronisation = headers.get("Collection-Synchronization")
    return (
        {"digest": f"SHA-256={sha256(body)}"}
        | ({"content-type": kind} if kind else {})
        | ({"collection-synchronization": synchronisation} if synchronisation else {})
    )


def read(value: bytes) -> SignatureParams:
    """The parameters of a Signature header; raises `Unauthorized` for a strange one.

    Duplicate parameters (in any case) are refused, as two readers could each believe another one; so is a keyId that
    is not an http(s) URI. Which headers must be covered is judged by `precheck`.
    """
    stated = parameters(value)
    key_id = web_uri(stated.get("keyid"))
    if key_id is None:
        raise refusal("keyId is not an http(s) URI")
    return SignatureParams(
        key_id=key_id,
        signature=decoded(stated.get("signature", "")),
        headers=_signed_names(stated.get("headers", "date")),
        algorithm=_algorithm(stated.get("algorithm")),
        created=_number(stated.get("created")),
        expires=_number(stated.get("expires")),
    )


def parameters(header: bytes) -> dict[str, str]:
    """The parameters of a header in the draft's syntax (section 4.1) by name in lower case; raises `Unauthorized`."""
    if len(header) > MAX_HEADER:
        raise refusal("the Signature header is too long")
    line, position, found = header.decode("latin-1").strip(), 0, dict[str, str]()
    while position < len(line):
        match = _PARAMETER.match(line, position)
        if match is None:
            raise refusal("the Signature header cannot be read")
        name, quoted, number = match.group(1).lower(), match.group(2), match.group(3)
        if name in found:
            raise refusal("a duplicate parameter in the Signature header")
        found[name] = quoted if quoted is not None else number
        position = match.end()
    return found


def _signed_names(value: str) -> tuple[str, ...]:
    names = tuple(value.lower().split(" "))
    if len(names) > MAX_COVERED or len(set(names)) != len(names):
        raise refusal("the list of signed headers is too long or has duplicates")
    if not all(_HEADER_NAME.fullmatch(name) for name in names):
        raise refusal("the list of signed headers cannot be read")
    return names


def _algorithm(value: str | None) -> str | None:
    if value is not None and value.lower() not in ALGORITHMS:
        raise refusal("an algorithm that is not accepted")
    return value.lower() if value is not None else None


def _number(value: str | None) -> int | None:
    if value is None:
        return None
    # One spelling per number: the signed text is made from it again.
    if not _NUMBER.fullmatch(value):
        raise refusal("a time in the Signature header is not a number")
    return int(value)


def precheck(request: SignedRequest, params: SignatureParams, now: datetime, own_hosts: Collection[str]) -> None:
    """Checks everything that needs no key; raises `Unauthorized`.

    Covered must be `(request-target)`, `host` (one of `own_hosts`), `date` or `(created)` (at most 12 h old and 1 h
    ahead), and on requests with a body `digest` or (as RFC 9530 has it) `content-digest`, which must be the SHA-256
    of the body.
    """
    headers = header_values(request.headers, _ONCE)
    _check_coverage(request, params)
    check_host(headers, own_hosts)
    moments = [http_date(headers.get("date", ""))] if "date" in params.headers else []
    moments += [unix(params.created)] if "(created)" in params.headers else []
    check_times(moments, params.expires, now)
    if request.method.upper() not in BODILESS:
        if "digest" in params.headers:
            _check_digest(headers.get("digest"), request.body)
        if "content-digest" in params.headers:
            check_content_digest(headers.get("content-digest", ""), request.body)


def _check_coverage(request: SignedRequest, params: SignatureParams) -> None:
    covered = set(params.headers)
    needed = {"(request-target)", "host"}
    if request.method.upper() not in BODILESS and "content-digest" not in covered:
        needed.add("digest")
    if not needed <= covered:
        raise refusal("not signed: " + " ".join(sorted(needed - covered)))
    if not covered & {"date", "(created)"}:
        raise refusal("not signed: date or (created)")
    if covered & {"(created)", "(expires)"} and params.algorithm not in _WITH_CREATED:
        raise refusal("(created) or (expires) with an algorithm that forbids them")


def _check_digest(header: str | None, body: bytes) -> None:
    """Every SHA-256 and SHA-512 in the header must be that of the body, and there must be a SHA-256."""
    stated = [_DIGEST.fullmatch(part) for part in (header or "").split(",")]
    pairs = [(match.group(1), match.group(2)) for match in stated if match is not None]
    if len(pairs) != len(stated):
        raise refusal("the Digest header is missing or cannot be read")
    if "sha-256" not in check_digests(pairs, body):
        raise refusal("the Digest header has no SHA-256")


def matches(request: SignedRequest, params: SignatureParams, public_key: PublicKeyObject) -> bool:
    """Whether the key made the signature, over the path with its query or without it; raises `Unauthorized`.

    Some sign the path without its query; nothing else than these two is ever tried.
    """
    headers = header_values(request.headers, _ONCE)
    targets = dict.fromkeys((request.target, request.target.partition("?")[0]))
    return any(signed_by(public_key, params.signature, _message(request, params, headers, to)) for to in targets)


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
            raise refusal("a header that is signed is not there")
        lines.append(f"{name}: {value}")
    return "\n".join(lines).encode("latin-1", "replace")
