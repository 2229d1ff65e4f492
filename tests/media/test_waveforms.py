"""Sounds as players draw them."""

from pathlib import Path
from typing import Any

import pytest

from fedinote.media import waveforms
from tests.media.films import cleaned, fading, needs_films, sound


def test_a_waveform_has_a_letter_for_each_bar_and_reaches_the_top() -> None:
    text = waveforms.encoded(range(1000))
    assert len(text) == waveforms.BARS
    assert text[-1] == "_"
    assert waveforms.levels(text) == sorted(waveforms.levels(text))
    assert waveforms.levels(text)[-1] == waveforms.LOUDEST


@pytest.mark.parametrize("peaks", [[], [0, 0, 0]])
def test_silence_has_no_waveform(peaks: list[int]) -> None:
    assert waveforms.encoded(peaks) == ""


def test_a_short_sound_has_as_many_bars_as_a_long_one() -> None:
    assert len(waveforms.encoded([5])) == len(waveforms.encoded([1, 2] * 40_000)) == waveforms.BARS


def test_letters_that_are_none_are_silence() -> None:
    assert waveforms.levels("A_é!") == [0, 63, 0, 0]


@needs_films
@pytest.mark.parametrize(("kind", "codec"), [("mp3", "libmp3lame"), ("ogg", "libopus"), ("wav", "pcm_s16le")])
def test_a_sound_that_fades_away_is_drawn_that_way(tmp_path: Path, kind: str, codec: str) -> None:
    found = cleaned(tmp_path, fading(kind, codec)).outcome
    assert found is not None
    assert found.waveform is not None
    bars = waveforms.levels(found.waveform)
    quarter = len(bars) // 4
    parts = [sum(bars[begin : begin + quarter]) for begin in range(0, 4 * quarter, quarter)]
    assert parts == sorted(parts, reverse=True)
    assert parts[0] > 3 * parts[-1]


@needs_films
def test_packets_that_cannot_be_decoded_are_drawn_as_silence(tmp_path: Path) -> None:
    data = bytearray(fading("ogg", "libopus"))
    for at in range(len(data) // 2, len(data) // 2 + 200):
        data[at] ^= 0x5A
    found = cleaned(tmp_path, bytes(data)).outcome
    assert found is None or found.waveform is None or len(found.waveform) == waveforms.BARS


@needs_films
def test_of_a_long_sound_some_packets_are_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fedinote.media import hearing

    decoded: list[int] = []
    peak = hearing._peak

    def counted(*given: Any) -> int:
        decoded.append(1)
        return peak(*given)

    monkeypatch.setattr(hearing, "_peak", counted)
    (tmp_path / "all").write_bytes(sound())
    assert len(hearing.waveform(tmp_path / "all", "mp3", 40)) == waveforms.BARS
    everything = len(decoded)
    decoded.clear()
    monkeypatch.setattr(hearing, "_MOST", 10)
    assert len(hearing.waveform(tmp_path / "all", "mp3", 40)) == waveforms.BARS
    assert 0 < len(decoded) <= everything // 4
