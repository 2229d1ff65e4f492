"""Uploaded and fetched images: checked before decoding, then written anew, so that nothing foreign is left in them.

All functions are synchronous and use much CPU: call them in a thread or a child process.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PIL import Image, ImageOps

from fedinote.infra.errors import Invalid
from fedinote.media.blurhash import blurhash, decode_blurhash_is_valid
from fedinote.media.colour import to_srgb
from fedinote.media.image_headers import Format, ImageHeader, read_header
from fedinote.media.outcomes import Prints
from fedinote.media.pdq import fingerprint

__all__ = [
    "AVATAR",
    "EMOJI",
    "HEADER",
    "ImageLimits",
    "ProcessedImage",
    "avatar",
    "blurhash",
    "check",
    "decode_blurhash_is_valid",
    "emoji",
    "header",
    "process",
    "readable",
    "shown",
    "still_preview",
]

_TYPES: dict[Format, tuple[str, str]] = {
    "PNG": ("png", "image/png"),
    "JPEG": ("jpg", "image/jpeg"),
    "GIF": ("gif", "image/gif"),
    "WEBP": ("webp", "image/webp"),
}
_OPTIONS: dict[Format, dict[str, int | bool]] = {
    "PNG": {},
    "JPEG": {"quality": 87},
    "GIF": {},
    "WEBP": {"quality": 85, "method": 2},
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_MAX_SCANS = 100
_SCANNED_PIXELS = 20  # a progressive JPEG may cover the largest still so many times
_SHORTEST_FRAME, _USUAL_FRAME = 20, 100
# What Pillow raises on damaged files, of every format: its decoders do not wrap all of them.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)

Shape = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What is accepted (bytes, pixels of a frame, frames times pixels, frames) and how large the results may be.

    `side` and `preview_side` cap the longer side in pixels; `moving_pixels` caps frames times pixels of an animation
    as written: it is made smaller, not refused.
    """

    size: int = 16 * 1024 * 1024
    pixels: int = 33_177_600
    total_pixels: int = 100_000_000
    frames: int = 3000
    side: int = 3840
    preview_side: int = 640
    moving_pixels: int = 24_000_000


AVATAR = ImageLimits(size=4 * 1024 * 1024, frames=400, preview_side=400)
HEADER = ImageLimits(size=8 * 1024 * 1024, frames=100, preview_side=750)
EMOJI = ImageLimits(size=256 * 1024, frames=400, side=128, preview_side=128)


@dataclass(frozen=True, slots=True)
class ProcessedImage:
    """A clean image as it may be stored and served, with a still preview and what clients show before it is there.

    `extension` has no dot. The preview is JPEG, or WebP where there is transparency, whatever the image is. `look` is
    of the whole picture, whatever was cut off.
    """

    data: bytes
    extension: str
    media_type: str
    width: int
    height: int
    preview_data: bytes
    preview_extension: str
    preview_media_type: str
    preview_width: int
    preview_height: int
    blurhash: str
    animated: bool
    look: Prints


def process(data: bytes, *, limits: ImageLimits | None = None) -> ProcessedImage:
    """Return the image without metadata, upright, in sRGB and within the limits, of the same type as it came.

    Animations stay animations; of an animated PNG or WebP comes an animated WebP. Raises `Invalid` for all that is
    no PNG, JPEG, GIF or WebP, is damaged or cut off, or is larger than the limits when decoded.
    """
    limits = limits or ImageLimits()
    return _process(data, limits, lambda image: _within(image, limits.side))


def avatar(data: bytes, *, limits: ImageLimits = AVATAR) -> ProcessedImage:
    """Return the image cropped to 400 by 400 pixels, else as `process`; the preview is the still avatar."""
    return _process(data, limits, lambda image: ImageOps.fit(image, (400, 400), Image.Resampling.LANCZOS))


