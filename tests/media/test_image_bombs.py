"""Images that are small to send and huge to decode, cut off, or damaged."""

import random
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from fedinote.infra.errors import Invalid
from fedinote.media import images
from fedinote.media.image_headers import read_header
from fedinote.media.images import ImageLimits, ProcessedImage, avatar, emoji, process
from tests.media.pictures import (
    assert_readable,
    chunk,
    encoded,
    gif,
    gps,
    jpeg_head,
    jpeg_with_everything,
    moving,
    picture,
    png,
    webp,
)


def progressive_with_scans(count: int) -> bytes:
    data = encoded(picture(), "JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * count + b"\xff\xd9"


def text_bomb(kind: bytes, start: bytes) -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(100)) + packer.flush()
    return png(10, 10, chunk(kind, start + packed), depth=8, body=zlib.compress(b"\0" * 110))


BOMBS = {
    "png of 900 million pixels": png(30_000, 30_000),
    "png of 4 billion by 4 billion": png(2**31 - 1, 2**31 - 1),
    "png just over the limit": png(5761, 5760),
    "apng of many frames": png(2000, 2000, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))),
    "jpeg of 4 billion pixels": jpeg_head(65_500, 65_500),
    "jpeg of 1,000 passes": progressive_with_scans(1000),
    "gif of 3.6 billion pixels": gif(60_000, 60_000, 1),
    "gif whose frame sticks out": gif(10, 10, 2, frame=(60_000, 60_000, 5000, 5000)),
    "gif of 10,000 frames": gif(10, 10, 10_000),
    "gif of large frames": gif(5000, 5000, 5),
    "webp canvas": webp((b"VP8X", b"\x02\0\0\0" + b"\xff\xff\xff" * 2)),
    "webp of large frames": webp((b"VP8X", b"\x02\0\0\0" + b"\xff\x0f\0" * 2), *[(b"ANMF", b"\0" * 16)] * 50),
    "webp of many frames": webp((b"VP8X", b"\x02\0\0\0" + b"\x0f\0\0" * 2), *[(b"ANMF", b"\0" * 16)] * 20_000),
    "webp lossless": webp((b"VP8L", b"\x2f\xff\xff\xff\x0f")),
    "webp lossy": webp((b"VP8 ", b"\0\0\0\x9d\1\x2a" + b"\xff\x3f" * 2)),
    "webp whose inner size differs": webp(
        (b"VP8X", b"\0\0\0\0" + b"\x0f\0\0" * 2), (b"VP8 ", b"\0" * 6 + b"\xff\x3f" * 2)
    ),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.parametrize("function", [process, avatar])
def test_a_bomb_is_refused_unopened(
    data: bytes, function: Callable[[bytes], ProcessedImage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("a bomb came to a decoder"))
    with pytest.raises(Invalid, match=r"pixels|frames|passes"):
        function(data)


@pytest.mark.parametrize(
    "bomb", [text_bomb(b"zTXt", b"k\0\0"), text_bomb(b"iTXt", b"k\0\1\0\0\0"), text_bomb(b"iCCP", b"k\0\0")]
)
def test_text_that_inflates_without_end_is_refused_or_ignored(bomb: bytes) -> None:
    try:
        result = process(bomb)
    except Invalid:
        return
    assert_readable(result)
    assert len(result.data) < 1000


def test_pixels_that_pillow_alone_sees_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should our reading of a header and Pillow's ever differ, the size is checked again after opening."""
    data = encoded(picture(), "PNG")
    claims = read_header(data)
    monkeypatch.setattr(images, "_checked", lambda *_: claims)
    with pytest.raises(Invalid, match="pixels"):
        process(data, limits=ImageLimits(pixels=100))


def test_pillow_s_own_alarm_becomes_invalid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(Invalid):
        process(encoded(picture(), "PNG"))


def test_a_file_over_the_byte_limit_is_refused() -> None:
    data = encoded(picture(), "PNG")
    with pytest.raises(Invalid, match="larger than 16384 KB"):
        process(data + b"\0" * 16 * 1024 * 1024)
    with pytest.raises(Invalid, match="larger than 4096 KB"):
        avatar(data + b"\0" * 4 * 1024 * 1024)
    with pytest.raises(Invalid, match="larger than 256 KB"):
        emoji(data + b"\0" * 256 * 1024)


def test_an_image_at_the_limit_is_accepted() -> None:
    body = zlib.compress((b"\0" + b"\xaa" * 720) * 5760)
    result = process(png(5760, 5760, body=body))
    assert (result.width, result.height) == (3840, 3840)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_file_that_ends_early_is_refused(kind: str) -> None:
    noise = Image.effect_noise((64, 64), 90).convert("RGB")
    data = encoded(noise, kind)
    for end in (1, 8, 20, len(data) // 4, len(data) // 2, 3 * len(data) // 4, len(data) - len(data) // 8):
        with pytest.raises(Invalid) as caught:
            process(data[:end])
        assert caught.value.message.startswith(("The image is damaged", "The file is not an image"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("still", [True, False])
@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of broken EXIF
def test_damaged_files_raise_nothing_but_invalid(kind: str, still: bool) -> None:
    data = (
        encoded(picture(), kind, **({"exif": gps()} if kind != "GIF" else {}))
        if still
        else (moving(kind) if kind != "JPEG" else jpeg_with_everything())
    )
    chance = random.Random(1)
    for _ in range(150):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            result = process(bytes(damaged), limits=ImageLimits(pixels=200_000, total_pixels=1_000_000))
        except Invalid:
            continue
        assert_readable(result)


@pytest.mark.parametrize(
    "rubbish", [b"\xff\xd8\xff", b"\xff\xd8\xff" + b"\xff" * 900, b"\xff\xd8\xff\xe0\0\0" * 50, b"GIF89a"]
)
def test_a_header_without_end_is_refused(rubbish: bytes) -> None:
    with pytest.raises(Invalid):
        process(rubbish)


def test_a_gif_of_countless_small_blocks_is_refused() -> None:
    with pytest.raises(Invalid):
        process(gif(10, 10, 1)[:-2] + b"\1\0" * 600_000 + b"\0;")
