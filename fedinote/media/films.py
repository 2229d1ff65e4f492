"""Video: kept where browsers play it (H.264 in MP4; VP8, VP9 and AV1 in WebM), else made H.264 and AAC in MP4.

Either way the file is written anew, stream by stream, so that titles, places, cameras and chapters are not in it.
Used in the child process only.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from fedinote.infra.errors import Invalid
from fedinote.media import containers, images, sounds
from fedinote.media.blurhash import blurhash
from fedinote.media.containers import Copied, EncodedAudio, EncodedVideo, Tally, Track, codec_of
from fedinote.media.outcomes import Outcome, Task, size
from fedinote.media.pdq import fingerprint

MAX_SIDE = 1920
_TRIES = 300
_WEBM_VIDEO, _WEBM_AUDIO = ("vp8", "vp9", "av1"), ("opus", "vorbis")
_MP4_VIDEO, _MP4_AUDIO = ("h264", "vp9", "av1"), ("aac", "mp3")
_PLAIN_PIXELS = ("yuv420p", "yuvj420p")


def process(task: Task, source: Path, reader: str) -> Outcome:
    """Return what becomes of a video or sound. Raises `Invalid`, and whatever a library raises on a damaged file."""
    with containers.opened(source, reader) as given:
        video, audio = containers.video_of(given), containers.audio_of(given)
        if video is None:
            if audio is None:
                raise Invalid("There is neither video nor sound in the file")
            return sounds.process(task, source, reader)
        _check(task, video)
        claimed = _claimed(given, video)
    first = still(source, reader)
    with containers.opened(source, reader) as given:
        video, audio = containers.video_of(given), containers.audio_of(given)
        assert video is not None
        found = _Found(given, video, audio, first, claimed)
        return _rewritten(found, Path(task.folder))


def picture(task: Task, source: Path, reader: str) -> Outcome:
    """Make only the picture of a video, its first frame; the outcome has no file of its own. Raises as `process`."""
    with containers.opened(source, reader) as given:
        video = containers.video_of(given)
        if video is None:
            raise Invalid("There is no video in the file")
        _check(task, video)
    outcome = Outcome(kind="video", media_type="", extension="")
    return with_picture(outcome, upright(still(source, reader)), Path(task.folder))


@dataclass(frozen=True, slots=True)
class _Found:
    """An open file with its streams, the first frame, and the seconds that the file says it has."""

    given: InputContainer
    video: VideoStream
    audio: AudioStream | None
    first: VideoFrame
    claimed: float


def _check(task: Task, video: VideoStream) -> None:
    pixels = video.codec_context.width * video.codec_context.height
    if not pixels:
        raise Invalid("The video is damaged or incomplete")
    if pixels > task.video_pixels:
        raise Invalid(f"The video has more than {task.video_pixels} pixels in a frame")
    rate = video.average_rate or video.guessed_rate
    if rate is not None and rate > task.frame_rate:
        raise Invalid(f"The video has more than {task.frame_rate} frames a second")


def _claimed(given: InputContainer, video: VideoStream) -> float:
    """Return the seconds that the file says the video has, 0 where it does not say."""
    if video.duration and video.time_base:
        return float(video.duration * video.time_base)
    return 0.0


def still(source: Path, reader: str) -> VideoFrame:
    """Return the first frame of a video. `Invalid` when none of the first packets can be decoded."""
    with containers.opened(source, reader) as given:
        video = containers.video_of(given)
        assert video is not None
        video.thread_count = 2
        for number, packet in enumerate(given.demux(video)):
            for frame in video.decode(packet):
                return frame
            if number > _TRIES:
                break
    raise Invalid("The video is damaged or incomplete")


def _rewritten(found: _Found, folder: Path) -> Outcome:
    given, video, audio, first = found.given, found.video, found.audio, found.first
    webm = _fits_webm(given, video, audio)
    with containers.written(folder / "original", "webm" if webm else "mp4") as target:
        track = _video_track(video, target, first, webm=webm)
        tracks: dict[int, Track] = {video.index: track}
        if audio is not None:
            tracks[audio.index] = _audio_track(audio, target, webm=webm)
        tallies = containers.carry(given, target, tracks)
    tally = tallies[video.index]
    if tally.seconds < 0.9 * found.claimed:
        raise Invalid("The video is damaged or incomplete")
    picture = upright(first)
    if isinstance(track, EncodedVideo):
        picture = picture.resize(_turned(track.width, track.height, first.rotation))
    meta = meta_of(picture.size, tally, (folder / "original").stat().st_size)
    if audio is not None:
        meta |= containers.sound_meta(audio)
    kind, extension = ("video/webm", "webm") if webm else ("video/mp4", "mp4")
    return with_picture(Outcome(kind="video", media_type=kind, extension=extension, meta=meta), picture, folder)


def _fits_webm(given: InputContainer, video: VideoStream, audio: AudioStream | None) -> bool:
    if given.format.name != "matroska" or codec_of(video) not in _WEBM_VIDEO:
        return False
    return audio is None or codec_of(audio) in _WEBM_AUDIO


def _video_track(video: VideoStream, target: OutputContainer, first: VideoFrame, *, webm: bool) -> Track:
    """Copy what browsers play, at eight bits a colour; encode all else."""
    if webm or (codec_of(video) in _MP4_VIDEO and first.format.name in _PLAIN_PIXELS):
        return Copied(video, target)
    video.thread_count = 2
    return EncodedVideo(video, target, side=MAX_SIDE, rotation=first.rotation)


def _audio_track(audio: AudioStream, target: OutputContainer, *, webm: bool) -> Track:
    if webm or codec_of(audio) in _MP4_AUDIO:
        return Copied(audio, target)
    return EncodedAudio(audio, target, "aac")


def _turned(width: int, height: int, rotation: int) -> tuple[int, int]:
    return (height, width) if rotation % 180 else (width, height)


def upright(frame: VideoFrame) -> Image.Image:
    """Return a frame as a picture, turned as the file says that it is to be shown."""
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


def with_picture(outcome: Outcome, picture: Image.Image, folder: Path) -> Outcome:
    """Add the small picture that stands for a film, and write it into the folder."""
    preview, data = images.still_preview(picture)
    (folder / "preview").write_bytes(data)
    return Outcome(
        kind=outcome.kind,
        media_type=outcome.media_type,
        extension=outcome.extension,
        preview_extension="jpg",
        blurhash=blurhash(preview),
        meta={**outcome.meta, "small": size(*preview.size)},
        prints=fingerprint(picture),
    )


def meta_of(shown: tuple[int, int], tally: Tally, length: int) -> dict[str, Any]:
    """Return Mastodon's meta of a film: all of it measured, nothing claimed."""
    seconds = tally.seconds
    frames = round(tally.packets / seconds, 2) if seconds else 0.0
    rate = f"{round(frames * 100)}/100" if frames % 1 else f"{int(frames)}/1"
    inner = {
        "frame_rate": rate,
        "duration": round(seconds, 3),
        "bitrate": round(length * 8 / seconds) if seconds else 0,
    }
    return {
        "length": containers.clock(seconds),
        "duration": round(seconds, 2),
        "fps": round(frames),
        **size(*shown),
        "original": {**size(*shown), **inner},
    }
