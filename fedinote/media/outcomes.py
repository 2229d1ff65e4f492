"""What is asked of the process that opens strangers' files, and what it answers: plain values, sent as JSON lines."""

from typing import Any, Literal

import msgspec

Purpose = Literal["attachment", "thumbnail", "avatar", "header", "emoji"]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One file to make clean: `folder` has it as `source`, and gets what becomes of it.

    `seconds` of processor time at most. Limits as in the settings; `films` tells whether video and sound are accepted.
    """

    folder: str
    purpose: Purpose
    films: bool
    image_bytes: int
    image_pixels: int
    video_pixels: int
    frame_rate: int
    seconds: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A clean file, `original` in the folder of the task, and the small picture that stands for it, `preview`.

    `extension` and `preview_extension` have no dot; the latter is "" where there is no picture (sound without a
    cover). `animated`: a picture with several frames. `meta` is Mastodon's, without a focus.
    """

    kind: Literal["image", "gifv", "video", "audio"]
    media_type: str
    extension: str
    preview_extension: str = ""
    blurhash: str | None = None
    animated: bool = False
    meta: dict[str, Any] = {}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Either an outcome, or the sentence why there is none."""

    outcome: Outcome | None = None
    refusal: str = ""


def size(width: int, height: int) -> dict[str, Any]:
    """Return a size as Mastodon's `meta` has it."""
    return {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / height}
