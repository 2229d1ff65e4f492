"""Answers of other servers: their body within a limit, their type, and when they want to be asked again."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from fedinote.infra.errors import Malformed, Refused, Unreachable

_INFLATE_STEP = 1 << 18
_MAX_DIGITS = 18
_MAX_RETRY_AFTER = 86_400.0


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, read whole: `url` is where it came from after redirects, `headers` ignore case."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; empty when there is none."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """Return the body decoded from JSON. `Malformed` when it is none."""
        try:
            return msgspec.json.decode(self.body.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Malformed(reason="the answer is not JSON") from None


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, section 10.2.3), from 0 to a day.

    None without the header, or when it is neither a number nor a date.
    """
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value[:64])
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0), _MAX_RETRY_AFTER)


class Body:
    """Collects a body piece by piece, as received or from gzip, and stops at the limit of bytes on either side."""

    def __init__(self, headers: Mapping[str, str], limit: int) -> None:
        """Begin; `Refused` when the headers alone say that it is too long or in an encoding not asked for."""
        self._limit = limit
        self._received = 0
        self._collected = bytearray()
        declared = headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared[:_MAX_DIGITS]) > limit:
            raise Refused(reason="the body is too long")
        encoding = headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise Refused(reason="the body is in an encoding not asked for")
        self._gzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding.endswith("gzip") else None

    def feed(self, piece: bytes) -> bytes:
        """Take a piece; return what of it is still to be fed (inflating goes in steps, so that others get their turn).

        `Refused` beyond the limit or after the end of the gzip stream, `Unreachable` when the gzip is damaged.
        """
        if self._gzip is None:
            self._collected += piece
            rest = b""
        else:
            rest = self._inflate(self._gzip, piece)
        self._received += len(piece) - len(rest)
        if max(self._received, len(self._collected)) > self._limit:
            raise Refused(reason="the body is too long")
        return rest

    def finish(self) -> bytes:
        """Return the whole body; `Unreachable` when its gzip stream was cut short."""
        if self._gzip is not None and self._received and not self._gzip.eof:
            raise Unreachable(reason="the body was cut short")
        return bytes(self._collected)

    def _inflate(self, stream: "zlib._Decompress", piece: bytes) -> bytes:
        if stream.eof:
            raise Refused(reason="bytes after the end of the gzip stream")
        room = self._limit + 1 - len(self._collected)
        try:
            self._collected += stream.decompress(piece, min(room, _INFLATE_STEP))
        except zlib.error:
            raise Unreachable(reason="damaged gzip") from None
        if stream.unused_data:
            raise Refused(reason="bytes after the end of the gzip stream")
        return stream.unconsumed_tail
