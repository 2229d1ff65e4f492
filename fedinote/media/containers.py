"""Video and sound files as streams of packets: opened by one named reader, and written anew without their metadata.

Used in the child process only, where the extra `media` is installed. A stream is copied where browsers play it as it
is, and encoded anew where they do not.
"""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, TypeAlias, cast

import av
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from fedinote.infra.errors import Invalid

VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg", "prores", "theora"})
AUDIO_CODECS = frozenset(
    {"aac", "mp3", "opus", "vorbis", "flac", "alac"}
    | {"pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le", "pcm_u8", "pcm_alaw", "pcm_mulaw"}
)
_DECODERS = VIDEO_CODECS | AUDIO_CODECS | {"libdav1d", "png"}
MAX_FRAMES = 36_000
_MAX_PACKETS = 3_000_000
_LONGEST = 86_400
Piece: TypeAlias = "Packet[Any]"
_COVERS = frozenset({"mjpeg", "png"})
_RATES = (48_000, 44_100, 32_000, 24_000)


class Track(Protocol):
    """One stream on its way into the new file: it gets packets, and gives those to be written."""

    def take(self, packet: Piece) -> list[Piece]:
        """Return what a packet becomes."""

    def finish(self) -> list[Piece]:
        """Return what is left at the end."""


class Copied:
    """A stream whose packets stay as they are.

    H.264 loses its supplementary messages: cameras hide things in them. MP3 loses what is no sound.
    """

    def __init__(self, source: VideoStream | AudioStream, target: OutputContainer) -> None:
        self._stream = target.add_stream_from_template(source)
        self._stream.metadata.clear()
        self._is_mp3 = codec_of(source) == "mp3"
        plain = codec_of(source) != "h264"
        self._filter = None if plain else BitStreamFilterContext("filter_units=remove_types=6", source, self._stream)

    def take(self, packet: Piece) -> list[Piece]:
        """Return the packet for the new file."""
        if self._is_mp3 and bytes(packet)[:1] != b"\xff":  # the reader of MP3 passes on what follows the sound
            return []
        return self._owned([packet] if self._filter is None else self._filter.filter(packet))

    def finish(self) -> list[Piece]:
        """Return what the filter held back."""
        return [] if self._filter is None else self._owned(self._filter.filter(None))

    def _owned(self, packets: list[Piece]) -> list[Piece]:
        for packet in packets:
            packet.stream = self._stream
        return packets


class EncodedVideo:
    """A video stream that becomes H.264, with even sides, the longer one at most `side` pixels."""

    def __init__(self, source: VideoStream, target: OutputContainer, *, side: int, rotation: int) -> None:
        width, height = source.codec_context.width, source.codec_context.height
        scale = min(1.0, side / max(width, height))
        self._source = source
        self.width, self.height = even(width * scale), even(height * scale)
        rate = source.guessed_rate or source.average_rate or Fraction(25)
        self._stream = add_h264(target, self.width, self.height, Fraction(rate).limit_denominator(1001))
        self._stream.codec_context.time_base = source.time_base or Fraction(1, 1000)
        if rotation:
            self._stream.set_display_rotation(rotation)

    def take(self, packet: Piece) -> list[Piece]:
        """Decode and encode."""
        written: list[Piece] = []
        for frame in self._source.decode(packet):
            plain = frame.reformat(self.width, self.height, "yuv420p")
            plain.pict_type = 0  # the encoder decides which frames are key frames
            written += self._stream.encode(plain)
        return written

    def finish(self) -> list[Piece]:
        """Return the frames that the encoder held back."""
        return self._stream.encode(None)


class EncodedAudio:
    """A sound that becomes AAC or MP3, with at most two channels."""

    def __init__(self, source: AudioStream, target: OutputContainer, codec: str) -> None:
        rate = source.codec_context.sample_rate
        self._source = source
        usual = rate if rate in _RATES else 44_100
        self._stream = cast(AudioStream, target.add_stream(codec, rate=usual))
        self._stream.codec_context.layout = "mono" if source.codec_context.channels == 1 else "stereo"
        self._stream.codec_context.bit_rate = 128_000

    def take(self, packet: Piece) -> list[Piece]:
        """Decode and encode."""
        written: list[Piece] = []
        for frame in self._source.decode(packet):
            written += self._stream.encode(frame)
        return written

    def finish(self) -> list[Piece]:
        """Return what the encoder held back."""
        return self._stream.encode(None)


class Tally:
    """What really came of a stream, whatever its file claims: packets, bytes, and seconds from first to last."""

    def __init__(self) -> None:
        self.packets = 0
        self.bytes = 0
        self._first: Fraction | None = None
        self._last = Fraction(0)

    def add(self, packet: Piece) -> None:
        """Count a packet."""
        self.packets += 1
        self.bytes += packet.size
        start = packet.pts if packet.pts is not None else packet.dts
        if start is None or packet.time_base is None:
            return
        begin = start * Fraction(packet.time_base)
        self._first = begin if self._first is None else min(self._first, begin)
        self._last = max(self._last, begin + (packet.duration or 0) * Fraction(packet.time_base))

    def lengthen(self, seconds: Fraction) -> None:
        """Let the last one be shown for so long, where packets do not say it."""
        self._last += seconds

    @property
    def seconds(self) -> float:
        """How long it is."""
        return 0.0 if self._first is None else float(self._last - self._first)


