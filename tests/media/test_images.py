"""Images of strangers: refused, or written anew with nothing left of what was hidden in them."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from fedinote.infra.errors import Invalid
from fedinote.media import images
from fedinote.media.image_headers import read_header
from fedinote.media.images import ImageLimits, ProcessedImage, avatar, emoji, header, process

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


def assert_readable(result: ProcessedImage) -> None:
    for data, media_type, size in (
        (result.data, result.media_type, (result.width, result.height)),
        (result.preview_data, result.preview_media_type, (result.preview_width, result.preview_height)),
    ):
        image = reopened(data)
        assert Image.MIME[image.format or ""] == media_type
        assert image.size == size
    assert images.decode_blurhash_is_valid(result.blurhash)


# What comes out


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("function", ALL)
def test_each_type_comes_out_as_the_same_type(kind: str, function: Callable[[bytes], ProcessedImage]) -> None:
    result = function(encoded(picture(), kind))
    assert_readable(result)
    assert result.media_type == f"image/{kind.lower()}"
    assert result.extension == {"JPEG": "jpg"}.get(kind, kind.lower())
    assert not result.animated
    assert result.preview_extension == "jpg"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_each_mode_of_png_can_be_read(mode: str) -> None:
    assert_readable(process(encoded(picture(mode="L" if "I" in mode else mode).convert(mode), "PNG")))


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_each_mode_of_jpeg_can_be_read(mode: str) -> None:
    assert_readable(process(encoded(picture(mode=mode), "JPEG")))


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    image = Image.new("I;16", (20, 20), 128 * 256)
    assert reopened(process(encoded(image, "PNG")).data).getpixel((5, 5)) == pytest.approx(128, abs=1)


def test_transparency_is_kept_and_its_preview_is_webp() -> None:
    image = picture(mode="RGBA")
    image.putalpha(image.getchannel("R"))
    for kind in ("PNG", "WEBP"):
        result = process(encoded(image, kind))
        assert_readable(result)
        assert reopened(result.data).mode == "RGBA"
        assert result.preview_media_type == "image/webp"


def test_the_pixels_of_a_small_png_are_not_changed() -> None:
    image = picture()
    assert reopened(process(encoded(image, "PNG")).data).tobytes() == image.tobytes()


def test_the_longer_side_is_capped() -> None:
    limits = ImageLimits(side=100, preview_side=50)
    for size, expected in (
        ((300, 150), (100, 50)),
        ((150, 300), (50, 100)),
        ((90, 10), (90, 10)),
        ((400, 1), (100, 1)),
    ):
        for kind in ("PNG", "JPEG"):
            result = process(encoded(Image.effect_noise(size, 60), kind), limits=limits)
            assert_readable(result)
            assert (result.width, result.height) == expected
            assert max(result.preview_width, result.preview_height) <= 50


def test_avatars_and_headers_are_cropped_to_their_sizes() -> None:
    for size in ((1000, 300), (50, 70), (400, 400)):
        data = encoded(picture(*size), "PNG")
        assert (avatar(data).width, avatar(data).height) == (400, 400)
        assert (header(data).width, header(data).height) == (1500, 500)
    small = emoji(encoded(picture(300, 150), "PNG"))
    assert (small.width, small.height) == (128, 64)


@pytest.mark.parametrize("function", [process, avatar, emoji])
def test_an_animated_gif_stays_one(function: Callable[[bytes], ProcessedImage]) -> None:
    result = function(moving("GIF"))
    assert_readable(result)
    assert result.animated
    assert result.media_type == "image/gif"
    image = reopened(result.data)
    assert frames_of(result.data) == 4
    assert (image.info["duration"], image.info["loop"]) == (70, 0)
    assert frames_of(result.preview_data) == 1


def test_the_frames_of_an_animated_gif_look_as_before() -> None:
    before, after = reopened(moving("GIF")), reopened(process(moving("GIF")).data)
    for number in range(4):
        before.seek(number)
        after.seek(number)
        pairs = zip(before.convert("RGB").tobytes(), after.convert("RGB").tobytes(), strict=True)
        differences = [abs(a - b) for a, b in pairs]
        assert sum(differences) / len(differences) < 4


def test_a_gif_with_transparent_frames_shows_each_alone() -> None:
    frames = []
    for number in range(3):
        frame = Image.new("RGBA", (30, 20), (0, 0, 0, 0))
        ImageDraw.Draw(frame).rectangle((10 * number, 0, 10 * number + 8, 19), fill=(255, 0, 0, 255))
        frames.append(frame)
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=70, loop=0, disposal=2)
    image = reopened(process(data).data)
    for number in range(3):
        image.seek(number)
        shown = image.convert("RGBA")
        assert [pixel(shown, 10 * column + 4, 5)[3] for column in range(3)] == [
            255 if column == number else 0 for column in range(3)
        ]


def test_a_gif_that_plays_once_still_does() -> None:
    pictures = [picture().rotate(90 * number) for number in range(3)]
    data = encoded(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=70)
    assert "loop" not in reopened(process(data).data).info


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_animations_become_webp(kind: str) -> None:
    result = process(moving(kind))
    assert_readable(result)
    assert result.animated
    assert result.media_type == "image/webp"
    assert frames_of(result.data) == 4


def test_a_large_animation_is_made_smaller_rather_than_refused() -> None:
    result = process(moving("GIF", size=(100, 50)), limits=ImageLimits(moving_pixels=5000))
    assert result.width * result.height * 4 <= 5000
    assert_readable(result)


# E03: nothing hidden is left


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


def png_with_everything() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", MARK.decode())
    info.add_text("Compressed", MARK.decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", MARK.decode())
    info.add(b"prVt", MARK)
    return encoded(picture(), "PNG", pnginfo=info, exif=gps(), icc_profile=MARK * 20) + MARK


def gif_with_everything() -> bytes:
    data = moving("GIF", comment=MARK)
    xmp = b"!\xff\x0bXMP DataXMP" + bytes([len(MARK)]) + MARK + b"\0"
    at = data.index(b"!\xf9")
    return data[:at] + xmp + data[at:] + MARK


def webp_with_everything(*, still: bool) -> bytes:
    options: dict[str, Any] = {"exif": gps(), "xmp": MARK, "icc_profile": MARK * 20}
    return encoded(picture(), "WEBP", **options) if still else moving("WEBP", **options)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(
    "data",
    [
        jpeg_with_everything(),
        png_with_everything(),
        gif_with_everything(),
        webp_with_everything(still=True),
        webp_with_everything(still=False),
    ],
    ids=["jpeg", "png", "gif", "webp", "moving webp"],
)
def test_no_metadata_survives(data: bytes, function: Callable[[bytes], ProcessedImage]) -> None:
    assert MARK in data
    result = function(data)
    assert_readable(result)
    for written in (result.data, result.preview_data):
        assert MARK not in written
        assert b"script" not in written
        image = reopened(written)
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment", "photoshop", "XML:com.adobe.xmp"} & set(image.info)
        assert not getattr(image, "text", {})


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_orientation_is_applied(orientation: int, kind: str) -> None:
    """A viewer that honours EXIF before shows the same as one that knows none after."""
    image = Image.new("RGB", (40, 20), "blue")
    image.paste("red", (0, 0, 20, 10))
    exif = Image.Exif()
    exif[0x0112] = orientation
    result = process(encoded(image, kind, exif=exif))
    expected = {1: "lt", 2: "rt", 3: "rb", 4: "lb", 5: "lt", 6: "rt", 7: "rb", 8: "lb"}[orientation]
    assert (result.width, result.height) == ((40, 20) if orientation < 5 else (20, 40))
    shown = reopened(result.data).convert("RGB")
    x = result.width // 4 if "l" in expected else 3 * result.width // 4
    y = result.height // 4 if "t" in expected else 3 * result.height // 4
    red, _, blue = pixel(shown, x, y)
    assert red > 200 > blue
    red, _, blue = pixel(shown, result.width - 1 - x, result.height - 1 - y)
    assert blue > 200 > red


def test_nonsense_in_the_orientation_turns_nothing() -> None:
    for nonsense in (0, 9, 65535):
        exif = Image.Exif()
        exif[0x0112] = nonsense
        assert process(encoded(picture(), "JPEG", exif=exif.tobytes())).width == 60
    word = b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\2\0\0\0\2x\0\0\0\0\0\0\0"
    assert process(encoded(picture(), "JPEG", exif=word)).width == 60
    assert process(encoded(picture(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"x" * 40)).width == 60


def display_p3() -> bytes:
    """Write a matrix profile with the primaries of Display P3 and a gamma of 2.2."""
    columns = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
    tags = [
        (name, b"XYZ \0\0\0\0" + fixed(*column))
        for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)
    ]
    tags.append((b"wtpt", b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)))
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags.extend((name, curve) for name in (b"rTRC", b"gTRC", b"bTRC"))
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags:
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ") + b"\0" * 12
    head += b"acsp" + b"\0" * 28 + fixed(0.9642, 1.0, 0.8249) + b"\0" * 48
    return head + struct.pack(">I", len(tags)) + table + body


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def test_a_wide_gamut_becomes_srgb_as_a_colour_management_library_has_it() -> None:
    profile = display_p3()
    assert len(profile) == struct.unpack(">I", profile[:4])[0]
    image = picture()
    expected = ImageCms.profileToProfile(image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert expected is not None
    result = reopened(process(encoded(image, "PNG", icc_profile=profile)).data)
    differences = [abs(a - b) for a, b in zip(result.tobytes(), expected.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 2
    assert max(abs(a - b) for a, b in zip(image.tobytes(), expected.tobytes(), strict=True)) > 20


def test_srgb_and_broken_profiles_leave_the_colours_alone() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, b"x" * 200, display_p3()[:150], display_p3().replace(b"rXYZ", b"rABC"), b"\0" * 20):
        result = reopened(process(encoded(picture(), "PNG", icc_profile=profile)).data)
        assert result.tobytes() == picture().tobytes()


# E01 and E05: only four formats, judged by their bytes


SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
FOREIGN = {
    "svg": SVG,
    "svg with a byte order mark": b"\xef\xbb\xbf" + SVG,
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "xml": b"<?xml version='1.0'?><?xml-stylesheet href='//evil.test/x.xsl'?><a/>",
    "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    "text": b"hello",
    "nothing": b"",
    "zip": b"PK\x03\x04" + b"\0" * 40,
    "mp4": b"\0\0\0\x20ftypisom" + b"\0" * 40,
    "avif": b"\0\0\0\x20ftypavif" + b"\0" * 40,
    "psd": b"8BPS\0\1" + b"\0" * 6 + struct.pack(">HIIHH", 3, 10, 10, 8, 3) + b"\0" * 400,
    "fli": struct.pack("<IHHHHHHI", 128, 0xAF11, 1, 10, 10, 8, 3, 5) + b"\0" * 200,
    "blp": b"BLP2" + struct.pack("<IBBBBII", 1, 2, 8, 1, 0, 10, 10) + b"\0" * 2000,
    "fits": b"SIMPLE  =                    T".ljust(80) + b"BITPIX  =                    8".ljust(80),
    "wmf": b"\xd7\xcd\xc6\x9a\0\0" + struct.pack("<hhhhH", 0, 0, 100, 100, 96) + b"\0" * 40,
    "emf": b"\1\0\0\0" + b"\0" * 36 + b" EMF" + b"\0" * 40,
    "jp2": b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 60,
    "cur": b"\0\0\2\0\1\0" + b"\0" * 40,
    "riff of sound": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40,
    **{
        kind.lower(): encoded(picture(mode="RGB"), kind)
        for kind in ("BMP", "DDS", "EPS", "ICNS", "ICO", "PCX", "PPM", "SGI", "TGA", "TIFF")
    },
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("function", ALL)
def test_other_formats_are_refused_unopened(
    data: bytes, function: Callable[[bytes], ProcessedImage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("a foreign format came to a decoder"))
    with pytest.raises(Invalid, match="not an image of a supported type"):
        function(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_only_the_decoder_of_the_format_is_tried(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[list[str]] = []
    real = Image.open

    def spy(data: io.BytesIO, *, formats: list[str]) -> Image.Image:
        tried.append(formats)
        return real(data, formats=formats)

    monkeypatch.setattr(Image, "open", spy)
    process(encoded(picture(), kind))
    assert tried == [[kind]]


def test_the_code_of_a_polyglot_does_not_survive() -> None:
    code = b"<script>alert(1)</script>"
    polyglots = [
        encoded(picture(), "JPEG") + code,
        encoded(picture(), "PNG") + code,
        encoded(picture(), "GIF", comment=code),
        encoded(picture(), "GIF") + code,
        encoded(picture(), "JPEG", comment=b"*/=1;" + code),
    ]
    for data in polyglots:
        result = process(data)
        assert code in data
        assert code not in result.data + result.preview_data
        assert_readable(result)


# E04: bombs


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
