"""Moving in, by aliases, and moving out, by password."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import moving
from fedinote.federation import moves
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import BadRequest, FediNoteError, NotFound
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.data import password
from fedinote.web.pages import form, page
from fedinote.web.settings.answers import done

PATH = "/settings/migration"
_MAX_NAME = 2048
_STATE = (
    "SELECT a.also_known_as, a.moved_at, a.moved_to_uri, a.followers_count, n.username, n.domain, n.url, n.uri"
    " FROM accounts a LEFT JOIN accounts n ON n.uri = a.moved_to_uri WHERE a.id = ?"
)


async def show(request: Request) -> Response:
    """GET /settings/migration."""
    return await _page(request, await browser.member(request))


async def _page(request: Request, here: Visit, error: FediNoteError | None = None, typed: str = "") -> Response:
    return await shell.show(
        request,
        here,
        "data/migration.html",
        status=200 if error is None else error.status,
        error="" if error is None else here.words.error(error.message),
        typed=typed,
        **await _state(here),
    )


async def _state(here: Visit) -> dict[str, Any]:
    app = here.app
    row = await app.db.row(_STATE, here.member.account_id)
    if row is None:
        raise NotFound
    uris: list[str] = msgspec.json.decode(row["also_known_as"] or "[]")
    known = await app.db.rows("SELECT uri, url, username, domain FROM accounts WHERE uri IN_TEXTS(?)", uris)
    handles = {one["uri"]: f"@{one['username']}@{one['domain'] or app.settings.handle_host}" for one in known}
    again = from_ms(row["moved_at"]) + moving.COOLDOWN if row["moved_at"] is not None else None
    handle = f"@{row['username']}@{row['domain'] or app.settings.handle_host}"
    moved = handle if row["username"] else row["moved_to_uri"]
    return {
        "aliases": [(uri, handles.get(uri, uri)) for uri in uris],
        "moved": moved or "",
        "moved_url": row["url"] or row["uri"] or "",
        "again": again if again is not None and again > app.now() else None,
        "followers": row["followers_count"],
    }


async def act(request: Request) -> Response:
    """POST /settings/migration: `do` is add or remove (an alias), move, or stay."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    try:
        text = await _do(request, here, values)
    except BadRequest:
        raise
    except FediNoteError as error:
        typed = values.get("account", "") if values.get("do") in ("add", "move") else ""
        return await _page(request, here, error, typed[:_MAX_NAME])
    return done(here, PATH, text)


async def _do(request: Request, here: Visit, values: Mapping[str, str]) -> str:
    app, me, account = here.app, here.member.account_id, values.get("account", "").strip()[:_MAX_NAME]
    match values.get("do"):
        case "add":
            await moves.add_alias(app, me, account)
            return here.words.gettext("The other account may now move here.")
        case "remove":
            await moving.remove_alias(app, me, values.get("uri", ""))
            return here.words.gettext("The alias is gone.")
        case "move":
            await password.check(request, here, values)
            await moves.leave(app, me, account)
            return here.words.gettext("Your account has moved. Your followers are being told.")
        case "stay":
            await moving.cancel(app, me)
            return here.words.gettext("Your account points nowhere else any more.")
    raise BadRequest


ROUTES = (
    Route(PATH, page(show), methods=["GET"]),
    Route(PATH, page(act), methods=["POST"]),
)
