"""Attachments, pictures and links of actors and objects, from any of the shapes in which servers send them."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from fedinote.activitypub.shapes import count, duration, first, items, language_map, line, text, types, web_uri

Kind = Literal["image", "gifv", "video", "audio", "unknown"]

MAX_ATTACHMENTS = 64
MAX_DESCRIPTION = 10_000
MAX_SIDE = 65_535
MAX_NAME = 200

_MEDIA_TYPES = frozenset({"Document", "Image", "Video", "Audio"})
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,100}")
_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,200}")
_WAVEFORM = re.compile(r"[A-Za-z0-9_-]{16,400}")
_KIND_OF_EXTENSION: dict[str, Kind] = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp", "avif", "heic", "apng"), "image"),
    **dict.fromkeys(("mp4", "webm", "mov", "m4v", "ogv", "mkv"), "video"),
    **dict.fromkeys(("mp3", "ogg", "oga", "opus", "flac", "wav", "m4a", "aac"), "audio"),
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A media file that belongs to an object, on its own server.

    `kind` is a guess from what the sender says, and never `gifv` (which needs the file itself); `description` is
    None when there is no alternative text, `descriptions` has it in several languages; `focus` is (x, y) from -1 to 1,
    y upwards; `duration` in seconds. `position` is the place that it has for readers, where that is told.
    `title`, `artist` and `waveform` (a letter of base64url for each part of it, how loud that is) are a sound's.
    """

    kind: Kind
    media_type: str | None
    url: str
    description: str | None = None
    width: int | None = None
    height: int | None = None
    blurhash: str | None = None
    focus: tuple[float, float] | None = None
    thumbnail: str | None = None
    duration: float | None = None
    descriptions: dict[str, str] | None = None
    title: str | None = None
    artist: str | None = None
    waveform: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A web page that an object points at (Lemmy and Mbin send it as an attachment): it becomes the preview card."""

    href: str
    title: str | None = None


def attachments(document: dict[str, Any]) -> tuple[Attachment, ...]:
    """All media attachments of an object, each URL once; entries of other types are left out.

    They are in the order in which they stand there, or by `position` where each of them has another one.
    """
    found = [_attachment(entry) for entry in items(document.get("attachment"))]
    by_url = {one.url: one for one in reversed(found) if one}
    ordered = [one for one in found if one and by_url.get(one.url) is one]
    places = [one.position for one in ordered if one.position is not None]
    if len(set(places)) == len(ordered):
        ordered.sort(key=lambda one: one.position or 0)
    return tuple(ordered[:MAX_ATTACHMENTS])


def links(document: dict[str, Any]) -> tuple[Link, ...]:
    """The web pages among the attachments of an object (type `Link`, or `Page` with a url)."""
    found = []
    for entry in items(document.get("attachment")):
        if isinstance(entry, dict) and set(types(entry)) & {"Link", "Page"}:
            href = web_uri(entry.get("href")) or page_url(entry.get("url"))
            if href and _kind_of(_media_type(entry), href) == "unknown":
                found.append(Link(href, line(entry.get("name"), 500) or None))
    return tuple(found[:MAX_ATTACHMENTS])


def _attachment(entry: Any) -> Attachment | None:
    if isinstance(entry, str):
        entry = {"type": "Document", "url": entry}
    if not isinstance(entry, dict):
        return None
    named = set(types(entry))
    if named & _MEDIA_TYPES:
        return _described(entry, named)
    # A Link whose media type says image is a picture that the sender calls by another name.
    return _described(entry, named) if "Link" in named and _kind_of(_media_type(entry), None) != "unknown" else None


def _described(entry: dict[str, Any], named: set[str]) -> Attachment | None:
    url, media_type = _file(entry)
    if url is None:
        return None
    kind = _kind_of(media_type, url)
    if kind == "unknown":
        kind = next((by_type for name, by_type in _KIND_OF_TYPE if name in named), "unknown")
    title, artist = _track(entry) if kind == "audio" else (None, None)
    description = _description(entry)
    return Attachment(
        kind=kind,
        media_type=media_type,
        url=url,
        description=None if description == caption(title, artist) else description,
        descriptions=language_map(entry.get("nameMap"), MAX_DESCRIPTION) or None,
        width=_side(entry.get("width")),
        height=_side(entry.get("height")),
        blurhash=_blurhash(entry.get("blurhash")),
        focus=_focus(entry.get("focalPoint")),
        thumbnail=picture(entry.get("icon")) or picture(entry.get("preview")),
        duration=duration(entry.get("duration")),
        position=count(entry.get("position")),
        title=title,
        artist=artist,
        waveform=_waveform(entry.get("waveform")) if kind == "audio" else None,
    )


def caption(title: str | None, artist: str | None) -> str | None:
    """What stands as the alternative text of a sound that has none of its own; None where nothing is known."""
    return " – ".join(filter(None, (artist, title))) or None


def _track(entry: dict[str, Any]) -> tuple[str | None, str | None]:
    """(title, artists) of a sound, as Funkwhale says them: `track` with `name` and `artists`, each with a `name`."""
    track = first(entry.get("track"))
    if not isinstance(track, dict):
        return None, None
    artists = [line(one.get("name"), MAX_NAME) for one in items(track.get("artists"))[:8] if isinstance(one, dict)]
    return line(track.get("name"), MAX_NAME) or None, ", ".join(filter(None, artists))[:MAX_NAME] or None


def _waveform(value: Any) -> str | None:
    return value if isinstance(value, str) and _WAVEFORM.fullmatch(value) else None


_KIND_OF_TYPE: tuple[tuple[str, Kind], ...] = (("Image", "image"), ("Video", "video"), ("Audio", "audio"))


def _description(entry: dict[str, Any]) -> str | None:
    """The alternative text: `name`, else `summary`, else the first of `nameMap`."""
    said = text(entry.get("name"), MAX_DESCRIPTION) or text(entry.get("summary"), MAX_DESCRIPTION)
    return said or next(iter(language_map(entry.get("nameMap"), MAX_DESCRIPTION).values()), None)


def _file(entry: dict[str, Any]) -> tuple[str | None, str | None]:
    """(URL, media type) of the best file: url may be a string, a Link, or a list of Links in several sizes."""
    stated = _media_type(entry)
    for candidate in items(entry.get("url")) or items(entry.get("href")):
        url = web_uri(candidate) or (web_uri(candidate.get("url")) if isinstance(candidate, dict) else None)
        if url:
            own = _media_type(candidate) if isinstance(candidate, dict) else None
            return url, own or stated
    return web_uri(entry.get("href")), stated


def _media_type(entry: dict[str, Any]) -> str | None:
    value = text(entry.get("mediaType"), 200).split(";")[0].strip().lower()
    return value if _MEDIA_TYPE.fullmatch(value) else None


def _kind_of(media_type: str | None, url: str | None) -> Kind:
    match (media_type or "").split("/")[0]:
        case "image":
            return "image"
        case "video":
            return "video"
        case "audio":
            return "audio"
    if url is None or (media_type or "").startswith("text/"):
        return "unknown"
    name = url.partition("#")[0].partition("?")[0].rpartition("/")[2]
    return _KIND_OF_EXTENSION.get(name.rpartition(".")[2].lower(), "unknown") if "." in name else "unknown"


def _side(value: Any) -> int | None:
    pixels = count(value)
    return pixels if pixels and pixels <= MAX_SIDE else None


def _blurhash(value: Any) -> str | None:
    value = first(value)
    return value if isinstance(value, str) and _BLURHASH.fullmatch(value) else None


def _focus(value: Any) -> tuple[float, float] | None:
    numbers = [float(part) for part in items(value) if isinstance(part, (int, float)) and not isinstance(part, bool)]
    match numbers:
        case [x, y] if abs(x) <= 1 and abs(y) <= 1:
            return x, y
    return None


def picture(value: Any) -> str | None:
    """The URL of an icon or image: string, object, or list of sizes (its first, as everybody else takes)."""
    for entry in items(value):
        url = _file(entry)[0] if isinstance(entry, dict) else web_uri(entry)
        if url:
            return url
    return None


def picture_description(value: Any) -> str:
    """The alternative text of an icon or image: `summary` (Mastodon), else `name`; "" where nothing is said."""
    entry = next((one for one in items(value) if isinstance(one, dict)), {})
    return text(entry.get("summary"), MAX_DESCRIPTION) or text(entry.get("name"), MAX_DESCRIPTION)


def page_url(value: Any) -> str | None:
    """The web page among the urls of an actor or object: `text/html` first, else the first without a media type.

    Only http and https are let through: `javascript:`, `data:` and magnet links are dropped.
    """
    untyped: list[str] = []
    for entry in items(value):
        url = web_uri(entry)
        media_type = _media_type(entry) if isinstance(entry, dict) else None
        if url and media_type == "text/html":
            return url
        if url and media_type is None:
            untyped.append(url)
    if untyped:
        return untyped[0]
    return next((url for entry in items(value) if (url := web_uri(entry))), None)
