"""What an image says of itself before anything is decoded: format, size, number of frames.

Pillow allocates whole canvases on opening some files and inflates others to count frames, so bombs are recognised
here, by walking the few bytes that matter. Formats: PNG (ISO/IEC 15948) with APNG, JPEG (T.81), GIF89a and WebP
(RFC 9649).
"""

import struct
from dataclasses import dataclass
from typing import Literal

from fedinote.infra.errors import Invalid

Format = Literal["PNG", "JPEG", "GIF", "WEBP"]
_UNREADABLE = "The image is damaged or incomplete"
_MAX_BLOCKS = 500_000
_MAX_CHUNKS = 100_000


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """The claims of a file: pixels, frames (1 for a still) and, for JPEG, passes over the whole image."""

    format: Format
    width: int
    height: int
    frames: int = 1
    scans: int = 1

    @property
    def pixels(self) -> int:
        """Pixels of one frame."""
        return self.width * self.height


def read_header(data: bytes) -> ImageHeader:
    """Return what the file claims to be, judged by its bytes alone, never by a name or a sent type.

    Raises `Invalid` for all but PNG, JPEG, GIF and WebP, and for files that end too early.
    """
    try:
        header = _read(data)
    except (struct.error, IndexError):
        raise Invalid(_UNREADABLE) from None
    if header is None:
        raise Invalid("The file is not an image of a supported type (PNG, JPEG, GIF, WebP)")
    if header.width < 1 or header.height < 1:
        raise Invalid(_UNREADABLE)
    return header


def _read(data: bytes) -> ImageHeader | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _gif(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return None


def _png(data: bytes) -> ImageHeader:
    if data[12:16] != b"IHDR":
        raise Invalid(_UNREADABLE)
    width, height = struct.unpack_from(">II", data, 16)
    frames, position = 1, 8
    for _ in range(_MAX_CHUNKS):
        (size,) = struct.unpack_from(">I", data, position)
        kind = data[position + 4 : position + 8]
        if kind == b"acTL":
            (frames,) = struct.unpack_from(">I", data, position + 8)
        elif kind in (b"IDAT", b"IEND"):
            return ImageHeader("PNG", width, height, max(1, frames))
        position += size + 12
    raise Invalid(_UNREADABLE)


def _jpeg(data: bytes) -> ImageHeader:
    position = 2
    for _ in range(_MAX_CHUNKS):
        while data[position] == 0xFF:
            position += 1
        marker = data[position]
        (size,) = struct.unpack_from(">H", data, position + 1)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, position + 4)
            # Within coded data 0xFF is always followed by 0x00, so this sequence is a scan (or one of a thumbnail).
            return ImageHeader("JPEG", width, height, scans=data.count(b"\xff\xda"))
        position += size + 1
        if data[position] != 0xFF or size < 2:
            break
    raise Invalid(_UNREADABLE)


def _gif(data: bytes) -> ImageHeader:
    """Count the frames block by block; a frame that sticks out of the screen enlarges the canvas."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position, frames = 13 + _colour_table(flags), 0
    blocks = 0
    while position < len(data) and data[position] != 0x3B:
        if data[position] == 0x2C:
            left, top, across, down, local = struct.unpack_from("<HHHHB", data, position + 1)
            width, height = max(width, left + across), max(height, top + down)
            frames += 1
            position += 11 + _colour_table(local)
        elif data[position] == 0x21:
            position += 2
        else:
            break  # rubbish after the last frame is common, and ignored by every reader
        while size := data[position]:
            position += size + 1
            blocks += 1
        position += 1
        if blocks > _MAX_BLOCKS:
            raise Invalid(_UNREADABLE)
    if not frames:
        raise Invalid(_UNREADABLE)
    return ImageHeader("GIF", width, height, frames)


def _colour_table(flags: int) -> int:
    """Return the bytes of the colour table that the flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _webp(data: bytes) -> ImageHeader:
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data):
        raise Invalid(_UNREADABLE)
    width = height = frames = 0
    position = 12
    for _ in range(_MAX_CHUNKS):
        if position + 8 > size + 8:
            break
        kind, (length,) = data[position : position + 4], struct.unpack_from("<I", data, position + 4)
        found = _webp_size(kind, data, position + 8)
        width, height = max(width, found[0]), max(height, found[1])
        frames += kind == b"ANMF"
        position += 8 + length + (length & 1)
    else:
        raise Invalid(_UNREADABLE)
    return ImageHeader("WEBP", width, height, max(1, frames))


def _webp_size(kind: bytes, data: bytes, start: int) -> tuple[int, int]:
    if kind == b"VP8X":
        across, down = data[start + 4 : start + 7], data[start + 7 : start + 10]
        return int.from_bytes(across, "little") + 1, int.from_bytes(down, "little") + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, start + 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        across, down = struct.unpack_from("<HH", data, start + 6)
        return across & 0x3FFF, down & 0x3FFF
    return 0, 0
