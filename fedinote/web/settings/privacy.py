"""Who may see and find one, what new posts begin with, and who may translate one's words."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.accounts.wishes import MachineTranslation
from fedinote.auth import users
from fedinote.infra.errors import Invalid, NotFound
from fedinote.text.language_names import offered, own_name
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.pages import form, page
from fedinote.web.settings.answers import done

PATH = "/settings/privacy"


async def show(request: Request) -> Response:
    """GET /settings/privacy."""
    return await _page(request, await browser.member(request))


async def _page(request: Request, here: Visit, error: Invalid | None = None) -> Response:
    person = here.member
    account = (await profiles.by_ids(here.app, [person.account_id])).get(person.account_id)
    if account is None:
        raise NotFound
    user = await users.by_id(here.app, person.user_id)
    names, own = offered(), user.default_language or ""
    return await shell.show(
        request,
        here,
        "settings/privacy.html",
        status=200 if error is None else error.status,
        account=account,
        user=user,
        languages=[("", "–"), *({own: own_name(own), **names} if own and own not in names else names).items()],
        wishes=[wish.value for wish in MachineTranslation],
        error="" if error is None else here.words.error(error.message),
    )


async def save(request: Request) -> Response:
    """POST /settings/privacy: all of it at once."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    changes = Changes(
        locked="locked" in values,
        discoverable="discoverable" in values,
        indexable="indexable" in values,
        hide_collections="hide_collections" in values,
        machine_translation=values.get("machine_translation"),
    )
    try:
        async with here.app.db.transaction():
            await users.set_defaults(
                here.app,
                here.member.user_id,
                visibility=values.get("visibility"),
                quote_policy=values.get("quote_policy"),
                sensitive="sensitive" in values,
                language=values.get("language"),
            )
            if (answers := values.get("reply_policy")) is not None:
                await users.set_reply_policy(here.app, here.member.user_id, answers)
            await profiles.update(here.app, here.member.account_id, changes)
    except Invalid as error:
        return await _page(request, here, error)
    return done(here, PATH)


ROUTES = (Route(PATH, page(show), methods=["GET"]), Route(PATH, page(save), methods=["POST"]))
