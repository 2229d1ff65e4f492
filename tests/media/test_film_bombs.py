"""Videos and sounds that claim too much, end early, or are something else."""

import random
import struct
from pathlib import Path

import pytest

from fedinote.infra.errors import Invalid
from fedinote.media.sniffing import sniff
from tests.media.films import cleaned, film, needs_films, seen, sound
from tests.media.pictures import encoded, moving, picture

DAMAGED = ("The video is damaged or incomplete", "The file is damaged or incomplete", "The sound is damaged")


@needs_films
@pytest.mark.parametrize(
    ("changes", "words"),
    [({"video_pixels": 64 * 48 - 1}, "pixels in a frame"), ({"frame_rate": 24}, "24 frames a second")],
)
def test_a_video_beyond_a_limit_is_refused_with_the_limit(tmp_path: Path, changes: dict[str, int], words: str) -> None:
    assert words in cleaned(tmp_path, film(), **changes).refusal
    assert cleaned(tmp_path, film(), **{name: value + 1 for name, value in changes.items()}).outcome is not None


@needs_films
def test_a_video_of_too_many_frames_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedinote.media.containers.MAX_FRAMES", 24)
    assert cleaned(tmp_path, film()).refusal == "The video has more than 24 frames"


@needs_films
def test_a_video_that_claims_ten_hours_is_refused_as_incomplete(tmp_path: Path) -> None:
    data = bytearray(film())
    for atom, at in ((b"mvhd", 16), (b"tkhd", 24), (b"mdhd", 16)):
        place = data.index(atom) + 4
        struct.pack_into(">I", data, place + at, 2**31 - 1)
    answer = cleaned(tmp_path, bytes(data))
    assert answer.outcome is None or answer.outcome.meta["duration"] == 1.0
    assert answer.outcome is not None or answer.refusal in DAMAGED


@needs_films
@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.85])
@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_video_that_was_cut_off_is_refused_or_is_as_long_as_it_is(tmp_path: Path, kind: str, part: float) -> None:
    data = film(kind, "libvpx", None) if kind == "webm" else film()
    answer = cleaned(tmp_path, data[: int(len(data) * part)])
    if answer.outcome is None:
        assert answer.refusal in DAMAGED or "neither" in answer.refusal
        return
    assert kind == "webm"  # an endless format: what came is whole
    _, frames = seen((tmp_path / "original").read_bytes())
    assert answer.outcome.meta["duration"] <= 1
    assert 0 < len(frames) < 25


@needs_films
@pytest.mark.parametrize("make", [film, sound, lambda: film("webm", "libvpx", "libopus"), lambda: moving("GIF")])
def test_damaged_files_get_an_answer(tmp_path: Path, make) -> None:
    data = make()
    chance = random.Random(2)
    for _ in range(25):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        answer = cleaned(tmp_path, bytes(damaged))
        assert answer.refusal or (answer.outcome is not None and (tmp_path / "original").stat().st_size > 0)


@needs_films
def test_a_container_in_a_container_s_clothes_opens_no_other_file(tmp_path: Path) -> None:
    """Playlists, and lists of files to be joined, are how a video reader is made to fetch what it should not."""
    other = tmp_path / "other.mp4"
    other.write_bytes(film())
    lists = (
        f"#EXTM3U\n#EXTINF:1,\nfile://{other}\n",
        f"ffconcat version 1.0\nfile '{other}'\n",
        f"RIFF____WAVE{other}",
    )
    for text in lists:
        answer = cleaned(tmp_path, text.encode() + b" " * 100)
        assert answer.outcome is None


@needs_films
def test_a_polyglot_is_only_what_its_first_bytes_say(tmp_path: Path) -> None:
    page = b"<html><script>alert(1)</script></html>"
    for data in (film() + page, sound() + page * 50, page + film()):
        answer = cleaned(tmp_path, data)
        if answer.outcome is not None:
            assert page not in (tmp_path / "original").read_bytes()
        else:
            assert answer.refusal
    assert cleaned(tmp_path, page + film()).outcome is None


@needs_films
def test_a_video_without_any_picture_or_sound_is_refused(tmp_path: Path) -> None:
    assert cleaned(tmp_path, b"\x1aE\xdf\xa3" + b"\0" * 500).refusal
    assert cleaned(tmp_path, b"OggS" + b"\0" * 500).refusal
    assert cleaned(tmp_path, b"ID3\3\0\0\0\0\0\0" + b"\xff" * 5000).refusal


MODERN = {
    "AVIF": b"\0\0\0\x1cftypavif\0\0\0\0mif1avif",
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "JPEG XL": b"\xff\x0a" + b"\1" * 30,
}


@pytest.mark.parametrize(("name", "head"), MODERN.items())
def test_modern_pictures_are_refused_with_what_to_do_instead(name: str, head: bytes) -> None:
    with pytest.raises(Invalid, match=f"{name} pictures are not accepted: save it as JPEG, PNG or WebP"):
        sniff(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"PK\3\4",
        b"\x1f\x8b\x08",
        b"#EXTM3U\n",
        b"8BPS",
        b"II*\0",
        b"BM\0\0",
        b"RIFF\0\0\0\0AVI LIST",
        b"FLV\1",
        b"\xff\xfe\xff\xff",
        b"0&\xb2u\x8ef\xcf\x11",
    ],
)
def test_all_else_is_refused_unopened(head: bytes) -> None:
    with pytest.raises(Invalid, match="not an image, video or sound of a supported type"):
        sniff(head)


def test_each_accepted_kind_goes_to_its_own_reader() -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        assert (sniff(encoded(picture(), kind)).family, sniff(encoded(picture(), kind)).reader) == ("image", kind)
    heads = {
        b"\0\0\0\x14ftypqt  ": "mov",
        b"\x1aE\xdf\xa3": "matroska",
        b"OggS": "ogg",
        b"fLaC": "flac",
        b"RIFF\0\0\0\0WAVE": "wav",
        b"ID3\4": "mp3",
        b"\xff\xfb\x90\0": "mp3",
        b"\xff\xf1\x50\x80": "aac",
    }
    assert {head: sniff(head).reader for head in heads} == heads
