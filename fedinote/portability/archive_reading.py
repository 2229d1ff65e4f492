"""The archive of an import, taken apart on the disk: which files are kept, and the activities of its outbox as texts.

All of it blocks. Nothing is decoded that need not be: an outbox may be a quarter of a gigabyte.
"""

import mmap
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.portability import old_posts, unpacking
from fedinote.portability.archive_contents import CSV_NAMES
from fedinote.portability.old_posts import Owner

MAX_POSTS = 50_000
MAX_ACTIVITY = 200_000
"""Bytes of one activity."""
_OUTBOX, _SMALL = 256_000_000, 8_000_000
_MEDIA = ("jpg", "jpeg", "png", "gif", "webp", "avif", "mp4", "webm", "mov", "m4v", "mp3", "m4a", "ogg", "oga", "opus",
          "flac", "wav")  # fmt: skip
_DOCUMENTS = frozenset({"outbox.json", "actor.json", "fedinote.json", "account.json", *CSV_NAMES.values()})
NO_POSTS = "The archive has no readable file outbox.json"
NO_ACTOR = "The archive has no readable file actor.json"
_BATCH = 500


def _wanted(app: App, name: str) -> int:
    """Tell how much of a file of an archive is kept: of documents near its top, and of what looks like media."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or parts[0] == "__MACOSX":
        return 0
    if len(parts) <= 2 and parts[-1] in _DOCUMENTS:
        return _OUTBOX if parts[-1] == "outbox.json" else _SMALL
    if parts[-1].rpartition(".")[2].lower() in _MEDIA and len(name) < 1000:
        return max(app.settings.media.max_image_bytes, app.settings.media.max_video_bytes)
    return 0


def opened(app: App, place: Path) -> Owner:
    """Unpack the file `archive` of a folder into the folder itself; whose archive it is. Raises `Invalid`.

    Afterwards the documents lie there under their names, the other files in `files`, and `table.json` tells which.
    """
    out = place / "files"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(mode=0o700)
    found = unpacking.unpack(place / "archive", out, lambda name: _wanted(app, name))
    documents = {name.rpartition("/")[2]: path for name, path in found.files.items() if _is_document(name)}
    if "outbox.json" not in documents:
        raise Invalid("The file outbox.json is too large" if _outbox_among(found.too_large) else NO_POSTS)
    if "actor.json" not in documents:
        raise Invalid(NO_ACTOR)
    try:
        by = old_posts.owner(msgspec.json.decode(documents["actor.json"].read_bytes()))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(NO_ACTOR) from error
    _split(documents["outbox.json"])  # says at once when it cannot be read
    for name, path in documents.items():
        path.replace(place / name)
    table = {normal(name): path.name for name, path in found.files.items() if not _is_document(name)}
    (place / "table.json").write_bytes(msgspec.json.encode(table))
    return by


def _is_document(name: str) -> bool:
    return name.endswith((".json", ".csv"))


def _outbox_among(names: list[str]) -> bool:
    return any(name.rpartition("/")[2] == "outbox.json" for name in names)


def normal(name: str) -> str:
    """Return how a file is looked up: what follows the last well-known folder, or its own name and folder."""
    name = name.replace("\\", "/").lstrip("./")
    for known in ("media_attachments/", "cache/media_attachments/", "media/", "system/"):
        if known in name:
            return name[name.rindex(known) :]
    return name


class _Outbox(msgspec.Struct):
    """outbox.json as far as it is read at once: its items stay bytes."""

    orderedItems: list[msgspec.Raw] = []  # noqa: N815  the name in the document


def _split(path: Path) -> list[msgspec.Raw]:
    """Return the activities of outbox.json, undecoded, in memory that belongs to the file. Raises `Invalid`."""
    try:
        with path.open("rb") as file:
            view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            return msgspec.json.decode(view, type=_Outbox).orderedItems
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise Invalid(NO_POSTS) from error


class _Kind(msgspec.Struct):
    """What is asked of an activity before it is read."""

    type: Any = None


def batches(path: Path, counted: Counter[str]) -> Iterator[list[str]]:
    """Give the activities that may be posts, as texts; count what is left out by reason."""
    batch: list[str] = []
    kept = 0
    for raw in _split(path):
        reason = _reason(raw) or ("many" if kept >= MAX_POSTS else "")
        if reason:
            counted[reason] += 1
            continue
        kept += 1
        batch.append(bytes(raw).decode(errors="replace"))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _reason(raw: msgspec.Raw) -> str:
    if len(bytes(raw)) > MAX_ACTIVITY:
        return "large"
    try:
        kind = msgspec.json.decode(raw, type=_Kind).type
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return "others"
    return "" if kind == "Create" else "boosts" if kind == "Announce" else "others"
