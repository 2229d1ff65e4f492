"""Attachments as pages show them: pure values."""

from typing import Any

import pytest

from fedinote.web import attachments
from fedinote.web.attachments import File, gallery


def _row(app: Any, **values: Any) -> File:
    row = {
        "id": 7,
        "kind": "image",
        "key": "a.png",
        "preview_key": "",
        "remote_url": None,
        "remote_preview": None,
        "description": None,
        "meta": "{}",
        "title": None,
        "artist": None,
        "waveform": None,
    }
    return attachments.file(app, {**row, **values})


def _file(kind: str = "image", **values: Any) -> File:
    given = {"id": 1, "source": "/media/a", "preview": "/media/b", "link": "", "host": "", "description": ""}
    return File(kind=kind, **{**given, **values})


def test_the_focus_is_told_in_tenths_from_the_top_left() -> None:
    meta = '{"original":{"width":300,"height":400},"focus":{"x":-1.0,"y":1.0}}'
    found = _row(None, meta=meta)
    assert (found.width, found.height, found.across, found.down) == (300, 400, 0, 0)
    assert (_row(None).across, _row(None).down) == (5, 5)


@pytest.mark.parametrize(
    "meta", ["null", "[]", '{"original":7,"focus":[]}', '{"original":{"width":"9","height":1e300},"focus":{"x":true}}']
)
def test_a_meta_that_says_nonsense_is_an_unknown_size(meta: str) -> None:
    found = _row(None, meta=meta)
    assert (found.width, found.height, found.ratio, found.across) == (0, 0, 0.0, 5)


def test_a_sound_is_drawn_with_a_line_for_each_letter() -> None:
    found = _row(None, kind="audio", waveform="A_", meta='{"original":{"duration":185.4}}')
    assert found.drawing == "M2 19v2 M6 2v36"
    assert (found.bars, found.clock, found.preview) == (2, "3:05", "")
    assert _file("audio", seconds=3725.0).clock == "1:02:05"
    assert _file("audio").clock == ""


def test_a_gallery_has_pictures_sounds_and_the_rest() -> None:
    seen, heard = _file(width=300, height=400), _file("audio")
    away = _file("video", source="", link="https://other.example/a.mp4")
    nothing = _file("unknown", source="")
    found = gallery([heard, seen, away, nothing])
    assert (found.seen, found.heard, found.others) == ((seen,), (heard,), (away,))


@pytest.mark.parametrize(
    ("sides", "shape"), [((300, 400), "tall"), ((500, 500), "square"), ((1600, 900), "wide"), ((0, 0), "square")]
)
def test_the_frame_has_the_shape_of_the_first_picture(sides: tuple[int, int], shape: str) -> None:
    found = gallery([_file(width=sides[0], height=sides[1]), _file(id=2)])
    assert found.shape == shape
    assert found.fills(found.seen[0]) is bool(sides[0])
    assert not found.fills(_file(width=10, height=1000))
