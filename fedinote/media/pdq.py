"""What a picture looks like, in 256 bits: PDQ, by which lists of known pictures are exchanged.

The steps are those of "PDQ & TMK + PDQF" (Facebook, 2019): brightness, two passes of a box filter, 64 by 64 samples,
the 16 by 16 lowest waves of the cosine transform but the constant one, and of each whether it is above their median.
Pictures that were made smaller, saved again or marked a little differ in few bits. Filtering is done in whole numbers
here, so a few bits near the median may differ from other implementations, far below the distance that counts as near.

All functions are synchronous: call them in the child process that opens strangers' files.
"""

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from operator import mul

from PIL import Image, ImageFilter

from fedinote.media.outcomes import Prints

SIDE, WAVES = 64, 16
WORKED_ON = 512
"""A larger picture is brought to so many pixels a side first, whatever its shape."""
LEAST_SIDE = 5
"""A smaller picture has no hash."""


def fingerprint(image: Image.Image) -> Prints:
    """Return what a picture looks like: hash, those of it mirrored, turned or both, and quality; no digests of files.

    The hash is 64 hexadecimal digits, "" for what is too small. A plain area has one too, but its quality is low: it
    says nothing. What is transparent counts as white.
    """
    if min(image.size) < LEAST_SIDE:
        return Prints()
    seen = _Samples(_brightness(image))
    hashes = []
    for across, down in ((False, False), (True, False), (False, True), (True, True)):
        waves = _transformed(seen.taken(across=across, down=down))
        hashes += [
            _bits(waves),
            _bits([waves[row * WAVES + column] for column in range(WAVES) for row in range(WAVES)]),
        ]
    return Prints(look=hashes[0], turned=tuple(hashes[1:]), quality=_quality(seen.taken()))


def _bits(waves: Sequence[float]) -> str:
    """Return the hash of 256 waves, row by row: bit `i` of the number is set where wave `i` is above the median."""
    middle = sorted(waves)[(len(waves) - 1) // 2]
    return f"{sum(1 << at for at, wave in enumerate(waves) if wave > middle):064x}"


def _brightness(image: Image.Image) -> Image.Image:
    if "A" in image.getbands() or "transparency" in image.info:
        clear = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    if max(image.size) > WORKED_ON:
        image = image.convert("RGB").resize((WORKED_ON, WORKED_ON), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return image.convert("RGB").convert("L")


class _Samples:
    """The brightness (0 to 255) at 64 by 64 places of a picture, each an average of what is around it."""

    def __init__(self, grey: Image.Image) -> None:
        windows = [(side + 2 * SIDE - 1) // (2 * SIDE) for side in grey.size]
        if max(windows) > 1:
            blur = ImageFilter.BoxBlur(((windows[0] - 1) / 2, (windows[1] - 1) / 2))
            grey = grey.filter(blur).filter(blur)
        # A window of an even number of pixels reaches one further ahead than back, and there are two passes.
        self._columns, self._rows = (
            [min(int((at + 0.5) * side / SIDE) + (window + 1) % 2, side - 1) for at in range(SIDE)]
            for side, window in zip(grey.size, windows, strict=True)
        )
        self._data, self._width, self._height = grey.tobytes(), grey.width, grey.height

    def taken(self, *, across: bool = False, down: bool = False) -> list[list[int]]:
        """Return the samples, row by row, as they are of the picture mirrored left to right, or upside down.

        The places lie not quite in the middle, so those of a mirrored picture are others.
        """
        columns = [self._width - 1 - at for at in self._columns] if across else self._columns
        rows = [self._height - 1 - at for at in self._rows] if down else self._rows
        return [[self._data[row * self._width + column] for column in columns] for row in rows]


def _quality(samples: Sequence[Sequence[int]]) -> int:
    """Count the steps of brightness that can be seen, of which pictures without anything on them have none."""
    rows = [*samples, *zip(*samples, strict=True)]
    steps: int = sum(abs(a - b) * 100 // 255 for row in rows for a, b in pairwise(row))
    return min(100, steps // 90)


@cache
def _cosines() -> tuple[tuple[float, ...], ...]:
    scale = math.sqrt(2 / SIDE)
    return tuple(
        tuple(scale * math.cos(math.pi / 2 / SIDE * (wave + 1) * (2 * at + 1)) for at in range(SIDE))
        for wave in range(WAVES)
    )


def _transformed(samples: Sequence[Sequence[int]]) -> list[float]:
    """Return the 16 by 16 lowest waves, row by row: D A D^T without the constant rows."""
    columns = list(zip(*samples, strict=True))
    half = [[sum(map(mul, wave, column)) for column in columns] for wave in _cosines()]
    return [sum(map(mul, row, wave)) for row in half for wave in _cosines()]
