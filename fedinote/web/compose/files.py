"""Files of a post that is being written: uploaded, described, taken off; answered as JSON to our script."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import limits
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import uploads
from fedinote.media.models import Media
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.compose.fields import FileFields, number
from fedinote.web.pages import Upload, page, upload

PATH = "/compose/media"
Shown = dict[str, Any]
"""What pages show of an upload; see `shown`."""
_ROWS = """SELECT id, kind, key, preview_key, state, error, description, meta, cover, title, artist FROM media
 WHERE id IN_INTS(?) AND account_id = ? AND (post_id IS NULL OR post_id = ?)"""


def answer(value: Any, status: int = 200) -> Response:
    """Return a value as JSON, for our own scripts."""
    return Response(msgspec.json.encode(value), status, headers=shell.HEADERS, media_type="application/json")


async def stored(
    app: App, account_id: int, ids: Iterable[int], post_id: int | None = None
) -> dict[int, dict[str, Any]]:
    """Return what pages show of a person's uploads, by id; those of others, or in another post, are left out."""
    rows = await app.db.rows(_ROWS, list(ids), account_id, post_id or 0)
    return {row["id"]: shown(row) for row in rows}


def shown(row: Row | Mapping[str, Any]) -> Shown:
    """Return what pages show of an upload (its row): where its small picture is, and whether it is ready."""
    meta = msgspec.json.decode(row["meta"] or "{}") if isinstance(row["meta"], str) else row["meta"]
    focus = meta.get("focus") or {"x": 0, "y": 0}
    ready = row["state"] == "ready"
    preview = row["preview_key"] or (row["key"] if row["kind"] == "image" else "")
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "state": row["state"],
        "error": row["error"] or "",
        "preview": f"/media/{preview}" if ready and preview else "",
        "source": f"/media/{row['key']}" if ready and row["key"] else "",
        "description": row["description"] or "",
        "focus": f"{focus['x']:g},{focus['y']:g}",
        "cover": bool(row["cover"]),
        "title": row["title"] or "",
        "artist": row["artist"] or "",
    }


def _of(media: Media) -> Shown:
    names = ("id", "kind", "key", "preview_key", "state", "error", "description", "meta", "cover", "title", "artist")
    return shown({name: getattr(media, name, None) for name in names})


async def receive(app: App, here: Visit, sent: Sequence[UploadFile], *, later: bool) -> list[Media]:
    """Store what a form brought, one after the other. Raises what `uploads.upload` does, and TooMany."""
    made = []
    for one in sent:
        limits.spend(app, here.viewer, limits.LIMITS["media"], "media")
        made.append(await uploads.upload(app, here.member.account_id, one.file, later=later))
    return made


async def describe(app: App, account_id: int, files: Sequence[FileFields], post_id: int | None) -> None:
    """Write down what the form says of the files, of a new post or of one that is edited."""
    known = await app.db.rows(
        "SELECT id, post_id FROM media WHERE id IN_INTS(?) AND account_id = ?", [file.id for file in files], account_id
    )
    places = {row["id"]: row["post_id"] for row in known}
    for file in files:
        if file.id not in places or places[file.id] not in (None, post_id):
            raise NotFound
        await uploads.describe(app, account_id, file.id, file.changes, post_id=places[file.id])


async def create(request: Request) -> Response:
    """POST /compose/media: one `file`; films and sounds are made ready later (`state` is then "processing")."""
    here = await browser.member(request)
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    file = sent.file("file")
    if file is None:
        raise Invalid("Validation failed: File can't be blank")
    (media,) = await receive(here.app, here, [file], later=True)
    return answer(_of(media))


async def show(request: Request) -> Response:
    """GET /compose/media/{id}: how an upload gets on."""
    here = await browser.member(request)
    found = await stored(here.app, here.member.account_id, [_id(request)])
    if not found:
        raise NotFound
    return answer(next(iter(found.values())))


async def change(request: Request) -> Response:
    """POST /compose/media/{id}: `description`, `focus`, `title`, `artist`, or a `thumbnail` (the cover of a sound)."""
    here = await browser.member(request)
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    me, media_id = here.member.account_id, _id(request)
    if thumbnail := sent.file("thumbnail"):
        await uploads.illustrate(here.app, me, media_id, thumbnail.file)
    return answer(_of(await uploads.describe(here.app, me, media_id, _changes(sent))))


def _changes(sent: Upload) -> dict[str, str | None]:
    return {name: sent.fields[name] for name in ("description", "focus", "title", "artist") if name in sent.fields}


async def remove(request: Request) -> Response:
    """POST /compose/media/{id}/remove: away with an upload that is in no post."""
    here = await browser.member(request)
    browser.check_form(request, here, (await upload(request)).fields)
    await uploads.discard(here.app, here.member.account_id, _id(request))
    return answer({})


def _id(request: Request) -> int:
    found = number(request.path_params["media_id"])
    if found is None:
        raise NotFound
    return found


ROUTES = (
    Route(PATH, page(create), methods=["POST"]),
    Route(PATH + "/{media_id}", page(show), methods=["GET"]),
    Route(PATH + "/{media_id}", page(change), methods=["POST"]),
    Route(PATH + "/{media_id}/remove", page(remove), methods=["POST"]),
)
