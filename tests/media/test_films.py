"""What becomes of videos, animations and sounds: kept or made playable, measured, and without what was hidden."""

from pathlib import Path
from typing import Any

import pytest

from tests.media.films import HIDDEN, PLACE, cleaned, cover, film, needs_films, seen, sound, with_cover
from tests.media.pictures import MARK, moving, reopened

containers: Any = pytest.importorskip("fedinote.media.containers", exc_type=ModuleNotFoundError)
pytestmark = needs_films


@pytest.mark.parametrize(
    ("kind", "video", "audio", "extension", "codec"),
    [
        ("mp4", "libx264", "aac", "mp4", "h264"),
        ("mp4", "libx264", None, "mp4", "h264"),
        ("mov", "libx264", "aac", "mp4", "h264"),
        ("mov", "mpeg4", "pcm_s16le", "mp4", "h264"),
        ("matroska", "libx264", "libopus", "mp4", "h264"),
        ("webm", "libvpx-vp9", "libopus", "webm", "vp9"),
        ("webm", "libvpx", None, "webm", "vp8"),
    ],
)
def test_a_video_is_kept_where_browsers_play_it_and_made_mp4_where_not(
    tmp_path: Path, kind: str, video: str, audio: str | None, extension: str, codec: str
) -> None:
    found = cleaned(tmp_path, film(kind, video, audio)).outcome
    assert found is not None
    assert (found.kind, found.extension, found.media_type) == ("video", extension, f"video/{extension}")
    tags, frames = seen((tmp_path / "original").read_bytes())
    assert len(frames) == 25
    with containers.opened(tmp_path / "original", "matroska" if extension == "webm" else "mov") as opened:
        stream = containers.video_of(opened)
        assert stream is not None
        assert containers.codec_of(stream) == codec
        assert (containers.audio_of(opened) is not None) == (audio is not None)
    assert HIDDEN not in str(tags)
    preview = reopened((tmp_path / "preview").read_bytes())
    assert (preview.format, preview.size) == ("JPEG", (64, 48))


def test_a_video_is_measured_as_mastodon_does(tmp_path: Path) -> None:
    found = cleaned(tmp_path, film()).outcome
    assert found is not None
    meta = found.meta
    assert (meta["length"], meta["duration"], meta["fps"], meta["size"]) == ("0:00:01.00", 1.0, 25, "64x48")
    assert meta["original"]["frame_rate"] == "25/1"
    assert meta["original"]["duration"] == 1.0
    assert meta["original"]["bitrate"] == (tmp_path / "original").stat().st_size * 8
    assert meta["small"]["aspect"] == pytest.approx(4 / 3)
    assert (meta["audio_encode"], meta["audio_bitrate"], meta["audio_channels"]) == ("aac", "48000 Hz", "stereo")
    assert found.blurhash


@pytest.mark.parametrize("kind", ["mp4", "mov", "matroska", "mp3", "flac", "ogg", "webm"])
def test_nothing_that_was_hidden_in_a_film_or_sound_is_in_the_new_file(tmp_path: Path, kind: str) -> None:
    codecs = {"mp3": "libmp3lame", "flac": "flac", "ogg": "libopus"}
    if kind in codecs:
        given = sound(kind, codecs[kind])
    else:
        given = film(kind, "libvpx-vp9", "libopus") if kind == "webm" else film(kind)
    assert HIDDEN.encode() in given
    assert cleaned(tmp_path, given).outcome is not None
    data = (tmp_path / "original").read_bytes()
    for hidden in (HIDDEN, PLACE, "x264 - core", PLACE[:8]):
        assert hidden.encode() not in data


def test_a_video_that_was_turned_is_shown_upright(tmp_path: Path) -> None:
    for codec in ("libx264", "mpeg4"):
        found = cleaned(tmp_path, film("mp4", codec, None, rotation=90)).outcome
        assert found is not None
        assert (found.meta["width"], found.meta["height"]) == (48, 64)
        assert reopened((tmp_path / "preview").read_bytes()).size == (48, 64)
        _, frames = seen((tmp_path / "original").read_bytes())
        assert abs(frames[0].rotation) == 90


