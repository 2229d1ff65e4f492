"""HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530): made and checked.

Of the structured fields (RFC 8941) only what these headers may hold is read, strictly, and written again in the one
canonical form, as the signature covers that form.
"""

import base64
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from fedinote.activitypub.keys import PrivateKeyObject, PublicKeyObject, sign_bytes, signed_by
from fedinote.activitypub.shapes import web_uri
from fedinote.activitypub.signatures_shared import (
    BODILESS,
    MAX_COVERED,
    MAX_HEADER,
    SignedRequest,
    check_content_digest,
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

MAX_SIGNATURES = 4
LABEL = "sig1"
RSA, ED25519 = "rsa-v1_5-sha256", "ed25519"

_ONCE = frozenset({b"date", b"host"})
_DERIVED = frozenset({"@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query"})

_KEY = r"[a-z*][a-z0-9_.*-]{0,63}"
_STRING = r'"(?:[ !#-\[\]-~]|\\["\\])*"'
_BYTES = r":[A-Za-z0-9+/]*={0,2}:"
_MEMBER = re.compile(rf"[ \t]*({_KEY})=")
_ITEM = re.compile(rf" *({_STRING})")
_PARAMETER = re.compile(rf"; *({_KEY})(?:=({_STRING}|-?[0-9]{{1,15}}|\?[01]|[A-Za-z*][A-Za-z0-9_.:/*+-]*|{_BYTES}))?")
_END = re.compile(r"[ \t]*(?:,(?=[ \t]*\S)|$)")
_FIELD = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_SIGNATURE = re.compile(rf"[ \t]*({_KEY})=:([A-Za-z0-9+/]+={{0,2}}):[ \t]*")


@dataclass(frozen=True, slots=True)
class MessageSignature:
    """One signature of a request: `covered` are the component names in order, `stated` the whole input, canonical.

    `created` and `expires` are Unix seconds. `algorithm` is what the sender says; the key decides.
    """

    label: str
    key_id: str
    signature: bytes
    covered: tuple[str, ...]
    stated: str
    algorithm: str | None = None
    created: int | None = None
    expires: int | None = None


def sign(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    key_id: str,
    private_key: PrivateKeyObject,
    now: datetime | None = None,
) -> dict[str, str]:
    """The headers to add to a request: Host, Date, Signature-Input, Signature, and with a body Content-Digest.

    Signs `@method @target-uri`, and with a body also `content-digest`, `content-type` and
    `collection-synchronization` (those that `headers` has). The URL must be sent byte for byte as given. Raises
    `Malformed` unless http(s) in ASCII.
    """
    host, target = host_and_target(url)
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    values = {"@method": method.upper(), "@target-uri": f"{url.partition(':')[0].lower()}://{host}{target}"}
    added = {"Host": host, "Date": format_datetime(moment, usegmt=True)}
    if method.upper() not in BODILESS:
        added["Content-Digest"] = values["content-digest"] = f"sha-256=:{sha256(body)}:"
        kind, synchronisation = content_type(headers), headers.get("Collection-Synchronization")
        values |= {"content-type": kind} if kind else {}
        values |= {"collection-synchronization": synchronisation} if synchronisation else {}
    algorithm = RSA if isinstance(private_key, RSAPrivateKey) else ED25519
    names = " ".join(f'"{name}"' for name in values)
    stated = f'({names});created={int(moment.timestamp())};keyid="{key_id}";alg="{algorithm}"'
    mark = base64.b64encode(sign_bytes(private_key, _base(values, stated))).decode()
    return added | {"Signature-Input": f"{LABEL}={stated}", "Signature": f"{LABEL}=:{mark}:"}


def _base(values: Mapping[str, str], stated: str) -> bytes:
    lines = [f'"{name}": {value}' for name, value in values.items()]
    return "\n".join([*lines, f'"@signature-params": {stated}']).encode("latin-1", "replace")


def read(inputs: list[bytes], signatures: list[bytes]) -> list[MessageSignature]:
    """The signatures in the lines of Signature-Input and Signature that could be an actor's, in order.

    Passed over is what an intermediary may have added for others: a keyid that is no http(s) URI, components that are
    not known here or have parameters, a label without its signature. Raises `Unauthorized` for what cannot be read,
    for a label or parameter that comes twice, for more than 4 signatures, and when none is left.
    """
    marks = _signatures(_joined(signatures))
    stated = _inputs(_joined(inputs))
    if max(len(stated), len(marks)) > MAX_SIGNATURES:
        raise refusal("too many signatures")
    found = [_usable(label, *member, marks[label]) for label, member in stated.items() if label in marks]
    usable = [signature for signature in found if signature is not None]
    if not usable:
        raise refusal("no signature by an http(s) keyid over known components")
    return usable


def _joined(lines: list[bytes]) -> str:
    if sum(len(line) for line in lines) > MAX_HEADER:
        raise refusal("the Signature or Signature-Input header is too long")
    return ",".join(line.decode("latin-1") for line in lines).strip(" \t")


def _signatures(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(","):
        match = _SIGNATURE.fullmatch(part)
        if match is None:
            raise refusal("the Signature header cannot be read")
        if match.group(1) in found:
            raise refusal("a duplicate label in the Signature header")
        found[match.group(1)] = match.group(2)
    return found


_Parameters = dict[str, str | None]
_Member = tuple[list[tuple[str, bool]], _Parameters]


def _inputs(text: str) -> dict[str, _Member]:
    """Read a dictionary of inner lists: label → ([(component, whether it has parameters)], parameters)."""
    found: dict[str, _Member] = {}
    position = 0
    while position < len(text):
        match = _MEMBER.match(text, position)
        if match is None or match.group(1) in found:
            raise refusal("the Signature-Input header cannot be read, or has a duplicate label")
        items, position = _inner_list(text, match.end())
        parameters, position = _parameters(text, position)
        found[match.group(1)] = items, parameters
        end = _END.match(text, position)
        if end is None:
            raise refusal("the Signature-Input header cannot be read")
        position = end.end()
    return found


def _inner_list(text: str, position: int) -> tuple[list[tuple[str, bool]], int]:
    items: list[tuple[str, bool]] = []
    opening = text[position : position + 1] == "("
    position += 1
    while opening and (match := _ITEM.match(text, position)):
        if items and not match.group().startswith(" "):
            break
        parameters, position = _parameters(text, match.end())
        items.append((match.group(1)[1:-1], bool(parameters)))
    position += len(text) - position - len(text[position:].lstrip(" "))
    if not opening or text[position : position + 1] != ")":
        raise refusal("the Signature-Input header cannot be read")
    return items, position + 1


def _parameters(text: str, position: int) -> tuple[_Parameters, int]:
    found: _Parameters = {}
    while match := _PARAMETER.match(text, position):
        name, value = match.groups()
        if name in found:
            raise refusal("a duplicate parameter in the Signature-Input header")
        found[name] = None if value == "?1" else value
        position = match.end()
    return found, position


def _usable(label: str, items: list[tuple[str, bool]], parameters: _Parameters, mark: str) -> MessageSignature | None:
    covered = tuple(name for name, _ in items)
    if len(covered) > MAX_COVERED or len(set(covered)) != len(covered):
        raise refusal("the list of signed components is too long or has duplicates")
    key_id = web_uri(_text(parameters, "keyid"))
    if key_id is None or any(changed or not _known(name) for name, changed in items):
        return None
    return MessageSignature(
        label=label,
        key_id=key_id,
        signature=decoded(mark),
        covered=covered,
        stated=_canonical(covered, parameters),
        algorithm=_text(parameters, "alg"),
        created=_number(parameters, "created"),
        expires=_number(parameters, "expires"),
    )


def _known(name: str) -> bool:
    return name in _DERIVED or _FIELD.fullmatch(name) is not None


def _text(parameters: _Parameters, name: str) -> str | None:
    value = parameters.get(name)
    if name in parameters and (value is None or not value.startswith('"')):
        raise refusal(f"the parameter {name} is not a string")
    return value[1:-1].replace('\\"', '"').replace("\\\\", "\\") if value else None


def _number(parameters: _Parameters, name: str) -> int | None:
    value = parameters.get(name)
    if name in parameters and (value is None or not value.lstrip("-").isdecimal()):
        raise refusal(f"the parameter {name} is not a number")
    return int(value) if value else None


def _canonical(covered: tuple[str, ...], parameters: _Parameters) -> str:
    """Return the input as it is signed (RFC 8941, section 4.1): single spaces, numbers without leading zeros."""
    names = " ".join(f'"{name}"' for name in covered)
    return f"({names})" + "".join(
        f";{name}" if value is None else f";{name}={int(value) if value.lstrip('-').isdecimal() else value}"
        for name, value in parameters.items()
    )


def precheck(request: SignedRequest, params: MessageSignature, now: datetime, own_hosts: Collection[str]) -> None:
    """Checks everything that needs no key; raises `Unauthorized`.

    Covered must be `@method`, and `@target-uri` or `@authority` with `@path` (and `@query` where there is one); on
    requests with a body `content-digest`, of which every SHA-256 and SHA-512 must be that of the body. The host must
    be one of `own_hosts`, `created` (or a signed Date) at most 12 h old and 1 h ahead, `expires` not over.
    """
    headers = header_values(request.headers, _ONCE)
    _check_coverage(request, params)
    check_host(headers, own_hosts)
    if params.algorithm not in (None, RSA, ED25519):
        raise refusal("an algorithm that is not accepted")
    moments = [unix(params.created)] if params.created is not None else []
    moments += [http_date(headers.get("date", ""))] if "date" in params.covered else []
    if not moments:
        raise refusal("not signed: created")
    check_times(moments, params.expires, now)
    if request.method.upper() not in BODILESS:
        check_content_digest(headers.get("content-digest", ""), request.body)


def _check_coverage(request: SignedRequest, params: MessageSignature) -> None:
    covered = set(params.covered)
    parts = {"@authority", "@path"} | ({"@query"} if "?" in request.target else set())
    if "@method" not in covered or not ("@target-uri" in covered or parts <= covered):
        raise refusal("not signed: @method, and @target-uri or its parts")
    if request.method.upper() not in BODILESS and "content-digest" not in covered:
        raise refusal("not signed: content-digest")


def matches(request: SignedRequest, params: MessageSignature, public_key: PublicKeyObject) -> bool:
    """Whether the key made the signature, by the algorithm of its own type; raises `Unauthorized`.

    An `alg` that contradicts the key's type is a signature that was made for another purpose.
    """
    if params.algorithm not in (None, RSA if isinstance(public_key, RSAPublicKey) else ED25519):
        return False
    headers = header_values(request.headers, _ONCE)
    derived = _derived(request, headers.get("host", "").lower())
    values = {}
    for name in params.covered:
        value = derived.get(name, headers.get(name))
        if value is None:
            raise refusal("a component that is signed is not there")
        values[name] = value
    return signed_by(public_key, params.signature, _base(values, params.stated))


def _derived(request: SignedRequest, host: str) -> dict[str, str]:
    """Return the derived components (section 2.2), by the public address of this server."""
    authority = host.removesuffix(":443" if request.scheme == "https" else ":80")
    path, _, query = request.target.partition("?")
    return {
        "@method": request.method,
        "@target-uri": f"{request.scheme}://{authority}{request.target}",
        "@authority": authority,
        "@scheme": request.scheme,
        "@request-target": request.target,
        "@path": path or "/",
        "@query": f"?{query}",
    }
