"""Answers of other servers: their body within a limit, their type, and when they want to be asked again."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import msgspec

from fedinote.infra.errors import Malformed, Refused, Unreachable

_CHUNK = 1 << 16
_INFLATE_STEP = 1 << 18
_MAX_DIGITS = 18
_MAX_RETRY_AFTER = 86_400.0

Keep = Callable[[bytes], Awaitable[None]]
"""Takes the next piece of a body that is not to be held in memory."""


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
        self._taken = 0
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
        if max(self._received, self._taken + len(self._collected)) > self._limit:
            raise Refused(reason="the body is too long")
        return rest

    def take(self) -> bytes:
        """Return what came since the last call, which is then held here no more; it still counts."""
        piece = bytes(self._collected)
        self._taken += len(piece)
        self._collected.clear()
        return piece

    def finish(self) -> bytes:
        """Return the whole body; `Unreachable` when its gzip stream was cut short."""
        if self._gzip is not None and self._received and not self._gzip.eof:
            raise Unreachable(reason="the body was cut short")
        return bytes(self._collected)

    def _inflate(self, stream: "zlib._Decompress", piece: bytes) -> bytes:
        if stream.eof:
            raise Refused(reason="bytes after the end of the gzip stream")
        room = self._limit + 1 - self._taken - len(self._collected)
        try:
            self._collected += stream.decompress(piece, min(room, _INFLATE_STEP))
        except zlib.error:
            raise Unreachable(reason="damaged gzip") from None
        if stream.unused_data:
            raise Refused(reason="bytes after the end of the gzip stream")
        return stream.unconsumed_tail


class Content(Protocol):
    """The body of an answer that is still coming in."""

    async def read(self, n: int = -1, /) -> bytes:
        """Return the next bytes, at most so many; none at the end."""


class Incoming(Protocol):
    """An answer whose headers are here. The client library's own, which only `outbound` knows."""

    @property
    def status(self) -> int:
        """The status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names ignore case."""

    @property
    def content(self) -> Content:
        """The body."""

    def close(self) -> None:
        """Close the connection, unless the body was read to its end."""


async def read(answer: Incoming, url: str, limit: int, keep: Keep | None = None) -> Response:
    """Read an answer to its end. With `keep` the body of a 200 goes there, and no other body is read.

    `Refused` beyond the limit, `Unreachable` when the body is cut short; the connection is closed then.
    """
    try:
        if keep is not None and answer.status != 200:
            return Response(answer.status, url, answer.headers, b"")
        body = Body(answer.headers, limit)
        while rest := await answer.content.read(_CHUNK):
            while rest:
                rest = body.feed(rest)
                await asyncio.sleep(0)
                if keep is not None:
                    await keep(body.take())
        return Response(answer.status, url, answer.headers, body.finish())
    finally:
        answer.close()  # a connection with the rest of a body on it is of no use; one read to its end is kept
