"""BlurHash against a decoder of our own and against known values."""

import math

import pytest
from PIL import Image

from fedinote.media.blurhash import _ALPHABET, blurhash, decode_blurhash_is_valid


def value(text: str) -> int:
    total = 0
    for character in text:
        total = total * 83 + _ALPHABET.index(character)
    return total


def light(byte: int) -> float:
    part = byte / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def colour(linear: float) -> int:
    linear = min(1.0, max(0.0, linear))
    return round(255 * (12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055))


def decoded(text: str, x: float, y: float) -> list[int]:
    """Return the colour at a place between 0 and 1, straight from the description of the format."""
    down, across = divmod(value(text[0]), 9)
    unit = (value(text[1]) + 1) / 166
    average = value(text[2:6])
    factors = [[light(average >> shift & 255) for shift in (16, 8, 0)]]
    for at in range(6, len(text), 2):
        number = value(text[at : at + 2])
        levels = (number // 361 - 9, number // 19 % 19 - 9, number % 19 - 9)
        factors.append([math.copysign((level / 9) ** 2 * unit, level) for level in levels])
    found = [0.0, 0.0, 0.0]
    for index, factor in enumerate(factors):
        j, i = divmod(index, across + 1)
        basis = math.cos(math.pi * x * i) * math.cos(math.pi * y * j)
        found = [total + part * basis for total, part in zip(found, factor, strict=True)]
    assert len(factors) == (across + 1) * (down + 1)
    return [colour(part) for part in found]


def test_black_and_white_have_their_known_hashes() -> None:
    assert blurhash(Image.new("RGB", (50, 20), "black")) == "L00000fQfQfQfQfQfQfQfQfQfQfQ"
    assert blurhash(Image.new("L", (5, 50), "white")) == "L0TSUAfQfQfQfQfQfQfQfQfQfQfQ"


def test_a_gradient_is_found_again_by_decoding() -> None:
    image = Image.linear_gradient("L").convert("RGB")
    text = blurhash(image)
    for y in (0.1, 0.5, 0.9):
        assert decoded(text, 0.5, y)[0] == pytest.approx(255 * y, abs=40)


def test_each_corner_keeps_its_colour() -> None:
    image = Image.new("RGB", (64, 64), "black")
    for box, name in (((0, 0, 32, 32), "red"), ((32, 0, 64, 32), "lime"), ((0, 32, 32, 64), "blue")):
        image.paste(name, box)
    text = blurhash(image)
    strongest = [max(range(3), key=decoded(text, x, y).__getitem__) for x, y in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8))]
    assert strongest == [0, 1, 2]


def test_transparent_parts_count_as_white() -> None:
    assert blurhash(Image.new("RGBA", (20, 20), (0, 0, 0, 0))) == blurhash(Image.new("RGB", (20, 20), "white"))


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (32, 32), (3, 2)])
def test_every_shape_has_a_valid_hash(size: tuple[int, int]) -> None:
    assert decode_blurhash_is_valid(blurhash(Image.effect_noise(size, 80).convert("RGB")))


@pytest.mark.parametrize("text", ["L00000fQfQfQfQfQfQfQfQfQfQfQ", "000000", "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH"])
def test_a_good_hash_is_valid(text: str) -> None:
    assert decode_blurhash_is_valid(text)


@pytest.mark.parametrize(
    "text", ["", "x", "L00000", "L00000fQfQfQfQfQfQfQfQfQfQfQf", "0000 0", "00000<", "é00000", "0" * 5000, "~" * 166]
)
def test_anything_else_is_not(text: str) -> None:
    assert not decode_blurhash_is_valid(text)
