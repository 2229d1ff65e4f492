"""BlurHash (blurha.sh): a picture's colours in some 30 characters, shown until the picture is there."""

import functools
import math
import re
from operator import mul

from PIL import Image

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_VALID = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,166}")
_ACROSS, _DOWN = 4, 3
_SIDE = 32


def blurhash(image: Image.Image) -> str:
    """Return the hash with 4 by 3 components, 28 characters; transparent parts count as white."""
    small = _small(image)
    width, height = small.size
    channels = [_components(rows, width, height) for rows in _linear_channels(small)]
    return _encode(list(zip(*channels, strict=True)))


def decode_blurhash_is_valid(text: str) -> bool:
    """Tell whether the text is a BlurHash: its alphabet, and the length that its first character announces."""
    if not _VALID.fullmatch(text):
        return False
    down, across = divmod(_ALPHABET.index(text[0]), 9)
    return len(text) == 4 + 2 * (across + 1) * (down + 1)


def _small(image: Image.Image) -> Image.Image:
    scale = _SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.BOX) if image.size != size else image
    if "A" in small.getbands():
        white = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(white, small.convert("RGBA"))
    return small.convert("RGB")


def _linear_channels(small: Image.Image) -> list[list[list[float]]]:
    """Return red, green and blue, each as rows of linear light from 0 to 1."""
    table, width = _light(), small.width
    channels: list[list[list[float]]] = []
    for channel in range(3):
        values = [table[value] for value in small.getchannel(channel).tobytes()]
        channels.append([values[at : at + width] for at in range(0, len(values), width)])
    return channels


@functools.cache
def _light() -> tuple[float, ...]:
    return tuple(_to_linear(value / 255) for value in range(256))


def _to_linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _to_srgb(value: float) -> int:
    value = min(1.0, max(0.0, value))
    encoded = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return int(encoded * 255 + 0.5)


@functools.lru_cache(maxsize=256)
def _wave(component: int, length: int) -> tuple[float, ...]:
    """Sample the basis at the middle of each pixel; at the edge, a small picture of one colour gets a tilt."""
    return tuple(math.cos(math.pi * component * (at + 0.5) / length) for at in range(length))


def _components(rows: list[list[float]], width: int, height: int) -> list[float]:
    """Return the cosine transform of one channel, row by row of components; the pass over the rows is shared."""
    scale = 2.0 / (width * height)
    sums = [[sum(map(mul, row, _wave(i, width))) for row in rows] for i in range(_ACROSS)]
    factors = [scale * sum(map(mul, sums[i], _wave(j, height))) for j in range(_DOWN) for i in range(_ACROSS)]
    factors[0] /= 2
    return factors


def _encode(factors: list[tuple[float, ...]]) -> str:
    size = _base83((_ACROSS - 1) + (_DOWN - 1) * 9, 1)
    greatest = max(abs(value) for factor in factors[1:] for value in factor)
    quantised = max(0, min(82, math.floor(greatest * 166 - 0.5)))
    unit = (quantised + 1) / 166
    red, green, blue = map(_to_srgb, factors[0])
    average = _base83((red << 16) + (green << 8) + blue, 4)
    return size + _base83(quantised, 1) + average + "".join(_alternating(factor, unit) for factor in factors[1:])


def _alternating(factor: tuple[float, ...], unit: float) -> str:
    value = 0
    for part in factor:
        signed = math.copysign(math.sqrt(abs(part / unit)), part)
        value = value * 19 + max(0, min(18, math.floor(signed * 9 + 9.5)))
    return _base83(value, 2)


def _base83(value: int, length: int) -> str:
    return "".join(_ALPHABET[value // 83**place % 83] for place in range(length - 1, -1, -1))
