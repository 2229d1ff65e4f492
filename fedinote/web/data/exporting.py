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
    archive = await state(here, here.member.account_id)
    if wants_part(request):
        return await shell.fragment(request, here, "data/_archive.html", archive=archive)
    counts = await exports.counts(here.app, here.member.account_id)
    lists = [(kind, name, counts[kind]) for kind, name in names(here.words).items()]
    return await shell.show(request, here, "data/export.html", archive=archive, lists=lists)


async def state(here: Visit, account_id: int) -> dict[str, Any] | None:
    """Return how it is with somebody's archive, for `data/_archive.html`; None where there is none."""
    row = await archives.current(here.app, account_id)
    if row is None:
        return None
    made = from_ms(row["created_at"])
    size = 0
    if row["stage"] == "ready":
        try:
            size = (await archives.file(here.app, account_id)).stat().st_size
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
            text = await make(here, me, here.member.user_id)
        case "delete":
            await archives.discard(here.app, me)
            text = here.words.gettext("The archive is deleted.")
        case _:
            raise BadRequest
    if wants_part(request):
        return await shell.fragment(request, here, "data/_archive.html", archive=await state(here, me))
    return browser.flash(here, redirect(PATH), text)


async def make(here: Visit, account_id: int, user_id: int) -> str:
    """Have an archive made; return what to say."""
    try:
        limits.attempt(here.app, f"archives:user:{user_id}", _REQUESTS)
        await archives.request(here.app, account_id)
    except (Conflict, TooMany) as error:
        return here.words.error(error.message)
    return here.words.gettext("The archive is being made. You may leave this page.")


async def archive(request: Request) -> Response:
    """GET /settings/export/archive: the finished archive, to its owner."""
    here = await browser.member(request)
    return await given(here, here.member.account_id, here.member.username)


async def given(here: Visit, account_id: int, username: str) -> Response:
    """Return the finished archive of an account, whose owner asks. `NotFound` where there is none."""
    place = await archives.file(here.app, account_id)
    name = f"{username}-{here.app.now():%Y-%m-%d}.tar.gz"
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
