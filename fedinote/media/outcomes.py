"""What is asked of the process that opens strangers' files, and what it answers: plain values, sent as JSON lines."""

from typing import Any, Literal

import msgspec

Purpose = Literal["attachment", "thumbnail", "avatar", "header", "emoji", "still"]
"""What a file is for. `still`: of a video only the picture that stands for it is made."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One file to make clean: `folder` has it as `source`, and gets what becomes of it.

    `seconds` of processor time at most. Limits as in the settings; `films` tells whether video and sound are accepted.
    `foreign`: it is kept here for another server, whose pictures stay pictures and may be as large as any.
    """

    folder: str
    purpose: Purpose
    films: bool
    image_bytes: int
    image_pixels: int
    video_pixels: int
    frame_rate: int
    seconds: int
    foreign: bool = False


class Prints(msgspec.Struct, frozen=True, kw_only=True):
    """By what a file is known again: the SHA-256 of it as it came and as it is kept here ("" for none), in hexadecimal.

    `look` is the PDQ of the picture, of a film that of its first frame, `turned` those of it mirrored and turned
    (seven), `quality` is 0 to 100: see `media.pdq`. "" where there is nothing to see.
    """

    received: str = ""
    kept: str = ""
    look: str = ""
    turned: tuple[str, ...] = ()
    quality: int = 0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A clean file, `original` in the folder of the task, and the small picture that stands for it, `preview`.

    `extension` and `preview_extension` have no dot; the latter is "" where there is no picture (sound without a
    cover). `animated`: a picture with several frames. `title`, `artist` and `waveform` are a sound's. `meta` is
    Mastodon's, without a focus. `prints` tell what it is known by.
    """

    kind: Literal["image", "gifv", "video", "audio"]
    media_type: str
    extension: str
    preview_extension: str = ""
    blurhash: str | None = None
    animated: bool = False
    title: str | None = None
    artist: str | None = None
    waveform: str | None = None
    meta: dict[str, Any] = {}
    prints: Prints = Prints()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Either an outcome, or the sentence why there is none."""

    outcome: Outcome | None = None
    refusal: str = ""


def size(width: int, height: int) -> dict[str, Any]:
    """Return a size as Mastodon's `meta` has it."""
    return {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / height}
