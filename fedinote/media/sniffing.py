"""What a file is, judged by its first bytes alone, never by a name or a sent type.

The answer also says which reader may open the file: nothing is ever probed by trying all that a library knows.
"""

from dataclasses import dataclass
from typing import Literal

from fedinote.infra.errors import Invalid

Family = Literal["image", "film"]
HEAD = 64
"""How many bytes `sniff` looks at."""

IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
FILM_TYPES = (
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "video/x-matroska",
    "audio/mpeg",
    "audio/mp3",
    "audio/ogg",
    "audio/vnd.wave",
    "audio/wav",
    "audio/x-wav",
    "audio/wave",
    "audio/flac",
    "audio/aac",
    "audio/mp4",
    "audio/m4a",
    "audio/x-m4a",
    "audio/webm",
)
_BETTER = "save it as JPEG, PNG or WebP and send that"
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "HEIC"),
}
_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`reader` is Pillow's name of the format (image) or libavformat's of the container (film: video and sound)."""

    family: Family
    reader: str


def sniff(head: bytes) -> Sniffed:
    """Return what a file is by its first 64 bytes. `Invalid`, with the reason, for all that is not accepted here."""
    image = _image(head)
    if image is not None:
        return Sniffed("image", image)
    _refuse_modern_pictures(head)
    film = _film(head)
    if film is None:
        raise Invalid("The file is not an image, video or sound of a supported type")
    return Sniffed("film", film)


def _image(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    return "WEBP" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def _refuse_modern_pictures(head: bytes) -> None:
    name = _BRANDS.get(head[8:12]) if head[4:8] == b"ftyp" else None
    if head.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL ")):
        name = "JPEG XL"
    if name is not None:
        raise Invalid(f"{name} pictures are not accepted: {_BETTER}")


def _film(head: bytes) -> str | None:
    if head[4:8] in _ATOMS:
        return "mov"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    if head.startswith(b"OggS"):
        return "ogg"
    if head.startswith(b"fLaC"):
        return "flac"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"ID3"):
        return "mp3"
    return _mpeg_audio(head)


def _mpeg_audio(head: bytes) -> str | None:
    """Tell MPEG layer III and AAC (ADTS) by their frame headers."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "aac"
    return "mp3" if head[1] & 0x06 == 0x02 and head[2] & 0xF0 != 0xF0 else None
