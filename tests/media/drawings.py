"""Pictures that differ as photographs do, each drawn from its number; and what people do to pictures."""

import io
import random
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

Change = Callable[[Image.Image], Image.Image]


def scene(number: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Shapes of many sizes on a ground, a little out of focus: the same for a number, another for every other one."""
    chance = random.Random(number)
    width, height = size
    image = Image.new("RGB", size, _colour(chance))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = chance.randrange(width), chance.randrange(height)
        across, down = chance.randrange(10, width // 3), chance.randrange(10, height // 3)
        box, colour = (x - across, y - down, x + across, y + down), _colour(chance)
        kind = chance.randrange(4)
        if kind == 0:
            draw.ellipse(box, fill=colour)
        elif kind == 1:
            draw.rectangle(box, fill=colour)
        elif kind == 2:
            draw.polygon([(x, y), (x + across, y + down), (x - across, y + down // 2)], fill=colour)
        else:
            draw.line((x, y, x + 2 * across, y - down), fill=colour, width=chance.randrange(1, 20))
    return image.filter(ImageFilter.GaussianBlur(2 * chance.random()))


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)


def saved(image: Image.Image, kind: str = "JPEG", **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _saved_again(kind: str, quality: int) -> Change:
    return lambda image: Image.open(io.BytesIO(saved(image, kind, quality=quality)))


def _smaller(part: float) -> Change:
    return lambda image: image.resize((round(image.width * part), round(image.height * part)))


def _cropped(part: float) -> Change:
    def cut(image: Image.Image) -> Image.Image:
        across, down = round(image.width * part), round(image.height * part)
        return image.crop((across, down, image.width - across, image.height - down))

    return cut


def _marked(image: Image.Image) -> Image.Image:
    image = image.copy()
    draw = ImageDraw.Draw(image)
    draw.text((image.width // 2, image.height - 40), "seen first on some.example", fill="white", font_size=24)
    return image


def _turned(way: Image.Transpose) -> Change:
    return lambda image: image.transpose(way)


CHANGES: Mapping[str, Change] = {
    "half the size": _smaller(0.5),
    "a thumbnail": _smaller(0.25),
    "twice the size": _smaller(2.0),
    "JPEG of quality 75": _saved_again("JPEG", 75),
    "JPEG of quality 10": _saved_again("JPEG", 10),
    "WebP of quality 40": _saved_again("WEBP", 40),
    "grey": lambda image: image.convert("L"),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(3)),
    "a watermark": _marked,
    "1 % cut off": _cropped(0.01),
    "2 % cut off": _cropped(0.02),
    "5 % cut off": _cropped(0.05),
    "mirrored": _turned(Image.Transpose.FLIP_LEFT_RIGHT),
    "upside down": _turned(Image.Transpose.FLIP_TOP_BOTTOM),
    "turned by 90°": _turned(Image.Transpose.ROTATE_90),
    "turned by 180°": _turned(Image.Transpose.ROTATE_180),
    "mirrored, turned and saved again": lambda image: _saved_again("JPEG", 40)(
        image.transpose(Image.Transpose.TRANSVERSE)
    ),
}
