"""What the signature schemes share: the request, the refusal, and the checks of host, time and body."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from fedinote.activitypub.shapes import web_uri
from fedinote.infra.errors import Malformed, Unauthorized

MAX_AGE = timedelta(hours=12)
MAX_AHEAD = timedelta(hours=1)
MAX_HEADER = 8192
MAX_COVERED = 32
BODILESS = frozenset({"GET", "HEAD"})
MESSAGE = "The request is not signed, or not in a way that can be accepted"

_PORT = re.compile(r":(?:443|80)$")
_CONTENT_DIGEST = re.compile(r"\s*([A-Za-z*][A-Za-z0-9_.*-]{0,63})=:([A-Za-z0-9+/]{1,128}={0,2}):\s*")
_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as received: `target` is the path with its query, both still encoded; header names in any case.

    `scheme` is that of the server's public address: behind a proxy the connection does not tell.
    """

    method: str
    target: str
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes = b""
    scheme: str = "https"


def refusal(reason: str) -> Unauthorized:
    """Return the error for a signature that is not accepted: one message for the stranger, the reason for the log."""
    return Unauthorized(MESSAGE, reason=reason)


def named(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    """Return the values of a header (its name in lower case), one for each line."""
    return [value for found, value in headers if found.lower() == name]


def header_values(headers: Sequence[tuple[bytes, bytes]], once: Collection[bytes]) -> dict[str, str]:
    """Return the values by name in lower case, lines of one name joined; raises `Unauthorized` for two of `once`."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.lower(), raw_value.decode("latin-1").strip()
        key = name.decode("latin-1")
        if key in found and name in once:
            raise refusal(f"several {key} headers")
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def check_host(headers: Mapping[str, str], own_hosts: Collection[str]) -> None:
    """Refuse what was sent to another host than ours, with or without the port that is the scheme's own."""
    host = headers.get("host", "").lower()
    if host not in own_hosts and _PORT.sub("", host) not in own_hosts:
        raise refusal("signed for another host")


def check_times(moments: Iterable[datetime], expires: int | None, now: datetime) -> None:
    """Refuse what was signed more than 12 hours ago or 1 hour ahead, or has expired."""
    for moment in moments:
        if moment < now - MAX_AGE:
            raise refusal("signed too long ago")
        if moment > now + MAX_AHEAD:
            raise refusal("signed in the future")
    if expires is not None and unix(expires) < now:
        raise refusal("the signature has expired")


def http_date(value: str) -> datetime:
    """Return the moment in a Date header; raises `Unauthorized`."""
    try:
        moment = parsedate_to_datetime(value[:64])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise refusal("the Date header cannot be read") from None


def unix(seconds: int | None) -> datetime:
    """Return the moment of Unix seconds, the beginning of time for None; raises `Unauthorized` out of range."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds is not None else datetime.min.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        raise refusal("a time in the signature is out of range") from None


def check_digests(stated: Iterable[tuple[str, str]], body: bytes) -> set[str]:
    """Compare each (algorithm, base64) of SHA-256 and SHA-512 with the body; return which there were."""
    seen = set()
    for algorithm, value in stated:
        name = algorithm.lower()
        if name in _HASHES:
            seen.add(name)
            expected = base64.b64encode(_HASHES[name](body).digest()).decode()
            if not hmac.compare_digest(expected, value):
                raise refusal("the Digest does not match the body")
    return seen


def check_content_digest(header: str, body: bytes) -> None:
    """Compare every SHA-256 and SHA-512 of a Content-Digest header (RFC 9530) with the body; there must be one."""
    stated = [_CONTENT_DIGEST.fullmatch(part) for part in header.split(",")]
    pairs = [(match.group(1), match.group(2)) for match in stated if match is not None]
    if len(pairs) != len(stated) or not check_digests(pairs, body):
        raise refusal("the Content-Digest header is missing, cannot be read, or has neither SHA-256 nor SHA-512")


def sha256(body: bytes) -> str:
    """Return the SHA-256 of a body in base64."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def decoded(value: str) -> bytes:
    """Return the bytes of a signature in base64; raises `Unauthorized`."""
    try:
        found = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise refusal("the signature is not base64") from None
    if not found:
        raise refusal("the signature is empty")
    return found


def host_and_target(url: str) -> tuple[str, str]:
    """Return the Host header and the request target for a URL; raises `Malformed` unless it is http(s) in ASCII."""
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


def content_type(headers: Mapping[str, str]) -> str | None:
    """Return the Content-Type among headers with names in any case, or None."""
    return next((value.strip() for name, value in headers.items() if name.lower() == "content-type"), None)
