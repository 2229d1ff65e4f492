"""Files as answers: what belongs to the product (/static), and what people uploaded (/media), here or elsewhere."""

import os
import stat
from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from fedinote.infra import resources
from fedinote.infra.app import App
from fedinote.infra.errors import MethodNotAllowed, NotFound
from fedinote.media import remote
from fedinote.web import remote_media
from fedinote.web.file_types import HIDDEN, content_type

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", **HIDDEN}
_AN_HOUR = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


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
        if path.startswith(remote.PREFIX):
            await (await remote_media.answer(self._app, path))(scope, receive, send)
            return
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
