"""Pictures to upload: good ones, bombs built by hand, and one with everything hidden in it."""

import io
import struct
import zlib

from PIL import Image, ImageDraw

from fedinote.media import images
from fedinote.media.images import ProcessedImage, avatar, emoji, header, process

MARK = b"SECRET-MARKER"
ALL = (process, avatar, header, emoji)


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    image = Image.linear_gradient("L").resize((width, height))
    image = Image.merge("RGB", (image, image.rotate(180), image.rotate(90).resize((width, height))))
    ImageDraw.Draw(image).ellipse((2, 2, width // 2, height // 2), fill=(200, 30, 90))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def moving(kind: str, frames: int = 4, size: tuple[int, int] = (30, 20), **options: object) -> bytes:
    pictures = [picture(*size).rotate(80 * number) for number in range(frames)]
    return encoded(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=70, loop=0, **options)


def reopened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def frames_of(data: bytes) -> int:
    return getattr(reopened(data), "n_frames", 1)


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def assert_readable(result: ProcessedImage) -> None:
    for data, media_type, size in (
        (result.data, result.media_type, (result.width, result.height)),
        (result.preview_data, result.preview_media_type, (result.preview_width, result.preview_height)),
    ):
        image = reopened(data)
        assert Image.MIME[image.format or ""] == media_type
        assert image.size == size
    assert images.decode_blurhash_is_valid(result.blurhash)


def gps() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = MARK.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return exif


def jpeg_with_everything() -> bytes:
    data = encoded(picture(), "JPEG", exif=gps(), comment=MARK, xmp=b"<x:xmpmeta>" + MARK + b"</x:xmpmeta>")
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\x12\x1c\x02\x78\0\x0d" + MARK
    thumbnail = b"JFXX\0\x10" + encoded(picture(8, 8), "JPEG", comment=MARK)
    extra = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    extra += b"\xff\xe0" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    return data[:2] + extra + data[2:] + MARK + b"<script>alert(1)</script>"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, depth: int = 1, colour: int = 0, body: bytes | None = None) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    if body is None:
        body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def gif(width: int, height: int, frames: int, *, frame: tuple[int, int, int, int] = (0, 0, 1, 1)) -> bytes:
    one = b"!\xf9\x04\0\5\0\0\0," + struct.pack("<HHHHB", *frame, 0) + b"\2\2D\1\0"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + one * frames + b";"


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def jpeg_head(width: int, height: int) -> bytes:
    return b"\xff\xd8\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0" + b"\xff\xd9"
