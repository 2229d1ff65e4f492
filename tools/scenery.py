"""Pictures drawn from numbers alone: hills, tea, the sea, tiles, leaves. They belong to nobody and show nobody."""

import io
import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((250, 214, 165), (238, 131, 108)),
    ((214, 232, 240), (122, 170, 196)),
    ((245, 236, 215), (190, 205, 178)),
    ((60, 66, 110), (214, 128, 138)),
    ((232, 240, 232), (120, 168, 150)),
)
_INKS: tuple[Colour, ...] = ((48, 82, 84), (110, 74, 62), (60, 92, 66), (58, 52, 92), (132, 62, 58))


def picture(kind: str, seed: int, width: int = 1080, height: int = 1440) -> bytes:
    """Return a JPEG of a kind: hills, sea, tea, tiles, leaves or moon. The same numbers give the same picture."""
    draw = _KINDS[kind]
    image = draw(random.Random(seed), width, height)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=84)
    return stream.getvalue()


def _sky(chance: random.Random, width: int, height: int) -> Image.Image:
    above, below = _SKIES[chance.randrange(len(_SKIES))]
    column = Image.new("RGB", (1, height))
    for y in range(height):
        share = y / height
        column.putpixel((0, y), tuple(round(a + (b - a) * share) for a, b in zip(above, below, strict=True)))
    return column.resize((width, height))


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _hills(chance: random.Random, width: int, height: int) -> Image.Image:
    image = _sky(chance, width, height)
    ink = _INKS[chance.randrange(len(_INKS))]
    pale = image.getpixel((0, height // 2))
    draw = ImageDraw.Draw(image)
    x, y, r = chance.uniform(0.2, 0.8) * width, height * chance.uniform(0.18, 0.34), width * 0.09
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 246, 226))
    for layer in range(5):
        base = height * (0.42 + 0.12 * layer)
        waves = [(chance.uniform(0.5, 2.4), chance.uniform(0, 6.3), height * chance.uniform(0.02, 0.07)) for _ in "abc"]
        points = [
            (x, base - sum(h * math.sin(x / width * 6.3 * f + p) for f, p, h in waves)) for x in range(0, width + 9, 8)
        ]
        fill = _mixed(pale, ink, 0.25 + layer * 0.17)  # type: ignore[arg-type]
        draw.polygon([*points, (width, height), (0, height)], fill=fill)
    return image


def _sea(chance: random.Random, width: int, height: int) -> Image.Image:
    image = _sky(chance, width, height)
    draw = ImageDraw.Draw(image)
    line = round(height * 0.48)
    ink = _INKS[chance.randrange(len(_INKS))]
    for y in range(line, height, 10):
        share = (y - line) / (height - line)
        tone = _mixed((200, 214, 210), ink, 0.2 + share * 0.6)
        shift = math.sin(y / 23 + chance.random()) * 14
        points = [(x, y + 6 * math.sin(x / (60 + 90 * share) + shift)) for x in range(0, width + 9, 8)]
        draw.polygon([*points, (width, height), (0, height)], fill=tone)
    x = width * chance.uniform(0.3, 0.7)
    draw.polygon([(x, line - 120), (x, line + 6), (x + 90, line + 6)], fill=(252, 248, 238))
    draw.polygon([(x - 50, line + 10), (x + 110, line + 10), (x + 80, line + 44), (x - 20, line + 44)], fill=ink)
    return image


