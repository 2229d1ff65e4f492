"""The end of one's own account: said plainly what becomes of everything, asked with the password, then done."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import deletion
from fedinote.infra.errors import FediNoteError, Invalid
from fedinote.portability import archives
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.data import password
from fedinote.web.pages import form, page

PATH = "/settings/delete"


async def show(request: Request) -> Response:
    """GET /settings/delete."""
    return await _page(request, await browser.member(request))


async def _page(request: Request, here: Visit, error: FediNoteError | None = None) -> Response:
    row = await here.app.db.row(
        "SELECT statuses_count, followers_count FROM accounts WHERE id = ?", here.member.account_id
    )
    found = await archives.current(here.app, here.member.account_id)
    return await shell.show(
        request,
        here,
        "data/delete.html",
        status=200 if error is None else error.status,
        posts=row["statuses_count"] if row else 0,
        followers=row["followers_count"] if row else 0,
        archived=found is not None and found["stage"] == "ready",
        error="" if error is None else here.words.error(error.message),
    )


async def delete(request: Request) -> Response:
    """POST /settings/delete: with `password`, and the `name` of the account, so that no other is meant."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    try:
        if values.get("name", "").strip().lstrip("@").lower() != here.member.username.lower():
            raise Invalid("The name is not that of this account")
        await password.check(request, here, values)
        await deletion.delete(here.app, here.member.account_id)
    except FediNoteError as error:
        return await _page(request, here, error)
    response = await shell.say(
        request,
        here,
        here.words.gettext("Your account is deleted"),
        here.words.gettext("What you wrote is being removed, here and on the servers that know you. Farewell."),
        link=("/", here.words.gettext("To the front page")),
    )
    return browser.sign_out(here.app, response)


ROUTES = (
    Route(PATH, page(show), methods=["GET"]),
    Route(PATH, page(delete), methods=["POST"]),
)
