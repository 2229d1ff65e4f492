"""Listening to a sound, to draw it: the peaks of its packets. Used in the child process only."""

from array import array
from pathlib import Path
from typing import Any

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

from fedinote.media import containers, waveforms

_RATE = 8_000  # samples a second are enough to see how loud it is
_MOST = 30_000  # packets that are decoded, of however many there are: about ten minutes of sound
_SCALE = 32_768


def waveform(source: Path, reader: str, packets: int) -> str:
    """Return the waveform of a sound with about so many packets, see `waveforms`; "" when nothing can be heard.

    Of a long sound only some packets are decoded. One that cannot be is silence: the file itself was accepted already.
    """
    try:
        with containers.opened(source, reader) as given:
            audio = containers.audio_of(given)
            return "" if audio is None else waveforms.encoded(_peaks(given, audio, 1 + packets // _MOST))
    except av.error.FFmpegError:
        return ""


def _peaks(given: Any, audio: AudioStream, step: int) -> list[int]:
    resampler = AudioResampler("s16", "mono", _RATE)
    found: list[int] = []
    for number, packet in enumerate(given.demux(audio)):
        if number % step == 0:
            found.append(_peak(audio, packet, resampler))
    return found


def _peak(audio: AudioStream, packet: Any, resampler: AudioResampler) -> int:
    """Return how far the sound of a packet goes from silence, 0 to 32,768."""
    most = 0
    try:
        for frame in audio.decode(packet):
            frame.pts = None  # packets in between are missing
            for small in resampler.resample(frame):
                most = max(most, _farthest(bytes(small.planes[0])[: 2 * small.samples]))
    except (av.error.FFmpegError, ValueError):
        return 0
    return most


def _farthest(data: bytes) -> int:
    samples = array("h", data)
    highest, lowest = (max(samples), min(samples)) if samples else (0, 0)
    return min(_SCALE, max(highest, -lowest))
