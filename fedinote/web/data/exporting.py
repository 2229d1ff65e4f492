"""Taking everything along: the archive, which a job makes, and lists as CSV files."""

from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from fedinote.auth import limits
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import BadRequest, Conflict, NotFound, TooMany
from fedinote.portability import archive_contents, archives, exports, formats
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.data.kinds import names
from fedinote.web.pages import form, page, redirect, wants_part

PATH = "/settings/export"
_REQUESTS = limits.Limit(6, 24 * 3600)
_SECRET = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


async def show(request: Request) -> Response:
    """GET /settings/export. With `X-Part` the state of the archive alone."""
    here = await browser.member(request)
    archive = await _archive(here)
    if wants_part(request):
        return await shell.fragment(request, here, "data/_archive.html", archive=archive)
    counts = await exports.counts(here.app, here.member.account_id)
    lists = [(kind, name, counts[kind]) for kind, name in names(here.words).items()]
    return await shell.show(request, here, "data/export.html", archive=archive, lists=lists)


async def _archive(here: Visit) -> dict[str, Any] | None:
    row = await archives.current(here.app, here.member.account_id)
    if row is None:
        return None
    made = from_ms(row["created_at"])
    size = 0
    if row["stage"] == "ready":
        try:
            size = (await archives.file(here.app, here.member.account_id)).stat().st_size
        except (NotFound, OSError):
            return None
    return {
        "busy": row["stage"] in archives.BUSY,
        "failed": here.words.error(row["error"]) if row["stage"] == "failed" else "",
        "done": min(row["done"], row["total"]),
        "total": row["total"],
        "made": made,
        "ends": made + archives.KEPT,
        "again": made + archives.INTERVAL if made + archives.INTERVAL > here.app.now() else None,
        "size": size,
    }


async def act(request: Request) -> Response:
    """POST /settings/export: `do` is make or delete."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    me, text = here.member.account_id, ""
    match values.get("do"):
        case "make":
            text = await _make(here, me)
        case "delete":
            await archives.discard(here.app, me)
            text = here.words.gettext("The archive is deleted.")
        case _:
            raise BadRequest
    if wants_part(request):
        return await shell.fragment(request, here, "data/_archive.html", archive=await _archive(here))
    return browser.flash(here, redirect(PATH), text)


async def _make(here: Visit, me: int) -> str:
    try:
        limits.spend(here.app, here.viewer, _REQUESTS, "archives")
        await archives.request(here.app, me)
    except (Conflict, TooMany) as error:
        return here.words.error(error.message)
    return here.words.gettext("The archive is being made. You may leave this page.")


async def archive(request: Request) -> Response:
    """GET /settings/export/archive: the finished archive, to its owner."""
    here = await browser.member(request)
    place = await archives.file(here.app, here.member.account_id)
    name = f"{here.member.username}-{here.app.now():%Y-%m-%d}.tar.gz"
    return FileResponse(place, media_type="application/gzip", filename=name, headers=_SECRET)


async def listing(request: Request) -> Response:
    """GET /settings/export/{kind}.csv: a list as Mastodon writes it."""
    here = await browser.member(request)
    kind = request.path_params["kind"]
    if kind not in formats.FORMATS:
        raise NotFound
    text = await exports.export(here.app, here.member.account_id, kind)
    headers = {**_SECRET, "Content-Disposition": f'attachment; filename="{archive_contents.CSV_NAMES[kind]}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = (
    Route(PATH, page(show), methods=["GET"]),
    Route(PATH, page(act), methods=["POST"]),
    Route(f"{PATH}/archive", page(archive), methods=["GET"]),
    Route(f"{PATH}/{{kind}}.csv", page(listing), methods=["GET"]),
)
