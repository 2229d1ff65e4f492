"""Videos and sounds to upload, made here: tiny, one second, and with something hidden in them."""

import io
import struct
from fractions import Fraction
from typing import Any

import pytest
from PIL import Image

from fedinote.media.child import answer
from fedinote.media.outcomes import Answer, Task
from tests.media.pictures import encoded, picture
from tests.support.requirements import films

HIDDEN = "SECRET-MARKER"
PLACE = "+52.5200+013.4050/"
needs_films = pytest.mark.skipif(not films(), reason="the package for video and sound is not installed")


def film(
    kind: str = "mp4",
    video: str | None = "libx264",
    audio: str | None = "aac",
    *,
    size: tuple[int, int] = (64, 48),
    frames: int = 25,
    pixels: str = "yuv420p",
    rate: int = 25,
    rotation: int = 0,
) -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=kind) as target:
        target.metadata.update({"title": HIDDEN, "artist": HIDDEN, "location": PLACE, "comment": HIDDEN})
        moving: Any = target.add_stream(video, rate=rate) if video else None
        sound: Any = target.add_stream(audio, rate=48000) if audio else None
        if moving:
            moving.width, moving.height, moving.pix_fmt = *size, pixels
            if rotation:
                moving.set_display_rotation(rotation)
            for number in range(frames):
                shown = av.VideoFrame.from_image(picture(*size).rotate(10 * number))
                target.mux(moving.encode(shown))
            target.mux(moving.encode(None))
        if sound:
            target.mux(sound.encode(_tone()))
            target.mux(sound.encode(None))
    return out.getvalue()


def _tone() -> Any:
    import av

    tone = av.AudioFrame(format="s16", layout="mono", samples=48000)
    tone.sample_rate, tone.time_base, tone.pts = 48000, Fraction(1, 48000), 0
    tone.planes[0].update(b"".join(struct.pack("<h", 9000 if at // 60 % 2 else -9000) for at in range(48000)))
    return tone


def sound(kind: str = "mp3", codec: str = "libmp3lame") -> bytes:
    return film(kind, None, codec)


def fading(kind: str = "mp3", codec: str = "libmp3lame") -> bytes:
    """Two seconds of a tone that becomes quieter all the time."""
    import av

    out, rate = io.BytesIO(), 48_000
    with av.open(out, "w", format=kind) as target:
        stream: Any = target.add_stream(codec, rate=rate)
        for second in range(2):
            tone = av.AudioFrame(format="s16", layout="mono", samples=rate)
            tone.sample_rate, tone.time_base, tone.pts = rate, Fraction(1, rate), second * rate
            moments = range(second * rate, (second + 1) * rate)
            tone.planes[0].update(
                b"".join(
                    struct.pack("<h", (1 if at // 60 % 2 else -1) * (20_000 - 20_000 * at // 2 // rate))
                    for at in moments
                )
            )
            target.mux(stream.encode(tone))
        target.mux(stream.encode(None))
    return out.getvalue()


def with_cover(data: bytes, cover: bytes, *, title: str = "Lied", artist: str = "Ann") -> bytes:
    """An MP3 with ID3v2.3 tags in front: title, artist, and a picture with something hidden in it."""

    def frame(name: bytes, body: bytes) -> bytes:
        return name + struct.pack(">IH", len(body), 0) + body

    tags = frame(b"TIT2", b"\0" + title.encode("latin-1")) + frame(b"TPE1", b"\0" + artist.encode("latin-1"))
    tags += frame(b"APIC", b"\0image/jpeg\0\3\0" + cover) + frame(b"COMM", b"\0eng\0" + HIDDEN.encode())
    length = bytes(len(tags) >> shift & 0x7F for shift in (21, 14, 7, 0))
    while data.startswith(b"ID3"):
        data = data[10 + sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True)) :]
    return b"ID3\3\0\0" + length + tags + data


def cover() -> bytes:
    return encoded(Image.new("RGB", (200, 100), (10, 20, 200)), "JPEG", comment=HIDDEN.encode())


def cleaned(folder: Any, data: bytes, **changes: Any) -> Answer:
    """What the child process makes of a file, without the process."""
    (folder / "source").write_bytes(data)
    limits: dict[str, Any] = {
        "films": True,
        "image_bytes": 16_000_000,
        "image_pixels": 33_177_600,
        "video_pixels": 8_294_400,
        "frame_rate": 120,
        "seconds": 20,
    }
    return answer(Task(folder=str(folder), purpose="attachment", **{**limits, **changes}))


def seen(data: bytes) -> tuple[dict[str, str], list[Any]]:
    """The tags of a file, and its frames."""
    import av

    with av.open(io.BytesIO(data), "r") as opened:
        tags = {**opened.metadata, **{k: v for one in opened.streams for k, v in one.metadata.items()}}
        found = list(opened.decode(video=0)) if opened.streams.video else list(opened.decode(audio=0))
        return tags, found
