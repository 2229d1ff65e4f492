"""Only four formats, judged by their bytes, and nothing active in them."""

import io
import struct
from collections.abc import Callable

import pytest
from PIL import Image

from fedinote.infra.errors import Invalid
from fedinote.media.images import ProcessedImage, process
from tests.media.pictures import (
    ALL,
    assert_readable,
    encoded,
    picture,
)

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