def _tea(chance: random.Random, width: int, height: int) -> Image.Image:
    ground = _SKIES[chance.randrange(len(_SKIES))][0]
    image = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 0.68, width, height), fill=_mixed(ground, (120, 90, 66), 0.55))
    ink = _INKS[chance.randrange(len(_INKS))]
    x, y, r = width * 0.5, height * 0.66, width * 0.26
    shade = Image.new("L", (width, height), 0)
    ImageDraw.Draw(shade).ellipse((x - r * 1.3, y + r * 0.42, x + r * 1.5, y + r * 0.78), fill=110)
    image.paste((70, 52, 40), mask=shade.filter(ImageFilter.GaussianBlur(24)))
    draw.pieslice((x - r, y - r, x + r, y + r * 0.6), 0, 180, fill=ink)
    draw.ellipse((x - r, y - r * 0.42, x + r, y + r * 0.02), fill=_mixed(ink, (255, 255, 255), 0.25))
    draw.ellipse((x - r * 0.86, y - r * 0.34, x + r * 0.86, y - r * 0.06), fill=(186, 124, 62))
    for number in range(3):
        top = [(x + (number - 1) * r * 0.5 + 22 * math.sin(s / 5 + number), y - r * 0.5 - s * 9) for s in range(40)]
        draw.line(top, fill=_mixed(ground, (255, 255, 255), 0.75), width=7, joint="curve")
    return image


def _tiles(chance: random.Random, width: int, height: int) -> Image.Image:
    tones = [_mixed(_INKS[chance.randrange(5)], (250, 240, 226), share) for share in (0.05, 0.3, 0.55, 0.8, 0.92)]
    image = Image.new("RGB", (width, height), tones[-1])
    draw = ImageDraw.Draw(image)
    side = width // 6
    for row in range(height // side + 1):
        for column in range(7):
            x, y, tone = column * side, row * side, chance.choice(tones)
            turn = chance.randrange(4) * 90
            corner = {0: (x, y), 90: (x + side, y), 180: (x + side, y + side), 270: (x, y + side)}[turn]
            box = (corner[0] - side, corner[1] - side, corner[0] + side, corner[1] + side)
            draw.rectangle((x, y, x + side, y + side), fill=chance.choice(tones))
            draw.pieslice(box, turn, turn + 90, fill=tone)
    return image


def _leaves(chance: random.Random, width: int, height: int) -> Image.Image:
    ground, ink = (240, 238, 226), _INKS[chance.randrange(len(_INKS))]
    image = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    for _ in range(90):
        x, y, size = chance.uniform(0, width), chance.uniform(0, height), chance.uniform(60, 190)
        angle, tone = chance.uniform(0, 6.3), _mixed(ground, ink, chance.uniform(0.2, 0.95))
        tip = (x + size * math.cos(angle), y + size * math.sin(angle))
        side = angle + math.pi / 2
        bend = size * 0.22
        middle = ((x + tip[0]) / 2, (y + tip[1]) / 2)
        one = (middle[0] + bend * math.cos(side), middle[1] + bend * math.sin(side))
        other = (middle[0] - bend * math.cos(side), middle[1] - bend * math.sin(side))
        draw.polygon([(x, y), one, tip, other], fill=tone)
    return image.filter(ImageFilter.SMOOTH)


def _moon(chance: random.Random, width: int, height: int) -> Image.Image:
    image = Image.new("RGB", (width, height), (28, 34, 58))
    draw = ImageDraw.Draw(image)
    for _ in range(160):
        x, y, r = chance.uniform(0, width), chance.uniform(0, height * 0.8), chance.uniform(0.8, 2.6)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(226, 226, 210))
    x, y, r = width * chance.uniform(0.3, 0.7), height * 0.3, width * 0.17
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(246, 236, 204))
    for _ in range(26):
        left, tall = chance.uniform(0, width), height * chance.uniform(0.1, 0.4)
        wide = chance.uniform(0.04, 0.1) * width
        wall = _mixed((28, 34, 58), (70, 74, 110), chance.random())
        draw.rectangle((left, height - tall, left + wide, height), fill=wall)
        for window in range(8):
            if chance.random() < 0.5:
                top = height - tall + 18 + window * 34
                draw.rectangle((left + 12, top, left + 24, top + 14), fill=(250, 206, 128))
    return image


_KINDS: dict[str, Callable[[random.Random, int, int], Image.Image]] = {
    "hills": _hills,
    "leaves": _leaves,
    "moon": _moon,
    "sea": _sea,
    "tea": _tea,
    "tiles": _tiles,
}