def header(data: bytes, *, limits: ImageLimits = HEADER) -> ProcessedImage:
    """Return the image cropped to 1500 by 500 pixels, else as `process`; the preview is a still of half the size."""
    return _process(data, limits, lambda image: ImageOps.fit(image, (1500, 500), Image.Resampling.LANCZOS))


def emoji(data: bytes, *, limits: ImageLimits = EMOJI) -> ProcessedImage:
    """Return the image within 128 by 128 pixels, else as `process`; the preview is the still emoji."""
    return _process(data, limits, lambda image: _within(image, limits.side))


def check(data: bytes, limits: ImageLimits) -> None:
    """Raise `Invalid` for what its header alone shows to be no image, or beyond the limits."""
    _checked(data, limits)


def still_preview(image: Image.Image, side: int = 640) -> tuple[Image.Image, bytes]:
    """Return a small picture without anything but its pixels, and the same as JPEG."""
    preview = _bare(_within(image.convert("RGB"), side))
    return preview, _encoded(preview, "JPEG")


def shown(source: Image.Image) -> int:
    """Return for how many milliseconds the present frame is shown; what is too short for browsers is made usual."""
    lasts = int(source.info.get("duration") or 0)
    return lasts if lasts >= _SHORTEST_FRAME else _USUAL_FRAME


def _process(data: bytes, limits: ImageLimits, shape: Shape) -> ProcessedImage:
    claims = _checked(data, limits)
    with readable(), Image.open(io.BytesIO(data), formats=[claims.format]) as source:
        if source.width * source.height > limits.pixels:
            raise Invalid("The image has too many pixels")
        if claims.frames > 1:
            return _animated(source, claims, limits, shape)
        return _still(source, claims.format, limits, shape)


def _checked(data: bytes, limits: ImageLimits) -> ImageHeader:
    """Refuse by size and by what the file claims, before anything is decoded."""
    if len(data) > limits.size:
        raise Invalid(f"The image is larger than {limits.size // 1024} KB")
    claims = read_header(data)
    if claims.pixels > limits.pixels:
        raise Invalid(f"The image has more than {limits.pixels // 1_000_000} million pixels")
    if claims.frames > limits.frames or claims.frames * claims.pixels > limits.total_pixels:
        raise Invalid("The animation has too many frames for its size")
    if claims.scans > _MAX_SCANS or claims.scans * claims.pixels > _SCANNED_PIXELS * limits.pixels:
        raise Invalid("The image is encoded in too many passes")
    return claims


@contextmanager
def readable() -> Iterator[None]:
    """Turn what a decoder raises on a damaged file into `Invalid`."""
    try:
        yield
    except _DAMAGE as error:
        raise Invalid("The image is damaged or incomplete", reason=f"image not decoded: {error!r}") from error


def _still(source: Image.Image, kind: Format, limits: ImageLimits, shape: Shape) -> ProcessedImage:
    # A large JPEG is decoded at a fraction of its size where that is all we keep.
    source.draft("RGB" if source.mode == "RGB" else None, (2 * limits.side, 2 * limits.side))
    source.load()
    upright = _upright(_plain_mode(source), source)
    whole = to_srgb(upright, source.info.get("icc_profile"))
    image = _bare(shape(whole))
    return _result(_encoded(image, kind), kind, image, limits, fingerprint(whole))


def _animated(source: Image.Image, claims: ImageHeader, limits: ImageLimits, shape: Shape) -> ProcessedImage:
    kind: Format = "GIF" if claims.format == "GIF" else "WEBP"
    frames: list[Image.Image] = []
    durations: list[int] = []
    first: Image.Image | None = None
    look = Prints()
    for number in range(claims.frames):
        try:
            source.seek(number)
        except EOFError:
            break
        if source.width * source.height > limits.pixels:
            raise Invalid("The image has too many pixels")
        whole = source.convert("RGBA")
        look = fingerprint(whole) if first is None else look
        full = shape(whole)
        frame = _within(full, _side_of_frame(full, claims.frames, limits))
        first = first or _opaque(_bare(frame))
        frames.append(_palette(frame) if kind == "GIF" else _bare(frame))
        durations.append(shown(source))
    if first is None:
        raise Invalid("The image is damaged or incomplete")
    data = _encoded_animation(frames, durations, kind, int(source.info.get("loop", 1)))
    return replace(_result(data, kind, first, limits, look), animated=len(frames) > 1)


