"""Nothing that was hidden in an image is left in it, but it looks as before."""

import io
import struct
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from fedinote.media.images import ProcessedImage, process
from tests.media.pictures import (
    ALL,
    MARK,
    assert_readable,
    encoded,
    gps,
    jpeg_with_everything,
    moving,
    picture,
    pixel,
    reopened,
)


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


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of broken EXIF
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
