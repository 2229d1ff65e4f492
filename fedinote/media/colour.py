"""Wide-gamut photos (Display P3, Adobe RGB) to sRGB, so that their profile can be dropped with all other metadata.

A colour-management library would parse a stranger's whole profile; here only three fixed-size matrix columns and one
gamma are read (ICC.1:2022, sections 9.2 and 10), and anything unusual leaves the colours as they are.
"""

import struct

from PIL import Image, ImageFilter

_TABLE_SIZE = 17
# CIE XYZ under D50 to linear sRGB (Bradford adapted), and the columns of sRGB itself.
_TO_SRGB = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
_SRGB = ((0.4360747, 0.2225045, 0.0139322), (0.3850649, 0.7168786, 0.0971045), (0.1430804, 0.0606169, 0.7141733))
_CLOSE = 0.005

Column = tuple[float, float, float]
Matrix = tuple[Column, Column, Column]


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the image, of mode RGB or RGBA, with the colours of its ICC profile made sRGB.

    The image is returned as it is for other modes, without profile, for sRGB and for what is no matrix profile.
    """
    if not profile or image.mode not in ("RGB", "RGBA"):
        return image
    try:
        columns, gamma = _read(profile)
    except (struct.error, KeyError):
        return image
    if not _unlike_srgb(columns):
        return image
    converted = image.convert("RGB").filter(_table(columns, gamma))
    if image.mode == "RGBA":
        converted.putalpha(image.getchannel("A"))
    return converted


def _read(profile: bytes) -> tuple[Matrix, float | None]:
    """Return the columns of red, green and blue, and the gamma or None for a curve (taken as that of sRGB)."""
    if profile[16:20] != b"RGB " or profile[20:24] != b"XYZ ":
        raise KeyError(profile[16:20])
    (count,) = struct.unpack_from(">I", profile, 128)
    tags: dict[bytes, int] = {}
    for index in range(min(count, 100)):
        name, offset = struct.unpack_from(">4sI", profile, 132 + 12 * index)
        tags[name] = offset
    columns = (_column(profile, tags[b"rXYZ"]), _column(profile, tags[b"gXYZ"]), _column(profile, tags[b"bXYZ"]))
    return columns, _gamma(profile, tags[b"rTRC"])


def _column(profile: bytes, offset: int) -> Column:
    kind, _, x, y, z = struct.unpack_from(">4s4siii", profile, offset)
    if kind != b"XYZ ":
        raise KeyError(kind)
    return x / 65536, y / 65536, z / 65536


def _gamma(profile: bytes, offset: int) -> float | None:
    kind, _, count, value = struct.unpack_from(">4s4sIH", profile, offset)
    return value / 256 if kind == b"curv" and count == 1 and 256 <= value <= 768 else None


def _unlike_srgb(columns: Matrix) -> bool:
    """Tell whether the primaries differ from those of sRGB, and are such as a real device has."""
    flat = [value for column in columns for value in column]
    differs = any(abs(a - b) > _CLOSE for a, b in zip(flat, (v for c in _SRGB for v in c), strict=True))
    return differs and all(-0.3 <= value <= 1.2 for value in flat)


def _table(columns: Matrix, gamma: float | None) -> ImageFilter.Color3DLUT:
    matrix = [[sum(row[k] * column[k] for k in range(3)) for column in columns] for row in _TO_SRGB]

    def convert(red: float, green: float, blue: float) -> Column:
        light = [_linear(value, gamma) for value in (red, green, blue)]
        r, g, b = (_encoded(sum(row[k] * light[k] for k in range(3))) for row in matrix)
        return r, g, b

    return ImageFilter.Color3DLUT.generate(_TABLE_SIZE, convert)


def _linear(value: float, gamma: float | None) -> float:
    if gamma is not None:
        return float(value**gamma)
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _encoded(value: float) -> float:
    value = min(1.0, max(0.0, value))
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)
