"""Animated GIFs become silent videos (`gifv`), a tenth of their size. Used in the child process only."""

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame
from PIL import Image

from fedinote.infra.errors import Invalid
from fedinote.media import containers, films, images
from fedinote.media.containers import Piece, Tally
from fedinote.media.image_headers import read_header
from fedinote.media.images import ImageLimits
from fedinote.media.outcomes import Outcome

_RATE = Fraction(100)  # GIF counts in hundredths of a second


def moves(data: bytes, limits: ImageLimits) -> bool:
    """Tell whether a GIF has several frames. `Invalid` for one that is damaged or beyond the limits."""
    if len(data) > limits.size:
        return False  # refused with a sentence where stills are
    return read_header(data).frames > 1


def to_film(data: bytes, limits: ImageLimits, folder: Path) -> Outcome:
    """Write the animation as H.264; what is transparent becomes white. Raises `Invalid`."""
    images.check(data, limits)
    tally = Tally()
    with images.readable(), Image.open(io.BytesIO(data), formats=["GIF"]) as source:
        side = min(1.0, films.MAX_SIDE / max(source.size))
        size = containers.even(source.width * side), containers.even(source.height * side)
        first = _white(source).resize(size)
        with containers.written(folder / "original", "mp4") as target:
            stream = containers.add_h264(target, *size, _RATE)
            stream.codec_context.time_base = 1 / _RATE
            last = 0
            for picture, begins, lasts in _frames(source, size):
                frame = VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
                frame.pts, frame.time_base = begins, 1 / _RATE
                _mux(target, stream.encode(frame), tally)
                last = lasts
            _mux(target, stream.encode(None), tally)
    if not tally.packets:
        raise Invalid("The image is damaged or incomplete")
    tally.lengthen(last / _RATE)
    meta = films.meta_of(size, tally, (folder / "original").stat().st_size)
    outcome = Outcome(kind="gifv", media_type="video/mp4", extension="mp4", meta=meta)
    return films.with_picture(outcome, first, folder)


def _frames(source: Image.Image, size: tuple[int, int]) -> Iterator[tuple[Image.Image, int, int]]:
    """Give each frame with the time when it begins and for how long it is shown, in hundredths of a second."""
    begins = 0
    for number in range(getattr(source, "n_frames", 1)):
        try:
            source.seek(number)
        except EOFError:
            return
        lasts = images.shown(source) // 10
        yield _white(source).resize(size), begins, lasts
        begins += lasts


def _white(source: Image.Image) -> Image.Image:
    picture = source.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _mux(target: av.container.OutputContainer, packets: list[Piece], tally: Tally) -> None:
    for packet in packets:
        tally.add(packet)
    target.mux(packets)
