"""What comes of an accepted image: type, size, orientation, frames, colours."""

from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from fedinote.media.images import ImageLimits, ProcessedImage, avatar, emoji, header, process
from tests.media.pictures import ALL, assert_readable, encoded, frames_of, moving, picture, pixel, reopened


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