def _side_of_frame(frame: Image.Image, count: int, limits: ImageLimits) -> int:
    """Return the longer side that keeps all frames together within the limit."""
    pixels = frame.width * frame.height * count
    longer = max(frame.size)
    return longer if pixels <= limits.moving_pixels else max(1, int(longer * (limits.moving_pixels / pixels) ** 0.5))


def _encoded_animation(frames: list[Image.Image], durations: list[int], kind: Format, loop: int) -> bytes:
    out = io.BytesIO()
    # Frames are whole pictures: with transparency each must wipe out the one before.
    disposal = {"disposal": 2} if kind == "GIF" and any("transparency" in frame.info for frame in frames) else {}
    # A GIF without a loop count plays once, which Pillow writes for None.
    times = {} if kind == "GIF" and loop == 1 else {"loop": min(max(loop, 0), 65535)}
    options = {**_OPTIONS[kind], **disposal, **times}
    frames[0].save(
        out,
        kind,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        **options,
    )
    return out.getvalue()


def _palette(frame: Image.Image) -> Image.Image:
    """Return the frame in 256 colours of its own, one of them transparent where it has transparency."""
    opaque = _opaque(frame)
    reduced = opaque.convert("P", palette=Image.Palette.ADAPTIVE)
    reduced.info = {}
    if opaque.mode == "RGBA" and reduced.palette is not None and reduced.palette.mode == "RGBA":
        clear = [index for colour, index in reduced.palette.colors.items() if colour[3] == 0]
        reduced.info = {"transparency": clear[0]} if clear else {}
    return reduced


def _result(data: bytes, kind: Format, image: Image.Image, limits: ImageLimits, look: Prints) -> ProcessedImage:
    preview = _within(image, limits.preview_side)
    preview_kind: Format = "WEBP" if "A" in preview.getbands() else "JPEG"
    extension, media_type = _TYPES[kind]
    preview_extension, preview_type = _TYPES[preview_kind]
    return ProcessedImage(
        data=data,
        extension=extension,
        media_type=media_type,
        width=image.width,
        height=image.height,
        preview_data=_encoded(preview, preview_kind),
        preview_extension=preview_extension,
        preview_media_type=preview_type,
        preview_width=preview.width,
        preview_height=preview.height,
        blurhash=blurhash(preview),
        animated=False,
        look=look,
    )


def _encoded(image: Image.Image, kind: Format) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **_OPTIONS[kind])
    return out.getvalue()


def _plain_mode(image: Image.Image) -> Image.Image:
    """Return the image as L, RGB or RGBA, whichever holds it."""
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return image
    if image.mode.startswith(("I", "F")):  # 16-bit grey
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        return _opaque(image.convert("RGBA"))
    return image.convert("L" if image.mode == "1" else "RGB")


def _opaque(image: Image.Image) -> Image.Image:
    """Drop an alpha channel that hides nothing."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image


def _upright(image: Image.Image, source: Image.Image) -> Image.Image:
    """Turn the image as its EXIF orientation says; unreadable EXIF turns nothing."""
    try:
        turn = _TURNS.get(source.getexif().get(_ORIENTATION, 1))
    except _DAMAGE:
        return image
    return image if turn is None else image.transpose(turn)


def _within(image: Image.Image, side: int) -> Image.Image:
    """Return the image with its longer side at most so many pixels."""
    longer = max(image.size)
    if longer <= side:
        return image
    size = (max(1, round(image.width * side / longer)), max(1, round(image.height * side / longer)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _bare(image: Image.Image) -> Image.Image:
    """Return a copy that knows nothing but its pixels: Pillow writes comments and profiles found in `info`."""
    bare = image.copy()
    bare.info = {}
    return bare
