"""Files as answers: what belongs to the product (/static), and what people uploaded (/media)."""

import os
import stat
from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from fedinote.infra import resources
from fedinote.infra.app import App
from fedinote.infra.errors import MethodNotAllowed, NotFound

_TYPES = {
    "avif": "image/avif",
    "css": "text/css; charset=utf-8",
    "flac": "audio/flac",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "m4a": "audio/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
_HIDDEN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", **_HIDDEN}
_AN_HOUR = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


def content_type(name: str) -> str:
    """Return the media type of a file name by its ending; never one that a browser would run as a page."""
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


class Files:
    """The ASGI application for both kinds. Ranges are answered (RFC 9110, section 14); no folder is listed."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._static = resources.folder("static").resolve()

    def serves(self, path: str) -> bool:
        """Tell whether a path is one of ours."""
        return path.startswith(("/static/", "/media/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve GET and HEAD. Raises NotFound and MethodNotAllowed."""
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed
        path: str = scope["path"]
        if path.startswith("/media/"):
            # A key is random and its file never changes, so whoever may know it may keep it.
            place, headers = self._app.storage.path(path.removeprefix("/media/")), _FOREVER
        else:
            place, headers = self._own(path.removeprefix("/static/")), _AN_HOUR
        kind = content_type(place.name)
        if kind == "application/octet-stream":
            headers = {**headers, "Content-Disposition": "attachment"}
        await FileResponse(place, headers=headers, media_type=kind, stat_result=_regular(place))(scope, receive, send)

    def _own(self, name: str) -> Path:
        if "\x00" in name:
            raise NotFound
        place = (self._static / name).resolve()
        if not place.is_relative_to(self._static):
            raise NotFound
        return place


def _regular(place: Path) -> os.stat_result:
    try:
        found = place.stat()
    except (OSError, ValueError):
        raise NotFound from None
    if not stat.S_ISREG(found.st_mode):
        raise NotFound
    return found
