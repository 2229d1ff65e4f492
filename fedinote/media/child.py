"""The process that opens strangers' files, one after another. `workers` starts it; it is never imported there.

It reads tasks from its standard input, a JSON line each, and answers on its standard output. It has no environment,
no secrets and no database, and limited memory, time and files (`confinement`).
"""

import hashlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import msgspec

from fedinote.infra.errors import Invalid
from fedinote.media import confinement, images, sniffing
from fedinote.media.images import ImageLimits, ProcessedImage
from fedinote.media.outcomes import Answer, Outcome, Task, size

_TOO_MUCH = "The file could not be processed: it needs too much memory"
_NO_FILMS = "This server accepts images only: PNG, JPEG, GIF and WebP"


def main(work: str, program: str) -> None:
    """Serve tasks until the standard input ends."""
    tasks, answers = _channels()
    confinement.confine(Path(work), Path(program))
    while line := tasks.readline():
        task = msgspec.json.decode(line, type=Task)
        confinement.allow_seconds(task.seconds)
        answers.write(msgspec.json.encode(answer(task)) + b"\n")
        answers.flush()


def answer(task: Task) -> Answer:
    """Make a file clean, or tell why that cannot be. Whatever a decoder raises is an answer as well."""
    try:
        return Answer(outcome=_outcome(task))
    except Invalid as error:
        return Answer(refusal=error.message)
    except MemoryError:
        return Answer(refusal=_TOO_MUCH)
    except Exception:  # noqa: BLE001 a stranger's file found a hole in a decoder: the file is to blame
        return Answer(refusal="The file is damaged or incomplete")


def _channels() -> tuple[BinaryIO, BinaryIO]:
    """Take input and output for tasks alone, so that a library that prints spoils no answer."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    return tasks, answers


def _outcome(task: Task) -> Outcome:
    folder = Path(task.folder)
    source = folder / "source"
    with source.open("rb") as file:
        sniffed = sniffing.sniff(file.read(sniffing.HEAD))
    if sniffed.family == "image":
        outcome = _image(task, folder, source.read_bytes(), moving=sniffed.reader == "GIF")
    else:
        outcome = _film(task, source, sniffed.reader)
    prints = msgspec.structs.replace(outcome.prints, received=_digest(source), kept=_digest(folder / "original"))
    return msgspec.structs.replace(outcome, prints=prints)


def _digest(file: Path) -> str:
    """Return the SHA-256 of a file, "" when it is not there."""
    if not file.exists():
        return ""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _film(task: Task, source: Path, reader: str) -> Outcome:
    if task.purpose not in ("attachment", "still"):
        raise Invalid("The file is not an image of a supported type (PNG, JPEG, GIF, WebP)")
    if not task.films:
        raise Invalid(_NO_FILMS)
    from fedinote.media import films

    make = films.picture if task.purpose == "still" else films.process
    return make(task, source, reader)


def _image(task: Task, folder: Path, data: bytes, *, moving: bool) -> Outcome:
    if task.purpose == "attachment" and task.films and moving and not task.foreign:
        from fedinote.media import gifs

        if gifs.moves(data, _limits(task)):
            return gifs.to_film(data, _limits(task), folder)
    return written(folder, _processed(task, data))


def _processed(task: Task, data: bytes) -> ProcessedImage:
    match task.purpose:
        case "avatar":
            return images.avatar(data, limits=_own(task, images.AVATAR))
        case "header":
            return images.header(data, limits=_own(task, images.HEADER))
        case "emoji":
            return images.emoji(data, limits=_own(task, images.EMOJI))
    return images.process(data, limits=_limits(task))


def _limits(task: Task) -> ImageLimits:
    return ImageLimits(size=task.image_bytes, pixels=task.image_pixels)


def _own(task: Task, limits: ImageLimits) -> ImageLimits:
    """Return the limits of a purpose; what other servers let people have may be larger."""
    return replace(limits, size=max(limits.size, task.image_bytes)) if task.foreign else limits


def written(folder: Path, image: ProcessedImage) -> Outcome:
    """Write a clean picture and its preview into the folder."""
    (folder / "original").write_bytes(image.data)
    (folder / "preview").write_bytes(image.preview_data)
    small = size(image.preview_width, image.preview_height)
    return Outcome(
        kind="image",
        media_type=image.media_type,
        extension=image.extension,
        preview_extension=image.preview_extension,
        blurhash=image.blurhash,
        animated=image.animated,
        meta={"original": size(image.width, image.height), "small": small},
        prints=image.look,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
