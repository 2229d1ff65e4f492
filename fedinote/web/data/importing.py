"""Bringing things along: old posts from an archive, lists from CSV files; how both get on, and what was left out."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import limits
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, FediNoteError, Invalid, TooLarge
from fedinote.portability import archive_imports, formats, imports
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.data.kinds import names, reasons
from fedinote.web.pages import Upload, form, page, redirect, upload, wants_part
from fedinote.web.settings.answers import done, number

PATH = "/settings/import"
ARCHIVE = f"{PATH}/archive"
"""Where archives are sent to: the only form that may be as large."""
SHOWN = 10
_MODES = {"merge": False, "overwrite": True}
_MAX_FILE = 1_000_000


async def show(request: Request) -> Response:
    """GET /settings/import. With `X-Part` the imports alone."""
    return await _page(request, await browser.member(request))


async def _page(request: Request, here: Visit, error: FediNoteError | None = None) -> Response:
    found = [await _shown(here, row) for row in await imports.of(here.app, here.member.account_id)]
    if wants_part(request) and error is None:
        return await shell.fragment(request, here, "data/_imports.html", imports=found)
    return await shell.show(
        request,
        here,
        "data/import.html",
        status=200 if error is None else error.status,
        imports=found,
        kinds=names(here.words),
        most=archive_imports.MAX_BYTES,
        error="" if error is None else here.words.error(error.message),
    )


async def _shown(here: Visit, row: Row) -> dict[str, Any]:
    failures = await imports.failures(here.app, here.member.account_id, row["id"], SHOWN)
    posts = row["kind"] == archive_imports.KIND
    left_out = archive_imports.skipped(row) if posts else {}
    past = row["imported"] + row["failed"] + sum(left_out.get(one, 0) for one in ("here", "private"))
    return {
        "id": row["id"],
        "name": here.words.gettext("Old posts") if posts else names(here.words).get(row["kind"], row["kind"]),
        "busy": row["finished_at"] is None,
        "total": row["total"],
        "past": min(past, row["total"]),
        "imported": row["imported"],
        "failed": row["failed"],
        "overwrite": bool(row["overwrite"]),
        "error": here.words.error(row["error"]) if row["error"] else "",
        "begun": from_ms(row["created_at"]),
        "failures": [(", ".join(filter(None, one.cells)), here.words.error(one.error)) for one in failures],
        "left_out": [(name, left_out[key]) for key, name in reasons(here.words).items() if left_out.get(key)],
    }


async def bring(request: Request) -> Response:
    """POST /settings/import: a CSV file (`file`) of a `kind`, by `mode`."""
    here = await browser.member(request)
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    kind, mode = sent.fields.get("kind", ""), sent.fields.get("mode", "merge")
    if kind not in formats.FORMATS or mode not in _MODES:
        raise BadRequest
    try:
        limits.spend(here.app, here.viewer, limits.LIMITS["imports"], "imports")
        data = await _data(_file(sent))
        await imports.start(here.app, here.member.account_id, kind, data, overwrite=_MODES[mode])
    except FediNoteError as error:
        return await _page(request, here, error)
    return done(here, PATH, here.words.gettext("The file is being worked through. You may leave this page."))


def _file(sent: Upload) -> UploadFile:
    found = sent.file("file")
    if found is None:
        raise Invalid("Choose a file first")
    return found


async def _data(file: UploadFile) -> bytes:
    data = await file.read(_MAX_FILE + 1)
    if len(data) > _MAX_FILE:
        raise TooLarge
    return data


async def bring_archive(request: Request) -> Response:
    """POST /settings/import/archive: an archive (`file`); `private` is keep or skip."""
    here = await browser.member(request)
    limits.spend(here.app, here.viewer, limits.LIMITS["imports"], "imports")
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    place = await asyncio.to_thread(archive_imports.incoming, here.app)
    try:
        await asyncio.to_thread(_copy, _file(sent), place)
        private = sent.fields.get("private", "keep")
        await archive_imports.start(
            here.app, here.member.account_id, place, private=private, also_lists="lists" in sent.fields
        )
    except FediNoteError as error:
        return await _page(request, here, error)
    finally:
        await asyncio.to_thread(place.unlink, missing_ok=True)
    return done(here, PATH, here.words.gettext("The archive is here and is being worked through."))


def _copy(file: UploadFile, place: Path) -> None:
    with place.open("xb") as target:
        shutil.copyfileobj(file.file, target)


async def act(request: Request) -> Response:
    """POST /settings/import/{id}/cancel: take an import back, or its report away."""
    here = await browser.member(request)
    browser.check_form(request, here, await form(request))
    await imports.cancel(here.app, here.member.account_id, number(request.path_params["id"]))
    if wants_part(request):
        return await _page(request, here)
    return redirect(PATH)


async def failures(request: Request) -> Response:
    """GET /settings/import/{id}/failures.csv: all that could not be imported."""
    here = await browser.member(request)
    import_id = number(request.path_params["id"])
    row = await imports.show(here.app, here.member.account_id, import_id)
    found = await imports.failures(here.app, here.member.account_id, import_id)
    headers = {
        "Content-Disposition": 'attachment; filename="failures.csv"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    text = imports.written(row["kind"], found)
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = (
    Route(PATH, page(show), methods=["GET"]),
    Route(PATH, page(bring), methods=["POST"]),
    Route(ARCHIVE, page(bring_archive), methods=["POST"]),
    Route(f"{PATH}/{{id}}/cancel", page(act), methods=["POST"]),
    Route(f"{PATH}/{{id}}/failures.csv", page(failures), methods=["GET"]),
)