@contextlib.contextmanager
def opened(source: Path, reader: str) -> Iterator[InputContainer]:
    """Open a file by one reader, with the decoders of the list only, and nothing that it refers to."""
    options = {"codec_whitelist": ",".join(sorted(_DECODERS)), "protocol_whitelist": "", "probesize": "5000000"}
    with source.open("rb") as file:
        container = av.open(file, "r", format=reader, options=options, metadata_errors="replace")
        with container:
            if len(container.streams) > 16:
                raise Invalid("The file has too many streams")
            yield container


@contextlib.contextmanager
def written(target: Path, kind: str) -> Iterator[OutputContainer]:
    """Begin a file of a container format; nothing about who made it, or how, is written."""
    options = {"fflags": "+bitexact", "movflags": "+faststart", "id3v2_version": "0", "write_id3v1": "0"}
    usable = {name: value for name, value in options.items() if _knows(kind, name)}
    with av.open(str(target), "w", format=kind, options=usable) as container:
        yield container


def _knows(kind: str, option: str) -> bool:
    made_for = {"movflags": ("mp4", "ipod"), "id3v2_version": ("mp3",), "write_id3v1": ("mp3",)}
    return kind in made_for.get(option, (kind,))


def carry(source: InputContainer, target: OutputContainer, tracks: dict[int, Track]) -> dict[int, Tally]:
    """Bring the streams, by their index, into the new file; return what was counted. `Invalid` beyond the limits."""
    tallies = {index: Tally() for index in tracks}
    streams = [stream for stream in source.streams if stream.index in tracks]
    for number, packet in enumerate(source.demux(streams)):
        if packet.dts is None and packet.pts is None:
            continue
        tally = tallies[packet.stream.index]
        tally.add(packet)
        _check(packet, tally, number)
        target.mux(tracks[packet.stream.index].take(packet))
    for track in tracks.values():
        target.mux(track.finish())
    return tallies


def _check(packet: Piece, tally: Tally, number: int) -> None:
    if packet.stream.type == "video" and tally.packets > MAX_FRAMES:
        raise Invalid(f"The video has more than {MAX_FRAMES} frames")
    if number > _MAX_PACKETS or tally.seconds > _LONGEST:
        raise Invalid("The file is longer than a day")


def codec_of(stream: VideoStream | AudioStream) -> str:
    """Return the name of a codec, whichever program decodes it; "" where none can."""
    context = getattr(stream, "codec_context", None)
    return "" if context is None else str(context.codec.canonical_name)


def video_of(source: InputContainer) -> VideoStream | None:
    """Return the first moving picture, which no cover is. `Invalid` for a codec that is not read here."""
    found = next((one for one in source.streams.video if not is_cover(one)), None)
    if found is not None and codec_of(found) not in VIDEO_CODECS:
        raise Invalid("The video is in a format that cannot be read here: send H.264 in MP4, or VP9 in WebM")
    return found


def audio_of(source: InputContainer) -> AudioStream | None:
    """Return the first sound. `Invalid` for a codec that is not read here."""
    found = next(iter(source.streams.audio), None)
    if found is not None and codec_of(found) not in AUDIO_CODECS:
        raise Invalid("The sound is in a format that cannot be read here: send AAC, MP3, Opus, Vorbis or FLAC")
    return found


def is_cover(stream: VideoStream) -> bool:
    """Tell whether a stream is the picture of a sound."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def cover_of(source: InputContainer) -> bytes | None:
    """Return the bytes of the cover picture, still those of a stranger, or None."""
    covers = (one for one in source.streams.video if is_cover(one) and codec_of(one) in _COVERS)
    stream = next(covers, None)
    if stream is None:
        return None
    packet = next(iter(source.demux(stream)), None)
    return None if packet is None or not packet.size else bytes(packet)


def add_h264(target: OutputContainer, width: int, height: int, rate: Fraction) -> VideoStream:
    """Add a stream of H.264 as browsers play it."""
    stream = target.add_stream("libx264", rate=rate, options={"preset": "veryfast", "crf": "24", "threads": "2"})
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    return stream


def even(side: float) -> int:
    """Return the even number of pixels that H.264 needs, at least 2."""
    return max(2, round(side) // 2 * 2)


def clock(seconds: float) -> str:
    """Return a length as Mastodon's meta has it, like 0:01:28.65."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"


def sound_meta(stream: AudioStream) -> dict[str, Any]:
    """Return what Mastodon's meta says of a sound."""
    layout = stream.codec_context.channels
    channels = {1: "mono", 2: "stereo"}.get(layout, f"{layout} channels")
    return {
        "audio_encode": codec_of(stream),
        "audio_bitrate": f"{stream.codec_context.sample_rate} Hz",
        "audio_channels": channels,
    }
