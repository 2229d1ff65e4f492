"""Sound: MP3, Ogg (Opus, Vorbis), FLAC and AAC are kept, all else becomes MP3. Title and artist are taken down.

The tags themselves, and pictures in them, are not in the new file; a cover is its small picture. Its waveform is drawn
for players. Used in the child process only.
"""

import colorsys
from pathlib import Path
from typing import Any

import msgspec
from av.audio.stream import AudioStream
from av.container import InputContainer
from PIL import Image

from fedinote.infra.errors import Invalid
from fedinote.media import containers, hearing, images
from fedinote.media.containers import Copied, EncodedAudio, Tally, Track, codec_of
from fedinote.media.images import ImageLimits
from fedinote.media.outcomes import Outcome, Task, size

MAX_TAG = 200
# What is kept: codec → container, ending, media type.
_KEPT = {
    "mp3": ("mp3", "mp3", "audio/mpeg"),
    "opus": ("ogg", "ogg", "audio/ogg"),
    "vorbis": ("ogg", "ogg", "audio/ogg"),
    "flac": ("flac", "flac", "audio/flac"),
    "aac": ("ipod", "m4a", "audio/mp4"),
}
_COVER = ImageLimits(size=4 * 1024 * 1024, pixels=16_000_000, frames=1)


def process(task: Task, source: Path, reader: str) -> Outcome:
    """Return what becomes of a sound. Raises `Invalid`, and whatever a library raises on a damaged file."""
    folder = Path(task.folder)
    with containers.opened(source, reader) as given:
        audio = containers.audio_of(given)
        assert audio is not None
        tags = _tags(given, audio)
        outcome, packets = _rewritten(given, audio, folder)
    with containers.opened(source, reader) as given:
        cover = containers.cover_of(given)
    outcome = msgspec.structs.replace(outcome, waveform=hearing.waveform(source, reader, packets) or None, **tags)
    return outcome if cover is None else _covered(outcome, cover, folder)


def _tags(given: InputContainer, audio: AudioStream) -> dict[str, str]:
    """Return title and artist in one line each, where the file has them (Ogg has them in the stream)."""
    told = {name.lower(): value for name, value in [*audio.metadata.items(), *given.metadata.items()]}
    found = {name: " ".join(told.get(name, "").split())[:MAX_TAG] for name in ("title", "artist")}
    return {name: "".join(c for c in value if c.isprintable()) for name, value in found.items() if value}


def _rewritten(given: InputContainer, audio: AudioStream, folder: Path) -> tuple[Outcome, int]:
    """Return what becomes of the sound, and how many packets it has."""
    kind, extension, media_type = _KEPT.get(codec_of(audio), _KEPT["mp3"])
    with containers.written(folder / "original", kind) as target:
        kept = codec_of(audio) in _KEPT
        track: Track = Copied(audio, target) if kept else EncodedAudio(audio, target, "libmp3lame")
        tally = containers.carry(given, target, {audio.index: track})[audio.index]
    if not tally.packets or not tally.seconds:
        raise Invalid("The sound is damaged or incomplete")
    length = (folder / "original").stat().st_size
    outcome = Outcome(kind="audio", media_type=media_type, extension=extension, meta=_meta(audio, tally, length))
    return outcome, tally.packets


def _meta(audio: AudioStream, tally: Tally, length: int) -> dict[str, Any]:
    seconds = tally.seconds
    return {
        "length": containers.clock(seconds),
        "duration": round(seconds, 2),
        **containers.sound_meta(audio),
        "original": {"duration": round(seconds, 3), "bitrate": round(length * 8 / seconds)},
    }


def _covered(outcome: Outcome, cover: bytes, folder: Path) -> Outcome:
    """Add the cover, cleaned as any stranger's picture; one that cannot be read is left out."""
    try:
        picture = images.process(cover, limits=_COVER)
    except Invalid:
        return outcome
    (folder / "preview").write_bytes(picture.preview_data)
    small = size(picture.preview_width, picture.preview_height)
    with Image.open(folder / "preview", formats=["JPEG", "WEBP"]) as image:
        colours = palette(image.convert("RGB"))
    return msgspec.structs.replace(
        outcome,
        preview_extension=picture.preview_extension,
        blurhash=picture.blurhash,
        meta={**outcome.meta, "small": small, "colors": colours},
        prints=picture.look,
    )


def palette(image: Image.Image) -> dict[str, str]:
    """Return the colours for a player: background the commonest, accent the strongest, foreground readable on it."""
    reduced = image.resize((64, 64)).quantize(8)
    counted = sorted(reduced.getcolors() or [], reverse=True)
    values = reduced.getpalette() or []
    colours = [tuple(values[3 * index : 3 * index + 3]) for _, index in counted if isinstance(index, int)]
    background = colours[0]
    accent = max(colours, key=lambda colour: colorsys.rgb_to_hsv(*(part / 255 for part in colour))[1])
    light = 0.299 * background[0] + 0.587 * background[1] + 0.114 * background[2]
    written = {"background": background, "foreground": (0, 0, 0) if light > 140 else (255, 255, 255), "accent": accent}
    return {name: "#" + "".join(f"{part:02x}" for part in colour) for name, colour in written.items()}
