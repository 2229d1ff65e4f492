"""Files of other servers as answers of ours, with the same guards as uploads: they are what they are served as."""

from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp

from fedinote.infra import resources
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, NotFound, Unavailable
from fedinote.media import remote, remote_cache
from fedinote.web.file_types import HIDDEN, content_type

# Not for shared caches: what was deleted, or whose author was suspended, must not go on being served by them.
_KEPT = {"Cache-Control": "private, max-age=604800, immutable", **HIDDEN}
_SOON = {"Cache-Control": "private, max-age=300", **HIDDEN}
_BUSY_SECONDS = 30


async def answer(app: App, path: str) -> ASGIApp:
    """Return the answer to a request for a file of another server; ranges are answered (RFC 9110, section 14).

    404 for what is no address of ours, may not be seen or cannot be had, 503 when it may be in a moment. A profile
    picture that cannot be had is the one of those who have none.
    """
    try:
        source, small = await remote.find(app, path)
    except NotFound:
        return _nothing(404)
    try:
        place = await remote_cache.path(app, source, small=small)
    except Unavailable as error:
        return _nothing(503, {"Retry-After": str(getattr(error, "retry_after", _BUSY_SECONDS))})
    except FediNoteError:
        return _without(source.kind)
    try:
        found = place.stat()
    except FileNotFoundError:  # it had to make room this very moment
        return _nothing(503, {"Retry-After": str(_BUSY_SECONDS)})
    return FileResponse(place, headers=_KEPT, media_type=content_type(place.name), stat_result=found)


def _without(kind: str) -> ASGIApp:
    if kind in ("avatar", "header"):
        place = Path(resources.folder("static")) / "img" / f"{kind}.png"
        return FileResponse(place, headers=_SOON, media_type="image/png")
    return _nothing(404, {"Cache-Control": "private, max-age=60"})


def _nothing(status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(b"", status, {"Cache-Control": "no-store", **HIDDEN, **(headers or {})}, media_type="text/plain")