def test_a_large_video_that_must_be_converted_is_made_smaller(tmp_path: Path) -> None:
    found = cleaned(tmp_path, film("mp4", "mpeg4", None, size=(2401, 99), frames=3)).outcome
    assert found is not None
    assert found.meta["width"] == 1920
    assert found.meta["height"] % 2 == 0


def test_colours_that_browsers_do_not_show_are_converted(tmp_path: Path) -> None:
    assert cleaned(tmp_path, film(pixels="yuv444p")).outcome is not None
    _, frames = seen((tmp_path / "original").read_bytes())
    assert frames[0].format.name == "yuv420p"


def test_an_animated_gif_becomes_a_silent_video_of_the_same_length(tmp_path: Path) -> None:
    found = cleaned(tmp_path, moving("GIF", frames=5, size=(31, 21))).outcome
    assert found is not None
    assert (found.kind, found.media_type) == ("gifv", "video/mp4")
    assert found.meta["duration"] == 0.35
    _, frames = seen((tmp_path / "original").read_bytes())
    assert (len(frames), frames[0].width, frames[0].height) == (5, 30, 20)
    with containers.opened(tmp_path / "original", "mov") as opened:
        assert containers.audio_of(opened) is None


def test_an_animated_gif_stays_one_where_videos_cannot_be_made(tmp_path: Path) -> None:
    found = cleaned(tmp_path, moving("GIF"), films=False).outcome
    assert found is not None
    assert (found.kind, found.media_type) == ("image", "image/gif")


def test_a_still_gif_is_an_image(tmp_path: Path) -> None:
    found = cleaned(tmp_path, moving("GIF", frames=1)).outcome
    assert found is not None
    assert found.kind == "image"


@pytest.mark.parametrize(
    ("kind", "codec", "extension", "media_type"),
    [
        ("mp3", "libmp3lame", "mp3", "audio/mpeg"),
        ("ogg", "libopus", "ogg", "audio/ogg"),
        ("flac", "flac", "flac", "audio/flac"),
        ("wav", "pcm_s16le", "mp3", "audio/mpeg"),
        ("ipod", "aac", "m4a", "audio/mp4"),
        ("adts", "aac", "m4a", "audio/mp4"),
        ("mp4", "alac", "mp3", "audio/mpeg"),
    ],
)
def test_a_sound_is_kept_or_made_mp3(tmp_path: Path, kind: str, codec: str, extension: str, media_type: str) -> None:
    found = cleaned(tmp_path, sound(kind, codec)).outcome
    assert found is not None
    assert (found.kind, found.extension, found.media_type) == ("audio", extension, media_type)
    assert (found.preview_extension, found.blurhash) == ("", None)
    assert found.meta["duration"] == pytest.approx(1, abs=0.1)
    assert found.meta["original"]["bitrate"] > 1000
    _, frames = seen((tmp_path / "original").read_bytes())
    assert sum(frame.samples for frame in frames) == pytest.approx(48000, rel=0.1)


def test_the_cover_of_a_sound_is_its_picture_and_title_and_artist_are_told(tmp_path: Path) -> None:
    given = with_cover(sound(), cover(), title="Ein Lied", artist="Ann")
    assert given.count(HIDDEN.encode()) > 1
    found = cleaned(tmp_path, given).outcome
    assert found is not None
    assert (found.title, found.artist) == ("Ein Lied", "Ann")
    assert (found.meta["small"]["width"], found.meta["small"]["height"]) == (200, 100)
    assert found.blurhash
    assert found.meta["colors"]["foreground"] == "#ffffff"
    assert found.meta["colors"]["background"].endswith(("c8", "c9", "c7"))
    for name in ("original", "preview"):
        assert HIDDEN.encode() not in (tmp_path / name).read_bytes()


def test_a_cover_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    found = cleaned(tmp_path, with_cover(sound(), cover()[:40] + MARK)).outcome
    assert found is not None
    assert found.preview_extension == ""
