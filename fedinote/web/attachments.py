"""Attachments as pages show them: where a file lies, its shape, what stands in for it, and a sound's drawing.

Pages load nothing from other servers, so that they do not learn who reads here: files of theirs come through
`media.remote`; where that is switched off they become links.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.media import remote, waveforms
from fedinote.text.urls import host_of, safe_url

_OF_POSTS = """SELECT m.id, m.post_id, m.kind, m.key, m.preview_key, m.remote_url, m.remote_preview, m.description,
 m.meta, m.title, m.artist, m.waveform FROM media m
 WHERE m.post_id IN_INTS(?) AND m.state = 'ready' ORDER BY m.post_id, m.position, m.id"""
_STEPS = 10
_HEIGHT, _PITCH, _LEAST = 40, 4, 2.0
# Shapes of frames for several pictures: name, width to height; the one nearest to the first picture is taken.
_SHAPES = (("tall", 0.75), ("square", 1.0), ("broad", 1.333), ("wide", 1.778))
_ALIKE = 1.3


@dataclass(frozen=True, slots=True)
class File:
    """An attachment. `source` and `preview` are paths of ours.

    `source` is "" for what lies on another server, at `link`, and is not shown through this one; `preview` is "" for
    what has no small picture. Sides in pixels and `seconds` are 0 where they are not known; `across` and `down` tell in
    tenths where the part is that matters most. `kind`: image, gifv, video, audio, unknown.
    """

    id: int
    kind: str
    source: str
    preview: str
    link: str
    host: str
    description: str
    width: int = 0
    height: int = 0
    across: int = 5
    down: int = 5
    seconds: float = 0.0
    title: str = ""
    artist: str = ""
    waveform: str = ""

    @property
    def seen(self) -> bool:
        """Whether it is something to look at that can be shown here."""
        return bool(self.source) and self.kind in ("image", "gifv", "video")

    @property
    def ratio(self) -> float:
        """Width to height; 0.0 where it is not known."""
        return self.width / self.height if self.width and self.height else 0.0

    @property
    def bars(self) -> int:
        """How many bars its drawing has."""
        return len(self.waveform)

    @property
    def drawing(self) -> str:
        """The waveform as the `d` of an SVG path: one upright line for each bar, in a box `bars` * 4 wide, 40 high."""
        return " ".join(
            _bar(number, level * (_HEIGHT - 4) / waveforms.LOUDEST)
            for number, level in enumerate(waveforms.levels(self.waveform))
        )

    @property
    def clock(self) -> str:
        """How long it is, like 3:05; "" where that is not known."""
        whole = round(self.seconds)
        hours, minutes = divmod(whole // 60, 60)
        if not whole:
            return ""
        return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _bar(number: int, height: float) -> str:
    height = max(_LEAST, height)
    return f"M{number * _PITCH + _PITCH // 2} {(_HEIGHT - height) / 2:.4g}v{height:.4g}"


def query(post_ids: Sequence[int]) -> Query:
    """Return the query for the files of posts, in their order."""
    return _OF_POSTS, (list(post_ids),)


def file(app: App, row: Row) -> File:
    """Turn a row of `query` into a File."""
    link = "" if row["key"] else elsewhere(row["remote_url"])
    source, preview = remote.attachment(app, row) if link else _ours(row)
    meta = msgspec.json.decode(row["meta"], type=Any) if row["meta"] else None
    return File(
        id=row["id"],
        kind=row["kind"],
        source=source,
        preview=preview,
        link=link,
        host=host_of(link) or "",
        description=row["description"] or "",
        title=row["title"] or "",
        artist=row["artist"] or "",
        waveform=row["waveform"] or "" if row["kind"] == "audio" else "",
        **_measured(_mapping(meta)),
    )


def _ours(row: Row) -> tuple[str, str]:
    """Return the paths of a file of ours and of its small picture: a picture without one is its own."""
    small = row["preview_key"] or (row["key"] if row["kind"] == "image" else "")
    return f"/media/{row['key']}" if row["key"] else "", f"/media/{small}" if small else ""


def _measured(meta: dict[str, Any]) -> dict[str, Any]:
    """Read sides, length and focus of an attachment's `meta`, which another server may have filled with anything."""
    original, focus = _mapping(meta.get("original")), _mapping(meta.get("focus"))
    return {
        "width": int(_number(original.get("width"))),
        "height": int(_number(original.get("height"))),
        "seconds": _number(original.get("duration")) or _number(meta.get("duration")),
        "across": _tenth(_number(focus.get("x"))),
        "down": _tenth(-_number(focus.get("y"))),
    }


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float:
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1_000_000
    return float(value) if fits else 0.0


def _tenth(value: float) -> int:
    """Turn -1…1 into 0…10."""
    return min(_STEPS, max(0, round((value + 1) * _STEPS / 2)))


def elsewhere(*urls: str | None) -> str:
    """Return the first of a stranger's addresses that may stand in a link, or ""."""
    return next((safe for url in urls if url and (safe := safe_url(url))), "")


@dataclass(frozen=True, slots=True)
class Gallery:
    """The files of a post as they stand there: what is looked at, what is listened to, and links to the rest.

    `shape` names the frame that all pictures share (tall, square, broad, wide).
    """

    seen: tuple[File, ...]
    heard: tuple[File, ...]
    others: tuple[File, ...]
    shape: str

    def fills(self, one: File) -> bool:
        """Whether a picture has about the shape of the frame, and may be cut a little to fill it."""
        width = dict(_SHAPES)[self.shape]
        return bool(one.ratio) and max(one.ratio / width, width / one.ratio) < _ALIKE


def gallery(files: Sequence[File]) -> Gallery:
    """Sort the files of a post by how they are shown."""
    seen = tuple(one for one in files if one.seen)
    heard = tuple(one for one in files if one.source and one.kind == "audio")
    others = tuple(one for one in files if one not in seen and one not in heard and (one.source or one.link))
    first = next((one.ratio for one in seen if one.ratio), 1.0)
    shape = min(_SHAPES, key=lambda known: abs(known[1] - first))[0]
    return Gallery(seen, heard, others, shape)
